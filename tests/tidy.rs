//! Invariants of the code itself.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

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

/// Modules that use one below them in `src/lib.rs`, each with its reason. Nothing else may.
const UPWARD: &[(&str, &str, &str)] = &[
    ("diagnostics", "*", "the registry of codes puts the modules' tables together; reports look up places in texts"),
    ("source", "config", "a walk passes the configuration by"),
    ("conf", "pod", "a plan ends in what the build stage takes"),
    ("resolve", "conf", "Spark's version is a type of the confs"),
    ("pod", "compat", "old Sparks drop template fields that their Kubernetes client does not know"),
    ("compat", "manifest", "tailoring works on the assembled manifests"),
    ("manifest", "certs", "operator versions are a type of the certificates"),
    ("render", "certs", "operator versions are a type of the certificates"),
    ("cli", "commands", "arguments of a command stand beside it"),
];

#[test]
fn data_flows_one_way() {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let order: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10);
    let place = |module: &str| order.iter().position(|name| *name == module);
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    let mut faults = Vec::new();
    for file in files {
        let module = file.components().nth(1).unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let Some(own) = place(&module) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().map(|line| line.split("//").next().unwrap());
        let mut in_use = false;
        for line in lines {
            // `crate::x` anywhere, and the first names of a `use crate::{ … };`, which rustfmt indents by four.
            let mut used: Vec<&str> = line.split("crate::").skip(1).map(first_word).collect();
            if in_use && line.starts_with("    ") && !line.starts_with("     ") {
                used.extend(line.split(", ").map(|name| first_word(name.trim_start())));
            }
            in_use = line.starts_with("use crate::{") && !line.ends_with("};") || in_use && !line.starts_with("};");
            for name in used {
                let allowed = UPWARD.iter().any(|(from, to, _)| *from == module && (*to == "*" || *to == name));
                if place(name).is_some_and(|place| place > own) && !allowed {
                    faults.push(format!("{} uses `{name}`, which is below `{module}`", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}
