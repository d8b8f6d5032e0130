//! What people say about findings of `check` counts, is counted, and never hides what `render` refuses.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

const APPLICATION: &str = "\
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: pi, namespace: jobs}
spec:
  type: Scala
  mode: cluster
  sparkVersion: 3.5.1
  image: apache/spark:3.5.1
  mainClass: org.example.Main
  mainApplicationFile: local:///opt/app.jar
  restartPolicy: {type: Never}
  driver:
    serviceAccount: spark
    env:
      - {name: DB_PASSWORD, value: hunter2hunter2}
  executor: {instances: 1}
";

/// Runs `check`; returns its status and its report.
fn check(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let common = ["check", "--kube-version", "1.34", "--format", "json", "--fail-on", "note"];
    let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(common)
        .args(arguments)
        .arg(".")
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[test]
fn a_baseline_hides_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.yaml");
    fs::write(&file, APPLICATION).unwrap();
    assert_eq!(codes(&check(folder.path(), &[]).1), ["secret-in-clear"]);
    // Beside the applications, where a walk meets it.
    check(folder.path(), &["--write-baseline", "known.json"]);
    let known = ["--baseline", "known.json"];
    let (status, report) = check(folder.path(), &known);
    assert_eq!((status, codes(&report), &report["summary"]["baseline"]), (0, vec![], &Value::from(1)));

    // Moved lines are no change, a second secret is one.
    let second =
        "      - {name: DB_PASSWORD, value: hunter2hunter2}\n      - {name: API_TOKEN, value: hunter3hunter3}\n";
    let first = second.lines().next().unwrap().to_owned() + "\n";
    fs::write(&file, format!("# moved\n{}", APPLICATION.replace(&first, second))).unwrap();
    let (status, report) = check(folder.path(), &known);
    assert_eq!((status, codes(&report)), (1, vec!["secret-in-clear"]));
    assert!(report["findings"][0]["message"].as_str().unwrap().contains("API_TOKEN"), "{report}");

    fs::write(&file, APPLICATION.replace(&first, "").replace("    env:\n", "")).unwrap();
    assert_eq!(codes(&check(folder.path(), &known).1), ["stale-baseline"]);
}

#[test]
fn a_baseline_takes_a_warning_that_is_graded_to_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let application = APPLICATION.replace("spec:\n", "spec:\n  nodeSelector: {disk: null}\n");
    fs::write(folder.path().join("app.yaml"), application).unwrap();
    let graded = ["--severity", "null-in-map=error"];
    let (status, report) = check(folder.path(), &graded);
    assert_eq!(status, 1);
    assert!(codes(&report).contains(&"null-in-map"), "{report}");
    check(folder.path(), &[&graded[..], &["--write-baseline", "known.json"]].concat());
    let (status, report) = check(folder.path(), &[&graded[..], &["--baseline", "known.json"]].concat());
    assert_eq!((status, codes(&report)), (0, vec![]));
}

#[test]
fn what_render_refuses_is_always_reported() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = "metadata:\n  name: pi\n  namespace: jobs\n  annotations: {spark-render.io/allow: \"missing-field: we know\"}\n";
    let broken = APPLICATION
        .replace("  mainApplicationFile: local:///opt/app.jar\n", "")
        .replace("metadata: {name: pi, namespace: jobs}\n", allowed);
    fs::write(folder.path().join("app.yaml"), broken).unwrap();
    check(folder.path(), &["--write-baseline", "known.baseline"]);
    for flags in [
        &["--ignore", "missing-field"][..],
        &["--severity", "missing-field=note"],
        &["--select", "unknown-conf"],
        &["--baseline", "known.baseline"],
    ] {
        let (status, report) = check(folder.path(), flags);
        let findings = report["findings"].as_array().unwrap();
        let refused = findings.iter().any(|one| one["code"] == "missing-field" && one["severity"] == "error");
        assert!(status == 1 && refused, "{flags:?}: {report}");
    }
}

#[test]
fn the_annotation_changes_nothing_that_is_rendered() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = "metadata:\n  name: pi\n  namespace: jobs\n  annotations: {spark-render.io/allow: \"secret-in-clear: we know\"}\n";
    let with = APPLICATION.replace("metadata: {name: pi, namespace: jobs}\n", allowed);
    for target in ["pod", "job", "sparkapplication"] {
        let rendered = [APPLICATION, &with].map(|text| {
            fs::write(folder.path().join("app.yaml"), text).unwrap();
            let arguments = ["render", "--kube-version", "1.34", "--operator-version", "2.4", "--target", target, "."];
            let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
                .args(arguments)
                .current_dir(folder.path())
                .env_clear()
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        });
        assert_eq!(rendered[0], rendered[1], "target {target}");
    }
}
