//! The environment of a container as the kubelet computes it.

use std::collections::BTreeMap;

use serde_json::Value;

/// The value of each variable: the last entry of a name counts, and `$(NAME)` takes what came before.
pub(crate) fn effective(env: &[Value], labels: &Value) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for entry in env {
        let source = &entry["valueFrom"];
        let path = source["fieldRef"]["fieldPath"].as_str().unwrap_or_default();
        let label = path.strip_prefix("metadata.labels['").and_then(|rest| rest.strip_suffix("']"));
        let value = match label.and_then(|label| labels[label].as_str()) {
            Some(label) => label.to_owned(),
            None if source.is_null() => expanded(entry["value"].as_str().unwrap_or_default(), &values),
            None => format!("from {}", sorted(source)),
        };
        values.insert(entry["name"].as_str().unwrap_or_default().to_owned(), value);
    }
    values
}

/// `$(NAME)` is the variable if there is one, else itself; `$$` is `$`.
fn expanded(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("$$") {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix("$(").and_then(|inner| inner.split_once(')')) {
            match values.get(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&rest[..name.len() + 3]),
            }
            rest = after;
        } else {
            out.push('$');
            rest = &rest[1..];
        }
    }
    out + rest
}

/// The source of a value without defaults, in the order of its keys.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries: BTreeMap<&String, String> = entries
                .iter()
                .filter(|(key, value)| {
                    !(value.is_null()
                        || *value == &Value::Bool(false)
                        || *key == "apiVersion"
                        || *key == "divisor" && *value == "0")
                })
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            format!("{entries:?}")
        }
        other => other.to_string(),
    }
}

#[test]
fn references_take_what_came_before() {
    let env = serde_json::json!([
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)-$(C)-$$(A)-$x"},
        {"name": "C", "value": "late"},
        {"name": "A", "value": "2"},
        {"name": "D", "value": "$(A)"},
        {"name": "E", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['x/y']"}}},
    ]);
    let values = effective(env.as_array().unwrap(), &serde_json::json!({"x/y": "label"}));
    let expected = [("A", "2"), ("B", "1-$(C)-$(A)-$x"), ("C", "late"), ("D", "2"), ("E", "label")];
    assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}
