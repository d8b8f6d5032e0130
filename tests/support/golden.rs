//! Files with what is expected; `UPDATE_GOLDENS=1` writes them anew, to be reviewed with `git diff`.

use std::{fs, path::Path};

/// The folders below `root` that have `file`, sorted.
pub(crate) fn directories_with(root: &Path, file: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join(file).exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Adds a fault if the file at `path` does not say `actual`. What is empty has an empty file: a case without its files
/// was never looked at.
pub(crate) fn compare(path: &Path, actual: &str, faults: &mut Vec<String>) {
    #[allow(clippy::disallowed_methods)] // a switch of the test, not of the tool
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(path, actual).unwrap();
    }
    match fs::read_to_string(path) {
        Err(fault) => faults.push(format!("{}: {fault} (UPDATE_GOLDENS=1 writes it)", path.display())),
        Ok(expected) if expected != actual => {
            let diff = similar::TextDiff::from_lines(&expected, actual);
            faults.push(format!("{}\n{}", path.display(), diff.unified_diff()));
        }
        Ok(_) => {}
    }
}
