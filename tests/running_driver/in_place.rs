//! What an API server does when a changed application is applied: which objects it refuses, which it changes where
//! they stand, and which of these changes a running driver may see.

use std::collections::BTreeMap;

use spark_render::internals::tree::{Mapping, Node, Value};

use super::{Rendering, applied};

/// A change of an object of a running application that is harmless.
#[derive(Debug)]
pub(crate) struct Allowed {
    /// Kind and field, or the beginning of its path.
    pub(crate) change: &'static str,
    /// Why it does no harm; docs/argocd.md says the same to people.
    #[expect(dead_code, reason = "for the reader")]
    why: &'static str,
}

const fn row(change: &'static str, why: &'static str) -> Allowed {
    Allowed { change, why }
}

/// All that may change in place.
#[rustfmt::skip]
pub(crate) const ALLOWED: &[Allowed] = &[
    row("Service metadata.", "of no meaning to pods"),
    row("Service spec.ports", "the driver's Service is headless, its ports are not looked at; of the UI's only the UI is concerned"),
    row("Service spec.type", "concerns the UI and the ports of driverIngressOptions"),
    row("Service spec.ipFamil", "executors that are there are connected; the first family cannot be changed"),
    row("Ingress ", "leads to the UI"),
    row("PodGroup spec.", "a gang that runs was admitted"),
    row("ConfigMap data.metrics.properties", "read when a JVM starts: executors that come later have it"),
    row("ConfigMap data.prometheus.yaml", "names of metrics"),
    row("Job spec.backoffLimit", "how often a failed driver is started again"),
    row("Job spec.ttlSecondsAfterFinished", "when it goes after its end"),
    row("CronJob ", "the runs to come"),
    row("Role rules", "the driver may do what the new version asks for: less, where that is older or deletes no Services"),
    row("RoleBinding subjects", "the rights go to the new account; the driver that runs as the old one gets no more executors"),
];

/// The row that allows `change`.
pub(crate) fn allowed(change: &str) -> Option<&'static str> {
    ALLOWED.iter().map(|row| row.change).find(|row| change.starts_with(row))
}

type Key<'a> = (&'a str, &'a str);

fn by_key(rendering: &Rendering) -> BTreeMap<Key<'_>, &Node> {
    applied(rendering)
        .map(|object| ((object.str_at(&["kind"]).unwrap(), object.str_at(&["metadata", "name"]).unwrap()), object))
        .collect()
}

/// The fields, as `KIND PATH`, that change in place when `after` is applied over `before`.
pub(crate) fn changes(before: &Rendering, after: &Rendering) -> Vec<String> {
    let (old, new) = (by_key(before), by_key(after));
    let mut changes = Vec::new();
    for ((kind, name), old) in &old {
        let Some(new) = new.get(&(*kind, *name)) else { continue };
        let mut paths = Vec::new();
        differing(old, new, &mut Vec::new(), &mut paths);
        if paths.iter().any(|path| is_immutable(kind, old, path)) {
            // Refused as a whole.
            continue;
        }
        changes.extend(paths.into_iter().map(|path| format!("{kind} {}", path.join("."))));
    }
    changes
}

/// Whether the API server refuses a change of this field.
fn is_immutable(kind: &str, object: &Node, path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (kind, path.as_slice()) {
        ("Pod", ["spec", "containers" | "initContainers", _, "image"] | ["spec", "activeDeadlineSeconds"]) => false,
        ("Pod" | "PersistentVolumeClaim", ["spec", ..])
        | ("RoleBinding", ["roleRef", ..])
        | ("Job", ["spec", "template" | "completions" | "selector" | "completionMode" | "podFailurePolicy", ..]) => {
            true
        }
        ("ConfigMap", ["data" | "binaryData", ..]) => object.get("immutable").and_then(Node::as_bool) == Some(true),
        _ => false,
    }
}

/// The paths of all scalars that differ; an item or key that only one side has counts once.
fn differing(old: &Node, new: &Node, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match (&old.value, &new.value) {
        (Value::Mapping(one), Value::Mapping(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(key)));
            for key in keys {
                path.push(key.to_string());
                match (one.get(key), other.get(key)) {
                    (Some(old), Some(new)) => differing(old, new, path, found),
                    _ => found.push(path.clone()),
                }
                path.pop();
            }
        }
        (Value::Sequence(one), Value::Sequence(other)) if one.len() == other.len() => {
            for (index, (old, new)) in one.iter().zip(other).enumerate() {
                path.push(index.to_string());
                differing(old, new, path, found);
                path.pop();
            }
        }
        _ if old == new => {}
        _ => found.push(path.clone()),
    }
}

/// The driver.
pub(crate) fn driver_pod(rendering: &Rendering) -> Option<&Node> {
    applied(rendering).find(|object| object.str_at(&["kind"]) == Some("Pod"))
}

/// The names of the `kind`.
pub(crate) fn selecting<'a>(rendering: &'a Rendering, kind: &str) -> Vec<&'a str> {
    let objects = applied(rendering).filter(|object| object.str_at(&["kind"]) == Some(kind));
    objects.filter_map(|object| object.str_at(&["metadata", "name"])).collect()
}

/// What of `one` has to do with the pods of `other`: names that both have, selectors that reach over.
pub(crate) fn crossed(one: &Rendering, other: &Rendering) -> Vec<String> {
    let mut faults = Vec::new();
    let pods = other.objects.iter().filter(|object| object.str_at(&["kind"]) == Some("Pod"));
    let pods: Vec<&Mapping> =
        pods.filter_map(|pod| pod.at_keys(&["metadata", "labels"]).and_then(Node::as_mapping)).collect();
    assert!(!pods.is_empty());
    for object in applied(one) {
        let kind = object.str_at(&["kind"]).unwrap();
        let name = object.str_at(&["metadata", "name"]).unwrap();
        let selects_pods = matches!(kind, "Service" | "NetworkPolicy" | "PodDisruptionBudget");
        if (selects_pods || kind == "Pod") && selecting(other, kind).contains(&name) {
            faults.push(format!("{kind} {name} is of both"));
        }
        let mut selectors = Vec::new();
        if selects_pods {
            collect_selectors(object, &mut selectors);
            assert!(!selectors.is_empty(), "{kind} {name} selects nothing");
        }
        for selector in selectors {
            let selects = |pod: &&Mapping| selector.entries().all(|(key, value)| pod.get(&key.text) == Some(value));
            if pods.iter().any(selects) {
                faults.push(format!("{kind} {name} selects a pod of the other"));
            }
        }
    }
    let host = |rendering: &Rendering| {
        let objects = applied(rendering);
        let mut properties = objects.filter_map(|object| object.str_at(&["data", "spark.properties"]));
        let line = properties.next().unwrap().lines().find(|line| line.starts_with("spark.driver.host="));
        line.map(str::to_owned)
    };
    if host(one).is_some() && host(one) == host(other) {
        faults.push("both drivers have the same address".to_owned());
    }
    faults
}

fn collect_selectors<'a>(node: &'a Node, found: &mut Vec<&'a Mapping>) {
    match &node.value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping.entries() {
                let is_one =
                    key.text == "matchLabels" || (key.text == "selector" && value.get("matchLabels").is_none());
                match value.as_mapping() {
                    Some(selector) if is_one => found.push(selector),
                    _ => collect_selectors(value, found),
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect_selectors(item, found)),
        _ => {}
    }
}
