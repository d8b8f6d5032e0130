//! Our `submit` against recordings of real Spark: 95 cases in twelve versions, and odd ones in some; every field of
//! every object.
//! `tests/record/spark` makes the fixtures; `tests/oracle/canonical.rs` says what may differ.
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

use std::collections::BTreeMap;

use serde_json::Value;
use spark_render::internals::spark;
use spark_render::internals::spark::Submission;
use spark_render::internals::spark::conf_keys;
use spark_render::internals::spark::pod;
use spark_render::internals::spark::pod::ExecutorRequest;
use spark_render::internals::spark::pod::KubernetesDriverSpec;
use spark_render::internals::spark::pod::RunningDriver;
use spark_render::internals::tree::Diagnostics;
use spark_render::internals::tree::Node;
use spark_render::internals::tree::Origin;

use canonical::{Context, DRIVER_POD_IP, canonical};
use differences::{Objects, changed, differences, name, pointers};
use machine::submission;
use recording::{ODD, ODD_EXECUTORS, RECORDED, Recording, recordings, recordings_in};

#[test]
fn driver_sides_equal_real_sparks() {
    compare("driver sides", RECORDED, |recording| Some(driver_side(recording)), Count { recorded: 1140, without: 0 });
}

#[test]
fn driver_sides_of_odd_submissions_equal_real_sparks() {
    compare("odd driver sides", ODD, |recording| Some(driver_side(recording)), Count { recorded: 733, without: 0 });
}

#[test]
fn executor_sides_equal_real_sparks() {
    compare("executor sides", RECORDED, executor_side, Count { recorded: 1140, without: 68 });
}

#[test]
fn executor_sides_of_odd_submissions_equal_real_sparks() {
    compare("odd executor sides", ODD_EXECUTORS, executor_side, Count { recorded: 332, without: 0 });
}

/// How much there is to compare: a recording that is lost is a fault, too.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    /// All recordings.
    recorded: usize,
    /// Those that have nothing on this side.
    without: usize,
}

/// Runs `side` on every recording of `fixtures`; it gives what differs, an empty list for an equal side, nothing where
/// there is no such side.
fn compare(what: &str, fixtures: &str, side: fn(&Recording) -> Option<Vec<String>>, expected: Count) {
    let mut report = Vec::new();
    let mut count = Count::default();
    for recording in recordings_in(fixtures) {
        count.recorded += 1;
        match side(&recording) {
            None => count.without += 1,
            Some(differences) if differences.is_empty() => {}
            Some(differences) => {
                let differences = differences.join("\n    ");
                report.push(format!("{} {}:\n    {differences}", recording.version, recording.case));
            }
        }
    }
    let equal = count.recorded - count.without - report.len();
    let summary = format!("{equal} of {} {what} equal, {} have none", count.recorded, count.without);
    println!("{summary}");
    assert!(report.is_empty(), "{summary}\n{}", report.join("\n"));
    assert_eq!(count, expected, "{what}");
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

/// Nothing for a submission that is refused: the driver sides compare that.
fn executor_side(recording: &Recording) -> Option<Vec<String>> {
    let mut diagnostics = Diagnostics::new();
    let Some((submission, spec)) = build(recording, &mut diagnostics) else {
        return recording.executed.then(|| vec![format!("refused, but Spark runs it: {}", messages(&diagnostics))]);
    };
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
            true => Some(vec![format!("refused, but Spark accepts it: {}", messages(&diagnostics))]),
            false => Some(Vec::new()),
        };
    };
    if !recording.executed {
        return Some(vec![format!("accepted, but Spark refuses it: {}", recording.error)]);
    }
    let context = Context::executor(&submission);
    let ours = named(&executors.objects(), &context);
    let spark = recording.executor_pods.iter().chain(&recording.executor_others);
    let spark = spark.map(|object| canonical(object, &context)).map(|object| (name(&object), object)).collect();
    Some(differences(&ours, &spark))
}

/// The submission and what we make of it; `None` if we refuse.
fn build(recording: &Recording, diagnostics: &mut Diagnostics) -> Option<(Submission, KubernetesDriverSpec)> {
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

/// What the confs below work on: without it, many would have no effect in any version.
const SURROUNDINGS: &[&str] = &[
    "spark.decommission.enabled=true",
    "spark.executor.extraClassPath=/extra/*",
    "spark.kubernetes.driver.volumes.hostPath.x.mount.path=/host",
    "spark.kubernetes.driver.volumes.hostPath.x.options.path=/host",
    "spark.kubernetes.executor.volumes.hostPath.x.mount.path=/host",
    "spark.kubernetes.executor.volumes.hostPath.x.options.path=/host",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.y.mount.path=/claim",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.y.options.claimName=OnDemand",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.y.options.storageClass=fast",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.y.options.sizeLimit=1Gi",
    "spark.kubernetes.executor.volumes.persistentVolumeClaim.y.mount.path=/claim",
    "spark.kubernetes.executor.volumes.persistentVolumeClaim.y.options.claimName=OnDemand",
    "spark.kubernetes.executor.volumes.persistentVolumeClaim.y.options.storageClass=fast",
    "spark.kubernetes.executor.volumes.persistentVolumeClaim.y.options.sizeLimit=1Gi",
    "spark.kubernetes.driver.volumes.emptyDir.z.mount.path=/empty",
    "spark.kubernetes.executor.volumes.emptyDir.z.mount.path=/empty",
    "spark.kubernetes.driver.volumes.nfs.n.mount.path=/share",
    "spark.kubernetes.driver.volumes.nfs.n.options.path=/share",
    "spark.kubernetes.driver.volumes.nfs.n.options.server=nfs.example.com",
    "spark.kubernetes.executor.volumes.nfs.n.mount.path=/share",
    "spark.kubernetes.executor.volumes.nfs.n.options.path=/share",
    "spark.kubernetes.executor.volumes.nfs.n.options.server=nfs.example.com",
];

/// The objects of a submission with the confs, but for the lists of all confs; what is drawn is as in `like`.
fn with_confs(
    recording: &Recording,
    confs: &[&str],
    like: Option<&Submission>,
) -> Result<(Submission, Vec<Value>), String> {
    let mut diagnostics = Diagnostics::new();
    let mut input = recording.input.clone();
    let arguments = input["submit_args"].as_array_mut().unwrap();
    arguments.splice(0..0, confs.iter().flat_map(|conf| ["--conf".into(), Value::from(*conf)]));
    let recording = Recording {
        version: recording.version.clone(),
        case: recording.case.clone(),
        input,
        error: String::new(),
        driver: Vec::new(),
        executor_pods: Vec::new(),
        executor_others: Vec::new(),
        ..*recording
    };
    let refused = |diagnostics: &Diagnostics| format!("refused: {}", messages(diagnostics));
    let Some(mut submission) = submission(&recording, &mut diagnostics) else { return Err(refused(&diagnostics)) };
    if let Some(like) = like {
        submission.identity = like.identity.clone();
    }
    let Some(spec) = pod::driver(&submission, &mut diagnostics) else { return Err(refused(&diagnostics)) };
    let driver = RunningDriver::of(spec.spark_container(), Some(DRIVER_POD_IP));
    let system_properties = &spec.system_properties;
    let request = ExecutorRequest { submission: &submission, system_properties, driver: &driver, count: 1 };
    let Some(executors) = pod::executor(&request, &mut diagnostics) else { return Err(refused(&diagnostics)) };
    let mut objects: Vec<Value> = spec.objects().iter().map(Node::to_json).collect();
    objects.extend(executors.objects().iter().map(Node::to_json));
    for object in &mut objects {
        if let Some(data) = object.get_mut("data").and_then(Value::as_object_mut) {
            data.remove("spark.properties");
        }
        // Spark comes upon volumes in the order of a hash map of all their confs, and numbers claims by it.
        let numbered = object.to_string();
        let text = (1..8).fold(numbered, |text, number| text.replace(&format!("-pvc-{number}"), "-pvc-0"));
        *object = serde_json::from_str(&text).unwrap();
        for list in ["/spec/volumes", "/spec/containers/0/volumeMounts"] {
            if let Some(items) = object.pointer_mut(list).and_then(Value::as_array_mut) {
                items.sort_by_key(Value::to_string);
            }
        }
    }
    Ok((submission, objects))
}

/// A key of the table with a name for each part that the user chooses.
fn named_by_user(key: &str) -> String {
    let names = [
        ("hostPath.*", "hostPath.x"),
        ("Claim.*", "Claim.y"),
        ("emptyDir.*", "emptyDir.z"),
        ("nfs.*", "nfs.n"),
        ("**", "x"),
        ("*", "x"),
    ];
    names.iter().fold(key.to_owned(), |key, (mark, name)| key.replace(mark, name))
}

/// Each conf of the table, in each recorded version that does not read it.
#[test]
fn confs_that_a_version_does_not_read_change_nothing() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for recording in recordings().iter().filter(|recording| recording.case == "minimal") {
        let version: spark::Version = recording.version.parse().unwrap();
        let (submission, without) = with_confs(recording, SURROUNDINGS, None).unwrap();
        for row in conf_keys::all().iter().filter(|row| !row.is_read_by(version.used)) {
            let key = named_by_user(row.key);
            for value in ["true", "false", "7", "x"] {
                tried += 1;
                let conf = format!("{key}={value}");
                let confs = [SURROUNDINGS, &[conf.as_str()]].concat();
                match with_confs(recording, &confs, Some(&submission)) {
                    Ok((_, with)) if with == without => {}
                    Ok(_) => faults.push(format!("{version}: {conf} has an effect")),
                    Err(refused) => faults.push(format!("{version}: {conf} is {refused}")),
                }
            }
        }
    }
    println!("{tried} confs without effect");
    assert!(tried > 1000, "{tried}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Values of which one at least shows that a conf is read.
const VALUES: &[&str] = &[
    "x",
    "7",
    "true",
    "false",
    "0.9",
    "2g",
    "IPv6",
    "PreferDualStack",
    "/x",
    "org.apache.spark.deploy.k8s.features.EnvSecretsFeatureStep",
];

/// Confs of a role that have no effect in some versions that read them, these versions, and why that is Spark's way.
const PARTIAL: &[(&str, &str, &str)] = &[(
    "spark.executor.extraLibraryPath",
    "3.1.3 3.2.4 3.3.4 3.4.1 3.4.4 3.5.1 3.5.9 4.0.0",
    "read on other clusters only, until executors got SPARK_EXECUTOR_LIBRARY_PATH in patches of 4.0, 4.1 and 4.2",
)];

/// Whether a key is a driver's or an executor's, or the one that both fall back to.
fn is_of_a_role(key: &str, all: &[&str]) -> bool {
    let other = |one: &str, other: &str| all.contains(&key.replacen(one, other, 1).as_str());
    let common = |role: &str| key.contains(role) && all.contains(&key.replacen(role, ".", 1).as_str());
    (key.contains(".driver.") && other(".driver.", ".executor."))
        || (key.contains(".executor.") && other(".executor.", ".driver."))
        || common(".driver.")
        || common(".executor.")
        || [".driver.", ".executor."].iter().any(|role| other("spark.kubernetes.", &format!("spark.kubernetes{role}")))
}

/// Each conf that driver and executors have of their own: it works in all versions that read it, or is seen in none.
#[test]
fn confs_of_a_role_work_in_every_version_that_reads_them() {
    let keys: Vec<&str> = conf_keys::all().iter().map(|row| row.key).collect();
    let rows: Vec<_> = conf_keys::all().iter().filter(|row| is_of_a_role(row.key, &keys)).collect();
    let recordings: Vec<_> = recordings().into_iter().filter(|recording| recording.case == "minimal").collect();
    let built = |recording| (recording, with_confs(recording, SURROUNDINGS, None).unwrap());
    let bases: Vec<(&Recording, (Submission, Vec<Value>))> = recordings.iter().map(built).collect();
    let mut partial = BTreeMap::new();
    let mut seen = 0;
    for row in &rows {
        let key = named_by_user(row.key);
        let works = |(recording, (submission, without)): &(&Recording, (Submission, Vec<Value>))| {
            VALUES.iter().any(|value| {
                let conf = format!("{key}={value}");
                let confs = [SURROUNDINGS, &[conf.as_str()]].concat();
                with_confs(recording, &confs, Some(submission)).is_ok_and(|(_, with)| with != *without)
            })
        };
        let reading: Vec<_> = bases.iter().filter(|base| row.is_read_by(base.1.0.spark_version.used)).collect();
        let (Some(first), Some(last)) = (reading.first(), reading.last()) else { continue };
        if !works(first) && !works(last) {
            continue;
        }
        seen += 1;
        let idle: Vec<&str> =
            reading.iter().filter(|base| !works(base)).map(|(recording, _)| recording.version.as_str()).collect();
        if !idle.is_empty() {
            partial.insert(row.key, idle.join(" "));
        }
    }
    println!("{} confs of a role, {seen} of them seen in objects", rows.len());
    let excused: BTreeMap<&str, String> = PARTIAL.iter().map(|(key, idle, _)| (*key, (*idle).to_owned())).collect();
    assert_eq!(partial, excused);
    assert!(seen > 90, "{seen}");
}

/// A version, a conf, a text, and whether real Spark of that version puts the text into its objects (each row was run).
const EFFECTS: &[(&str, &str, &str, bool)] = &[
    ("3.1.3", "spark.kubernetes.executor.scheduler.name=mine", r#""schedulerName":"mine""#, true),
    ("3.4.4", "spark.kubernetes.executor.scheduler.name=mine", r#""schedulerName":"mine""#, true),
    ("3.1.3", "spark.kubernetes.decommission.script=/mine.sh", "/mine.sh", false),
    ("3.4.4", "spark.kubernetes.decommission.script=/mine.sh", "/mine.sh", true),
    ("3.1.3", "spark.kubernetes.legacy.useReadWriteOnceAccessMode=false", "ReadWriteOncePod", false),
    ("3.4.4", "spark.kubernetes.legacy.useReadWriteOnceAccessMode=false", "ReadWriteOncePod", true),
    ("3.5.1", "spark.kubernetes.legacy.useReadWriteOnceAccessMode=false", "ReadWriteOncePod", true),
    ("4.0.5", "spark.kubernetes.legacy.useReadWriteOnceAccessMode=false", "ReadWriteOncePod", true),
    ("3.5.1", "spark.executor.defaultExtraClassPath=/default/*", "/default/*", false),
    ("4.0.5", "spark.executor.defaultExtraClassPath=/default/*", "/default/*:/extra/*", true),
];

#[test]
fn confs_have_the_effects_that_they_have_in_the_version() {
    let recordings = recordings();
    for (version, conf, text, has) in EFFECTS {
        let is_base = |recording: &&Recording| recording.case == "minimal" && recording.version == *version;
        let recording = recordings.iter().find(is_base).unwrap();
        let (_, objects) = with_confs(recording, &[SURROUNDINGS, &[*conf]].concat(), None).unwrap();
        let found = objects.iter().any(|object| object.to_string().contains(text));
        assert_eq!(found, *has, "{version}: {conf}");
    }
}
