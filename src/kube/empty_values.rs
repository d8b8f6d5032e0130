//! Values that no server keeps. Go leaves out texts, numbers, flags, lists and mappings that are empty where the field has
//! `omitempty` and is not a pointer; the table of fields says which those are. What names such a value in a manifest is
//! a difference from the live object for ever.

use super::schema::{self, Field, KindLookup, TypeId, type_of};
use crate::{
    kube::minors::Minors,
    tree::{Node, Value},
};

/// Removes from an object of a known kind the values that no server keeps.
pub(crate) fn drop_empty_values(object: &mut Node) {
    let text = |key: &str| object.str_at(&[key]).unwrap_or_default();
    let KindLookup::Known(kind) = schema::kind_of(text("apiVersion"), text("kind")) else { return };
    if let Some(id) = kind.type_id {
        walk(object, id);
    }
}

/// Only what is empty and what holds more is looked up: most values are neither.
fn walk(node: &mut Node, id: TypeId) {
    let Some(mapping) = node.as_mapping_mut() else { return };
    let model = type_of(id);
    mapping.retain(|key, value| {
        let (empty, holds) = (is_empty(value), matches!(value.value, Value::Mapping(_) | Value::Sequence(_)));
        if !empty && !holds {
            return true;
        }
        let Some(field) = model.field(key) else { return true };
        if empty {
            return !is_dropped(field);
        }
        if let Some(inner) = field.shape(Minors::ALL).leaf() {
            each(value, inner, matches!(field.shape(Minors::ALL), schema::Shape::Map(_)));
        }
        true
    });
}

/// What stands below a field: an object, or a list or mapping of such.
fn each(value: &mut Node, inner: TypeId, has_free_keys: bool) {
    match &mut value.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| walk(item, inner)),
        Value::Mapping(entries) if has_free_keys => entries.values_mut().for_each(|entry| walk(entry, inner)),
        _ => walk(value, inner),
    }
}

/// A field that must be there is left for validation to speak of.
fn is_dropped(field: &Field) -> bool {
    field.omitempty && field.required == Minors::NONE
}

/// Whether `encoding/json` takes the value for empty. Null is not meant: it is a value that nobody wrote.
pub(crate) fn is_empty(value: &Node) -> bool {
    match &value.value {
        Value::Null => false,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(entries) => entries.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn what_go_leaves_out_goes_and_what_has_a_meaning_stays() {
        let mut pod = map! {
            "apiVersion" => "v1",
            "kind" => "Pod",
            "metadata" => map! { "name" => "a", "labels" => map! { "empty" => "" }, "annotations" => map! {} },
            "spec" => map! {
                "hostNetwork" => false,
                "enableServiceLinks" => false,
                "terminationGracePeriodSeconds" => 0,
                "volumes" => seq![
                    map! { "name" => "e", "emptyDir" => map! { "medium" => "" } },
                    map! { "name" => "h", "hostPath" => map! { "path" => "/", "type" => "" } },
                ],
                "containers" => seq![map! {
                    "name" => "c",
                    "env" => seq![map! { "name" => "X", "value" => "" }],
                    "volumeMounts" => seq![map! { "name" => "e", "mountPath" => "/e", "readOnly" => false, "subPath" => "" }],
                    "securityContext" => map! { "privileged" => false, "capabilities" => map! { "drop" => seq![] } },
                }],
            },
        };
        drop_empty_values(&mut pod);
        let kept = map! {
            "apiVersion" => "v1",
            "kind" => "Pod",
            "metadata" => map! { "name" => "a", "labels" => map! { "empty" => "" } },
            "spec" => map! {
                "enableServiceLinks" => false,
                "terminationGracePeriodSeconds" => 0,
                "volumes" => seq![
                    map! { "name" => "e", "emptyDir" => map! {} },
                    map! { "name" => "h", "hostPath" => map! { "path" => "/", "type" => "" } },
                ],
                "containers" => seq![map! {
                    "name" => "c",
                    "env" => seq![map! { "name" => "X" }],
                    "volumeMounts" => seq![map! { "name" => "e", "mountPath" => "/e" }],
                    "securityContext" => map! { "privileged" => false, "capabilities" => map! {} },
                }],
            },
        };
        assert_eq!(pod, kept);
    }
}
