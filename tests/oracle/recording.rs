//! The recordings, put together again from the compact fixtures.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

/// One submission to one Spark version.
pub(crate) struct Recording {
    pub version: String,
    pub case: String,
    /// `submit_args`, `files`, `conf_dir_files`, `env`, `want`, …
    pub input: Value,
    /// Whether spark-submit accepted it.
    pub submitted: bool,
    /// Whether the driver could start executors.
    pub executed: bool,
    /// The first line of the exception, if there was one.
    pub error: String,
    /// What spark-submit sent.
    pub driver: Vec<Value>,
    /// The executor Pods, the first two.
    pub executor_pods: Vec<Value>,
    /// The executors' ConfigMap and other objects.
    pub executor_others: Vec<Value>,
}

/// The recordings that the executor side has too.
pub(crate) const RECORDED: &str = "fixtures/oracle";

/// Recordings of rules off the beaten track, in five versions, of the driver side only.
pub(crate) const ODD: &str = "fixtures/oracle-odd";
/// Odd submissions again, recorded for their executors: confs and templates that only the driver looks at.
pub(crate) const ODD_EXECUTORS: &str = "fixtures/oracle-executors";

/// All recordings of [`RECORDED`].
pub(crate) fn recordings() -> Vec<Recording> {
    recordings_in(RECORDED)
}

/// All recordings of a directory that the recorder made.
pub(crate) fn recordings_in(directory: &str) -> Vec<Recording> {
    let directory = Path::new(directory);
    let inputs = lines(&directory.join("inputs.jsonl"));
    let objects = lines(&directory.join("objects.jsonl"));
    let mut versions: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".jsonl").map(str::to_owned))
        .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    versions.sort();
    let mut recordings = Vec::new();
    for version in versions {
        let object = |id: &Value| {
            let id = usize::try_from(id.as_u64()?).unwrap();
            let text = objects[id].to_string().replace("<SPARK_VERSION>", &version);
            Some(serde_json::from_str::<Value>(&text).unwrap())
        };
        let list = |ids: &Value| -> Vec<Value> { ids.as_array().unwrap().iter().filter_map(&object).collect() };
        for row in lines(&directory.join(format!("{version}.jsonl"))) {
            let (driver, executor) = (&row["driver"], &row["executor"]);
            let single = ["pod", "service", "configMap"].iter().filter_map(|key| object(&driver[key]));
            recordings.push(Recording {
                version: version.clone(),
                case: row["case"].as_str().unwrap().to_owned(),
                input: inputs[usize::try_from(row["input"].as_u64().unwrap()).unwrap()].clone(),
                submitted: row["submitted"].as_bool().unwrap(),
                executed: row["executed"].as_bool().unwrap(),
                error: row["error"].as_str().unwrap_or_default().to_owned(),
                driver: single.chain(list(&driver["others"])).collect(),
                executor_pods: list(&executor["pods"]),
                executor_others: object(&executor["configMap"]).into_iter().chain(list(&executor["others"])).collect(),
            });
        }
    }
    recordings
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Recording {
    /// A map of texts in the input, empty if it is not there.
    pub(crate) fn texts(&self, key: &str) -> BTreeMap<String, String> {
        let Some(map) = self.input[key].as_object() else { return BTreeMap::new() };
        map.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
    }
}
