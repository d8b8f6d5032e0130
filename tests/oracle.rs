//! Our `submit` against recordings of real Spark: 95 cases in eleven versions, and odd ones in some; every field of
//! every object.
//! `tests/oracle/compact.py` makes the fixtures; `tests/oracle/canonical.rs` says what may differ.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

#[path = "oracle/canonical.rs"]
mod canonical;
#[path = "oracle/differences.rs"]
mod differences;
#[path = "oracle/machine.rs"]
mod machine;
#[path = "oracle/recording.rs"]
mod recording;

use spark_render::{
    spark::{
        Submission,
        pod::{self, DriverSpec, ExecutorRequest, RunningDriver},
    },
    tree::{Diagnostics, Node, Origin},
};

use canonical::{Context, DRIVER_POD_IP, canonical};
use differences::{Objects, changed, differences, name, pointers};
use machine::submission;
use recording::{ODD, ODD_EXECUTORS, RECORDED, Recording, recordings, recordings_in};

#[test]
fn driver_sides_equal_real_sparks() {
    assert_eq!(compare("driver sides", RECORDED, driver_side), 1045);
}

#[test]
fn driver_sides_of_odd_submissions_equal_real_sparks() {
    compare("odd driver sides", ODD, driver_side);
}

#[test]
fn executor_sides_equal_real_sparks() {
    assert_eq!(compare("executor sides", RECORDED, executor_side), 1045);
}

#[test]
fn executor_sides_of_odd_submissions_equal_real_sparks() {
    compare("odd executor sides", ODD_EXECUTORS, executor_side);
}

/// Runs `side` on every recording of `fixtures`; it gives what differs, an empty list for an equal side. Returns how
/// many there are.
fn compare(what: &str, fixtures: &str, side: fn(&Recording) -> Vec<String>) -> usize {
    let recordings = recordings_in(fixtures);
    let mut report = Vec::new();
    let mut equal = 0;
    for recording in &recordings {
        let differences = side(recording);
        if differences.is_empty() {
            equal += 1;
        } else {
            report.push(format!("{} {}:\n    {}", recording.version, recording.case, differences.join("\n    ")));
        }
    }
    let summary = format!("{equal} of {} {what} equal", recordings.len());
    println!("{summary}");
    assert!(report.is_empty(), "{summary}\n{}", report.join("\n"));
    recordings.len()
}

fn driver_side(recording: &Recording) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    let built = build(recording, &mut diagnostics);
    let Some((submission, spec)) = built else {
        return match recording.submitted {
            true => vec![format!("refused, but Spark accepts it: {}", messages(&diagnostics))],
            false => Vec::new(),
        };
    };
    if !recording.submitted {
        return vec![format!("accepted, but Spark refuses it: {}", recording.error)];
    }
    let context = Context::driver(&submission);
    let ours = named(&spec.objects(), &context);
    let spark = recording.driver.iter().map(|object| canonical(object, &context));
    differences(&ours, &spark.map(|object| (name(&object), object)).collect())
}

fn executor_side(recording: &Recording) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    let Some((submission, spec)) = build(recording, &mut diagnostics) else { return Vec::new() };
    let count = recording.executor_pods.len().max(1);
    let driver = RunningDriver::of(spec.spark_container(), Some(DRIVER_POD_IP));
    let mut system_properties = spec.system_properties.clone();
    for (key, value) in recording.texts("exec_overrides") {
        system_properties.set(key, value, Origin::Unknown);
    }
    let request = ExecutorRequest {
        submission: &submission,
        system_properties: &system_properties,
        driver: &driver,
        count: u32::try_from(count).unwrap(),
    };
    let executors = pod::executor(&request, &mut diagnostics);
    let Some(executors) = executors else {
        return match recording.executed {
            true => vec![format!("refused, but Spark accepts it: {}", messages(&diagnostics))],
            false => Vec::new(),
        };
    };
    if !recording.executed {
        return vec![format!("accepted, but Spark refuses it: {}", recording.error)];
    }
    let context = Context::executor(&submission);
    let ours = named(&executors.objects(), &context);
    let spark = recording.executor_pods.iter().chain(&recording.executor_others);
    differences(&ours, &spark.map(|object| canonical(object, &context)).map(|object| (name(&object), object)).collect())
}

/// The submission and what we make of it; `None` if we refuse.
fn build(recording: &Recording, diagnostics: &mut Diagnostics) -> Option<(Submission, DriverSpec)> {
    let submission = submission(recording, diagnostics)?;
    let spec = pod::driver(&submission, diagnostics)?;
    Some((submission, spec))
}

fn messages(diagnostics: &Diagnostics) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>().join("; ")
}

fn named(objects: &[Node], context: &Context) -> Objects {
    objects.iter().map(|object| canonical(&object.to_json(), context)).map(|object| (name(&object), object)).collect()
}

/// The comparison itself: each changed, missing or added field of an object is found.
#[test]
fn no_changed_field_passes_unseen() {
    let recordings = recordings();
    for case in ["template-full", "labels-annotations", "vol-pvc-ondemand"] {
        let recording =
            recordings.iter().find(|recording| recording.case == case && recording.version == "4.3.0").unwrap();
        let (submission, spec) = build(recording, &mut Diagnostics::new()).unwrap();
        let context = Context::driver(&submission);
        let ours = named(&spec.objects(), &context);
        for object in &recording.driver {
            for pointer in pointers(object).iter().filter(|pointer| !pointer.ends_with("/uid")) {
                let changed = canonical(&changed(object, pointer), &context);
                let spark = Objects::from([(name(&changed), changed)]);
                let found = differences(&ours, &spark).iter().any(|difference| !difference.ends_with("too much"));
                assert!(found, "{case}: a change of {pointer} is not seen");
            }
        }
    }
}
