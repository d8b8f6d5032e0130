//! Every field of a SparkApplication does what the operator's effects table says, at the place that it says:
//! `fixtures/effects/fields.yaml`, which has an entry for each field of the table.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    partial::taken_apart,
    run::{each, render},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    field: String,
    value: Value,
    with: Option<Value>,
    #[serde(default = "pod")]
    target: String,
    #[serde(default)]
    changes: BTreeMap<String, Value>,
    code: Option<String>,
}

fn pod() -> String {
    "pod".to_owned()
}

fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(Path::new(ROOT).join("fixtures/effects/fields.yaml")).unwrap();
    serde_yaml::from_str(&text).unwrap()
}

/// What every entry is laid over.
fn base() -> Value {
    json!({
        "apiVersion": "sparkoperator.k8s.io/v1beta2",
        "kind": "SparkApplication",
        "metadata": {"name": "pi", "namespace": "jobs"},
        "spec": {
            "type": "Scala",
            "sparkVersion": "3.5.1",
            "image": "apache/spark:3.5.1",
            "mainClass": "org.apache.spark.examples.SparkPi",
            "mainApplicationFile": "local:///opt/spark/examples/jars/spark-examples.jar",
            "driver": {"serviceAccount": "spark"},
            "executor": {"instances": 1},
        },
    })
}

/// The leaves of everything rendered (`driver spec.containers[spark-kubernetes-driver].image` → value), and the codes
/// of the findings.
fn rendered(application: &Value, target: &str) -> (BTreeMap<String, Value>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    // JSON is YAML.
    fs::write(folder.path().join("app.yaml"), application.to_string()).unwrap();
    let operator = json!({"ingressUrlFormat": "{{$appName}}.example.com", "batchScheduler": true, "driverPdb": true});
    let config = json!({
        "apiVersion": "spark-render.io/v1alpha1",
        "kind": "SparkRender",
        "metadata": {"name": "config"},
        "spec": {"operator": operator, "target": target, "executors": "preview", "kubeVersion": "1.37"},
    });
    fs::write(folder.path().join("config.yaml"), config.to_string()).unwrap();
    let outcome = render(folder.path(), &["--config", "config.yaml", "app.yaml"]);
    let mut leaves = BTreeMap::new();
    for object in &outcome.objects {
        let mut object = taken_apart(object);
        let is_driver = object["metadata"]["labels"]["spark-role"] == "driver";
        let name = match (object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap()) {
            ("Pod", _) if is_driver => "driver".to_owned(),
            ("Pod", "pi-exec-1") => "exec".to_owned(),
            (kind, name) => format!("{kind}/{}", canonical(name)),
        };
        if let Some(data) = object.get_mut("data").filter(|_| name.starts_with("ConfigMap/pi-driver-conf-map")) {
            for (key, value) in data["spark.properties"].as_object().unwrap() {
                leaves.insert(format!("properties {key}"), value.clone());
            }
        }
        flatten(&object, format!("{name} "), &mut leaves);
    }
    let codes = outcome.codes().into_iter().map(str::to_owned).collect();
    (leaves, codes)
}

/// A name without what follows the content of its object.
fn canonical(text: &str) -> String {
    let mut text = text.to_owned();
    for (before, length, instead) in [("conf-map-", 10, "<hash>"), ("spark-exec-", 16, "<id>"), ("spark-", 32, "<id>")]
    {
        let start = text.find(before).map(|at| at + before.len());
        let Some(start) = start.filter(|start| text.len() >= start + length) else { continue };
        if text[start..start + length].chars().all(|c| c.is_ascii_hexdigit()) {
            text.replace_range(start..start + length, instead);
        }
    }
    text
}

fn flatten(value: &Value, path: String, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
                let dot = if path.ends_with(' ') { "" } else { "." };
                let step = if plain { format!("{path}{dot}{key}") } else { format!("{path}[{key:?}]") };
                flatten(value, step, leaves);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let names: Vec<&str> = items.iter().filter_map(|item| item.get("name")?.as_str()).collect();
            let named =
                names.len() == items.len() && (1..names.len()).all(|index| !names[..index].contains(&names[index]));
            for (index, item) in items.iter().enumerate() {
                let step = if named { names[index].to_owned() } else { index.to_string() };
                flatten(item, format!("{path}[{step}]"), leaves);
            }
        }
        leaf => {
            let leaf = leaf.as_str().map_or_else(|| leaf.clone(), |text| canonical(text).into());
            leaves.insert(path, leaf);
        }
    }
}

fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// Sets `field` (`driver.configMaps[].name`, `driver.envSecretKeyRefs.*.key`) of `spec`.
fn set(spec: &mut Value, field: &str, value: &Value) {
    let mut place = spec;
    for part in field.split('.') {
        if place.is_null() {
            *place = json!({});
        }
        let map = place.as_object_mut().unwrap();
        place = match part.strip_suffix("[]") {
            _ if part == "*" => map.values_mut().next().unwrap(),
            Some(list) => map.get_mut(list).unwrap().as_array_mut().unwrap().first_mut().unwrap(),
            None => map.entry(part).or_insert(Value::Null),
        };
    }
    // Mappings of the base stay: a value is laid over what is there.
    merge(place, value);
}

fn faults(entry: &Entry) -> Vec<String> {
    let field = &entry.field;
    let mut without = base();
    if let Some(context) = &entry.with {
        merge(&mut without["spec"], context);
    }
    let mut with = without.clone();
    set(&mut with["spec"], field, &entry.value);
    let (before, codes_before) = rendered(&without, &entry.target);
    let (after, codes) = rendered(&with, &entry.target);
    assert!(!before.is_empty(), "{field}: the application without it does not render: {codes_before:?}");
    let mut faults = Vec::new();
    for (leaf, value) in &entry.changes {
        let [old, new] = [&before, &after].map(|leaves| leaves.get(leaf).unwrap_or(&Value::Null));
        if new != value {
            faults.push(format!("{field}: `{leaf}` is {new} instead of {value} (findings: {codes:?})"));
        }
        if old == value {
            faults.push(format!("{field}: `{leaf}` is {value} without it, too"));
        }
    }
    if let Some(code) = &entry.code
        && (!codes.contains(code) || codes_before.contains(code))
    {
        faults.push(format!("{field}: no finding `{code}` of its own, but {codes:?}"));
    }
    if entry.changes.is_empty() && entry.code.is_none() {
        faults.push(format!("{field}: the fixture says nothing"));
    }
    faults
}

#[test]
fn every_field_changes_what_the_operators_table_says() {
    let faults: Vec<String> = each(&entries(), faults).into_iter().flatten().collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_field_of_the_table_has_an_entry() {
    let fields = Path::new(ROOT).join("src/operator/fields.tsv");
    let table = fs::read_to_string(fields).unwrap();
    let named: Vec<String> = entries().into_iter().map(|entry| entry.field).collect();
    let covered = |field: &&str| {
        // A mapping is covered by its fields.
        let inside = |prefix: &str| named.iter().any(|name| name.starts_with(prefix));
        named.iter().any(|name| name == field) || inside(&format!("{field}.")) || inside(&format!("{field}[]."))
    };
    let rows = table.lines().filter_map(|line| line.strip_prefix("SparkApplication\tspec."));
    let (covered, missing): (Vec<&str>, Vec<&str>) = rows.map(|row| row.split('\t').next().unwrap()).partition(covered);
    assert!(missing.is_empty(), "{missing:?}");
    assert!(covered.len() > 150, "{}", covered.len());
}
