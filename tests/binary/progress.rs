//! Long work shows how far it is, but only to somebody who watches.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// A folder with more applications than are done in a moment.
fn applications() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string("fixtures/render/spark-pi/app.yaml").unwrap();
    assert!(text.contains("name: spark-pi\n"));
    for number in 0..150 {
        let text = text.replace("name: spark-pi\n", &format!("name: spark-pi-{number}\n"));
        fs::write(folder.path().join(format!("app-{number:03}.yaml")), text).unwrap();
    }
    folder
}

/// The commands that say how far they are, and what they say that they do.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["render", "--kube-version", "1.34", "-o", "TREE", "APPS"], "rendering"),
    (&["check", "--kube-version", "1.34", "APPS"], "checking"),
    (&["diff", "TREE", "TREE"], "reading"),
    (&["diff", "--from", "kube=1.33", "--to", "kube=1.34", "APPS"], "rendering"),
];

fn arguments(command: &[&str], apps: &Path, tree: &Path) -> Vec<String> {
    let path = |argument: &&str| match *argument {
        "APPS" => apps.to_string_lossy().into_owned(),
        "TREE" => tree.to_string_lossy().into_owned(),
        other => other.to_owned(),
    };
    command.iter().map(path).collect()
}

#[test]
fn piped_standard_error_is_empty() {
    let (apps, tree) = (applications(), tempfile::tempdir().unwrap());
    for (command, _) in COMMANDS {
        let Output { stderr, status, .. } = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .args(arguments(command, apps.path(), &tree.path().join("tree")))
            .env("TERM", "xterm-256color")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&stderr), "", "{command:?}");
        assert!(status.code().is_some_and(|code| code < 2), "{command:?}");
    }
}

/// What somebody sees at a terminal (`script` of util-linux makes one).
#[cfg(feature = "real-programs")]
fn seen(arguments: &[String], variables: &[(&str, &str)]) -> String {
    let words = std::iter::once(env!("CARGO_BIN_EXE_spark-render").to_owned()).chain(arguments.iter().cloned());
    let line = words.map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_clear()
        .env("PATH", std::env!("PATH"))
        .envs(variables.iter().copied())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(feature = "real-programs")]
#[test]
fn a_terminal_shows_how_far_long_work_is() {
    let (apps, tree) = (applications(), tempfile::tempdir().unwrap());
    for (command, doing) in COMMANDS {
        let arguments = arguments(command, apps.path(), &tree.path().join("tree"));
        let text = seen(&arguments, &[("TERM", "xterm-256color")]);
        let bar = format!("{doing} [");
        assert!(text.contains(&bar), "{text:?}");
        // Without colours it is shown as well: it has none.
        let text = seen(&arguments, &[("TERM", "xterm-256color"), ("NO_COLOR", "1")]);
        assert!(text.contains(&bar), "{text:?}");
        assert!(!text.contains("\u{1b}[3"), "{text:?}");
        // A terminal that cannot move its cursor, and somebody who does not want to know.
        let quiet = [arguments.as_slice(), &["--quiet".to_owned()]].concat();
        for text in [seen(&arguments, &[("TERM", "dumb")]), seen(&quiet, &[("TERM", "xterm-256color")])] {
            assert!(!text.contains(&bar), "{text:?}");
        }
    }
}

#[test]
fn quiet_leaves_only_errors_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string("fixtures/render/spark-pi/app.yaml").unwrap();
    fs::write(
        folder.path().join("app.yaml"),
        text.replace("spec:\n", "spec:\n  mode: client\n").replace("  mode: cluster\n", ""),
    )
    .unwrap();
    let render = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spark-render"));
        command.args(["render", "--kube-version", "1.34", "app.yaml"]).args(more).current_dir(folder.path());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap(), output.stdout)
    };
    let (status, loud, stdout) = render(&[]);
    assert!(loud.contains("warning[client-mode]"), "{loud}");
    assert_eq!(render(&["--quiet"]), (status, String::new(), stdout));
    fs::write(folder.path().join("app.yaml"), text.replace("mainApplicationFile", "mainApplicationFiles")).unwrap();
    let (status, quiet, _) = render(&["-q"]);
    assert!(status == Some(1) && quiet.contains("error[missing-field]") && !quiet.contains("warning["), "{quiet}");
}
