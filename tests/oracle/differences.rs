//! The fields in which our objects differ from Spark's.

use std::collections::BTreeMap;

use serde_json::Value;

/// An object's name in a report, and the object.
pub(crate) type Objects = BTreeMap<String, Value>;

/// What an object is called in a report.
pub(crate) fn name(object: &Value) -> String {
    format!(
        "{} {}",
        object["kind"].as_str().unwrap_or_default(),
        object["metadata"]["name"].as_str().unwrap_or_default()
    )
}

/// The differing fields: `<object> <path>: <ours> instead of <Spark's>`.
pub(crate) fn differences(ours: &Objects, spark: &Objects) -> Vec<String> {
    let mut found = Vec::new();
    for (name, object) in spark {
        match ours.get(name) {
            Some(our) => differing_fields(name, our, object, &mut found),
            None => found.push(format!("{name} is missing")),
        }
    }
    found.extend(ours.keys().filter(|name| !spark.contains_key(*name)).map(|name| format!("{name} is too much")));
    found
}

fn differing_fields(path: &str, ours: &Value, spark: &Value, found: &mut Vec<String>) {
    match (ours, spark) {
        (Value::Object(ours), Value::Object(spark)) => {
            for (key, value) in spark {
                match ours.get(key) {
                    Some(our) => differing_fields(&format!("{path}.{key}"), our, value, found),
                    None => found.push(format!("{path}.{key}: missing, Spark has {value}")),
                }
            }
            let extra = ours.iter().filter(|(key, _)| !spark.contains_key(*key));
            found.extend(extra.map(|(key, value)| format!("{path}.{key}: {value}, Spark has none")));
        }
        (Value::Array(ours), Value::Array(spark)) if ours.len() == spark.len() => {
            for (index, (our, value)) in ours.iter().zip(spark).enumerate() {
                differing_fields(&format!("{path}[{index}]"), our, value, found);
            }
        }
        _ if ours != spark => found.push(format!("{path}: {ours} instead of {spark}")),
        _ => {}
    }
}

/// Where the leaves of an object are.
pub(crate) fn pointers(object: &Value) -> Vec<String> {
    let mut found = Vec::new();
    leaves(object, String::new(), &mut found);
    found
}

fn leaves(value: &Value, path: String, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            entries.iter().for_each(|(key, value)| leaves(value, format!("{path}/{}", escaped(key)), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, format!("{path}/{index}"), found));
        }
        _ => found.push(path),
    }
}

/// The object with another leaf at `pointer`.
pub(crate) fn changed(object: &Value, pointer: &str) -> Value {
    let mut changed = object.clone();
    let leaf = changed.pointer_mut(pointer).unwrap();
    *leaf = if leaf.is_string() { format!("{}?", leaf.as_str().unwrap()).into() } else { "?".into() };
    changed
}
