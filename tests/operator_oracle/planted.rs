//! That the comparison sees: every leaf of what `render` made is changed in turn.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::Value;

use crate::{
    PAIRS, Pair,
    canonical::Canon,
    differences, in_parallel,
    stated::{LEAVES, Leaf},
};

/// Applications that have much between them.
const INPUTS: &[&str] = &[
    "made/environment.yaml#13",
    "made/volumes.yaml#4",
    "made/web-and-ingress.yaml#6",
    "made/quota-and-disruption.yaml#2",
    "mutate/affinity/app.yaml",
    "mutate/podSecurityContext/app.yaml",
    "mutate/tolerations/app.yaml",
    "mutate/lifecycle/app.yaml",
    "manifest/prometheus/app.yaml",
    "made/drawn.yaml#10",
];

/// Where a change is not seen: a pattern of kinds of places, and why.
const BLIND: &[(&str, &str)] = &[
    ("^(ConfigMap|Pod|Service) [a-z]*/metadata/name$|/spec/hostname$", "names are stated"),
    ("^(ConfigMap|Pod) executor/metadata/annotations/(argocd|config)", "what marks previews is not compared"),
    ("^(ConfigMap|Service) [a-z]*/metadata/labels/(spark-app-selector|sparkoperator.k8s.io~1app-name)$", "stated"),
    ("^ConfigMap /data/podspec-configmap-key$", "the executors that come of a template are compared"),
    ("^ConfigMap /data/(metrics.properties|prometheus.yaml)$", "stated: the operator's patterns are older"),
    ("/fieldRef/apiVersion$", "the only version is the default"),
    ("/ports/[*]/name$", "stated: of two names of a port one is kept"),
    ("^Pod executor/spec/containers/[*]/resources/requests/memory$", "stated: Spark makes it the same as the limit"),
    ("/lifecycle/preStop/exec/command/[*]$", "stated: decommissioning replaces it"),
    ("^Ingress /(metadata/annotations/|spec/tls/)", "stated: the operator takes those of another Ingress"),
];

/// A leaf of a rendered object.
struct Place<'a> {
    pair: &'a Pair<'a>,
    object: &'a Value,
    pointer: String,
}

impl Place<'_> {
    /// The kind of place: role and path with `*` for the numbers of a list.
    fn kind(&self) -> String {
        let path: Vec<&str> =
            self.pointer.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part }).collect();
        let role = self.object["metadata"]["labels"]["spark-role"].as_str().unwrap_or_default();
        format!("{} {role}{}", self.object["kind"].as_str().unwrap_or_default(), path.join("/"))
    }

    /// Whether the comparison reports the change, or a row states it.
    fn is_seen(&self, canon: &Canon, stated: &[(Regex, &Leaf)]) -> bool {
        let mut changed = self.object.clone();
        plant(changed.pointer_mut(&self.pointer).unwrap());
        let namespace = self.pair.namespace();
        let side = |object: &Value| canon.objects(std::slice::from_ref(object), &namespace);
        let found = differences(&side(self.object), &side(&changed));
        let is_stated = |found: &str| {
            stated.iter().any(|(pattern, leaf)| leaf.concerns(self.pair.release) && pattern.is_match(found))
        };
        found.iter().any(|one| !is_stated(one))
    }
}

fn plant(leaf: &mut Value) {
    *leaf = match leaf.take() {
        Value::Bool(flag) => (!flag).into(),
        Value::Number(number) => (number.as_i64().unwrap_or_default() + 1).into(),
        Value::String(text) if text.contains('\n') => format!("planted=1\n{text}").into(),
        other => format!("planted{}", other.as_str().unwrap_or_default()).into(),
    };
}

fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| leaves(value, &format!("{pointer}/{}", escaped(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &format!("{pointer}/{at}"), found));
        }
        Value::Null => {}
        _ => found.push(pointer.to_owned()),
    }
}

#[test]
fn a_changed_leaf_is_seen() {
    let canon = Canon::without(&[]);
    let stated: Vec<(Regex, &Leaf)> = LEAVES.iter().map(|leaf| (Regex::new(leaf.pattern).unwrap(), leaf)).collect();
    let pairs = PAIRS.iter().filter(|pair| pair.release == "2.5.2" && INPUTS.contains(&pair.input.name.as_str()));
    let mut places = Vec::new();
    let mut inputs = BTreeSet::new();
    for pair in pairs {
        inputs.insert(pair.input.name.as_str());
        for object in pair.ours.objects.as_ref().unwrap() {
            let mut found = Vec::new();
            leaves(object, "", &mut found);
            places.extend(found.into_iter().map(|pointer| Place { pair, object, pointer }));
        }
    }
    assert!(std::env::var_os("OPERATOR_INPUTS").is_some() || inputs.len() == INPUTS.len(), "only {inputs:?}");
    let seen = in_parallel(&places, |place| place.is_seen(&canon, &stated));
    let blind: Vec<Regex> = BLIND.iter().map(|(pattern, _)| Regex::new(pattern).unwrap()).collect();
    let mut unseen: BTreeMap<String, &str> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for (place, seen) in places.iter().zip(seen) {
        if seen {
            kinds.insert(place.kind());
        } else {
            unseen.insert(place.kind(), &place.pair.input.name);
        }
    }
    // A row of the stated differences may hide one place of a kind, but not all of them.
    unseen.retain(|kind, _| !kinds.contains(kind));
    let mut met = BTreeSet::new();
    unseen.retain(|kind, _| match blind.iter().position(|row| row.is_match(kind)) {
        Some(row) => {
            met.insert(row);
            false
        }
        None => true,
    });
    println!("{} changes, of {} kinds that are seen", places.len(), kinds.len());
    assert!(unseen.is_empty(), "not seen: {unseen:#?}");
    if std::env::var_os("OPERATOR_INPUTS").is_none() {
        assert!(kinds.len() >= 100, "only {} kinds of places", kinds.len());
        let idle: Vec<_> = (0..BLIND.len()).filter(|row| !met.contains(row)).map(|row| BLIND[row].0).collect();
        assert!(idle.is_empty(), "nothing is unseen by {idle:#?}");
    }
}
