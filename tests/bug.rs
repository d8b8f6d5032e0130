//! A panic says that it is a bug, and ends the process, whichever thread it is in.

#![allow(clippy::disallowed_methods)] // the test tells itself by a variable what it is

use std::{fs, path::Path, process::Command};

use spark_render::internals::{
    cli::{ExitStatus, files::Files, rendered_file, settings::Settings},
    render::Options,
    text::read::{Input, Root},
    tree::{Severity, Sources, bug},
};

/// Set where this test runs itself to meet a bug.
const HERE: &str = "SPARK_RENDER_TEST_OF_A_BUG";

#[test]
fn a_panic_is_reported_as_a_bug() {
    if let Ok(thread) = std::env::var(HERE) {
        spark_render::internals::cli::report_bugs();
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

/// The names of what a file becomes when the look at one of its documents panics, and its findings.
#[test]
fn a_bug_in_one_document_leaves_the_others() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !bug::keep(panic) {
            usual(panic);
        }
    }));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.yaml");
    let names = ["first", "second", "third"];
    let map = |name: &str| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
    fs::write(&path, names.map(map).concat()).unwrap();
    let files = Root::anywhere().folder(folder.path()).unwrap();
    let settings = Settings {
        options: Options::default(),
        inputs: Vec::new(),
        values_files: Vec::new(),
        values: serde_json::Value::Null,
        policy: spark_render::internals::review::policy::Policy::default(),
        files: Files { input: files.clone(), config: files },
    };
    let input = Input::named(path);
    let unit = rendered_file::inspect_input(&input, &settings, false, &Sources::new(), &mut |inspected, _| {
        assert!(inspected.document.index != 1, "the tree has no root");
    });
    let unit = unit.unwrap();
    let made: Vec<&str> = unit.manifests.iter().map(spark_render::internals::kube::Manifest::name).collect();
    assert_eq!(made, ["first", "third"]);
    let found: Vec<_> = unit.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].code == "bug" && found[0].message.contains("the tree has no root"), "{}", found[0].message);
    let place = found[0].origin.span().map(|span| unit.sources.place(span)).unwrap();
    assert!(Path::new(&place).ends_with("app.yaml:6:1"), "{place}");
    // Whatever else a run says.
    assert!(bug::met());
    assert_eq!(ExitStatus::Bug.code(), 101);
}
