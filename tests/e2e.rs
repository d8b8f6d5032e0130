//! Real Spark runs from what we render: drivers and executors as local processes (`tests/e2e`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]
#![cfg(feature = "real-programs")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

const SERVERS: &str = "kafka-0.kafka:9092,kafka-1.kafka:9092";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `render` prints for `fixtures/e2e/<name>`.
fn rendered(name: &str, arguments: &[&str]) -> String {
    let file = root().join("fixtures/e2e").join(name).join("app.yaml");
    let result = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["render", "--kube-version", "1.34"])
        .args(arguments)
        .arg(file)
        .output()
        .unwrap();
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    String::from_utf8(result.stdout).unwrap()
}

/// Runs the manifests with real Spark: whether all pods ended with 0, and the report.
fn run(spark: &str, manifests: &str) -> (bool, Value) {
    run_with(spark, manifests, &[])
}

fn run_with(spark: &str, manifests: &str, arguments: &[&str]) -> (bool, Value) {
    let directory = tempfile::tempdir().unwrap();
    let file: PathBuf = directory.path().join("manifests.yaml");
    fs::write(&file, manifests).unwrap();
    let result = Command::new(root().join("tests/e2e/run.sh"))
        .arg(spark)
        .arg(&file)
        .args(["--", "--show-env", "KAFKA_SERVERS", "--log-lines", "400"])
        .args(arguments)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let report = serde_json::from_slice(&result.stdout)
        .unwrap_or_else(|error| panic!("no report: {error}\n{}", String::from_utf8_lossy(&result.stderr)));
    (result.status.success(), report)
}

/// `KAFKA_SERVERS` in each process of the pods of `role` (`drivers`, or `others`: executors).
fn servers(report: &Value, role: &str) -> Vec<Value> {
    let pods = report[role].as_array().unwrap();
    let processes = pods.iter().flat_map(|pod| pod["processes"].as_array().unwrap());
    processes.map(|process| process["env"]["KAFKA_SERVERS"].clone()).collect()
}

fn counts_words_on_two_executors(spark: &str) {
    let (ok, report) = run(spark, &rendered("wordcount", &["--spark-version", spark]));
    assert!(ok, "{report:#}");
    assert_eq!(report["executors_started"], 2, "{report:#}");
    for role in ["drivers", "others"] {
        let found = servers(&report, role);
        assert!(found.len() >= 2, "{report:#}");
        assert!(found.iter().all(|value| value == SERVERS), "{role}: {found:?}");
    }
}

#[test]
fn spark_3_5_counts_words_with_its_variables() {
    counts_words_on_two_executors("3.5.9");
}

#[test]
fn spark_4_0_counts_words_with_its_variables() {
    counts_words_on_two_executors("4.0.5");
}

/// What the webhook's failure looks like: the same manifests with the variable taken out of the template.
#[test]
fn without_the_variable_in_the_template_executors_fail_with_key_error() {
    let manifests = rendered("wordcount", &[]);
    let env = format!("        env:\n        - name: KAFKA_SERVERS\n          value: {SERVERS}\n");
    let (before, template) = manifests.split_once("podspec-configmap-key: |").unwrap();
    assert!(template.contains(&env), "{template}");
    let broken = format!("{before}podspec-configmap-key: |{}", template.replace(&env, ""));
    let (ok, report) = run("3.5.9", &broken);
    assert!(!ok);
    assert!(report.to_string().contains("KeyError: 'KAFKA_SERVERS'"), "{report:#}");
    assert!(servers(&report, "others").iter().all(Value::is_null));
}

/// What each driver printed as its application id.
fn application_ids(report: &Value) -> BTreeSet<String> {
    let drivers = report["drivers"].as_array().unwrap();
    let lines = drivers.iter().flat_map(|driver| driver["log"].as_array().unwrap());
    lines.filter_map(|line| line.as_str()?.strip_prefix("application id: ").map(str::to_owned)).collect()
}

/// The names of all pods: drivers and executors.
fn pods(report: &Value) -> Vec<&str> {
    let all = ["drivers", "others"].into_iter().flat_map(|role| report[role].as_array().unwrap());
    all.map(|pod| pod["pod"].as_str().unwrap()).collect()
}

/// Two attempts or runs: each with an id, a driver and an executor of its own, both applications to the end. An
/// event log of the same name would have ended the second (`FileAlreadyExistsException`).
fn ran_twice_without_colliding(report: &Value) {
    assert_eq!(report["drivers"].as_array().unwrap().len(), 2, "{report:#}");
    assert_eq!(application_ids(report).len(), 2, "{report:#}");
    let names = pods(report);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    assert_eq!(report["executors_started"], 2, "{report:#}");
}

#[test]
fn a_job_that_fails_once_is_retried() {
    let (ok, report) = run("3.5.9", &rendered("job-retry", &["--target", "job"]));
    assert!(ok, "{report:#}");
    ran_twice_without_colliding(&report);
    let codes: Vec<i64> =
        report["drivers"].as_array().unwrap().iter().filter_map(|d| d["exit_code"].as_i64()).collect();
    assert_eq!(codes, [1, 0]);
}

#[test]
fn two_runs_of_a_cron_job_overlap() {
    let (ok, report) = run_with("3.5.9", &rendered("schedule", &[]), &["--runs", "2"]);
    assert!(ok, "{report:#}");
    ran_twice_without_colliding(&report);
}

#[test]
fn a_job_with_a_sidecar_completes() {
    let (ok, report) = run("3.5.9", &rendered("job-sidecar", &["--target", "job"]));
    assert!(ok, "{report:#}");
    let notes = report["drivers"][0]["notes"].to_string();
    assert!(notes.contains("shipper runs beside"), "{report:#}");
}
