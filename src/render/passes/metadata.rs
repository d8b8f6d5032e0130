//! Metadata of rendered objects: the namespace is always there, what only a server may write never is.

use crate::{
    operator::{names::unwanted_labels, rule},
    tree::{Mapping, Node, Sourced},
};

/// Written by API servers and submitters, never by a manifest.
const SERVER_FIELDS: &[&str] =
    &["ownerReferences", "uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "selfLink"];

/// The `namespace` of all objects of an application, for [`apply`].
pub(crate) fn namespace(namespace: &Sourced<String>) -> Node {
    Node::from(&namespace.value).at(rule::render("namespace", [namespace.origin.clone()]))
}

/// Scrubs `object` and gives it its namespace.
pub(crate) fn apply(object: &mut Node, namespace: &Node) {
    if let Some(object) = object.as_mapping_mut() {
        object.remove("status");
    }
    let is_empty = |map: &Node| map.is_null() || map.as_mapping().is_some_and(Mapping::is_empty);
    let metadata = object.mapping_at("metadata");
    metadata.retain(|key, value| match key {
        "labels" | "annotations" => !is_empty(value),
        _ => !SERVER_FIELDS.contains(&key),
    });
    metadata.insert("namespace", namespace.clone());
}

/// Takes the operator's own labels off `object`, but for that of what was launched where it is kept; `resolve` has
/// reported them.
pub(crate) fn strip_operator_labels(object: &mut Node, launched_is_kept: bool) {
    let labels = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    if let Some(labels) = labels.and_then(Node::as_mapping_mut) {
        labels.retain(|key, _| unwanted_labels(launched_is_kept).all(|unwanted| unwanted != key));
    }
}
