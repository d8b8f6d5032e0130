//! The recorder of real Spark still makes the recordings that `tests/oracle.rs` compares with: three cases of one
//! release, recorded again (`tests/record/spark`).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may panic and look at the environment")]
#![cfg(feature = "real-programs")]

use std::{path::Path, process::Command};

/// The release that `tests/tools/install.sh pyspark-3.5` installs.
const RELEASE: &str = "3.5.9";
const CASES: &str = "^(operator-like|vol-pvc-ondemand|template-full)$";

#[test]
fn three_cases_are_recorded_as_they_are_in_the_fixtures() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let installed = Command::new(tests.join("tools/install.sh")).arg(format!("pyspark-{RELEASE}")).output().unwrap();
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    let home = String::from_utf8(installed.stdout).unwrap();
    let recorded = Command::new("python3")
        .arg(tests.join("record/spark/record.py"))
        .args([RELEASE, "--check", "--cases", CASES, "--home", home.trim()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&recorded.stdout);
    assert!(recorded.status.success(), "{said}{}", String::from_utf8_lossy(&recorded.stderr));
    assert!(said.contains("3 cases of Spark 3.5.9 recorded") && said.ends_with("equal to fixtures/oracle\n"), "{said}");
}
