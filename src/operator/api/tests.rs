//! The structs hold what the table of fields says.

use super::decode;
use crate::{
    map,
    operator::fields::{self, Field, SPARK_CONNECT, Shape},
    seq,
    tree::{Diagnostics, Key, Node, Value},
};

/// A value of the type.
fn right(shape: &Shape) -> Node {
    match shape {
        Shape::String => Node::text("x"),
        Shape::Boolean => Node::from(true),
        Shape::Int32 | Shape::Int64 | Shape::Quantity => Node::from(1),
        Shape::Array(item) => seq![right(item)],
        Shape::Map(value) => map! { "key" => right(value) },
        Shape::Object(_) => map! {},
    }
}

/// A value of another type.
fn wrong(shape: &Shape) -> Node {
    match shape {
        Shape::String => Node::from(1),
        Shape::Quantity => Node::from(true),
        _ => Node::text("x"),
    }
}

/// A resource with nothing but `value` at the field's place.
fn resource(field: &Field, value: Node) -> Node {
    let inner = field.path.rsplit('.').fold(value, |inner, key| match key.strip_suffix("[]") {
        Some(list) => map! { Key::of(list) => seq![inner] },
        None if key == "*" => map! { "key" => inner },
        None => map! { Key::of(key) => inner },
    });
    let version = if field.kind == SPARK_CONNECT { "v1alpha1" } else { "v1beta2" };
    map! {
        "apiVersion" => format!("sparkoperator.k8s.io/{version}"),
        "kind" => field.kind,
        "metadata" => map! { "name" => "x" },
        "spec" => inner.get("spec").cloned().unwrap_or_default(),
    }
}

/// The codes of the findings at the field itself, or inside of its value.
fn codes(field: &Field, value: Node) -> Vec<&'static str> {
    let mut diagnostics = Diagnostics::new();
    let _ = decode(&resource(field, value), &mut diagnostics);
    let place = field.path.replace("[]", "[0]").replace(".*", ".key");
    let at_field = diagnostics.iter().filter(|item| {
        let path = item.path.to_string();
        path.strip_prefix(&place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    });
    at_field.map(|item| item.code).filter(|code| *code != "missing-field").collect()
}

#[test]
fn every_field_takes_values_of_its_type_and_no_others() {
    for field in fields::all() {
        let mut value = right(&field.shape);
        if let fields::Values::OneOf(names) = &field.values {
            value = Node::text(names[0]);
        } else if let fields::Values::Between(least, _) = field.values {
            value = Node::from(least.max(1));
        }
        assert_eq!(codes(field, value), [""; 0], "{} {}", field.kind, field.path);
        assert_eq!(codes(field, wrong(&field.shape)), ["invalid-type"], "{} {}", field.kind, field.path);
        match &field.shape {
            Shape::Array(inner) | Shape::Map(inner) => {
                let mut value = right(&field.shape);
                match &mut value.value {
                    Value::Sequence(items) => items[0] = wrong(inner),
                    Value::Mapping(mapping) => {
                        mapping.insert("key", wrong(inner));
                    }
                    _ => {}
                }
                assert_eq!(codes(field, value), ["invalid-type"], "inside of {} {}", field.kind, field.path);
            }
            _ => {}
        }
    }
}

#[test]
fn values_that_the_schema_refuses_are_refused() {
    for field in fields::all() {
        let bad = match &field.values {
            fields::Values::OneOf(_) => Node::text("no such word"),
            fields::Values::Between(least, _) if *least > i64::MIN => Node::from(least - 1),
            _ => continue,
        };
        assert_eq!(codes(field, bad), ["invalid-value"], "{} {}", field.kind, field.path);
        if let fields::Values::Between(_, most) = field.values
            && most < i64::MAX
        {
            assert_eq!(codes(field, Node::from(most + 1)), ["invalid-value"], "{} {}", field.kind, field.path);
        }
    }
}
