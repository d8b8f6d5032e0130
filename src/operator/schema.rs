//! JSON Schemas of the operator's resources, made of the table of their fields.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    GROUP,
    fields::{self, Field, Release, Required, Shape, Values},
};

/// The schema of a resource of `kind`, pretty.
pub(crate) fn of(kind: &str, version: &str) -> String {
    let mut definitions = Map::new();
    let spec = fields::all().iter().find(|field| field.kind == kind && field.path == "spec");
    let spec = spec.map(|field| property(field, &mut definitions));
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": { "const": format!("{GROUP}/{version}") },
            "kind": { "const": kind },
            "metadata": { "type": "object" },
            "spec": spec,
            "status": { "type": "object" },
        },
        "additionalProperties": false,
        "$defs": definitions,
    });
    format!("{schema:#}\n")
}

/// The schema of a field's value. The objects that it needs go to `definitions`.
fn property(field: &Field, definitions: &mut Map<String, Value>) -> Value {
    let mut schema = json!({ "description": description(field) });
    for (keyword, value) in shape(&field.shape, definitions) {
        schema[keyword] = value;
    }
    match &field.values {
        Values::Any => {}
        Values::OneOf(names) => schema["enum"] = json!(names),
        Values::Pattern(pattern) => schema["pattern"] = json!(pattern),
        Values::Between(least, most) => {
            // The range of the type itself is told by its format.
            let whole = field.shape.range();
            if whole.is_none_or(|whole| whole.0 != *least) {
                schema["minimum"] = json!(least);
            }
            if whole.is_none_or(|whole| whole.1 != *most) {
                schema["maximum"] = json!(most);
            }
        }
    }
    schema
}

fn description(field: &Field) -> String {
    let mut text = field.text.to_owned();
    if let Some(default) = field.default {
        let _ = write!(text, " Default of the operator: `{default}`.");
    }
    match field.since {
        Some(Release::Version(version)) => {
            let _ = write!(text, " Operator {version} and later.");
        }
        Some(Release::Unreleased) => text.push_str(" No released operator has it yet."),
        None => {}
    }
    text
}

/// The keywords for a type. Objects of Kubernetes are open.
fn shape(shape: &Shape, definitions: &mut Map<String, Value>) -> Map<String, Value> {
    let schema = match shape {
        Shape::String => json!({ "type": "string" }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Int32 => json!({ "type": "integer", "format": "int32" }),
        Shape::Int64 => json!({ "type": "integer", "format": "int64" }),
        Shape::Quantity => json!({ "type": ["integer", "string"] }),
        Shape::Array(item) => json!({ "type": "array", "items": self::shape(item, definitions) }),
        Shape::Map(value) => json!({ "type": "object", "additionalProperties": self::shape(value, definitions) }),
        Shape::Object(name) if fields::of_type(name).is_empty() => json!({ "type": "object" }),
        Shape::Object(name) => {
            if !definitions.contains_key(*name) {
                definitions.insert((*name).to_owned(), Value::Null);
                let definition = object(fields::of_type(name), definitions);
                definitions.insert((*name).to_owned(), definition);
            }
            json!({ "$ref": format!("#/$defs/{name}") })
        }
    };
    match schema {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}

/// An object of the operator, which has these fields and no others.
fn object(fields: &[&Field], definitions: &mut Map<String, Value>) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), property(field, definitions))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| field.required != Required::No).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}
