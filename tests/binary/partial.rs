//! Objects against a part of them that is written down.
//!
//! A mapping of the part says what these keys hold, and nothing of others; null says that a key is absent. A list is
//! compared whole, except that items that the part calls by `name` are looked up by it. Text stands for itself.

use serde_json::{Map, Value};

/// What differs from `part`, a line each.
pub(crate) fn differences(path: &str, part: &Value, actual: Option<&Value>) -> Vec<String> {
    let show = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), Value::to_string);
    match (part, actual) {
        (Value::Null, None) => Vec::new(),
        (Value::Object(part), Some(Value::Object(actual))) => {
            let each = |(key, part)| differences(&format!("{path}.{key}"), part, actual.get(key));
            part.iter().flat_map(each).collect()
        }
        (Value::Array(part), Some(Value::Array(actual))) => items(path, part, actual),
        _ if Some(part) == actual => Vec::new(),
        _ => vec![format!(
            "{path}: {} expected, but it is {}",
            show(Some(part).filter(|one| !one.is_null())),
            show(actual)
        )],
    }
}

fn items(path: &str, part: &[Value], actual: &[Value]) -> Vec<String> {
    fn name(item: &Value) -> Option<&Value> {
        item.get("name")
    }
    if !part.is_empty() && part.iter().all(|item| name(item).is_some()) {
        let each = |item: &Value| {
            let path = format!("{path}[{}]", name(item).expect("all have one"));
            let named = actual.iter().find(|other| name(other) == name(item));
            // `name` alone: there is such an item; with `absent: true`: there is none.
            if item.get("absent") == Some(&Value::Bool(true)) {
                return differences(&path, &Value::Null, named);
            }
            differences(&path, item, named)
        };
        return part.iter().flat_map(each).collect();
    }
    if part.len() != actual.len() {
        return vec![format!("{path}: {} items expected, but there are {}", part.len(), actual.len())];
    }
    let each = |(index, (part, actual))| differences(&format!("{path}[{index}]"), part, Some(actual));
    part.iter().zip(actual).enumerate().flat_map(each).collect()
}

/// `object` with the texts in ConfigMaps taken apart, so that a part can name a line of them: `spark.properties` by
/// key, the pod template as YAML.
pub(crate) fn taken_apart(object: &Value) -> Value {
    let mut object = object.clone();
    let Some(data) = object.get_mut("data").and_then(Value::as_object_mut) else { return object };
    if let Some(text) = data.get("spark.properties").and_then(Value::as_str) {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let entries: Map<String, Value> =
            lines.map(|(key, value)| (key.to_owned(), value.replace('\\', "").into())).collect();
        data.insert("spark.properties".to_owned(), entries.into());
    }
    if let Some(text) = data.get("podspec-configmap-key").and_then(Value::as_str) {
        data.insert("podspec-configmap-key".to_owned(), serde_yaml::from_str(text).unwrap());
    }
    object
}

#[test]
fn every_kind_of_difference_is_seen() {
    let yaml = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
    let actual = yaml("{a: 1, list: [{name: x, v: 1}, {name: y}], plain: [1, 2]}");
    for same in ["{}", "{a: 1, b: null}", "{list: [{name: y}, {name: x, v: 1}]}", "{list: [{name: z, absent: true}]}"] {
        assert_eq!(differences("", &yaml(same), Some(&actual)), Vec::<String>::new(), "{same}");
    }
    for other in [
        "{a: 2}",
        "{a: '1'}",
        "{a: null}",
        "{b: 1}",
        "{a: {}}",
        "{list: [{name: x, v: 2}]}",
        "{list: [{name: x, v: null}]}",
        "{list: [{name: x, absent: true}]}",
        "{list: [{name: z}]}",
        "{list: []}",
        "{plain: [1]}",
        "{plain: [1, 3]}",
        "{plain: [1, 2, 3]}",
    ] {
        assert_eq!(differences("", &yaml(other), Some(&actual)).len(), 1, "{other}");
    }
}
