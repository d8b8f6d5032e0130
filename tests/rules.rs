//! Every rule of `check`, and every finding of the stages that people look for in it, has a file on which it fails and
//! one on which it passes: `fixtures/rules/<code>/fail.yaml` and `pass.yaml`, each beside everything that
//! `check --format concise` prints about it. `arguments`, if there, holds more arguments, one a line.
//!
//! `UPDATE_GOLDENS=1 cargo test --test rules` writes the outputs; review with `git diff`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the stages find and a reader of `check` counts on: lost fields, limits, labels, names, versions, secrets that
/// are none yet.
const OF_STAGES: &[&str] = &[
    "app-name-label",
    "certificate-secret-empty",
    "conf-overridden",
    "duplicate-key",
    "dynamic-allocation-conf",
    "executor-field-lost",
    "executor-memory-too-small",
    "invalid-spark-version",
    "invalid-type",
    "kube-rule",
    "label-reference",
    "memory-limit-below-request",
    "misplaced-field",
    "misspelled-field",
    "missing-field",
    "name-too-long",
    "no-effect",
    "operator-label",
    "refused-by-spark",
    "removed-field",
    "spark-version-image",
    "unfilled-placeholder",
    "unknown-field",
    "volume-not-found",
    "webhook-ignores-failures",
    "webhook-other-authority",
];

/// All codes with a folder.
fn codes() -> impl Iterator<Item = &'static str> {
    spark_render::internals::review::rules::CODES.iter().map(|doc| doc.code).chain(OF_STAGES.iter().copied())
}

fn folder(code: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules").join(code)
}

fn output(code: &str, file: &str) -> String {
    let folder = folder(code);
    let more = fs::read_to_string(folder.join("arguments")).unwrap_or_default();
    let result = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["check", "--kube-version", "1.34", "--format", "concise", "--fail-on", "never"])
        .args(more.lines())
        .arg(file)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(result.status.code(), Some(0), "{code}/{file}");
    // After the findings: how many are only counted.
    String::from_utf8(result.stdout).unwrap() + &String::from_utf8(result.stderr).unwrap()
}

#[test]
fn every_rule_finds_what_it_is_for_and_nothing_else() {
    let mut faults = Vec::new();
    for code in codes() {
        for (file, finds) in [("fail.yaml", true), ("pass.yaml", false)] {
            let found = output(code, file);
            if found.contains(&format!("[{code}]")) != finds {
                faults.push(format!("{code}/{file} prints:\n{found}"));
            }
            let recorded = folder(code).join(Path::new(file).with_extension("txt"));
            if std::env::var_os("UPDATE_GOLDENS").is_some() {
                fs::write(&recorded, &found).unwrap();
            }
            let wanted = fs::read_to_string(&recorded).unwrap_or_default();
            if found != wanted {
                let diff = similar::TextDiff::from_lines(&wanted, &found);
                let diff = diff.unified_diff().header("recorded", "now").to_string();
                faults.push(format!("{code}/{file}:\n{diff}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_folder_is_of_a_finding() {
    let root = folder("");
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(codes().any(|code| code == name), "{name}");
    }
}

#[test]
fn no_format_shows_the_value_of_a_secret() {
    for more in [
        &["--format", "full"][..],
        &["--format", "concise"],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--format", "junit"],
        &["--format", "github"],
        &["--webhook-loss"],
        &["--kube-version", "1.16..1.20"],
    ] {
        let version = if more.contains(&"--kube-version") { &[][..] } else { &["--kube-version", "1.34"] };
        let result = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .arg("check")
            .args(more)
            .args(version)
            .arg("fail.yaml")
            .current_dir(folder("secret-in-clear"))
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8(result.stdout).unwrap() + &String::from_utf8(result.stderr).unwrap();
        assert!(!text.is_empty() && !text.contains("do-not-print-me"), "{more:?}:\n{text}");
    }
}
