//! `diff OLD NEW` passes by what is the same text on both sides: it finds what it finds where every document is read
//! and compared, and says what is wrong with a file that is the same on both sides.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::{fs, path::Path, process::Command};

use spark_render::internals::{text::write::yaml, tree::Node};

use self::support::{
    Fixture,
    leaves::{self, Kind},
};

/// Standard output without the places of values, standard error and status.
fn diff(folder: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spark-render"));
    let output = command.arg("diff").args(arguments).current_dir(folder).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines = stdout.lines().filter(|line| !line.trim_start().starts_with("\"place\":"));
    // The comma before a place that is left out goes as well.
    let text = lines.map(|line| line.trim_end_matches(',')).collect::<Vec<_>>().join("\n");
    (text, String::from_utf8(output.stderr).unwrap(), output.status.code())
}

fn stream<'a>(objects: impl Iterator<Item = &'a Node>) -> String {
    let mut text = String::new();
    yaml::write_stream(objects, &mut text);
    text
}

fn lines<'a>(objects: impl Iterator<Item = &'a Node>) -> String {
    objects.map(|object| format!("{}\n", object.to_json())).collect()
}

#[test]
fn the_same_is_found_where_everything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut changed = 0;
    for (name, fixture) in Fixture::all_of_explain() {
        let before = fixture.render();
        let groups = leaves::groups(&before.document);
        let group = &groups[groups.len() / 2];
        let variations = leaves::variations(&fixture.text, &before.document, group);
        let variation = variations.iter().find(|variation| variation.kind == Kind::Changed).unwrap();
        let after = fixture.render_changed(&variation.text);
        // In another order, and with objects that come twice.
        let old: Vec<&Node> = before.objects.iter().chain(before.objects.first()).collect();
        let new: Vec<&Node> = after.objects.iter().rev().chain(after.objects.first()).collect();
        for (side, objects) in [("old", &old), ("new", &new)] {
            fs::write(folder.path().join(format!("{side}.yaml")), stream(objects.iter().copied())).unwrap();
            // JSON is read as a whole.
            fs::write(folder.path().join(format!("{side}.json")), lines(objects.iter().copied())).unwrap();
        }
        for format in ["text", "unified", "json"] {
            let quick = diff(folder.path(), &["old.yaml", "new.yaml", "--format", format]);
            let thorough = diff(folder.path(), &["old.json", "new.json", "--format", format]);
            assert_eq!(quick, thorough, "{name}");
            changed += usize::from(quick.2 == Some(1));
        }
    }
    assert!(changed > 30, "{changed}");
}

#[test]
fn places_are_those_of_the_whole_input() {
    let folder = tempfile::tempdir().unwrap();
    let object = |name: &str, value: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  a: \"{value}\"\n")
    };
    let write = |file: &str, objects: &[String]| fs::write(folder.path().join(file), objects.join("---\n")).unwrap();
    write("old.yaml", &[object("a", "1"), object("b", "1"), object("c", "1")]);
    write("new.yaml", &[object("x", "9"), object("a", "1"), object("b", "2"), object("c", "1")]);
    let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["diff", "old.yaml", "new.yaml", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["unchanged"], 2);
    let [added, changed] = report["objects"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((&added["newIndex"], &added["name"]["name"]), (&0.into(), &"x".into()));
    assert_eq!((&changed["oldIndex"], &changed["newIndex"]), (&1.into(), &2.into()));
    assert_eq!(changed["fields"][0]["place"], "new.yaml:20:6");
}

#[test]
fn what_cannot_be_read_is_said_of_both_sides_though_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\na: [1\n---\nb: 2\nb: 3\n";
    fs::write(folder.path().join("old.yaml"), text).unwrap();
    fs::write(folder.path().join("new.yaml"), text).unwrap();
    let (stdout, stderr, status) = diff(folder.path(), &["--diagnostics", "concise", "old.yaml", "new.yaml"]);
    assert_eq!((stdout.as_str(), status), ("", Some(2)));
    let said: Vec<&str> = stderr.lines().map(|line| line.split(" error[").next().unwrap()).collect();
    assert_eq!(said, ["old.yaml:5:4:", "old.yaml:8:1:", "new.yaml:5:4:", "new.yaml:8:1:"], "{stderr}");
}
