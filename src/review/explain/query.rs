//! Fields of rendered objects by path: `spec.containers[0].env[KAFKA_SERVERS].value`, or by a bare name.

use crate::{
    spark::properties,
    tree::{FieldPath, Node, Origin, Stage, Value},
};

/// A scalar of a rendered object that was asked for.
#[derive(Debug)]
pub struct ExplainedValue {
    /// Its path, with indexes for list items.
    pub path: FieldPath,
    /// Its value as JSON would write it, text without quotes.
    pub value: String,
    /// Its origin.
    pub origin: Origin,
}

/// Keys by which list items are known in paths: Kubernetes' own list-map keys.
const ITEM_KEYS: &[&str] = &["name", "mountPath", "key", "containerPort", "port", "ip", "topologyKey", "devicePath"];
/// Texts that are looked into: the confs of a driver.
const SPARK_PROPERTIES: &str = "spark.properties";

/// The scalars of `object` that `field` names. A path starts at the root; items of lists are given by their index
/// or by the value of their key, keys of mappings after a dot or in brackets. A word without brackets that is no
/// path from the root finds every field and list item of that name, and the conf of that key. An empty `field`
/// means the whole object.
#[must_use]
pub fn find(object: &Node, field: &str) -> Vec<ExplainedValue> {
    let mut found = Vec::new();
    follow(object, &split(field), FieldPath::root(), &mut found);
    if found.is_empty() && !field.contains('[') {
        look_up(object, field, &FieldPath::root(), &mut found);
    }
    found
}

/// All scalars below `node`; a `spark.properties` counts as its confs.
fn leaves(node: &Node, path: &FieldPath, found: &mut Vec<ExplainedValue>) {
    match &node.value {
        Value::Mapping(mapping) if !mapping.is_empty() => {
            mapping.iter().for_each(|(key, value)| leaves(value, &path.key(key), found));
        }
        Value::Sequence(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &path.index(index), found));
        }
        Value::String(text) if is_properties(path) => {
            for (key, value) in properties::read(text) {
                found.push(ExplainedValue { path: path.key(&key), value, origin: conf_origin(&node.origin, &key) });
            }
        }
        Value::String(text) => {
            found.push(ExplainedValue { path: path.clone(), value: text.to_string(), origin: node.origin.clone() });
        }
        _ => {
            let value = node.to_json().to_string();
            found.push(ExplainedValue { path: path.clone(), value, origin: node.origin.clone() });
        }
    }
}

fn is_properties(path: &FieldPath) -> bool {
    path.to_string() == format!("data[{SPARK_PROPERTIES:?}]")
}

/// The origin of one line of a text that was made from confs.
fn conf_origin(text: &Origin, key: &str) -> Origin {
    let Origin::Derived(derivation) = text else { return text.clone() };
    let is_it = |input: &&Origin| match input {
        Origin::Derived(link) => matches!(link.stage, Stage::Conf | Stage::SparkDefault) && link.rule == key,
        _ => false,
    };
    derivation.inputs.iter().find(is_it).unwrap_or(text).clone()
}

/// `a.b[c.d].e` → `a`, `b`, `c.d`, `e`. Keys with dots may also stand unquoted; [`follow`] tries joined parts.
fn split(field: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = field.chars();
    while let Some(c) = rest.next() {
        match c {
            '.' => parts.push(String::new()),
            '[' => {
                let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                parts.push(inner.trim_matches(['"', '\'']).to_owned());
            }
            _ => parts.last_mut().expect("starts with one").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn follow(node: &Node, parts: &[String], path: FieldPath, found: &mut Vec<ExplainedValue>) {
    let Some(first) = parts.first() else {
        leaves(node, &path, found);
        return;
    };
    match &node.value {
        Value::Mapping(mapping) => {
            // A key may itself have dots: the longest run of parts that is a key wins.
            for length in (1..=parts.len()).rev() {
                let key = parts[..length].join(".");
                if let Some(value) = mapping.get(&key) {
                    follow(value, &parts[length..], path.key(key), found);
                    return;
                }
            }
        }
        Value::Sequence(items) => {
            if let Some((index, item)) = first.parse().ok().and_then(|index: usize| Some((index, items.get(index)?))) {
                follow(item, &parts[1..], path.index(index), found);
                return;
            }
            for (index, item) in items.iter().enumerate() {
                for length in (1..=parts.len()).rev() {
                    if is_called(item, &parts[..length].join(".")) {
                        follow(item, &parts[length..], path.index(index), found);
                        break;
                    }
                }
            }
        }
        Value::String(_) if is_properties(&path) => {
            let key = path.key(parts.join("."));
            let mut all = Vec::new();
            leaves(node, &path, &mut all);
            found.extend(all.into_iter().filter(|one| one.path == key));
        }
        _ => {}
    }
}

fn is_called(item: &Node, name: &str) -> bool {
    ITEM_KEYS.iter().filter_map(|key| item.get(key)).any(|value| match &value.value {
        Value::String(text) => text == name,
        Value::Number(number) => number.to_string() == name,
        _ => false,
    })
}

fn look_up(node: &Node, name: &str, path: &FieldPath, found: &mut Vec<ExplainedValue>) {
    match &node.value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter() {
                let path = path.key(key);
                if key == name {
                    leaves(value, &path, found);
                } else {
                    look_up(value, name, &path, found);
                }
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = path.index(index);
                if is_called(item, name) {
                    leaves(item, &path, found);
                } else {
                    look_up(item, name, &path, found);
                }
            }
        }
        Value::String(_) if is_properties(path) => {
            let key = path.key(name);
            let mut all = Vec::new();
            leaves(node, path, &mut all);
            found.extend(all.into_iter().filter(|one| one.path == key));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    fn pod() -> Node {
        map! {
            "metadata" => map! { "labels" => map! { "a.b/c" => "x" } },
            "spec" => map! { "containers" => seq![map! {
                "name" => "main",
                "env" => seq![map! { "name" => "A", "value" => "1" }, map! { "name" => "x.y", "value" => "2" }],
            }] },
        }
    }

    fn paths(field: &str) -> Vec<String> {
        find(&pod(), field).iter().map(|found| found.path.to_string()).collect()
    }

    #[test]
    fn fields_are_found_by_path_index_key_and_name() {
        assert_eq!(paths("spec.containers[0].env[1].value"), ["spec.containers[0].env[1].value"]);
        assert_eq!(paths("spec.containers[main].env[A].value"), ["spec.containers[0].env[0].value"]);
        assert_eq!(paths("spec.containers.main.env.x.y.value"), ["spec.containers[0].env[1].value"]);
        assert_eq!(paths("metadata.labels[\"a.b/c\"]"), ["metadata.labels[\"a.b/c\"]"]);
        assert_eq!(paths("metadata.labels.a.b/c"), ["metadata.labels[\"a.b/c\"]"]);
        assert_eq!(paths("A"), ["spec.containers[0].env[0].name", "spec.containers[0].env[0].value"]);
        assert_eq!(paths("value"), ["spec.containers[0].env[0].value", "spec.containers[0].env[1].value"]);
        assert!(paths("nothing").is_empty());
    }
}
