//! Runs of the program, in the folder of a fixture and with an empty environment.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// A finding, as `--diagnostics json` prints it.
#[derive(Debug, Deserialize)]
pub(crate) struct Finding {
    pub code: String,
    pub message: String,
    /// The path of the field that it is about.
    pub field: Option<String>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The objects on standard output, in order.
    pub objects: Vec<Value>,
    /// The findings on standard error, in order.
    pub findings: Vec<Finding>,
    pub status: i32,
}

impl Outcome {
    /// The codes of the findings, each once.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = self.findings.iter().map(|finding| finding.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Runs `spark-render render` with `arguments` in `folder`.
pub(crate) fn render(folder: &Path, arguments: &[&str]) -> Outcome {
    let printed = run(folder, &["render", "--format", "ndjson", "--diagnostics", "json"], arguments);
    let objects = printed.stdout.lines().map(|line| printed.read(line)).collect();
    let findings = printed.stderr.lines().map(|line| printed.read(line)).collect();
    Outcome { objects, findings, status: printed.status }
}

/// Runs `spark-render check`, which has no objects.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> Outcome {
    #[derive(Deserialize)]
    struct Report {
        findings: Vec<Finding>,
    }
    let printed = run(folder, &["check", "--format", "json"], arguments);
    let report: Report = printed.read(&printed.stdout);
    Outcome { objects: Vec::new(), findings: report.findings, status: printed.status }
}

struct Printed {
    what: String,
    stdout: String,
    stderr: String,
    status: i32,
}

impl Printed {
    fn read<T: DeserializeOwned>(&self, text: &str) -> T {
        let Self { what, stderr, status, .. } = self;
        serde_json::from_str(text).unwrap_or_else(|fault| panic!("{what}: {fault}\n{text}\n{stderr}\n{status}"))
    }
}

fn run(folder: &Path, command: &[&str], arguments: &[&str]) -> Printed {
    let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(command)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Printed {
        what: format!("{}: {command:?} {arguments:?}", folder.display()),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        status: output.status.code().expect("no signal"),
    }
}

/// The folders below `root` that hold a file whose name ends in `.yaml`, sorted.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root, &mut found);
    found.sort();
    assert!(!found.is_empty(), "nothing in {}", root.display());
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut is_one = false;
    for entry in folder.read_dir().unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            is_one |= path.extension().is_some_and(|extension| extension == "yaml");
        }
    }
    if is_one {
        found.push(folder.to_owned());
    }
}

/// `work` on each item, on all cores; the results in the order of the items.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let portion = items.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let started: Vec<_> =
            items.chunks(portion).map(|items| scope.spawn(|| items.iter().map(&work).collect::<Vec<R>>())).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
