//! How whole commands end where a document, or a file, meets a bug: with 101, with the name of the file, and with nothing
//! for a host. The test is its own subject: it starts itself, with a bug that is rehearsed, as the program.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "the test tells itself by a variable what it is, prints as a harness does, and may panic"
)]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use spark_render::internals::tree::bug;

/// Set where this is the program: the number of the body that panics.
const REHEARSED: &str = "SPARK_RENDER_REHEARSED_BUG";

fn main() -> ExitCode {
    if let Ok(nth) = std::env::var(REHEARSED) {
        bug::rehearse(nth.parse().unwrap());
        return ExitCode::from(spark_render::main().code());
    }
    a_bug_in_a_document_ends_every_command_with_101();
    a_bug_outside_of_documents_names_the_file();
    nothing_is_handed_to_a_host();
    println!("3 tests passed");
    ExitCode::SUCCESS
}

const APPLICATION: &str = include_str!("support/pi.yaml");

/// Status, standard output and standard error of the program with these arguments, whose `nth` guarded body panics.
fn run(folder: &Path, nth: usize, arguments: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .current_dir(folder)
        .env(REHEARSED, nth.to_string())
        .env("KUBE_VERSION", "1.34")
        .env_remove("RUST_BACKTRACE")
        .env_remove("ARGOCD_APP_PARAMETERS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with an application that is right, and one after it that is not.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let wrong = APPLICATION.replace("name: pi", "name: second").replace("cores: 1", "cores: many");
    fs::write(folder.path().join("app.yaml"), format!("{APPLICATION}---\n{wrong}")).unwrap();
    folder
}

fn a_bug_in_a_document_ends_every_command_with_101() {
    let folder = repository();
    let target = ["--kube-version", "1.34"];
    for command in [
        &["render", "."][..],
        &["render", ".", "-o", "out"],
        &["render", ".", "-o", "out", "--check"],
        &["check", "."],
        &["check", ".", "--format", "sarif"],
        &["explain", ".", "spec"],
        &["diff", ".", "--from", "kube=1.33", "--to", "kube=1.34"],
    ] {
        let arguments = [command, if command[0] == "diff" { &[] } else { &target }].concat();
        let (status, stdout, stderr) = run(folder.path(), 2, &arguments, "");
        let said = format!("{stdout}{stderr}");
        assert_eq!(status, Some(101), "{command:?} {said}");
        assert!(said.contains("app.yaml") && said.contains("a rehearsed bug"), "{command:?} {said}");
        // The other document was worked on.
        assert!(said.contains("spec.driver.cores"), "{command:?} {said}");
        assert!(!folder.path().join("out/jobs").exists(), "{command:?}");
    }
}

fn a_bug_outside_of_documents_names_the_file() {
    let folder = repository();
    for command in [&["render", "."][..], &["check", "."]] {
        let (status, stdout, stderr) = run(folder.path(), 1, command, "");
        let said = format!("{stdout}{stderr}");
        assert_eq!(status, Some(101), "{command:?} {said}");
        assert!(said.contains("app.yaml") && said.contains("a rehearsed bug"), "{command:?} {said}");
    }
}

fn nothing_is_handed_to_a_host() {
    let folder = repository();
    fs::write(folder.path().join("app.yaml"), APPLICATION).unwrap();
    let (status, stdout, stderr) = run(folder.path(), 2, &["argocd", "generate"], "");
    assert_eq!((status, stdout.as_str()), (Some(101), ""), "{stderr}");
    assert!(stderr.contains("app.yaml") && stderr.contains("a rehearsed bug"), "{stderr}");

    let item: String = APPLICATION.lines().map(|line| format!("  {line}\n")).collect();
    let list = format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n-{}", &item[1..]);
    let (status, stdout, stderr) = run(folder.path(), 1, &["krm"], &list);
    assert_eq!(status, Some(101), "{stdout}{stderr}");
    // kustomize and kpt find what they had.
    assert!(stdout.contains("kind: SparkApplication") && !stdout.contains("kind: Pod"), "{stdout}");
    assert!(stderr.contains("stdin:4:3") && stderr.contains("a rehearsed bug"), "{stderr}");
}
