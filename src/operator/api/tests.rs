//! The structs hold what the table of fields says.

use super::decode;
use crate::{
    map,
    operator::fields::{self, Field, Required, SPARK_CONNECT, Shape},
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
    at_field.map(|item| item.code).filter(|code| !["missing-field", "filled-field"].contains(code)).collect()
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
fn a_null_in_a_map_is_dropped_and_one_in_a_list_refused() {
    let (mut maps, mut lists) = (0, 0);
    for field in fields::all() {
        let nothing = Node::default();
        match &field.shape {
            Shape::Map(_) => {
                maps += 1;
                assert_eq!(codes(field, map! { "key" => nothing }), ["null-in-map"], "{} {}", field.kind, field.path);
            }
            Shape::Array(_) => {
                lists += 1;
                assert_eq!(codes(field, seq![nothing]), ["invalid-type"], "{} {}", field.kind, field.path);
            }
            _ => {}
        }
    }
    assert!(maps > 20 && lists > 30, "{maps} {lists}");
}

#[test]
fn a_variable_that_is_lost_by_a_null_is_named() {
    for path in ["spec.driver.envVars", "spec.executor.envVars", "spec.driver.envSecretKeyRefs"] {
        let field = fields::all().iter().find(|field| field.path == path).expect("a field");
        let mut diagnostics = Diagnostics::new();
        let _ = decode(&resource(field, map! { "TOKEN" => Node::default() }), &mut diagnostics);
        assert!(diagnostics.iter().any(|one| one.message.ends_with("there is no variable `TOKEN`")), "{path}");
    }
}

/// What is said where a required field is missing or null, though its neighbours are there.
#[test]
fn required_fields_are_refused_or_filled_in() {
    let mut filled = Vec::new();
    for field in fields::all()
        .iter()
        .filter(|field| matches!(field.required, Required::Yes | Required::Filled | Required::FilledTogether))
    {
        let Some((parent, _)) = field.path.rsplit_once('.') else { continue };
        let parent = parent.trim_end_matches("[]").trim_end_matches(".*");
        let Some(owner) = fields::all().iter().find(|one| one.kind == field.kind && one.path == parent) else {
            continue;
        };
        let others = fields::all().iter().filter(|one| one.kind == field.kind && one.parent() == field.parent());
        let mut object = map! {};
        for other in others.filter(|other| other.path != field.path) {
            object.as_mapping_mut().expect("made above").insert(Key::of(other.name), right(&other.shape));
        }
        for with_null in [false, true] {
            let mut object = object.clone();
            if with_null {
                object.as_mapping_mut().expect("made above").insert(Key::of(field.name), Node::default());
            }
            let value = match owner.shape {
                Shape::Array(_) => seq![object],
                Shape::Map(_) => map! { "key" => object },
                _ => object,
            };
            let mut diagnostics = Diagnostics::new();
            let _ = decode(&resource(owner, value), &mut diagnostics);
            let end = format!(".{}", field.name);
            let codes: Vec<_> =
                diagnostics.iter().filter(|one| one.path.to_string().ends_with(&end)).map(|one| one.code).collect();
            let expected = if field.required == Required::Filled { "filled-field" } else { "missing-field" };
            assert!(codes.contains(&expected), "{} {}: {codes:?}", field.kind, field.path);
        }
        if field.required == Required::Filled {
            filled.push(field.path);
        }
    }
    assert_eq!(filled.len(), 8, "{filled:?}");
}

#[test]
fn an_empty_gpu_is_none_and_half_a_gpu_is_refused() {
    for path in ["spec.driver.gpu", "spec.executor.gpu"] {
        let field = fields::all().iter().find(|field| field.path == path).expect("a field");
        let said = |value: Node| {
            let mut diagnostics = Diagnostics::new();
            let _ = decode(&resource(field, value), &mut diagnostics);
            diagnostics
                .iter()
                .filter(|one| one.path.to_string().starts_with(path))
                .map(|one| one.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(said(map! {}), ["filled-field", "filled-field"]);
        assert_eq!(said(map! { "name" => "nvidia.com/gpu" }), ["missing-field"]);
        assert_eq!(said(map! { "quantity" => 1 }), ["missing-field"]);
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
