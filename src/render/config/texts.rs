//! The configuration where a host can only write texts: Argo CD parameters (`string`, `array`, `map`) and the `data` of
//! a ConfigMap that serves as functionConfig. The JSON Schema says what each text is meant to be.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::schema::Schema;
use crate::tree::{Diagnostics, Sources};

/// What a host gives for one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// One text.
    One(String),
    /// Texts in order.
    List(Vec<String>),
    /// Texts by name.
    Map(BTreeMap<String, String>),
}

/// A field of the configuration as an announcement describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its path below `spec`: `kubeVersion`, `argocd.recreate`.
    pub path: String,
    /// Its documentation.
    pub description: String,
    /// `string`, `array` or `map`, as Argo CD calls them.
    pub collection: &'static str,
}

/// The fields of the configuration, those of nested mappings by their dotted paths.
#[must_use]
pub(crate) fn fields() -> Vec<Field> {
    let schema = Schema::new();
    let mut fields = Vec::new();
    schema.list(&schema.root, "", &mut fields);
    fields
}

/// A field of the `spec` that a text gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Under which name it was given.
    pub name: String,
    /// The keys below `spec`.
    pub keys: Vec<String>,
    /// What the text says.
    pub value: Value,
}

/// The fields that `entries` give. Names are those of the fields, dotted for nested ones, `kube-version` for
/// `kubeVersion`.
///
/// # Errors
/// For each entry that is no field, or whose text is not of the field's kind: its name and what is wrong.
pub fn from_texts(entries: &[(String, Text)]) -> Result<Vec<Entry>, Vec<(String, String)>> {
    let schema = Schema::new();
    let mut fields = Vec::new();
    let mut faults = Vec::new();
    for (name, text) in entries {
        let path = camel_case(name);
        let value = match schema.at(&path) {
            Some((keys, field)) => schema.value(field, text).map(|value| {
                let keys = keys.into_iter().map(str::to_owned).collect();
                Entry { name: name.clone(), keys, value }
            }),
            None => Err(unknown(&path)),
        };
        match value {
            Ok(entry) => fields.push(entry),
            Err(message) => faults.push((name.clone(), message)),
        }
    }
    if faults.is_empty() { Ok(fields) } else { Err(faults) }
}

/// A single text as YAML reads it, so that numbers and booleans are what they look like.
#[must_use]
pub(crate) fn scalar(text: &str) -> Value {
    let mut sources = Sources::new();
    let id = sources.add("value", text);
    let mut scratch = Diagnostics::new();
    match crate::operator::documents::parse(id, &sources, &mut scratch).as_slice() {
        [document] if !scratch.has_errors() => document.node.to_json(),
        _ => text.into(),
    }
}

fn unknown(path: &str) -> String {
    let nearest = fields().into_iter().map(|field| (strsim::damerau_levenshtein(&field.path, path), field.path)).min();
    match nearest {
        Some((distance, nearest)) if distance <= 3 => format!("there is no such field; `{nearest}` is one"),
        _ => "there is no such field of a SparkRender; values for templates go below `set`".to_owned(),
    }
}

/// `kube-version` is `kubeVersion`; free keys stay as they are.
fn camel_case(name: &str) -> String {
    if name.starts_with("set.") || name.starts_with("operator.ingressAnnotations.") {
        return name.to_owned();
    }
    let mut words = name.split('-');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        text.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

impl Schema {
    fn list(&self, schema: &Value, prefix: &str, fields: &mut Vec<Field>) {
        for (name, property) in self.resolve(schema)["properties"].as_object().into_iter().flatten() {
            let path = format!("{prefix}{name}");
            let resolved = self.resolve(property);
            if resolved["properties"].is_object() {
                self.list(resolved, &format!("{path}."), fields);
            }
            if resolved["properties"].is_object() && !self.is(property, "boolean") {
                continue;
            }
            let collection = match () {
                () if self.is(property, "boolean") => "string",
                () if self.is(property, "array") => "array",
                () if self.is(property, "object") => "map",
                () => "string",
            };
            let description = property["description"].as_str().or(resolved["description"].as_str());
            let description = description.unwrap_or_default().replace('\n', " ");
            fields.push(Field { path, description, collection });
        }
    }

    fn value(&self, schema: &Value, text: &Text) -> Result<Value, String> {
        match text {
            Text::One(text) => self.one(schema, text),
            Text::List(items) if self.is(schema, "array") => {
                items.iter().map(|item| self.one(&self.resolve(schema)["items"], item)).collect()
            }
            Text::List(_) => Err("a list is given, but the field is no list: use `string` or `map`".to_owned()),
            Text::Map(entries) if self.is(schema, "object") => {
                let mut object = Value::Object(Map::new());
                let resolved = self.resolve(schema);
                for (key, text) in entries {
                    let key = if resolved["properties"].is_object() { camel_case(key) } else { key.clone() };
                    let inner = match resolved["properties"].get(&key) {
                        Some(property) => property,
                        None if resolved["additionalProperties"] == Value::Bool(false) => {
                            return Err(format!("`{key}` is no field of it"));
                        }
                        None => &resolved["additionalProperties"],
                    };
                    object[&key] = self.one(inner, text).map_err(|message| format!("`{key}`: {message}"))?;
                }
                Ok(object)
            }
            Text::Map(_) => Err("a map is given, but the field is no map: use `string` or `array`".to_owned()),
        }
    }

    fn one(&self, schema: &Value, text: &str) -> Result<Value, String> {
        let resolved = self.resolve(schema);
        if self.is(schema, "string") || resolved["oneOf"].is_array() || resolved["enum"].is_array() {
            return Ok(text.into());
        }
        if self.is(schema, "boolean") {
            return text
                .trim()
                .parse::<bool>()
                .map(Value::Bool)
                .map_err(|_| format!("`{text}` is neither true nor false"));
        }
        if self.is(schema, "integer") {
            return text.trim().parse::<i64>().map(Value::from).map_err(|_| format!("`{text}` is no whole number"));
        }
        if self.is(schema, "array") {
            let items = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
            return items.map(|item| self.one(&resolved["items"], item)).collect();
        }
        let value = scalar(text);
        if self.is(schema, "object") && !value.is_object() {
            return Err("the field is a map: give it as `map`, or as YAML".to_owned());
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::config::Layers;

    fn one(name: &str, text: &str) -> (String, Text) {
        (name.to_owned(), Text::One(text.to_owned()))
    }

    #[test]
    fn texts_become_what_the_fields_are() {
        let map = [("a".to_owned(), "1".to_owned()), ("b.c".to_owned(), "x".to_owned())].into();
        let entries = from_texts(&[
            one("kube-version", "1.30"),
            one("rbac", "true"),
            one("argocd.syncWave", "-3"),
            one("target", "job"),
            one("inputs", "a.yaml, b"),
            one("set.one.two", "3"),
            one("operator.ingressAnnotations.example.com/a-b", "1"),
            ("values".to_owned(), Text::List(vec!["v.yaml".to_owned()])),
            ("set".to_owned(), Text::Map(map)),
        ]);
        let expected = json!({
            "kubeVersion": "1.30", "rbac": true, "argocd": { "syncWave": -3 }, "target": "job",
            "inputs": ["a.yaml", "b"], "set": { "one.two": 3, "a": 1, "b.c": "x" }, "values": ["v.yaml"],
            "operator": { "ingressAnnotations": { "example.com/a-b": "1" } },
        });
        let mut layers = Layers::default();
        layers.lay_parameters(&entries.unwrap());
        let mut diagnostics = Diagnostics::new();
        let configuration = layers.decode(&mut diagnostics).unwrap();
        let spec = serde_json::to_value(configuration.spec).unwrap();
        for (key, value) in expected.as_object().unwrap() {
            if let Some(fields) = value.as_object().filter(|_| key != "set") {
                fields.iter().for_each(|(name, value)| assert_eq!(&spec[key][name], value, "{key}.{name}"));
            } else {
                assert_eq!(&spec[key], value, "{key}");
            }
        }
    }

    #[test]
    fn what_is_no_field_or_of_another_kind_is_named() {
        let faults = from_texts(&[one("kubeVersoin", "1"), one("rbac", "yes"), one("nothing", "")]).unwrap_err();
        assert_eq!(faults[0].1, "there is no such field; `kubeVersion` is one");
        assert_eq!(faults[1].1, "`yes` is neither true nor false");
        assert_eq!(faults.len(), 3);
    }

    #[test]
    fn every_field_is_announced_with_its_documentation() {
        let fields = fields();
        assert!(fields.iter().any(|field| field.path == "argocd.recreate" && field.collection == "string"));
        assert!(fields.iter().any(|field| field.path == "set" && field.collection == "map"));
        assert!(fields.iter().any(|field| field.path == "values" && field.collection == "array"));
        assert!(fields.iter().all(|field| !field.description.is_empty()), "{fields:?}");
    }
}
