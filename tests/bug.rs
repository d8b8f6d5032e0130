//! A panic says that it is a bug, and ends the process, whichever thread it is in.

#![allow(clippy::disallowed_methods)] // the test tells itself by a variable what it is

use std::process::Command;

/// Set where this test runs itself to meet a bug.
const HERE: &str = "SPARK_RENDER_TEST_OF_A_BUG";

#[test]
fn a_panic_is_reported_as_a_bug() {
    if let Ok(thread) = std::env::var(HERE) {
        spark_render::cli::report_bugs();
        if thread == "another" {
            let _ = std::thread::spawn(|| panic!("the tree has no root")).join();
        }
        panic!("the tree has no root");
    }
    for thread in ["this", "another"] {
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_panic_is_reported_as_a_bug", "--nocapture"])
            .env(HERE, thread)
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(101), "{thread}");
        let stderr = String::from_utf8(run.stderr).unwrap();
        let (panic, rest) = stderr.split_once("the tree has no root\n").expect("the panic's own message comes first");
        assert!(panic.contains("panicked at tests/bug.rs"), "{stderr}");
        let version = env!("CARGO_PKG_VERSION");
        let report = format!(
            "\nThis is a bug in spark-render {version}. Please report it, with the lines above and the input if you can \
             share it.\n"
        );
        assert!(rest.ends_with(&report) && rest.matches("This is a bug").count() == 1, "{stderr}");
    }
}
