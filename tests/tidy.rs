//! Invariants of the code itself.

use std::{fs, path::Path};

fn rust_files(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_and_stays_short() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(!files.is_empty());
    let mut faults = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        if !text.starts_with("//!") {
            faults.push(format!("{} has no module documentation", file.display()));
        }
        if text.lines().count() > 600 && !text.contains("//! Table:") {
            faults.push(format!("{} has more than 600 lines", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
