//! Threads take several files at a time: each file gives what it gives alone, and what is said of it is said in the
//! same order.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const APPLICATION: &str = include_str!("../../fixtures/render/spark-pi/app.yaml");
/// More than two portions, and no multiple of one.
const FILES: usize = 37;

fn application(name: &str) -> String {
    assert!(APPLICATION.contains("name: spark-pi\n"));
    APPLICATION.replace("name: spark-pi\n", &format!("name: {name}\n"))
}

fn other(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata: {{}}\n")
}

/// The documents of a file, by its number: one, two or three, some of them no applications.
fn documents(file: usize) -> Vec<String> {
    let name = |letter: char| format!("app-{letter}-{file}");
    match file % 4 {
        0 => vec![application(&name('a'))],
        1 => vec![application(&name('a')), other(&name('b'))],
        2 => vec![other(&name('a')), application(&name('b')), application(&name('c'))],
        _ => vec![other(&name('a'))],
    }
}

/// The documents with faults of all kinds: in the text, in the fields, in the rules of Spark and of Kubernetes.
fn faulty_documents(file: usize) -> Vec<String> {
    let application = |letter: char| application(&format!("app-{letter}-{file}"));
    let warned = |letter: char| application(letter).replace("spec:\n", "spec:\n  unheardOf: 1\n");
    let misread = |letter: char| application(letter).replace("spec:\n", "spec:\n  timeToLiveSeconds: soon\n");
    let broken = || "apiVersion: [\n".to_owned();
    match file % 4 {
        0 => vec![warned('a'), broken(), misread('b')],
        1 => vec![broken(), application('a'), warned('b')],
        2 => vec![misread('a'), other(&format!("other-{file}")), broken()],
        _ => vec![application('a').replace("type: Scala", "type: Cobol"), warned('b')],
    }
}

fn write(folder: &Path, documents: impl Fn(usize) -> Vec<String>) -> Vec<String> {
    let write = |file: usize| {
        let name = format!("file-{file:02}.yaml");
        fs::write(folder.join(&name), documents(file).join("---\n")).unwrap();
        name
    };
    (0..FILES).map(write).collect()
}

fn run(folder: &Path, command: &[&str], files: &[String]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_spark-render"));
    process.args(command).args(files).current_dir(folder).output().unwrap()
}

#[test]
fn files_give_together_what_each_gives_alone() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), documents);
    for threads in ["1", "2", "3"] {
        let command = ["render", "--kube-version", "1.34", "--format", "ndjson", "--threads", threads];
        let together = run(folder.path(), &command, &files);
        assert_eq!(together.status.code(), Some(0));
        let alone: Vec<u8> =
            files.iter().flat_map(|file| run(folder.path(), &command, std::slice::from_ref(file)).stdout).collect();
        assert!(alone.len() > 100_000);
        assert!(together.stdout == alone, "with {threads} threads");
    }
}

#[test]
fn what_is_said_of_a_file_does_not_depend_on_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), faulty_documents);
    for command in
        [["render", "--kube-version", "1.34", "--threads", "1"], ["render", "--kube-version", "1.34", "--threads", "2"]]
    {
        let together = run(folder.path(), &command, &files);
        assert_eq!((together.status.code(), together.stdout), (Some(1), Vec::new()));
        let alone = files.iter().map(|file| run(folder.path(), &command, std::slice::from_ref(file)));
        let alone: String = alone.map(|output| String::from_utf8(output.stderr).unwrap()).collect();
        for code in ["unknown-field", "yaml-syntax", "invalid-type", "invalid-value"] {
            assert!(alone.contains(code), "{code} is not among\n{alone}");
        }
        assert_eq!(String::from_utf8(together.stderr).unwrap(), alone);
    }
}

/// An output is complete or absent, so a large one waits in a temporary file, or in memory where there can be none.
#[test]
fn a_large_output_needs_no_temporary_folder() {
    let folder = tempfile::tempdir().unwrap();
    for file in 0..200 {
        let name = format!("app-{file:03}");
        fs::write(folder.path().join(format!("{name}.yaml")), application(&name)).unwrap();
    }
    let render = |temporary: &Path| {
        let mut process = Command::new(env!("CARGO_BIN_EXE_spark-render"));
        process.args(["render", "--kube-version", "1.34", "."]).current_dir(folder.path());
        process.env("TMPDIR", temporary).output().unwrap()
    };
    let (with, without) = (render(&std::env::temp_dir()), render(Path::new("/nonexistent")));
    assert!(with.status.success() && without.status.success(), "{}", String::from_utf8_lossy(&without.stderr));
    assert!(with.stdout.len() > 1 << 20 && with.stdout == without.stdout);
}
