//! The largest object of a kind: every field that a version knows, once.

use serde_json::{Map, Value, json};

use crate::tables::{Field, Tables};

/// Which fields go into a sample.
pub(crate) type Choose<'a> = &'a dyn Fn(&str, &Field) -> bool;

/// An object of type `kind` with every field that 1.`minor` has and `choose` takes.
pub(crate) fn object(tables: &Tables, kind: &str, minor: u32, choose: Choose<'_>) -> Value {
    fields(tables, kind, minor, choose, &mut Vec::new())
}

fn fields<'t>(tables: &'t Tables, kind: &'t str, minor: u32, choose: Choose<'_>, stack: &mut Vec<&'t str>) -> Value {
    stack.push(kind);
    let mut made = Map::new();
    for field in &tables.types[kind] {
        // Servers write these; JSONSchemaProps and the like would recurse.
        if ["status", "managedFields", "ephemeralContainers"].contains(&field.name.as_str()) || !choose(kind, field) {
            continue;
        }
        if let Some(shape) = field.shape(minor)
            && let Some(value) = value(tables, shape, field, minor, choose, stack)
        {
            made.insert(field.name.clone(), value);
        }
    }
    stack.pop();
    Value::Object(made)
}

fn value<'t>(
    tables: &'t Tables,
    shape: &'t str,
    field: &Field,
    minor: u32,
    choose: Choose<'_>,
    stack: &mut Vec<&'t str>,
) -> Option<Value> {
    if let Some(inner) = shape.strip_prefix("[]") {
        return Some(json!([value(tables, inner, field, minor, choose, stack)?]));
    }
    if let Some(inner) = shape.strip_prefix("{}") {
        return Some(json!({"k": value(tables, inner, field, minor, choose, stack)?}));
    }
    Some(match shape {
        "s" => json!(field.choice().unwrap_or("s")),
        "i" | "l" | "n" | "is" => json!(1),
        "b" => json!(true),
        "q" => json!("1"),
        "t" => json!("2020-01-01T00:00:00Z"),
        "y" => json!("eA=="),
        "o" => json!({}),
        kind if stack.contains(&kind) => return None,
        kind if tables.types.contains_key(kind) => fields(tables, kind, minor, choose, stack),
        _ => json!({}),
    })
}
