//! COMPATIBILITY.md against what `render` does: the published document is read, and every row that speaks of Spark and
//! Kubernetes together is tried with every Spark minor and every Kubernetes minor.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::json;
use spark_render::internals::{
    kube::{self, Manifest, OnUnsupported},
    spark::RECORDED,
    tree::{Diagnostics, Node},
};

/// A row of "What the driver creates at run time".
struct Row {
    spark: (u32, u32),
    below: u32,
    /// `key=value`, or `severity: message`.
    what: String,
}

fn rows() -> Vec<Row> {
    let document = fs::read_to_string("COMPATIBILITY.md").unwrap();
    let (_, section) = document.split_once("\n## What the driver creates at run time\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| from "));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (major, minor) = cells[0].strip_prefix("from ").unwrap().split_once('.').unwrap();
        Row {
            spark: (major.parse().unwrap(), minor.parse().unwrap()),
            below: cells[1].strip_prefix("below 1.").unwrap().parse().unwrap(),
            what: cells[2].trim_matches('`').to_owned(),
        }
    })
    .collect()
}

/// Standard output and standard error of `render` on `text`.
fn render(text: &str, spark: &str, target: kube::Version) -> (String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["render", "-", "--diagnostics", "concise", "--color", "never"])
        .args(["--spark-version", spark, "--kube-version", &target.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn rows_about_the_run_time_hold_for_every_spark_and_every_kubernetes() {
    let rows = rows();
    let (confs, effects): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.what.starts_with("spark."));
    assert!(!confs.is_empty() && !effects.is_empty(), "the document has rows of both kinds");
    let application = fs::read_to_string("fixtures/compat-stages/app.yaml").unwrap();
    // What no conf prevents shows where the user says no to the confs that `render` would set.
    let refused: String = confs
        .iter()
        .map(|row| format!("    {}: \"false\"\n", row.what.split('=').next().unwrap()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let without_confs = application.replace("  sparkConf:\n", &format!("  sparkConf:\n{refused}"));
    for (major, minor, patch) in RECORDED {
        let spark = format!("{major}.{minor}.{patch}");
        for target in kube::Version::known() {
            let concerned = |row: &Row| (*major, *minor) >= row.spark && target.minor() < row.below;
            let (output, _) = render(&application, &spark, target);
            assert!(output.contains("kind: Pod"), "{spark} {target}");
            for row in &confs {
                let found = output.lines().any(|line| line.trim() == row.what);
                assert_eq!(found, concerned(row), "Spark {spark}, Kubernetes {target}: {}", row.what);
            }
            let (_, findings) = render(&without_confs, &spark, target);
            for row in &effects {
                let (severity, message) = row.what.split_once(": ").unwrap();
                let wanted = format!("{severity}[runtime-object]");
                let found = findings.lines().any(|line| line.contains(&wanted) && line.contains(message));
                assert_eq!(found, concerned(row), "Spark {spark}, Kubernetes {target}: {}\n{findings}", row.what);
            }
        }
    }
}

#[test]
fn rows_about_api_versions_hold_for_every_kubernetes() {
    let document = fs::read_to_string("COMPATIBILITY.md").unwrap();
    let (_, section) = document.split_once("| kind | apiVersion | change of shape |\n").unwrap();
    let mut rows = 0;
    for line in section.lines().skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        // `networking.k8s.io/v1` from 1.19, `networking.k8s.io/v1beta1` from 1.16: the newest first.
        let versions: Vec<(String, u32)> = cells[1]
            .split(", ")
            .map(|version| {
                let (name, since) = version.split_once(" from 1.").unwrap();
                (name.trim_matches('`').to_owned(), since.parse().unwrap())
            })
            .collect();
        let object = Node::from_json(&json!({
            "apiVersion": versions[0].0, "kind": cells[0], "metadata": { "name": "one", "namespace": "jobs" },
        }));
        for target in kube::Version::known() {
            let (expected, _) = versions.iter().find(|(_, since)| target.minor() >= *since).unwrap();
            let made = vec![Manifest::rendered(object.clone())];
            let made = kube::conform(made, target, OnUnsupported::Drop, &mut Diagnostics::new());
            assert_eq!(made[0].object.str_at(&["apiVersion"]), Some(expected.as_str()), "{} {target}", cells[0]);
        }
        rows += 1;
    }
    assert!(rows >= 5, "the document has rows for all kinds that move");
}
