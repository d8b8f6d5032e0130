//! What a client that was built for an older Kubernetes keeps of an object: the fields of its own model.

use super::{
    Action, Version,
    minors::Minors,
    schema::{self, KindLookup, TypeId, type_of},
};
use crate::tree::{FieldPath, Node, Origin, Value};

/// A field that a client does not know.
#[derive(Debug, Clone)]
pub(crate) struct DroppedField {
    /// Its path in the object.
    pub path: FieldPath,
    /// The origin of its value.
    pub origin: Origin,
    /// Whether the pod runs less protected without it.
    pub secures: bool,
}

/// Removes the fields that the schema of `version` does not have, and says which. Objects of unknown kinds stay as they
/// are.
pub(crate) fn drop_unknown_fields(object: &mut Node, version: Version) -> Vec<DroppedField> {
    let text = |key: &str| object.str_at(&[key]).unwrap_or_default().to_owned();
    let KindLookup::Known(kind) = schema::kind_of(&text("apiVersion"), &text("kind")) else { return Vec::new() };
    let mut dropped = Vec::new();
    if let Some(id) = kind.type_id {
        walk(object, id, Minors::only(version), &FieldPath::root(), &mut dropped);
    }
    dropped
}

fn walk(node: &mut Node, id: TypeId, minor: Minors, path: &FieldPath, dropped: &mut Vec<DroppedField>) {
    let Some(mapping) = node.as_mapping_mut() else { return };
    let model = type_of(id);
    mapping.retain(|key, value| {
        // The table of fields leaves out what every object has.
        if path.is_root() && matches!(key, "apiVersion" | "kind" | "status") {
            return true;
        }
        let place = path.key(key);
        let Some(field) = model.field(key).filter(|field| field.known.meets(minor)) else {
            let row = model.field(key).and_then(|field| field.row);
            let secures = row.is_some_and(|row| row.action == Action::Security && !row.is_harmless(value));
            dropped.push(DroppedField { path: place, origin: value.origin.clone(), secures });
            return false;
        };
        if let Some(inner) = field.shape(minor).leaf() {
            match &mut value.value {
                Value::Sequence(items) => {
                    for (index, item) in items.iter_mut().enumerate() {
                        walk(item, inner, minor, &place.index(index), dropped);
                    }
                }
                Value::Mapping(_) => walk(value, inner, minor, &place, dropped),
                _ => {}
            }
        }
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn newer_and_unknown_fields_go_and_the_rest_stays() {
        let mut pod = map! {
            "apiVersion" => "v1",
            "kind" => "Pod",
            "spec" => map! {
                "hostNetwork" => true,
                "hostUsers" => false,
                "containers" => seq![map! { "name" => "a", "unheardOf" => 1, "env" => seq![map! { "name" => "X" }] }],
            },
        };
        let dropped = drop_unknown_fields(&mut pod, Version::nearest(21));
        let paths: Vec<String> = dropped.iter().map(|field| field.path.to_string()).collect();
        assert_eq!(paths, ["spec.hostUsers", "spec.containers[0].unheardOf"]);
        assert_eq!(dropped.iter().map(|field| field.secures).collect::<Vec<_>>(), [true, false]);
        assert_eq!(pod.at_keys(&["spec", "hostNetwork"]).and_then(Node::as_bool), Some(true));
    }
}
