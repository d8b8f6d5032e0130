//! A second opinion on everything that is rendered: k8s-openapi's types, which somebody else derived from the API
//! server's own description. Each object of the newest Kubernetes is decoded into its type and encoded again; what the
//! type does not know is lost on the way, what it wants and does not get is added.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use k8s_openapi::{
    Resource,
    api::{
        apps::v1::StatefulSet,
        batch::v1::{CronJob, Job},
        core::v1::{ConfigMap, PersistentVolumeClaim, Pod, Service, ServiceAccount},
        networking::v1::{Ingress, NetworkPolicy},
        policy::v1::PodDisruptionBudget,
        rbac::v1::{Role, RoleBinding},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::run::{each, folders, render};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
/// The newest minor that is known; the feature of k8s-openapi in Cargo.toml names the same.
const NEWEST: &str = "1.37";

/// What comes of an application; `auto` is one of the first two.
const TARGETS: &[&[&str]] = &[
    &["--target", "pod", "--executors", "preview"],
    &["--target", "job", "--executors", "preview", "--ttl", "keep", "--name-suffix", "hash"],
    &["--target", "sparkapplication"],
];

/// A kind: its apiVersion and name, and how an object of it goes through the type.
struct Typed {
    api_version: &'static str,
    kind: &'static str,
    through: fn(&Value) -> Result<Value, serde_json::Error>,
}

const fn typed<T: Resource + Serialize + DeserializeOwned>() -> Typed {
    Typed {
        api_version: T::API_VERSION,
        kind: T::KIND,
        through: |object| serde_json::to_value(T::deserialize(object)?),
    }
}

/// All kinds of Kubernetes' own that are rendered.
const TYPED: &[Typed] = &[
    typed::<ConfigMap>(),
    typed::<CronJob>(),
    typed::<Ingress>(),
    typed::<Job>(),
    typed::<NetworkPolicy>(),
    typed::<PersistentVolumeClaim>(),
    typed::<Pod>(),
    typed::<PodDisruptionBudget>(),
    typed::<Role>(),
    typed::<RoleBinding>(),
    typed::<Service>(),
    typed::<ServiceAccount>(),
    typed::<StatefulSet>(),
];

/// Kinds of custom resources, for which k8s-openapi has no type.
const CUSTOM: &[(&str, &str)] = &[
    ("cert-manager.io/v1", "Certificate"),
    ("cert-manager.io/v1", "Issuer"),
    ("scheduling.volcano.sh/v1beta1", "PodGroup"),
    ("scheduling.x-k8s.io/v1alpha1", "PodGroup"),
    ("sparkoperator.k8s.io/v1beta2", "ScheduledSparkApplication"),
    ("sparkoperator.k8s.io/v1beta2", "SparkApplication"),
];

/// The files with applications in all fixtures.
pub(crate) fn applications() -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| {
        let name = path.extension().is_some_and(|extension| extension == "yaml" || extension == "json");
        // Some are in other encodings.
        name && String::from_utf8_lossy(&fs::read(path).unwrap()).contains("Spark")
    };
    let files = |folder: &PathBuf| -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.is_file() && is_one(path));
        files.sort();
        files
    };
    folders(Path::new(FIXTURES)).iter().flat_map(files).collect()
}

/// Renders `file` for `target`, with the configuration beside it or else with everything switched on.
pub(crate) fn rendered(file: &Path, target: &[&str]) -> Vec<Value> {
    let folder = file.parent().unwrap();
    let own = folder.join("spark-render.yaml");
    let config = if own.exists() { own } else { Path::new(FIXTURES).join("witness/spark-render.yaml") };
    let name = file.file_name().unwrap().to_str().unwrap();
    let common = ["--kube-version", NEWEST, "--only-spark", "--namespace", "jobs"];
    let given = ["--config", config.to_str().unwrap(), name];
    render(folder, &[&common, target, given.as_slice()].concat()).objects
}

/// The leaves of a value by their pointers.
fn leaves(value: &Value, pointer: String, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| leaves(value, format!("{pointer}/{key}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, format!("{pointer}/{index}"), found));
        }
        leaf => {
            found.insert(pointer, leaf.clone());
        }
    }
}

/// What differs between an object and what its type made of it.
fn differences(object: &Value, through: &Value) -> Vec<String> {
    let [mut before, mut after] = [BTreeMap::new(), BTreeMap::new()];
    leaves(object, String::new(), &mut before);
    leaves(through, String::new(), &mut after);
    let pointers: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |pointer: &&String| before.get(*pointer) != after.get(*pointer);
    let show = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    let line = |pointer| format!("{pointer}: {} becomes {}", show(before.get(pointer)), show(after.get(pointer)));
    pointers.into_iter().filter(differs).map(line).collect()
}

/// The faults of an object, and the place of its kind in the lists: in [`TYPED`], or behind it in [`CUSTOM`].
fn witness(object: &Value) -> (Option<usize>, Vec<String>) {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if let Some(index) = CUSTOM.iter().position(|one| *one == (api_version, kind)) {
        return (Some(TYPED.len() + index), Vec::new());
    }
    let Some(index) = TYPED.iter().position(|one| (one.api_version, one.kind) == (api_version, kind)) else {
        return (None, vec![format!("{api_version} {kind} is in neither list")]);
    };
    let faults = match (TYPED[index].through)(object) {
        Ok(through) => differences(object, &through),
        Err(fault) => vec![format!("does not decode: {fault}")],
    };
    (Some(index), faults)
}

#[test]
fn no_leaf_of_a_rendered_object_is_unknown_to_its_type() {
    let runs: Vec<(PathBuf, &[&str])> =
        applications().into_iter().flat_map(|file| TARGETS.iter().map(move |target| (file.clone(), *target))).collect();
    let results = each(&runs, |(file, target)| {
        let (mut kinds, mut faults) = (Vec::new(), Vec::new());
        for object in rendered(file, target) {
            let (kind, found) = witness(&object);
            kinds.push(kind);
            let name = format!("{} {target:?} {}/{}", file.display(), object["kind"], object["metadata"]["name"]);
            faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
        (kinds, faults)
    });
    let (kinds, faults): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    let (kinds, faults) = (kinds.concat(), faults.concat());
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    let listed = TYPED.iter().map(|one| (one.api_version, one.kind)).chain(CUSTOM.iter().copied());
    for (index, (api_version, kind)) in listed.enumerate() {
        assert!(kinds.contains(&Some(index)), "no fixture renders {api_version} {kind}");
    }
    let typed = kinds.iter().flatten().filter(|index| **index < TYPED.len()).count();
    println!("{} runs, {} objects, {typed} of them typed", runs.len(), kinds.len());
    assert!(typed > 7000, "fixtures render less than they did: {typed}");
}

/// Everything that a fault could look like is one.
#[test]
fn what_a_type_does_not_know_is_a_fault() {
    let object = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
    let head = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
    assert_eq!(witness(&object(&format!("{head}spec: {{ports: [{{port: 1}}]}}"))).1, Vec::<String>::new());
    for (rest, fault) in [
        ("spec: {ports: [{port: 1, protocoll: TCP}]}", "/spec/ports/0/protocoll: \"TCP\" becomes nothing"),
        ("spec: {ports: [{name: a}]}", "/spec/ports/0/port: nothing becomes 0"),
        ("spec: {ports: [{port: '1'}]}", "does not decode"),
        ("spec: {ports: null}", "/spec/ports: null becomes nothing"),
    ] {
        let faults = witness(&object(&format!("{head}{rest}"))).1;
        assert!(faults.iter().any(|one| one.starts_with(fault)), "{rest}: {faults:?}");
    }
    let unknown = witness(&object("apiVersion: v2\nkind: Service"));
    assert_eq!(unknown.1, ["v2 Service is in neither list"]);
}
