//! `metadata`: the parts that matter, typed.

use super::{Decode, StringMap};
use crate::tree::{Diagnostic, Diagnostics, Node, Origin, Place, Sourced};

/// `metadata` of a resource.
#[derive(Debug, Clone, Default)]
pub struct Metadata {
    /// `name`.
    pub name: Option<Sourced<String>>,
    /// `generateName`.
    pub generate_name: Option<Sourced<String>>,
    /// `namespace`.
    pub namespace: Option<Sourced<String>>,
    /// `labels`.
    pub labels: StringMap,
    /// The place of the whole mapping.
    pub origin: Origin,
}

/// The other fields of `ObjectMeta`.
const OTHER_FIELDS: &[&str] = &[
    "clusterName",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

impl Decode for Metadata {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            super::decode::wrong_type(node, "a mapping", place, diagnostics);
            return None;
        };
        let mut metadata = Self { origin: node.origin.clone(), ..Self::default() };
        for (key, value) in mapping.entries().filter(|(_, value)| !value.is_null()) {
            let place = place.key(&key.text);
            match key.text.as_str() {
                "name" => metadata.name = Decode::decode(value, &place, diagnostics),
                "generateName" => metadata.generate_name = Decode::decode(value, &place, diagnostics),
                "namespace" => metadata.namespace = Decode::decode(value, &place, diagnostics),
                "labels" => metadata.labels = Decode::decode(value, &place, diagnostics).unwrap_or_default(),
                // They go nowhere, but the API server wants texts.
                "annotations" => drop(StringMap::decode(value, &place, diagnostics)),
                other if OTHER_FIELDS.contains(&other) => {}
                _ => {
                    let path = place.path();
                    let diagnostic = Diagnostic::warning(
                        "unknown-field",
                        format!("unknown field `{path}`, which the API server drops"),
                    );
                    let diagnostic = diagnostic.field(path).hint(format!("remove `{}`", key.text));
                    diagnostics.push(match key.span {
                        Some(span) => diagnostic.at(span),
                        None => diagnostic.at(&value.origin),
                    });
                }
            }
        }
        metadata.namespace = metadata.namespace.filter(|namespace| !namespace.value.is_empty());
        Some(metadata)
    }
}
