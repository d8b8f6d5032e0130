//! The command line from outside: every folder of `fixtures/cli` is a case. `command` holds the arguments (one
//! a line, after an optional first line `stdin FILE`); the run happens in that folder, with a clean environment.
//! `stdout`, `stderr` and `status` are what must come out, byte for byte; an absent file means empty, status 0.
//!
//! `UPDATE_GOLDENS=1 cargo test --test binary cli::` writes them; review with `git diff`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn update(path: &Path, text: &str, default: &str) {
    if text == default {
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, text).unwrap();
    }
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cli");
    let mut cases: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn every_case_prints_and_ends_as_recorded() {
    let updating = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut faults = Vec::new();
    for case in cases() {
        let command = read(&case.join("command"));
        assert!(!command.is_empty(), "{} has no command", case.display());
        let mut arguments: Vec<&str> = command.lines().collect();
        let stdin = arguments[0].strip_prefix("stdin ").map(|file| case.join(file));
        if stdin.is_some() {
            arguments.remove(0);
        }
        let input = stdin.map_or_else(Stdio::null, |file| fs::File::open(file).unwrap().into());
        let result = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .args(&arguments)
            .current_dir(&case)
            .env_clear()
            .stdin(input)
            .output()
            .unwrap();
        let stdout = String::from_utf8(result.stdout).unwrap();
        let stderr = String::from_utf8(result.stderr).unwrap();
        let status = format!("{}\n", result.status.code().expect("no signal"));
        let files = [("stdout", stdout, ""), ("stderr", stderr, ""), ("status", status, "0\n")];
        for (name, found, default) in files {
            let path = case.join(name);
            if updating {
                update(&path, &found, default);
                continue;
            }
            let wanted = if path.exists() { read(&path) } else { default.to_owned() };
            if found != wanted {
                let diff = similar::TextDiff::from_lines(&wanted, &found);
                faults.push(format!("{}/{name}:\n{}", case.display(), diff.unified_diff().header("recorded", "now")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_case_says_what_it_is_for() {
    for case in cases() {
        assert!(case.join("README").exists(), "{} has no README", case.display());
    }
}
