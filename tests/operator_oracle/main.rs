//! `render` against recordings of the Spark operator's own code: for each application of `fixtures/operator`, what the
//! operator and Spark would create, and what `render` makes. Everything that differs is a row of `stated.rs` or a fault.
//!
//! `tests/record/operator/record.py` makes the recordings, of these or other releases and applications. With
//! `OPERATOR_RECORDINGS=DIR` the test reads those of another folder; `OPERATOR_INPUTS=REGEX` compares those of these names
//! only; `SPARK_RENDER=FILE` compares another program.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

mod canonical;
mod environment;
mod patch;
mod planted;
mod recording;
mod sides;
mod stated;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;

use canonical::{Canon, Objects};
use recording::{Input, Recordings, Row};
use regex_lite::Regex;
use sides::Rendered;
use stated::{Class, DIFFERENCES, LEAVES, Leaf, Refusal};

/// An application by one release of the operator and one of Spark, and what `render` made of it.
struct Pair<'a> {
    input: &'a Input,
    release: &'a str,
    spark: &'a str,
    /// Objects, or why there are none.
    operator: Result<Vec<Value>, String>,
    ours: Rendered,
}

impl Pair<'_> {
    fn namespace(&self) -> String {
        let document: Value = serde_yaml::from_str(&self.input.text).unwrap_or_default();
        document["metadata"]["namespace"].as_str().unwrap_or("default").to_owned()
    }

    /// Both sides' objects, if both have some.
    fn objects(&self, canon: &Canon) -> Option<(Objects, Objects)> {
        let (Ok(operator), Some(ours)) = (&self.operator, &self.ours.objects) else { return None };
        let namespace = self.namespace();
        Some((canon.objects(operator, &namespace), canon.objects(ours, &namespace)))
    }

    fn name(&self) -> String {
        format!("{} (operator {}, Spark {})", self.input.name, self.release, self.spark)
    }
}

static RECORDINGS: LazyLock<Recordings> = LazyLock::new(|| {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/operator");
    Recordings::read(&std::env::var_os("OPERATOR_RECORDINGS").map_or(fixtures, PathBuf::from))
});

/// All pairs: both programs have run.
static PAIRS: LazyLock<Vec<Pair<'static>>> = LazyLock::new(|| {
    let mut jobs = Vec::new();
    for (release, rows) in &RECORDINGS.releases {
        for row in rows.iter().filter(|row| is_asked_for(&RECORDINGS.inputs[row.input].name)) {
            for spark in spark_versions(row, release) {
                jobs.push((release.as_str(), row, spark));
            }
        }
    }
    in_parallel(&jobs, |(release, row, spark)| {
        let input = &RECORDINGS.inputs[row.input];
        let operator = row.refusal(spark).map_or_else(
            || {
                let document: Value = serde_yaml::from_str(&input.text).unwrap_or_default();
                let namespace = document["metadata"]["namespace"].as_str().unwrap_or("default");
                Ok(sides::expected(row, spark, namespace))
            },
            Err,
        );
        Pair { input, release, spark, operator, ours: sides::rendered(input, &row.kind, spark) }
    })
});

fn is_asked_for(name: &str) -> bool {
    static ASKED: LazyLock<Option<Regex>> =
        LazyLock::new(|| std::env::var("OPERATOR_INPUTS").ok().map(|text| Regex::new(&text).unwrap()));
    ASKED.as_ref().is_none_or(|asked| asked.is_match(name))
}

/// The Spark versions that an application is compared for: what was recorded, one of them for older releases.
fn spark_versions(row: &Row, release: &str) -> Vec<&'static str> {
    let newest = RECORDINGS.releases.keys().next_back().is_some_and(|newest| newest == release);
    let all: &[&str] = if newest && row.kind != "SparkConnect" { &["3.5.1", "4.0.5"] } else { &["4.0.5"] };
    all.to_vec()
}

fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { return done };
                done.push((at, work(item)));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Paths at which two objects differ, with both values.
fn differences(operator: &Objects, ours: &Objects) -> Vec<String> {
    let mut found = Vec::new();
    let keys: BTreeSet<&String> = operator.keys().chain(ours.keys()).collect();
    for key in keys {
        match (operator.get(key), ours.get(key)) {
            (Some(theirs), Some(our)) => compare(key, theirs, our, &mut found),
            (Some(_), None) => found.push(format!("{key}: missing")),
            (None, _) => found.push(format!("{key}: too much")),
        }
    }
    found
}

fn compare(path: &str, theirs: &Value, ours: &Value, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                compare(&format!("{path}/{key}"), &theirs[key], &ours[key], found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}/{place}"), a, b, found);
            }
        }
        _ if theirs == ours => {}
        _ => found.push(format!("{path}: operator {theirs}, render {ours}")),
    }
}

#[test]
fn what_the_operator_creates_is_rendered() {
    let canon = Canon::without(&[]);
    let leaves: Vec<(Regex, &Leaf)> = LEAVES.iter().map(|leaf| (Regex::new(leaf.pattern).unwrap(), leaf)).collect();
    let mut report = Vec::new();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut refusals_met = BTreeSet::new();
    let mut leaves_met: BTreeMap<&Leaf, BTreeSet<&str>> = BTreeMap::new();
    for pair in PAIRS.iter() {
        let outcome = match (&pair.operator, &pair.ours.objects) {
            (Ok(_), Some(_)) => {
                let (operator, ours) = pair.objects(&canon).unwrap();
                let mut found = differences(&operator, &ours);
                let outcome = if found.is_empty() { "equal" } else { "equal but for stated leaves" };
                found.retain(|difference| {
                    let row = leaves
                        .iter()
                        .find(|(pattern, leaf)| leaf.concerns(pair.release) && pattern.is_match(difference));
                    let row = row.map(|(_, leaf)| *leaf);
                    if let Some(row) = row {
                        leaves_met.entry(row).or_default().insert(&pair.input.name);
                    }
                    row.is_none()
                });
                if found.is_empty() {
                    outcome
                } else {
                    report.push(format!("{}:\n    {}", pair.name(), found.join("\n    ")));
                    "differs"
                }
            }
            (Err(_), None) => "refused by both",
            (operator, _) => match Refusal::stated(pair) {
                Some(row) => {
                    refusals_met.insert(row);
                    "refused by one, as stated"
                }
                None => {
                    let reason = operator.as_ref().err().map_or("accepts", String::as_str);
                    report.push(format!("{}: operator: {reason}; render: {:?}", pair.name(), pair.ours.said));
                    "refused by one"
                }
            },
        };
        *counts.entry((pair.release, outcome)).or_default() += 1;
    }
    for ((release, outcome), count) in &counts {
        println!("operator {release}: {count} {outcome}");
    }
    for class in [Class::Deliberate, Class::OperatorsFault] {
        let rows = leaves_met.iter().filter(|(leaf, _)| leaf.class == class);
        for (leaf, inputs) in rows {
            println!("{class:?}: {} ({} applications, e.g. {})", leaf.reason, inputs.len(), inputs.first().unwrap());
        }
    }
    assert!(report.is_empty(), "{counts:#?}\n{}", report.join("\n"));
    // Other recordings need not reach every row.
    if ["OPERATOR_RECORDINGS", "OPERATOR_INPUTS"].iter().all(|name| std::env::var_os(name).is_none()) {
        let refusals: Vec<_> = Refusal::all().filter(|row| !refusals_met.contains(row)).collect();
        assert!(refusals.is_empty(), "reached by no recording: {refusals:#?}");
        let leaves: Vec<_> = LEAVES.iter().filter(|leaf| !leaves_met.contains_key(leaf)).collect();
        assert!(leaves.is_empty(), "reached by no recording: {leaves:#?}");
    }
}

/// Without its row in the table, each stated difference is seen in at least one recording.
#[test]
fn each_stated_difference_is_reached() {
    for (difference, subject) in DIFFERENCES {
        let canon = Canon::without(&[*difference]);
        let reached =
            PAIRS.iter().filter_map(|pair| pair.objects(&canon)).any(|(a, b)| !differences(&a, &b).is_empty());
        assert!(reached, "{difference:?} ({subject}) is reached by no recording");
    }
}

/// The table's subjects are those that COMPATIBILITY.md prints.
#[test]
fn stated_differences_are_published() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("COMPATIBILITY.md")).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Where `render` differs")).unwrap();
    let stated = DIFFERENCES.iter().map(|(_, subject)| *subject);
    for subject in stated.chain(LEAVES.iter().map(|leaf| leaf.subject)).chain(Refusal::all().map(|row| row.subject)) {
        assert!(section.contains(&format!("\n| {subject} |")), "COMPATIBILITY.md has no row {subject:?}");
    }
}
