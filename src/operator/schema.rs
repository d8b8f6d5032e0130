//! JSON Schemas of the operator's resources, made of the table of their fields (`kube/tables/field-effects.tsv`).

use serde_json::{Map, Value, json};

static FIELDS: &str = include_str!("../kube/tables/field-effects.tsv");
const API_VERSION: &str = "sparkoperator.k8s.io/v1beta2";

/// A SparkApplication.
pub(crate) fn spark_application() -> String {
    pretty(&resource("SparkApplication", spec()))
}

/// A ScheduledSparkApplication (operator 2.5, api/v1beta2/scheduledsparkapplication_types.go).
pub(crate) fn scheduled() -> String {
    let spec = json!({
        "type": "object",
        "required": ["schedule", "template"],
        "additionalProperties": false,
        "properties": {
            "schedule": { "type": "string" },
            "timeZone": { "type": "string" },
            "template": spec(),
            "suspend": { "type": "boolean" },
            "concurrencyPolicy": { "type": "string" },
            "successfulRunHistoryLimit": { "type": "integer" },
            "failedRunHistoryLimit": { "type": "integer" },
        },
    });
    pretty(&resource("ScheduledSparkApplication", spec))
}

fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

fn resource(kind: &str, spec: Value) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": { "const": API_VERSION },
            "kind": { "const": kind },
            "metadata": { "type": "object" },
            "status": { "type": "object" },
        },
        "additionalProperties": false,
    });
    schema["properties"]["spec"] = spec;
    schema
}

/// The schema of a SparkApplication's `spec`.
fn spec() -> Value {
    let mut root = json!({ "type": "object", "properties": {} });
    for line in FIELDS.lines().skip(1) {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        let (path, kind, required, validation) = (next(), next(), next(), next());
        let Some(path) = path.strip_prefix("spec.") else { continue };
        add(&mut root, path, field(kind, validation), required == "yes");
    }
    close(&mut root);
    root
}

/// Puts `schema` at `path` (`a.b[].c`, `a.*.c`).
fn add(root: &mut Value, path: &str, schema: Value, required: bool) {
    let keys: Vec<&str> = path.split('.').collect();
    let Some((last, parents)) = keys.split_last() else { return };
    let place = parents.iter().fold(root, |schema, key| match key.strip_suffix("[]") {
        _ if *key == "*" => &mut schema["additionalProperties"],
        Some(list) => &mut schema["properties"][list]["items"],
        None => &mut schema["properties"][*key],
    });
    if *last == "*" || last.ends_with("[]") {
        return;
    }
    if required {
        match &mut place["required"] {
            Value::Array(names) => names.push((*last).into()),
            other => *other = json!([last]),
        }
    }
    place["properties"][*last] = schema;
}

/// The schema of a type of the table. Objects without fields in the table are Kubernetes' own, and open.
fn field(kind: &str, validation: &str) -> Value {
    let inner = |prefix: &str| Some(kind.strip_prefix(prefix)?.strip_suffix('>')?.rsplit(',').next()?.trim());
    let mut schema = match kind {
        "string" | "integer" | "boolean" | "number" => json!({ "type": kind }),
        "int-or-string" => json!({ "type": ["integer", "string"] }),
        _ if inner("array<").is_some() => {
            json!({ "type": "array", "items": field(inner("array<").unwrap_or_default(), "") })
        }
        _ if inner("map<").is_some() => {
            json!({ "type": "object", "additionalProperties": field(inner("map<").unwrap_or_default(), "") })
        }
        _ => json!({ "type": "object" }),
    };
    for rule in validation.split_whitespace() {
        match rule.split_once('=') {
            Some(("minimum", number)) => schema["minimum"] = number.parse::<i64>().map_or(Value::Null, Value::from),
            Some(("enum", names)) => schema["enum"] = names.split(['|', ',']).map(Value::from).collect(),
            _ => {}
        }
    }
    schema
}

/// Objects whose fields are known have no others.
fn close(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    let known = object.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty());
    if known && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for key in ["items", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(close);
    }
    let properties = object.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_knows_nested_fields_and_leaves_pod_fields_open() {
        let spec = spec();
        let driver = &spec["properties"]["driver"];
        assert_eq!(driver["properties"]["cores"]["type"], "integer");
        assert_eq!(driver["properties"]["configMaps"]["items"]["required"], json!(["name", "path"]));
        assert_eq!(driver["additionalProperties"], false);
        assert_eq!(driver["properties"]["affinity"], json!({ "type": "object" }));
        assert!(spec["required"].as_array().unwrap().contains(&"driver".into()), "{}", spec["required"]);
    }
}
