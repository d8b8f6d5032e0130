//! The JSON patches (RFC 6902) of the operator's webhook, applied to pods as Spark sends them.
//!
//! The webhook's patch is one of the pod as Go wrote it, where every struct is there (`resources: {}`); in Spark's bytes
//! it may be absent. Hence parents that are missing are made.

use serde_json::{Map, Value};

/// Applies the operations in order. Webhooks add, replace and remove; anything else is a fault of the recording.
pub(crate) fn apply(document: &mut Value, operations: &[Value]) {
    for operation in operations {
        let path: Vec<String> = pointer(operation["path"].as_str().unwrap());
        let (last, parents) = path.split_last().unwrap();
        let parent = parents.iter().fold(&mut *document, |value, key| child(value, key));
        if parent.is_null() {
            *parent = Value::Object(Map::new());
        }
        let value = operation.get("value").cloned().unwrap_or(Value::Null);
        match (operation["op"].as_str().unwrap(), parent) {
            ("add", Value::Array(items)) if last == "-" => items.push(value),
            ("add", Value::Array(items)) => items.insert(last.parse().unwrap(), value),
            ("replace", Value::Array(items)) => items[last.parse::<usize>().unwrap()] = value,
            ("remove", Value::Array(items)) => drop(items.remove(last.parse().unwrap())),
            ("add" | "replace", Value::Object(entries)) => drop(entries.insert(last.clone(), value)),
            ("remove", Value::Object(entries)) => drop(entries.shift_remove(last)),
            (other, parent) => panic!("{other} of {last} in {parent}"),
        }
    }
}

fn child<'a>(value: &'a mut Value, key: &str) -> &'a mut Value {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        Value::Object(entries) => entries.entry(key).or_insert(Value::Null),
        other => panic!("{key} in {other}"),
    }
}

fn pointer(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

#[test]
fn patches_add_replace_and_remove() {
    use serde_json::json;

    let mut pod = json!({"spec": {"containers": [{"name": "a", "env": [{"name": "X"}]}]}});
    let operations = json!([
        {"op": "add", "path": "/spec/containers/0/env/0", "value": {"name": "W"}},
        {"op": "add", "path": "/spec/containers/0/env/-", "value": {"name": "Z"}},
        {"op": "add", "path": "/spec/containers/0/resources/limits", "value": {"a~b/c": "1"}},
        {"op": "remove", "path": "/spec/containers/0/env/1"},
        {"op": "replace", "path": "/spec/containers/0/name", "value": "b"},
        {"op": "add", "path": "/metadata/labels/x~1y", "value": "1"},
    ]);
    apply(&mut pod, operations.as_array().unwrap());
    let expected = json!({
        "spec": {"containers": [
            {"name": "b", "env": [{"name": "W"}, {"name": "Z"}], "resources": {"limits": {"a~b/c": "1"}}}
        ]},
        "metadata": {"labels": {"x/y": "1"}},
    });
    assert_eq!(pod, expected);
}
