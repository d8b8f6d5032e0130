//! What a rule looks at: an application as written.

use crate::{
    operator::api::ResourceKind,
    tree::{FieldPath, Node, Origin},
};

/// Names of the roles under `spec`.
pub(super) const ROLES: [&str; 2] = ["driver", "executor"];

/// Where a role has containers beside Spark's own: its lists of them, and its pod template.
pub(super) const CONTAINERS: [&[&str]; 4] =
    [&["initContainers"], &["sidecars"], &["template", "spec", "initContainers"], &["template", "spec", "containers"]];

/// An application as written, whether or not anything can be made of it.
pub(crate) struct Written<'a> {
    /// The whole document.
    pub document: &'a Node,
    spec: &'static [&'static str],
}

impl<'a> Written<'a> {
    /// The application `document`.
    #[must_use]
    pub(crate) fn of(document: &'a Node) -> Self {
        let scheduled = ResourceKind::of(document) == Some(ResourceKind::ScheduledSparkApplication);
        Self { document, spec: if scheduled { &["spec", "template"] } else { &["spec"] } }
    }

    /// What is written at `keys` of the application's spec.
    #[must_use]
    pub(crate) fn get(&self, keys: &[&str]) -> Option<&'a Node> {
        self.document.at_keys(self.spec)?.at_keys(keys)
    }

    /// The path of `keys` of the application's spec.
    #[must_use]
    pub(crate) fn path(&self, keys: &[&str]) -> FieldPath {
        FieldPath::keys(&[self.spec, keys].concat())
    }
}

/// The place of the key of an entry, which holds nothing of its value.
pub(super) fn key_place(map: &Node, key: &str) -> Origin {
    map.as_mapping()
        .and_then(|mapping| mapping.key(key)?.span)
        .map_or_else(|| map.get(key).map(|value| value.origin.clone()).unwrap_or_default(), Origin::Source)
}

/// The items of a list; none where it is no list.
pub(super) fn items(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_sequence).unwrap_or_default()
}
