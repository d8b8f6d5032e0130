//! What rendered objects hold, written beside their inputs: each folder of `fixtures/expectations` has an application,
//! perhaps a `spark-render.yaml`, and `expected.yaml`.
//!
//! ```yaml
//! # Why it is so.
//! arguments: [--target, job]
//! first: 1.29          # tried for the minor before it, for itself and for the one after it
//! before:
//!   objects: {Job/pi: {spec: {podReplacementPolicy: null}}}
//! from:
//!   objects: {Job/pi: {spec: {podReplacementPolicy: Failed}}}
//! ```
//!
//! Without `first` there is `always`, tried for the newest Kubernetes. `objects` holds parts of objects
//! (`partial.rs`), null for one that is not there; a name may end in `*`. `findings` are all codes that are reported,
//! `messages` parts of their texts, `absent` what no text says, `fields` the fields that they are about, where given, and
//! `status` is what the run ends with.
//! `command: check` looks at findings only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    partial::{differences, taken_apart},
    run::{Outcome, check, each, folders, render},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/expectations");
/// The newest minor that is known.
const NEWEST: u32 = 37;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    #[serde(default)]
    command: Command,
    #[serde(default)]
    arguments: Vec<String>,
    first: Option<String>,
    before: Option<Side>,
    from: Option<Side>,
    /// The minor after the first, where it differs for another reason.
    above: Option<Side>,
    always: Option<Side>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Command {
    #[default]
    Render,
    Check,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    #[serde(default)]
    objects: BTreeMap<String, Value>,
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    messages: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    fields: Option<Vec<String>>,
    #[serde(default)]
    status: i32,
}

impl Expectation {
    fn read(folder: &Path) -> Self {
        let path = folder.join("expected.yaml");
        let text = fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        assert!(text.starts_with('#'), "{} does not say why", path.display());
        serde_yaml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
    }

    /// The minors that are tried, and what is expected of each.
    fn sides(&self) -> Vec<(u32, &Side)> {
        match (&self.first, &self.before, &self.from, &self.always) {
            (Some(first), Some(before), Some(from), None) => {
                let first: u32 = first.strip_prefix("1.").unwrap().parse().unwrap();
                let above = Some((first + 1, self.above.as_ref().unwrap_or(from)));
                let above = above.filter(|(minor, _)| *minor <= NEWEST);
                [(first - 1, before), (first, from)].into_iter().chain(above).collect()
            }
            (None, None, None, Some(always)) => vec![(NEWEST, always)],
            _ => panic!("`first`, `before` and `from`, or `always`"),
        }
    }
}

impl Side {
    fn faults(&self, outcome: &Outcome) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, part) in &self.objects {
            let found = outcome.objects.iter().find(|object| is_called(object, name)).map(taken_apart);
            faults.extend(differences(name, part, found.as_ref()));
        }
        let mut expected: Vec<&str> = self.findings.iter().map(String::as_str).collect();
        expected.sort_unstable();
        if outcome.codes() != expected {
            faults.push(format!("findings {expected:?} expected, but they are {:#?}", outcome.findings));
        }
        for message in &self.messages {
            if !outcome.findings.iter().any(|finding| finding.message.contains(message)) {
                faults.push(format!("no finding says `{message}`: {:#?}", outcome.findings));
            }
        }
        for message in &self.absent {
            if outcome.findings.iter().any(|finding| finding.message.contains(message)) {
                faults.push(format!("a finding says `{message}`: {:#?}", outcome.findings));
            }
        }
        if let Some(expected) = &self.fields {
            let found: BTreeSet<&str> =
                outcome.findings.iter().filter_map(|finding| finding.field.as_deref()).collect();
            if found != expected.iter().map(String::as_str).collect() {
                faults.push(format!("findings about {expected:?} expected, but they are about {found:?}"));
            }
        }
        if outcome.status != self.status {
            faults.push(format!("status {} expected, but it is {}", self.status, outcome.status));
        }
        faults
    }
}

/// Whether `name` (`Kind/name`, `Kind/begin*`) means the object.
fn is_called(object: &Value, name: &str) -> bool {
    let own = format!("{}/{}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap());
    name.strip_suffix('*').map_or(own == name, |begin| own.starts_with(begin))
}

#[test]
fn objects_hold_what_is_expected_on_both_sides_of_each_minor() {
    let folders = folders(Path::new(ROOT));
    let faults = each(&folders, |folder| {
        let expectation = Expectation::read(folder);
        let mut faults = Vec::new();
        for (minor, side) in expectation.sides() {
            let version = format!("1.{minor}");
            let mut arguments = vec!["--kube-version", &version];
            arguments.extend(expectation.arguments.iter().map(String::as_str));
            arguments.push("app.yaml");
            let outcome = match expectation.command {
                Command::Render => render(folder, &arguments),
                Command::Check => check(folder, &arguments),
            };
            let name = folder.file_name().unwrap().to_string_lossy();
            faults.extend(side.faults(&outcome).into_iter().map(|fault| format!("{name} for {version}: {fault}")));
        }
        faults
    });
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
