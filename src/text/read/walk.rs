//! From paths to the list of files to read, in an order that depends on nothing but the names.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::root::{self, Folder, Kind, Refusal, Root};
use crate::{
    text::read::{self, FILE_NAME, MARKER},
    tree::{Diagnostic, Diagnostics, SourceId, Sources, failure::Failure},
};

/// Kustomize's own files; a walk passes them by.
const KUSTOMIZATION_FILES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A file to read.
#[derive(Debug, Clone)]
pub struct Input {
    /// The file as messages show it; `-` is standard input.
    pub path: PathBuf,
    /// Named by the user, rather than found in a folder: then nothing in it is skipped.
    pub named: bool,
    /// A `.j2` template, to be filled before it is read.
    pub template: bool,
    /// Where it lies below a root; `None` if a person has named it, who may name any file.
    below: Option<(Root, PathBuf)>,
}

impl Input {
    /// A file that a person has named.
    #[must_use]
    pub fn named(path: impl Into<PathBuf>) -> Self {
        Self::new(path.into(), true, None)
    }

    fn new(path: PathBuf, named: bool, below: Option<(Root, PathBuf)>) -> Self {
        let template = path.extension().is_some_and(|extension| extension == "j2");
        Self { path, named, template, below }
    }

    /// Whether this is standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The name that messages use.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The root below which what it refers to is read: that of `folder` for what a person has named.
    #[must_use]
    pub fn root<'a>(&'a self, folder: &'a Folder) -> &'a Root {
        self.below.as_ref().map_or(folder.root(), |(root, _)| root)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// The file cannot be read, is too large, or no longer lies below its root.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        match &self.below {
            Some((root, inside)) => root.read(inside).map_err(|refusal| refusal.failure(&self.path)),
            None => root::read_named(&self.path),
        }
    }

    /// Reads the text into `sources`. What is no text is reported, and not returned.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Result<Option<SourceId>, Failure> {
        Ok(read::add(self.name(), self.bytes()?, sources, diagnostics))
    }
}

/// Lists the inputs of `folder`: `names` as they are given, folders among them (`.` is the folder itself) in the order of
/// the names in them. A file is listed once, where it comes first. What is not read is reported, with the index of the
/// name if it is one of `names`.
///
/// # Errors
/// A path does not exist, or a folder cannot be read.
pub(crate) fn walk(folder: &Folder, names: &[PathBuf], report: Report<'_>) -> Result<Vec<Input>, Failure> {
    list(folder, names, &INPUTS, report)
}

/// Takes findings of a walk.
pub(super) type Report<'a> = &'a mut dyn FnMut(Option<usize>, Diagnostic);

/// Which files a walk takes.
pub(crate) struct Wanted {
    /// Whether a file of this name is one.
    pub file: fn(&OsStr) -> bool,
    /// Whether a folder that holds a file of this name is passed by.
    pub not_beside: Option<&'static str>,
}

const INPUTS: Wanted = Wanted { file: is_input, not_beside: Some(MARKER) };

/// [`walk`] for other files than inputs.
///
/// # Errors
/// A path does not exist, or a folder cannot be read.
pub(crate) fn list(
    folder: &Folder,
    names: &[PathBuf],
    wanted: &Wanted,
    report: Report<'_>,
) -> Result<Vec<Input>, Failure> {
    let (files, folders) = (BTreeSet::new(), BTreeSet::new());
    let mut list = List { root: folder.root(), wanted, inputs: Vec::new(), files, folders, report };
    for (index, name) in names.iter().enumerate() {
        let shown = if name.as_os_str() == "." { folder.shown().to_owned() } else { folder.shown().join(name) };
        let found = folder.inside(name).and_then(|inside| {
            let real = list.root.real(&inside)?;
            Ok((list.root.kind(&real)?, real))
        });
        match found {
            Ok((Kind::Folder, real)) => list.walk(&shown, real, 0)?,
            Ok((_, real)) => list.push(shown, true, real),
            Err(refusal) => (list.report)(Some(index), refusal.finding(&shown)?),
        }
    }
    Ok(list.inputs)
}

struct List<'a> {
    root: &'a Root,
    wanted: &'a Wanted,
    inputs: Vec<Input>,
    /// Real paths of the files that are listed.
    files: BTreeSet<PathBuf>,
    /// Real paths of the folders that are listed: links may lead to one many times, also from inside.
    folders: BTreeSet<PathBuf>,
    report: Report<'a>,
}

impl List<'_> {
    /// Lists the folder at `real`, a path below the root without links.
    fn walk(&mut self, shown: &Path, real: PathBuf, depth: usize) -> Result<(), Failure> {
        let entries = self.root.entries(&real).map_err(|refusal| refusal.failure(shown))?;
        let is_passed_by = |name: &str| entries.iter().any(|(entry, _)| entry == name);
        if depth > 0 && self.wanted.not_beside.is_some_and(is_passed_by) || !self.folders.insert(real.clone()) {
            return Ok(());
        }
        for (name, kind) in entries {
            let (path, mut real, mut kind) = (joined(shown, &name), real.join(&name), kind);
            if kind == Kind::Link {
                let followed = self.root.real(&real).and_then(|to| Ok((self.root.kind(&to)?, to)));
                match followed {
                    Ok(followed) => (kind, real) = followed,
                    Err(refusal) => {
                        self.broken_link(&path, &name, refusal)?;
                        continue;
                    }
                }
            }
            match kind {
                Kind::Folder if !is_hidden(&name) => self.walk(&path, real, depth + 1)?,
                Kind::File if (self.wanted.file)(&name) => self.push(path, false, real),
                _ => {}
            }
        }
        Ok(())
    }

    /// A link that leads nowhere, in circles or out of the root.
    fn broken_link(&mut self, path: &Path, name: &OsStr, refusal: Refusal) -> Result<(), Failure> {
        match refusal {
            Refusal::Outside(root) => {
                let message = format!("the link `{}` leads out of {}", path.display(), root.display());
                let hint =
                    "put the files in its place; on your own machine, `--allow-outside` follows links to anywhere";
                (self.report)(None, Diagnostic::error("outside-root", message).hint(hint));
                Ok(())
            }
            refusal if (self.wanted.file)(name) => Err(refusal.failure(path)),
            _ => Ok(()),
        }
    }

    fn push(&mut self, shown: PathBuf, named: bool, real: PathBuf) {
        if self.files.insert(real.clone()) {
            self.inputs.push(Input::new(shown, named, Some((self.root.clone(), real))));
        } else if named && let Some(input) = self.inputs.iter_mut().find(|input| input.path == shown) {
            input.named = true;
        }
    }
}

/// Paths in the current directory are named without `./`.
fn joined(folder: &Path, name: &OsStr) -> PathBuf {
    if folder.as_os_str() == "." { PathBuf::from(name) } else { folder.join(name) }
}

fn is_input(name: &OsStr) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| ["yaml", "yml", "json", "j2"].iter().any(|known| extension == *known))
        && name != FILE_NAME
        && !KUSTOMIZATION_FILES.iter().any(|known| name == *known)
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a: 1\n").unwrap();
        }
        root
    }

    /// The files that are listed, and what is said.
    fn listed(root: &Path, names: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut codes = Vec::new();
        let folder = Root::at(root).unwrap().folder(root).unwrap();
        let names: Vec<_> = names.iter().map(PathBuf::from).collect();
        let inputs = walk(&folder, &names, &mut |_, found| codes.push(found.code.to_owned())).unwrap();
        let shown = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
        (inputs.iter().map(|input| shown(&input.path)).collect(), codes)
    }

    fn names(root: &Path, names: &[&str]) -> Vec<String> {
        let (names, codes) = listed(root, names);
        assert!(codes.is_empty(), "{codes:?}");
        names
    }

    #[test]
    fn a_walk_takes_manifests_and_templates_in_the_order_of_their_names() {
        let root = tree(&["b.yaml", "a/z.yml", "a/b.json", "a.yaml", "c.yaml.j2", "x.txt", "README.md"]);
        assert_eq!(names(root.path(), &["."]), ["a/b.json", "a/z.yml", "a.yaml", "b.yaml", "c.yaml.j2"]);
    }

    #[test]
    fn a_walk_passes_by_what_is_not_input() {
        let root = tree(&[
            "a.yaml",
            ".git/x.yaml",
            "kustomization.yaml",
            "sub/kustomization.yml",
            "spark-render.yaml",
            "out/pod.yaml",
            "out/.spark-render-tree",
            ".hidden.yaml",
        ]);
        assert_eq!(names(root.path(), &["."]), [".hidden.yaml", "a.yaml"]);
    }

    #[test]
    fn what_is_named_is_never_skipped_and_listed_once() {
        let root = tree(&["k/kustomization.yaml", "k/b.yaml", ".h/c.yaml"]);
        let paths = ["k/kustomization.yaml", "k", ".h", "k/b.yaml"];
        assert_eq!(names(root.path(), &paths), ["k/kustomization.yaml", "k/b.yaml", ".h/c.yaml"]);
    }

    #[test]
    fn what_is_not_there_is_a_failure() {
        let root = tree(&["a.yaml"]);
        let folder = Root::at(root.path()).unwrap().folder(root.path()).unwrap();
        let failure = walk(&folder, &["no/such.yaml".into()], &mut |_, _| {}).unwrap_err().to_string();
        assert!(failure.starts_with("cannot read ") && failure.contains("no/such.yaml: "), "{failure}");
    }

    #[cfg(unix)]
    mod links {
        use std::os::unix::fs::symlink;

        use super::*;

        #[test]
        fn inside_are_followed_once_and_loops_end() {
            let root = tree(&["a/x.yaml", "b/y.yaml"]);
            symlink("..", root.path().join("a/up")).unwrap();
            symlink("../b", root.path().join("a/to-b")).unwrap();
            symlink("y.yaml", root.path().join("b/again.yaml")).unwrap();
            assert_eq!(names(root.path(), &["."]), ["a/to-b/again.yaml", "a/x.yaml"]);
        }

        /// Each of 30 folders links to the next one twice: 2^30 ways, 30 folders.
        #[test]
        fn that_multiply_are_walked_once() {
            let root = tree(&["d29/a.yaml"]);
            for folder in 0..29 {
                let path = root.path().join(format!("d{folder}"));
                fs::create_dir_all(&path).unwrap();
                for name in ["l", "m"] {
                    symlink(format!("../d{}", folder + 1), path.join(name)).unwrap();
                }
            }
            assert_eq!(names(root.path(), &["."]).len(), 1);
        }

        #[test]
        fn that_lead_out_are_told_and_not_followed() {
            let other = tree(&["secret.yaml"]);
            let root = tree(&["jobs/a.yaml"]);
            symlink(other.path(), root.path().join("jobs/absolute")).unwrap();
            symlink("../..", root.path().join("jobs/above")).unwrap();
            symlink(other.path().join("secret.yaml"), root.path().join("jobs/secret.yaml")).unwrap();
            let (names, codes) = listed(root.path(), &["."]);
            assert_eq!((names, codes), (vec!["jobs/a.yaml".to_owned()], vec!["outside-root".to_owned(); 3]));
            for name in ["jobs/absolute/secret.yaml", "jobs/above", "..", "/etc/passwd", "jobs/secret.yaml"] {
                assert_eq!(listed(root.path(), &[name]), (vec![], vec!["outside-root".to_owned()]), "{name}");
            }
        }

        #[test]
        fn that_lead_nowhere_are_told_where_they_would_be_inputs() {
            let root = tree(&["a.yaml"]);
            symlink("gone", root.path().join("notes")).unwrap();
            assert_eq!(names(root.path(), &["."]), ["a.yaml"]);
            symlink("gone", root.path().join("b.yaml")).unwrap();
            let folder = Root::at(root.path()).unwrap().folder(root.path()).unwrap();
            let failure = walk(&folder, &[".".into()], &mut |_, _| {}).unwrap_err();
            assert!(failure.to_string().contains("b.yaml"), "{failure}");
        }

        /// The check and the use are one: a file that becomes a link after the walk is not read.
        #[test]
        fn that_come_between_walk_and_reading_are_not_followed() {
            let other = tree(&["secret.yaml"]);
            let root = tree(&["a.yaml", "b/c.yaml"]);
            let folder = Root::at(root.path()).unwrap().folder(root.path()).unwrap();
            let inputs = walk(&folder, &[".".into()], &mut |_, _| {}).unwrap();
            fs::remove_file(root.path().join("a.yaml")).unwrap();
            symlink(other.path().join("secret.yaml"), root.path().join("a.yaml")).unwrap();
            fs::rename(root.path().join("b"), root.path().join("b.old")).unwrap();
            symlink(other.path(), root.path().join("b")).unwrap();
            fs::write(other.path().join("c.yaml"), "secret").unwrap();
            assert_eq!(inputs.iter().filter(|input| input.bytes().is_ok()).count(), 0);
        }
    }
}
