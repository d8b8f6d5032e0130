//! The hosts that run us, as they are: kustomize and kubectl with an overlay over an application, kpt, and Argo CD's own
//! plugin server. They are installed by `tests/tools/install.sh`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]
#![cfg(feature = "real-programs")]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may panic, and wait for a server")]

#[path = "hosts/argocd.rs"]
mod argocd;
#[path = "hosts/argocd_install.rs"]
mod argocd_install;
#[path = "hosts/kpt.rs"]
mod kpt;
#[path = "hosts/kubectl_diff.rs"]
mod kubectl_diff;
#[path = "hosts/kustomize.rs"]
mod kustomize;
#[path = "hosts/objects.rs"]
mod objects;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The path of a program.
fn install(name: &str) -> PathBuf {
    let output = Command::new("bash").args(["tests/tools/install.sh", name]).output().expect("bash runs");
    assert!(output.status.success(), "cannot install {name}:\n{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim())
}

/// The binary under test.
fn spark_render() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_spark-render"))
}

/// A `PATH` on which `spark-render` is the binary under test.
fn path() -> String {
    format!("{}:/usr/bin:/bin", spark_render().parent().unwrap().display())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(name)
}

/// A copy of a fixture, for hosts that write.
fn copied(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&fixture(name), copy.path());
    copy
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What a program has said.
struct Said {
    ok: bool,
    stdout: String,
    stderr: String,
}

fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Said {
        ok: output.status.success(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
