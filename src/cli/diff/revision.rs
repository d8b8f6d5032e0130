//! The inputs as of a git revision: its files in a temporary folder. The work tree and the index are not touched.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
};

use super::read::{self, Objects};
use crate::{
    cli::{args::ShapeArgs, reporter::Reporter},
    tree::failure::Failure,
};

/// Renders `paths` as they were at `revision`. A path that was not there yet has no objects.
pub(crate) fn rendered(
    revision: &str,
    paths: &[PathBuf],
    shape: &ShapeArgs,
    reporter: Reporter,
) -> Result<Option<Objects>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::Usage("standard input has no revisions".to_owned()));
    }
    let folder = paths[0].ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    let top = PathBuf::from(git_text(folder, &["rev-parse", "--show-toplevel"])?);
    let commit = git_text(folder, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])
        .map_err(|_| failed(format!("`{revision}` is no revision of the repository at {}", top.display())))?;
    let copy = tempfile::tempdir().map_err(|source| Failure::Write { path: "a temporary folder".into(), source })?;
    check_out(&top, &commit, copy.path())?;
    let moved = |path: &Path| -> Result<PathBuf, Failure> {
        let absolute = std::path::absolute(path).map_err(|source| Failure::Read { path: path.to_owned(), source })?;
        let real = fs::canonicalize(&absolute).unwrap_or(absolute);
        let top = fs::canonicalize(&top).unwrap_or_else(|_| top.clone());
        let relative = real.strip_prefix(&top).map_err(|_| {
            Failure::Usage(format!("{} is outside of the repository at {}", path.display(), top.display()))
        })?;
        Ok(copy.path().join(relative))
    };
    let old = paths.iter().map(|path| moved(path)).collect::<Result<Vec<_>, _>>()?;
    let old: Vec<PathBuf> = old.into_iter().filter(|path| read::exists(path)).collect();
    if old.is_empty() {
        return Ok(Some(Objects::default()));
    }
    let mut shape = shape.clone();
    // Files that the options name are those of the revision too, where it has them.
    for file in shape.config.iter_mut().chain(&mut shape.values) {
        if let Some(old) = moved(file).ok().filter(|old| read::exists(old)) {
            *file = old;
        }
    }
    read::rendered(&old, &shape, Some((copy.path().to_owned(), revision.to_owned())), reporter)
}

/// Writes the files of `commit` below `copy`. Links that lead out of the tree are left out, as are submodules.
fn check_out(top: &Path, commit: &str, copy: &Path) -> Result<(), Failure> {
    let list = git(top, &["ls-tree", "-r", "-z", "--full-tree", commit])?;
    let entries: Vec<(bool, String, PathBuf)> = list.split(|byte| *byte == 0).filter_map(entry).collect();
    let mut child = command(top, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut ask = child.stdin.take().expect("piped above");
    let mut answer = BufReader::new(child.stdout.take().expect("piped above"));
    let broken = |error: std::io::Error| failed(error.to_string());
    for (is_link, id, path) in entries {
        writeln!(ask, "{id}").map_err(broken)?;
        let mut head = String::new();
        answer.read_line(&mut head).map_err(broken)?;
        let size: usize = head
            .trim_end()
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| failed(format!("`{}` cannot be read from the repository", path.display())))?;
        let mut bytes = vec![0; size + 1];
        answer.read_exact(&mut bytes).map_err(broken)?;
        bytes.pop();
        let file = copy.join(&path);
        let failure = |source| Failure::Write { path: file.clone(), source };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failure)?;
        }
        if is_link {
            link(&bytes, &path, &file).map_err(failure)?;
        } else {
            fs::write(&file, bytes).map_err(failure)?;
        }
    }
    drop(ask);
    child.wait().map_err(broken)?;
    Ok(())
}

/// `<mode> <type> <id>\t<path>`: whether it is a link, its id and its path.
fn entry(line: &[u8]) -> Option<(bool, String, PathBuf)> {
    let text = std::str::from_utf8(line).ok()?;
    let (head, path) = text.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
    let path = PathBuf::from(path);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    (kind == "blob" && inside).then(|| (mode == "120000", id.to_owned(), path))
}

#[cfg(unix)]
fn link(target: &[u8], path: &Path, file: &Path) -> std::io::Result<()> {
    let Ok(target) = std::str::from_utf8(target) else { return Ok(()) };
    let mut depth = path.components().count() - 1;
    for part in Path::new(target).components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return Ok(()),
        }
    }
    std::os::unix::fs::symlink(target, file)
}

#[cfg(not(unix))]
fn link(_: &[u8], _: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

fn git_text(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let bytes = git(folder, arguments)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = command(folder, arguments).output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

/// Variables of the caller's that would make git look at another repository or another configuration, or start a program:
/// those of `git rev-parse --local-env-vars`, and those of transports and traces.
const OTHER_GIT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ASKPASS",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_PROXY_COMMAND",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_WORK_TREE",
];

/// Programs that the repository's configuration names are not started: hooks, monitors, and the transports that would
/// fetch what a partial clone lacks.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"])
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .env("GIT_NO_LAZY_FETCH", "1")
        // For git before 2.45: no transport has this name.
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_TERMINAL_PROMPT", "0");
    OTHER_GIT.iter().for_each(|variable| {
        git.env_remove(variable);
    });
    git
}

fn failed(message: String) -> Failure {
    Failure::Program { program: "git".to_owned(), message }
}
