//! From a document to the `spec` of a SparkRender.

use super::{API_VERSION, KIND, Layers};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin};

/// The `spec` of a SparkRender, which [`Layers::decode`] looks at.
pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Layers> {
    for (key, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let found = node.get(key);
        if found.and_then(Node::as_str) != Some(wanted) {
            diagnostics.push(
                Diagnostic::error("invalid-config", format!("`{key}` of the configuration is not `{wanted}`"))
                    .field(FieldPath::root().key(key))
                    .at(found.map_or(&node.origin, |value| &value.origin))
                    .hint(format!("write `{key}: {wanted}`")),
            );
            return None;
        }
    }
    let known = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata" | "spec");
    let mut complete = true;
    for (key, value) in node.as_mapping()?.entries().filter(|(key, _)| !known(&key.text)) {
        let place = key.span.map_or_else(|| value.origin.clone(), Origin::Source);
        diagnostics.push(
            Diagnostic::error("invalid-config", format!("unknown field `{}`", key.text))
                .field(FieldPath::root().key(key.text.clone()))
                .at(place)
                .hint(format!("move it below `spec`, if `spec.{}` is meant", key.text)),
        );
        complete = false;
    }
    if !complete {
        return None;
    }
    let Some(spec) = node.get("spec").filter(|spec| !spec.is_null()) else {
        return Some(Layers::default());
    };
    Some(Layers::of(spec.clone()))
}
