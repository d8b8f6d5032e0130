//! The types of values that others are going to rely on: what feature steps and webhooks are handed has the shape that
//! Kubernetes gives it, whatever was written.

use super::{
    minors::Minors,
    schema::{self, Shape},
    validate,
};
use crate::tree::{Diagnostic, Diagnostics, Mapping, Node, Place, Value};

/// Rids `node`, a value of the Kubernetes type `type_name` (`core.v1.PodSpec`), of everything whose type is wrong, and
/// reports each: an item of a list becomes empty, so that the others keep their numbers, and everything else goes.
/// `null` says the same as no key, and goes without a word. Fields that no version knows are left alone.
pub(crate) fn keep_well_typed(node: &mut Node, type_name: &str, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    if let Some(id) = schema::id_of(type_name) {
        keep(node, &Shape::Type(id), place, diagnostics);
    }
}

/// Whether `node` itself has `shape`; what is inside it has, afterwards.
fn keep(node: &mut Node, shape: &Shape, place: &Place<'_>, diagnostics: &mut Diagnostics) -> bool {
    if let Some(expected) = validate::mismatch(node, shape) {
        let path = place.path();
        diagnostics.push(
            Diagnostic::error("kube-wrong-type", format!("`{path}` is not {expected}"))
                .field(path)
                .at(&node.origin)
                .hint(format!("write {expected}")),
        );
        return false;
    }
    match (shape, &mut node.value) {
        (Shape::Type(id), Value::Mapping(mapping)) => {
            let kind = schema::type_of(*id);
            entries(mapping, |key, value| match kind.field(key) {
                Some(field) => keep(value, field.shape(Minors::ALL), &place.key(key), diagnostics),
                None => true,
            });
        }
        (Shape::Map(inner), Value::Mapping(mapping)) => {
            entries(mapping, |key, value| keep(value, inner, &place.key(key), diagnostics));
        }
        (Shape::List(inner), Value::Sequence(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                if !keep(item, inner, &place.index(index), diagnostics) {
                    item.value = empty(inner);
                }
            }
        }
        _ => {}
    }
    true
}

fn entries(mapping: &mut Mapping, mut keep: impl FnMut(&str, &mut Node) -> bool) {
    let mut nothing = false;
    for (key, value) in mapping.iter_mut() {
        if !value.is_null() && !keep(key, value) {
            *value = Node::default();
        }
        nothing |= value.is_null();
    }
    if nothing {
        mapping.retain(|_, value| !value.is_null());
    }
}

/// A value of `shape` that says nothing.
fn empty(shape: &Shape) -> Value {
    match shape {
        Shape::Type(_) | Shape::Map(_) => Value::Mapping(Mapping::new()),
        Shape::List(_) => Value::Sequence(Vec::new()),
        Shape::String | Shape::Time | Shape::Bytes | Shape::Quantity | Shape::IntOrString => "".into(),
        Shape::Int32 | Shape::Int64 | Shape::Number => 0.into(),
        Shape::Bool => false.into(),
        Shape::Free => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn wrong_types_go_and_everything_else_stays() {
        let mut template = map! {
            "metadata" => map! { "labels" => map! { "a" => 1, "b" => "b", "c" => Node::default() } },
            "spec" => map! {
                "unheardOf" => seq![1],
                "volumes" => "none",
                "containers" => seq!["main", map! { "name" => "side", "args" => seq![1, "two"], "env" => map! {} }],
            },
        };
        let mut diagnostics = Diagnostics::new();
        keep_well_typed(&mut template, "core.v1.PodTemplateSpec", &Place::Root, &mut diagnostics);
        let found: Vec<&str> = diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            found,
            [
                "`metadata.labels.a` is not a string",
                "`spec.volumes` is not a list",
                "`spec.containers[0]` is not a mapping",
                "`spec.containers[1].args[0]` is not a string",
                "`spec.containers[1].env` is not a list",
            ]
        );
        let expected = map! {
            "metadata" => map! { "labels" => map! { "b" => "b" } },
            "spec" => map! {
                "unheardOf" => seq![1],
                "containers" => seq![map! {}, map! { "name" => "side", "args" => seq!["", "two"] }],
            },
        };
        assert_eq!(template, expected);
    }
}
