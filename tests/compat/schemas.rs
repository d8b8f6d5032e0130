//! The JSON Schemas of the operator's resources say what its CustomResourceDefinitions say.
//!
//! `crd-fields.tsv` was read from the CustomResourceDefinitions in the operator's repository, from the chart 1.1.26 to
//! its main branch: path, type, whether it is required, validation, and the first of the tags looked at that has it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use spark_render::internals::cli::schema::{Schema, text};

const CRD_FIELDS: &str = include_str!("crd-fields.tsv");
const TABLE: &str = include_str!("../../src/operator/fields.tsv");

pub(crate) const SCHEMAS: [(&str, Schema); 3] = [
    ("SparkApplication", Schema::SparkApplication),
    ("ScheduledSparkApplication", Schema::ScheduledSparkApplication),
    ("SparkConnect", Schema::SparkConnect),
];

pub(crate) fn schema(kind: Schema) -> Value {
    serde_json::from_str(&text(kind)).unwrap()
}

/// Type, whether it is required, and everything that narrows the values, as `crd-fields.tsv` writes them.
#[derive(Debug, PartialEq, Eq)]
struct Field {
    shape: String,
    required: bool,
    validation: String,
}

/// The keywords of `schema` with those that it refers to.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

fn shape(root: &Value, schema: &Value) -> String {
    let schema = resolved(root, schema);
    match &schema["type"] {
        Value::Array(types) if *types == [json!("integer"), json!("string")] => "int-or-string".to_owned(),
        Value::String(name) if name == "array" => format!("array<{}>", shape(root, &schema["items"])),
        Value::String(name) if name == "object" && schema["additionalProperties"].is_object() => {
            format!("map<string,{}>", shape(root, &schema["additionalProperties"]))
        }
        Value::String(name) => name.clone(),
        other => panic!("{other}"),
    }
}

fn validation(schema: &Value) -> String {
    let mut words = Vec::new();
    if let Some(names) = schema["enum"].as_array() {
        let names: Vec<String> = names.iter().map(|name| format!("'{}'", name.as_str().unwrap())).collect();
        words.push(format!("enum=[{}]", names.join(", ")));
    }
    for keyword in ["minimum", "maximum", "pattern", "format", "default"] {
        match &schema[keyword] {
            Value::Null => {}
            Value::String(text) => words.push(format!("{keyword}={text}")),
            other => words.push(format!("{keyword}={other}")),
        }
    }
    words.join(" ")
}

/// Collects the fields of an object, but not those of the application in a schedule.
fn collect(root: &Value, schema: &Value, path: &str, fields: &mut BTreeMap<String, Field>) {
    let owner = resolved(root, schema);
    if let Some(items) = owner.get("items") {
        return collect(root, items, &format!("{path}[]"), fields);
    }
    if let Some(values) = owner.get("additionalProperties").filter(|values| values.is_object()) {
        return collect(root, values, &format!("{path}.*"), fields);
    }
    for (name, field) in owner["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        let required = owner["required"].as_array().into_iter().flatten().any(|required| required == name);
        assert!(field["description"].as_str().is_some_and(|text| text.len() > 10), "{path} is not described");
        fields.insert(path.clone(), Field { shape: shape(root, field), required, validation: validation(field) });
        if field["$ref"] != "#/$defs/SparkApplicationSpec" {
            collect(root, field, &path, fields);
        }
    }
}

#[test]
fn schemas_are_those_of_the_custom_resource_definitions() {
    for (kind, which) in SCHEMAS {
        let root = schema(which);
        let mut ours = BTreeMap::new();
        collect(&root, &root["properties"]["spec"], "spec", &mut ours);
        let mut theirs = BTreeMap::new();
        for line in CRD_FIELDS.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells[0] == kind && cells[1] != "spec" {
                let shape = cells[2].replace("(opaque)", "");
                let required = cells[3] == "yes";
                theirs.insert(cells[1].to_owned(), Field { shape, required, validation: cells[4].to_owned() });
            }
        }
        assert!(theirs.len() > 5);
        let names = |fields: &BTreeMap<String, Field>| fields.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&ours), names(&theirs), "{kind}");
        for (path, field) in theirs {
            assert_eq!(ours[&path], field, "{kind} {path}");
        }
    }
}

/// The tags that were looked at, and the first version that can have a field which the tag is the first to have.
const TAGS: &[(&str, &str)] = &[
    ("spark-operator-chart-1.1.26", ""),
    ("spark-operator-chart-1.2.15", "1.2.0"),
    ("spark-operator-chart-1.3.2", "1.3.0"),
    // The release notes of the chart name the patch.
    ("spark-operator-chart-1.4.6", "1.4.5"),
    ("v2.0.0", "2.0.0"),
    ("v2.1.0", "2.1.0"),
    ("v2.2.0", "2.2.0"),
    ("v2.3.0", "2.3.0"),
    ("v2.4.0", "2.4.0"),
    ("HEAD", "unreleased"),
];

#[test]
fn the_table_knows_which_version_brought_a_field() {
    let since: BTreeMap<(&str, &str), &str> = TABLE
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            ((cells[0], cells[1]), cells[7])
        })
        .collect();
    for line in CRD_FIELDS.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let expected = TAGS.iter().find(|(tag, _)| *tag == cells[5]).map(|(_, version)| *version);
        assert_eq!(since.get(&(cells[0], cells[1])).copied(), expected, "{} {}", cells[0], cells[1]);
    }
    assert_eq!(since.len(), CRD_FIELDS.lines().count() - 1);
}
