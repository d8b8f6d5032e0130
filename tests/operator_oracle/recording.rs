//! The recordings of `tests/record/operator`, with objects in place of their numbers.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

/// An application that was put to the operator.
#[derive(Deserialize)]
pub(crate) struct Input {
    pub name: String,
    /// The operator's flags: `spec.operator` of our configuration.
    pub flags: Value,
    /// The document as its author wrote it.
    pub text: String,
}

/// What one release of the operator made of one input.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Row {
    pub input: usize,
    pub kind: String,
    pub decode_error: String,
    pub schema_errors: Vec<String>,
    pub validate_error: String,
    pub submit_error: String,
    pub panic: String,
    args: Option<usize>,
    files: Option<usize>,
    /// The command line of spark-submit, if the operator got there.
    #[serde(skip)]
    pub submission: Option<Submission>,
    /// Why Spark refuses the command line, by Spark version.
    pub spark_error: BTreeMap<String, String>,
    /// What the webhook did to each pod of the submission (`{"patch": […]}` or `{"error": …}`), by Spark version.
    pods: BTreeMap<String, Vec<usize>>,
    #[serde(skip)]
    pub admissions: BTreeMap<String, Vec<Value>>,
    objects: Vec<usize>,
    /// What the controllers made.
    #[serde(skip)]
    pub made: Vec<Value>,
    /// Of a ScheduledSparkApplication.
    pub schedule: Option<Schedule>,
}

/// A call of spark-submit.
pub(crate) struct Submission {
    pub args: Vec<String>,
    /// The pod template files that it names.
    pub files: BTreeMap<String, String>,
}

/// What the operator said of a schedule.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Schedule {
    pub schema_errors: Vec<String>,
    pub validate_error: String,
    pub submit_error: String,
    /// Three times of it, from 2026-01-15 10:30:30 UTC.
    pub next: Vec<String>,
}

impl Row {
    /// Why the operator, or Spark of that version, starts nothing; `None` if a driver pod comes about.
    pub(crate) fn refusal(&self, spark: &str) -> Option<String> {
        let texts = [&self.decode_error, &self.validate_error, &self.panic];
        let first = self.schema_errors.first().into_iter().chain(texts).find(|text| !text.is_empty());
        let never_submitted = (self.kind != "SparkConnect" && self.submission.is_none()).then_some(&self.submit_error);
        let webhook = self.admissions.get(spark).into_iter().flatten().find_map(|pod| pod["error"].as_str());
        first
            .or(never_submitted)
            .or(self.spark_error.get(spark))
            .cloned()
            .or(webhook.map(|error| format!("webhook: {error}")))
    }
}

/// All that was recorded.
pub(crate) struct Recordings {
    pub inputs: Vec<Input>,
    /// By release of the operator.
    pub releases: BTreeMap<String, Vec<Row>>,
}

impl Recordings {
    pub(crate) fn read(directory: &Path) -> Self {
        let objects: Vec<Value> = lines(&directory.join("objects.jsonl"));
        let resolve = |ids: &[usize]| -> Vec<Value> { ids.iter().map(|id| objects[*id].clone()).collect() };
        let mut releases = BTreeMap::new();
        for entry in fs::read_dir(directory).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(release) =
                name.strip_suffix(".jsonl").filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
            else {
                continue;
            };
            let mut rows: Vec<Row> = lines(&directory.join(&name));
            for row in &mut rows {
                row.made = resolve(&row.objects);
                row.submission = row.args.zip(row.files).map(|(args, files)| Submission {
                    args: serde_json::from_value(objects[args].clone()).unwrap(),
                    files: serde_json::from_value(objects[files].clone()).unwrap(),
                });
                row.admissions = row.pods.iter().map(|(spark, ids)| (spark.clone(), resolve(ids))).collect();
            }
            releases.insert(release.to_owned(), rows);
        }
        Self { inputs: lines(&directory.join("inputs.jsonl")), releases }
    }
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Vec<T> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
