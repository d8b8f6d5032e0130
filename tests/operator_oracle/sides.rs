//! The two sides that are compared: what the operator and Spark would create, and what `render` makes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::{
    environment, patch,
    recording::{Input, Row},
};

/// What `render` said and made.
pub(crate) struct Rendered {
    /// `None` if it refused.
    pub objects: Option<Vec<Value>>,
    /// Severity, code and message of each diagnostic.
    pub said: Vec<(String, String, String)>,
}

impl Rendered {
    /// The codes of what was said with a severity.
    pub(crate) fn codes<'a>(&'a self, severity: &'a str) -> impl Iterator<Item = &'a str> {
        self.said.iter().filter(move |(found, ..)| found == severity).map(|(_, code, _)| code.as_str())
    }
}

/// Renders the input as a driver Pod with executors shown.
pub(crate) fn rendered(input: &Input, kind: &str, spark: &str) -> Rendered {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("app.yaml");
    fs::write(&file, text_of_runs(input)).unwrap();
    let mut command = program(directory.path());
    command.arg("render").arg(&file).args(["--kube-version", "1.34", "-n", "default"]);
    if kind != "SparkConnect" {
        command.args(["--spark-version", spark]);
    }
    command.args(["--target", "pod", "--executors", "preview", "--format", "json", "--diagnostics", "json"]);
    if input.flags.as_object().is_some_and(|flags| !flags.is_empty()) {
        let mut flags = input.flags.clone();
        // The quota is the cluster's, no flag of ours.
        flags.as_object_mut().unwrap().remove("resourceQuota");
        let config = json!({
            "apiVersion": "spark-render.io/v1alpha1", "kind": "SparkRender", "metadata": {"name": "config"},
            "spec": {"operator": flags},
        });
        let path = directory.path().join("config.yaml");
        fs::write(&path, config.to_string()).unwrap();
        command.arg("--config").arg(path);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|line| ["severity", "code", "message"].map(|key| line[key].as_str().unwrap_or_default().to_owned()))
        .map(|[severity, code, message]| (severity, code, message))
        .collect();
    Rendered { objects: output.status.success().then(|| items(&output)), said }
}

/// The application of each run, for a schedule.
fn text_of_runs(input: &Input) -> String {
    let Ok(mut document) = serde_yaml::from_str::<Value>(&input.text) else { return input.text.clone() };
    if document["kind"] != "ScheduledSparkApplication" {
        return input.text.clone();
    }
    document["kind"] = "SparkApplication".into();
    document["spec"] = document["spec"]["template"].take();
    document.to_string()
}

/// What comes of the operator's submission: Spark's objects, its pods changed by the webhook, and the controllers'.
pub(crate) fn expected(row: &Row, spark: &str, namespace: &str) -> Vec<Value> {
    let Some(submission) = &row.submission else { return row.made.clone() };
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in &submission.files {
        // Spark ends with a NullPointerException on the operator's null, and so does `submit`; `render` does not, as
        // COMPATIBILITY.md says. What is compared is the rest.
        let text = text.replace("containers: null", "containers: []");
        fs::write(directory.path().join(name), text).unwrap();
    }
    let mut command = program(directory.path());
    command.args(["submit", "--spark-version", spark, "--executors", "preview", "--format", "json", "--"]);
    command.args(&submission.args).current_dir(directory.path());
    if !submission.args.iter().any(|arg| arg == "--proxy-user") {
        command.env("SPARK_USER", "spark");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{:?}: {}", submission.args, String::from_utf8_lossy(&output.stderr));
    let mut admissions = row.admissions[spark].iter();
    let mut objects = items(&output);
    for object in &mut objects {
        if object["metadata"]["namespace"].is_null() {
            object["metadata"]["namespace"] = namespace.into();
        }
        if object["kind"] == "Pod" {
            let admission = admissions.next().expect("as many pods as were recorded: record the release again");
            patch::apply(object, admission["patch"].as_array().map_or(&[], Vec::as_slice));
        }
    }
    seen_by_executors(&mut objects);
    objects.extend(row.made.iter().cloned());
    objects
}

/// `submit` makes executors of the driver that Spark sends; in a cluster the webhook's changes of the driver's environment
/// come first, and the driver hands them on: its user, its scratch directories, and which configuration folder it
/// reads.
fn seen_by_executors(objects: &mut [Value]) {
    let Some(driver) = objects.iter().find(|object| object["metadata"]["labels"]["spark-role"] == "driver") else {
        return;
    };
    let labels = driver["metadata"]["labels"].clone();
    let containers = driver["spec"]["containers"].as_array().map_or(&[][..], Vec::as_slice);
    let spark = containers.iter().find(|container| container["name"] == "spark-kubernetes-driver");
    let Some(env) = spark.and_then(|container| container["env"].as_array()) else { return };
    let env = environment::effective(env, &labels);
    let user = env.get("SPARK_USER").cloned();
    let dirs = env.get("SPARK_LOCAL_DIRS").cloned().unwrap_or_default();
    let elsewhere = env.get("SPARK_CONF_DIR").is_some_and(|folder| folder != "/opt/spark/conf");
    for object in objects.iter_mut().filter(|object| object["metadata"]["labels"]["spark-role"] == "executor") {
        for container in object["spec"]["containers"].as_array_mut().into_iter().flatten() {
            let own = container["env"].as_array_mut().into_iter().flatten().find(|entry| entry["name"] == "SPARK_USER");
            if let (Some(entry), Some(user)) = (own, &user) {
                entry["value"] = user.as_str().into();
            }
            for (index, dir) in dirs.split(',').enumerate().filter(|(_, dir)| !dir.is_empty()) {
                let name = format!("spark-local-dir-{}", index + 1);
                let mounts = container["volumeMounts"].as_array_mut().into_iter().flatten();
                // Spark's own directory is that of a driver whose environment says nothing.
                let is_sparks = |path: &Value| path.as_str().is_some_and(|path| path.starts_with("/var/data/spark-"));
                mounts
                    .filter(|mount| mount["name"] == name && is_sparks(&mount["mountPath"]))
                    .for_each(|mount| mount["mountPath"] = dir.into());
            }
        }
        let volumes = object["spec"]["volumes"].as_array_mut().into_iter().flatten();
        for volume in volumes.filter(|volume| elsewhere && volume["name"] == "spark-conf-volume-exec") {
            volume["configMap"]["items"] = Value::Null;
        }
    }
}

/// The tool, with an environment of its own.
fn program(home: &Path) -> Command {
    let binary = option_env!("CARGO_BIN_EXE_spark-render").unwrap_or("target/debug/spark-render");
    let mut command = Command::new(std::env::var("SPARK_RENDER").unwrap_or_else(|_| binary.to_owned()));
    command.env_clear().env("PATH", std::env::var("PATH").unwrap_or_default()).env("HOME", home);
    command
}

fn items(output: &Output) -> Vec<Value> {
    if output.stdout.is_empty() {
        return Vec::new();
    }
    match serde_json::from_slice(&output.stdout).unwrap() {
        Value::Array(items) => items,
        mut list if list["kind"] == "List" => list["items"].as_array_mut().map(std::mem::take).unwrap_or_default(),
        object => vec![object],
    }
}
