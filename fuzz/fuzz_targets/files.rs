//! Commands that read and write files, on any repository: files, folders and links with any content. Whatever it holds,
//! no panic, nothing of the folder beside it is shown, and nothing in that folder changes.
//!
//! The first byte chooses the command; then come the files, each with a line `# NAME` or `# NAME -> TARGET OF A LINK`.
#![no_main]

mod shared;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Component, Path, PathBuf},
};

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use shared::{BETWEEN, captured};

/// Stands in every file beside the repository.
const MARK: &str = "qXz7-of-another-tenant";

#[rustfmt::skip]
const COMMANDS: &[&[&str]] = &[
    &["render", "."],
    &["render", ".", "-o", "out"],
    &["render", ".", "-o", "out", "--check"],
    &["render", ".", "--annotate", "--format", "ndjson", "--executors", "preview"],
    &["check", ".", "--format", "sarif"],
    &["check", ".", "--format", "junit", "--strict"],
    &["check", ".", "--host"],
    &["check", ".", "--format", "json", "--live", "live.yaml"],
    &["check", ".", "--webhook-loss"],
    &["check", ".", "--kube-version", "1.20-1.23"],
    &["diff", "old", "new"],
    &["diff", "old", "new", "--format", "markdown"],
    &["diff", ".", "--from", "kube=1.20", "--to", "kube=1.34", "--format", "json"],
    &["explain", ".", "spec"],
    &["explain", ".", "--format", "json"],
    &["certs", "check", "live.yaml"],
    &["argocd", "discover"],
    &["argocd", "parameters"],
    &["argocd", "paths", "."],
    &["argocd", "ignore-differences", "--application", "live.yaml", "."],
    &["submit", "--spark-version", "3.5.1", "--", "--master", "k8s://https://h:443", "--deploy-mode", "cluster",
      "--properties-file", "live.yaml", "--class", "A", "local:///a.jar"],
    &["render", ".", "--target", "job", "--name-suffix", "hash"],
    &["render", ".", "--target", "sparkapplication"],
];

/// What a person names on the command line may be a link that leads anywhere.
const NAMED: &[&str] = &["old", "new", "out", "live.yaml"];

/// The name of a file, if it lies in the repository.
fn inside(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let parts: Vec<_> = path.components().collect();
    let is_plain = parts.iter().all(|part| matches!(part, Component::Normal(_)));
    (is_plain && (1..5).contains(&parts.len()) && !name.contains('\0')).then(|| path.to_owned())
}

/// Makes the repository, as far as it can be made.
fn lay_out(text: &str) {
    let _ = fs::remove_dir_all(".git");
    for entry in fs::read_dir(".").into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
    }
    let _ = fs::create_dir(".git");
    for part in text.split(BETWEEN).take(12) {
        let (title, content) = part.split_once('\n').unwrap_or((part, ""));
        let Some(title) = title.strip_prefix("# ") else { continue };
        let (name, target) = title.split_once(" -> ").map_or((title, None), |(name, target)| (name, Some(target)));
        let Some(path) = inside(name) else { continue };
        if let Some(folder) = path.parent() {
            // Not through a link that was laid before.
            if folder.ancestors().any(Path::is_symlink) || fs::create_dir_all(folder).is_err() {
                continue;
            }
        }
        let _ = match target {
            Some(_) if NAMED.iter().any(|named| path == Path::new(named)) => continue,
            Some(target) => symlink(target, &path),
            None if path.is_symlink() => continue,
            None => fs::write(&path, content),
        };
    }
}

/// The folder beside the repository.
fn beside() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("../beside")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap_or_default();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    shared::mutate::mutate(data, size, most, seed, 1, BETWEEN)
});

fuzz_target!(
    init: {
        captured::install();
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder in memory").keep();
        std::env::set_current_dir(&folder).expect("it was just made");
        fs::create_dir_all("beside/jobs").expect("there is room");
        fs::create_dir("repository").expect("there is room");
        let secret = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: b}}\nstringData: {{x: {MARK}}}\n");
        for name in ["secret.yaml", "jobs/secret.yaml", "jobs/values.yaml", ".spark-render-tree", "spark-render.yaml"] {
            fs::write(Path::new("beside").join(name), &secret).expect("there is room");
        }
        std::env::set_current_dir("repository").expect("it was just made");
    },
    |bytes: &[u8]| -> Corpus {
        let Some((choice, text)) = bytes.split_first() else { return Corpus::Reject };
        let Ok(text) = std::str::from_utf8(text) else { return Corpus::Reject };
        if text.contains(MARK) {
            return Corpus::Reject;
        }
        let command = COMMANDS[usize::from(*choice) % COMMANDS.len()];
        let before = beside();
        lay_out(text);
        let printed = || captured::run(command, b"").expect("files in memory").concat();
        let first = printed();
        assert!(!first.contains(MARK), "{command:?} shows what lies outside:\n{first}");
        if !command.contains(&"-o") {
            assert_eq!(first, printed(), "not the same bytes twice: {command:?}");
        }
        assert_eq!(beside(), before, "{command:?} changes what lies outside");
        Corpus::Keep
    }
);
