//! What is rendered finds its own pods, and keeps finding them: an object whose name stays when the content changes
//! selects by what stays too.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{
    run::each,
    witness::{applications, rendered},
};

/// Whichever version a fixture has, 4.2 has a NetworkPolicy.
const TARGETS: &[&[&str]] = &[
    &["--target", "auto"],
    &["--target", "pod", "--spark-version", "4.2.1"],
    &["--target", "pod", "--spark-version", "4.2.1", "--name-suffix", "hash"],
    &["--target", "job", "--spark-version", "4.2.1", "--name-suffix", "hash"],
];

/// Whom a selector is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Driver,
    Executors,
    All,
}

/// The selectors of an object that the application's own pods must match, one of each list.
fn selectors(object: &Value) -> Vec<(Wanted, Vec<&Map<String, Value>>)> {
    let one = |place: &str| object.pointer(place).and_then(Value::as_object).into_iter().collect();
    match object["kind"].as_str().unwrap() {
        "Service" => vec![(Wanted::Driver, one("/spec/selector"))],
        "PodDisruptionBudget" => vec![(Wanted::Driver, one("/spec/selector/matchLabels"))],
        "NetworkPolicy" => {
            let peers = object["spec"]["ingress"][0]["from"].as_array().unwrap().iter();
            let peers = peers.filter_map(|peer| peer["podSelector"]["matchLabels"].as_object());
            vec![(Wanted::Executors, one("/spec/podSelector/matchLabels")), (Wanted::All, peers.collect())]
        }
        _ => Vec::new(),
    }
}

/// Keys that hold selectors of pods, wherever they are: a kind that [`selectors`] does not know is found by them.
fn has_selector(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| {
            matches!(key.as_str(), "selector" | "podSelector" | "matchLabels") || has_selector(value)
        }),
        Value::Array(items) => items.iter().any(has_selector),
        _ => false,
    }
}

/// Labels of the pods that `objects` are or carry. Of a run that names itself they are what is known before it.
fn pods(objects: &[Value]) -> Vec<&Map<String, Value>> {
    let labels = objects.iter().filter_map(|object| {
        let place = match object["kind"].as_str()? {
            "Pod" => "/metadata/labels",
            "Job" | "StatefulSet" | "Deployment" => "/spec/template/metadata/labels",
            "CronJob" => "/spec/jobTemplate/spec/template/metadata/labels",
            _ => return None,
        };
        object.pointer(place)?.as_object()
    });
    labels.collect()
}

fn is_driver(labels: &Map<String, Value>) -> bool {
    labels.get("spark-role").and_then(Value::as_str) == Some("driver")
}

/// The objects of each application: from its driver to that of the next one. One that is suspended has no driver.
fn applications_of(objects: &[Value]) -> Vec<&[Value]> {
    let has_driver = |object: &Value| pods(std::slice::from_ref(object)).into_iter().any(is_driver);
    let mut groups: Vec<&[Value]> = Vec::new();
    let mut start = 0;
    for place in (1..objects.len()).filter(|place| has_driver(&objects[*place])) {
        groups.push(&objects[start..place]);
        start = place;
    }
    groups.push(&objects[start..]);
    groups
}

fn selects(selector: &Map<String, Value>, labels: &Map<String, Value>) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn is_hash(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The values that follow the content are application ids and hashes.
fn follows_content(value: &str) -> bool {
    value.strip_prefix("spark-").is_some_and(|id| is_hash(id, 32)) || ends_in_hash(value)
}

fn ends_in_hash(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, hash)| is_hash(hash, 10))
}

/// What is wrong with the selectors of a rendering, and how many there are of those that stay and those that follow.
fn faults(objects: &[Value]) -> (Vec<String>, [usize; 2]) {
    let (mut faults, mut counts) = (Vec::new(), [0; 2]);
    let pods = pods(objects);
    // A server of Spark Connect has labels of its own.
    let ours = |object: &&Value| object["metadata"]["labels"].get("sparkoperator.k8s.io/connect-name").is_none();
    for object in objects.iter().filter(ours) {
        let known = selectors(object);
        let name = object["metadata"]["name"].as_str().unwrap();
        let mut fault = |what: String| faults.push(format!("{} {name}: {what}", object["kind"]));
        let carries_pods =
            matches!(object["kind"].as_str(), Some("Pod" | "Job" | "CronJob" | "StatefulSet" | "Deployment"));
        let is_plain = matches!(
            object["kind"].as_str(),
            Some("PersistentVolumeClaim" | "SparkApplication" | "ScheduledSparkApplication")
        );
        if known.is_empty() && !carries_pods && !is_plain && has_selector(object) {
            fault("selects, and is unknown to this test".to_owned());
        }
        for (wanted, selectors) in known {
            if selectors.is_empty() {
                fault(format!("has no selector for {wanted:?}"));
            }
            for selector in &selectors {
                let follows = selector.values().filter_map(Value::as_str).any(follows_content);
                counts[usize::from(follows)] += 1;
                if follows != ends_in_hash(name) {
                    fault(format!(
                        "{selector:?} {}",
                        if follows { "changes below a name that stays" } else { "stays" }
                    ));
                }
            }
            for labels in &pods {
                let other = if is_driver(labels) { Wanted::Executors } else { Wanted::Driver };
                if selectors.iter().any(|selector| selects(selector, labels)) == (wanted == other) {
                    fault(format!("{selectors:?} is for {wanted:?}, of the pod {labels:?}"));
                }
            }
        }
    }
    (faults, counts)
}

#[test]
fn names_that_stay_stand_over_selectors_that_stay() {
    let runs: Vec<(PathBuf, &[&str])> =
        applications().into_iter().flat_map(|file| TARGETS.iter().map(move |target| (file.clone(), *target))).collect();
    let results = each(&runs, |(file, target)| {
        let objects = rendered(file, &[target, ["--executors", "preview"].as_slice()].concat());
        let name = format!("{} {target:?}", file.display());
        let found = applications_of(&objects).into_iter().map(faults);
        let found: Vec<(Vec<String>, [usize; 2])> = found.collect();
        let counts = found.iter().fold([0; 2], |sum, (_, counts)| [sum[0] + counts[0], sum[1] + counts[1]]);
        let faults = found.into_iter().flat_map(|(faults, _)| faults).map(|fault| format!("{name}: {fault}"));
        (faults.collect::<Vec<_>>(), counts)
    });
    let faults: Vec<&String> = results.iter().flat_map(|(faults, _)| faults).collect();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.iter().map(|fault| fault.as_str()).collect::<Vec<_>>().join("\n")
    );
    let [staying, following] = [0, 1].map(|index| results.iter().map(|(_, counts)| counts[index]).sum::<usize>());
    println!("{} runs, {staying} selectors stay, {following} follow the content", runs.len());
    assert!(staying > 2000 && following > 500, "fixtures select less than they did: {staying}, {following}");
}
