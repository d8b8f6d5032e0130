//! Every field of a SparkApplication does what the operator's effects table says, at the place that it says:
//! `fixtures/effects/fields.yaml` against `src/kube/tables`' copy of the field list.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

use std::{collections::BTreeMap, fs};

use serde_json::Value;
use spark_render::{
    kube::KubernetesVersion,
    operator::{Class, OperatorOptions, resolve::ResolveOptions},
    render::{
        Executors, Target,
        config::SparkRenderSpec,
        pipeline::{self, RenderOptions},
    },
    spark::properties,
    text::{read, write::yaml},
    tree::{Diagnostics, FieldPath, Node, Sources},
};

const BASE: &str = r"
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: pi, namespace: jobs}
spec:
  type: Scala
  sparkVersion: 3.5.1
  image: apache/spark:3.5.1
  mainClass: org.apache.spark.examples.SparkPi
  mainApplicationFile: local:///opt/spark/examples/jars/spark-examples.jar
  driver: {serviceAccount: spark}
  executor: {instances: 1}
";

fn documents(text: &str) -> Vec<Node> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("text", text);
    let documents = spark_render::operator::documents::parse(id, &sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    documents.into_iter().map(read::Document::into_node).collect()
}

fn options(target: Target) -> RenderOptions {
    let operator = OperatorOptions {
        ingress_url_format: "{{$appName}}.example.com".to_owned(),
        batch_scheduler: true,
        driver_pdb: true,
        ..OperatorOptions::default()
    };
    RenderOptions {
        spec: SparkRenderSpec { operator, target, executors: Executors::Preview, ..SparkRenderSpec::default() },
        kube_version: KubernetesVersion::NEWEST,
        resolve: ResolveOptions::default(),
        rename_proof: false,
    }
}

/// The leaves of everything rendered (`driver spec.containers[0].image` → value), and the codes of the findings.
fn rendered(application: &Value, target: Target) -> (BTreeMap<String, String>, Vec<&'static str>) {
    let mut text = String::new();
    yaml::write(&Node::from_json(application), &mut text);
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("app.yaml", text);
    let parsed = spark_render::operator::documents::parse(id, &sources, &mut diagnostics);
    let manifests =
        pipeline::document(&parsed[0], Class::SparkApplication, &options(target), &|_| None, &mut diagnostics).objects;
    let mut leaves = BTreeMap::new();
    for manifest in manifests {
        let (kind, name) = (manifest.kind(), manifest.name().to_owned());
        let role = manifest.object.str_at(&["metadata", "labels", "spark-role"]);
        let object = match (kind, role) {
            ("Pod", Some("driver")) => "driver".to_owned(),
            ("Pod", Some("executor")) if name.ends_with("-exec-1") => "exec".to_owned(),
            ("ConfigMap", _) if manifest.object.at_keys(&["data", "spark.properties"]).is_some() => {
                "properties".to_owned()
            }
            _ => format!("{kind}/{name}"),
        };
        flatten(&manifest.object, &object, &FieldPath::root(), &mut leaves);
    }
    (leaves, diagnostics.iter().map(|item| item.code).collect())
}

fn flatten(node: &Node, object: &str, path: &FieldPath, leaves: &mut BTreeMap<String, String>) {
    if object == "properties" && path.to_string() == "data[\"spark.properties\"]" {
        for (key, value) in properties::read(node.as_str().unwrap()) {
            leaves.insert(format!("properties {key}"), value);
        }
    } else if let Some(mapping) = node.as_mapping() {
        mapping.iter().for_each(|(key, value)| flatten(value, object, &path.key(key), leaves));
    } else if let Some(items) = node.as_sequence() {
        items.iter().enumerate().for_each(|(index, item)| flatten(item, object, &path.index(index), leaves));
    } else {
        leaves.insert(format!("{object} {path}"), node.to_json().to_string());
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
    let parts: Vec<&str> = field.split('.').collect();
    for (position, part) in parts.iter().enumerate() {
        let last = position + 1 == parts.len();
        place = match *part {
            "*" => place.as_object_mut().unwrap().values_mut().next().unwrap(),
            part => {
                let (key, item) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
                if place.is_null() {
                    *place = serde_json::json!({});
                }
                let child = place.as_object_mut().unwrap().entry(key).or_insert(Value::Null);
                if item { child.as_array_mut().unwrap().first_mut().unwrap() } else { child }
            }
        };
        if last {
            // Mappings of the base stay: a value is laid over what is there.
            merge(place, value);
        }
    }
}

fn entries() -> Vec<Value> {
    let text = fs::read_to_string("fixtures/effects/fields.yaml").unwrap();
    let list = documents(&text).remove(0).to_json();
    list.as_array().unwrap().clone()
}

#[test]
fn every_field_changes_what_the_operators_table_says() {
    let base = documents(BASE).remove(0).to_json();
    let mut faults = Vec::new();
    for entry in entries() {
        let field = entry["field"].as_str().unwrap();
        let target = if entry["target"] == "job" { Target::Job } else { Target::Pod };
        let mut without = base.clone();
        if let Some(context) = entry.get("with") {
            merge(&mut without["spec"], context);
        }
        let mut with = without.clone();
        set(&mut with["spec"], field, &entry["value"]);
        let (before, codes_before) = rendered(&without, target);
        let (after, codes) = rendered(&with, target);
        assert!(!before.is_empty(), "{field}: the application without it does not render: {codes_before:?}");
        let differs = |leaf: &String| before.get(leaf) != after.get(leaf);
        let changed: Vec<&String> = before.keys().chain(after.keys()).filter(|leaf| differs(leaf)).collect();
        for change in entry["changes"].as_array().into_iter().flatten() {
            let change = change.as_str().unwrap();
            if !changed.iter().any(|leaf| leaf.starts_with(change)) {
                faults.push(format!("{field}: nothing changed at `{change}` (findings: {codes:?})"));
            }
        }
        if let Some(code) = entry.get("code") {
            let code = code.as_str().unwrap();
            if !codes.contains(&code) || codes_before.contains(&code) {
                faults.push(format!("{field}: no finding `{code}` of its own, but {codes:?}"));
            }
        }
        if entry.get("changes").is_none() && entry.get("code").is_none() {
            faults.push(format!("{field}: the fixture says nothing"));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_field_of_the_table_has_an_entry() {
    let table = fs::read_to_string("src/kube/tables/field-effects.tsv").unwrap();
    let named: Vec<String> = entries().iter().map(|entry| entry["field"].as_str().unwrap().to_owned()).collect();
    let missing: Vec<&str> = table
        .lines()
        .skip(1)
        .map(|line| line.split('\t').next().unwrap())
        .filter_map(|path| path.strip_prefix("spec."))
        .filter(|field| {
            // A mapping is covered by its fields.
            let inside = |prefix: &str| named.iter().any(|name| name.starts_with(prefix));
            !named.iter().any(|name| name == field) && !inside(&format!("{field}.")) && !inside(&format!("{field}[]."))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
