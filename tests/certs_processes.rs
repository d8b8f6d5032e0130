//! Many processes at once, and processes that are killed: one Secret comes of it, whole.
//!
//! More rounds with the feature `real-programs`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

#[path = "certs_support/mod.rs"]
mod support;

use std::{collections::BTreeSet, fs, path::Path, process::Stdio, thread, time::Duration};

use support::*;

const ALL: bool = cfg!(feature = "real-programs");
const PROCESSES: usize = 50;
const ROUNDS: usize = if ALL { 200 } else { 2 };
const KILLS: usize = if ALL { 200 } else { 12 };

/// Runs `PROCESSES` at once; returns what the file held when each of them had ended.
fn crowd(path: &Path) -> BTreeSet<Vec<u8>> {
    let mut children: Vec<_> =
        (0..PROCESSES).map(|_| init(path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()).collect();
    children
        .iter_mut()
        .map(|child| {
            assert!(child.wait().unwrap().success());
            fs::read(path).unwrap()
        })
        .collect()
}

fn assert_whole(path: &Path) {
    let output = program().args(["certs", "check"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", describe(&output));
}

fn names(directory: &Path) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn fifty_processes_make_one_secret() {
    for _ in 0..ROUNDS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("certs.yaml");
        assert_eq!(crowd(&path).len(), 1);
        assert_whole(&path);
        assert_eq!(names(directory.path()), ["certs.yaml"]);
    }
}

#[test]
fn processes_that_renew_at_once_agree_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    fs::write(&path, "").unwrap();
    let mut children: Vec<_> = (0..20)
        .map(|_| init(&path).arg("--renew").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
        .collect();
    let seen: BTreeSet<_> = children
        .iter_mut()
        .map(|child| {
            assert!(child.wait().unwrap().success());
            fs::read(&path).unwrap()
        })
        .collect();
    assert_eq!(seen.len(), 1);
    assert_whole(&path);
}

/// Kills `KILLS` runs: every other one at a moment somewhere in a run, the rest in the very moment in which a first
/// change can be seen in the folder. `existing` is what the file holds before.
fn kill_runs(existing: Option<&str>, more: &[&str]) {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..KILLS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("certs.yaml");
        if let Some(existing) = existing {
            fs::write(&path, existing).unwrap();
        }
        let before = names(directory.path());
        let mut child = init(&path).args(more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if round % 2 == 0 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            thread::sleep(Duration::from_micros(state >> 33 & 0x7_ffff));
        } else {
            while names(directory.path()) == before && child.try_wait().unwrap().is_none() {}
        }
        let _ = child.kill();
        child.wait().unwrap();
        match fs::read_to_string(&path) {
            Ok(content) if Some(content.as_str()) == existing => {}
            Ok(_) => assert_whole(&path),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
                assert_eq!(existing, None, "round {round}: the file is gone");
            }
        }
        assert!(init(&path).args(more).output().unwrap().status.success());
        assert_whole(&path);
        assert_eq!(names(directory.path()), ["certs.yaml"], "round {round}");
    }
}

#[test]
fn a_killed_run_leaves_nothing_or_everything() {
    kill_runs(None, &[]);
}

#[test]
fn a_killed_renewal_leaves_the_old_or_the_new_file() {
    kill_runs(Some("\n"), &["--renew"]);
}
