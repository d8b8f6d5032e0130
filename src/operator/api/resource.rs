//! From a document to one of the operator's resources.

use super::{
    Decode, Metadata,
    misplaced::report_top_level,
    v1alpha1::SparkConnectSpec,
    v1beta2::{ScheduledSparkApplicationSpec, SparkApplicationSpec},
};
use crate::{
    operator::GROUP,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Place},
};

/// The operator's kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// Runs once.
    SparkApplication,
    /// Runs by a schedule.
    ScheduledSparkApplication,
    /// A Spark Connect server.
    SparkConnect,
}

impl ResourceKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::SparkApplication, Self::ScheduledSparkApplication, Self::SparkConnect];

    /// The kind as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SparkApplication => "SparkApplication",
            Self::ScheduledSparkApplication => "ScheduledSparkApplication",
            Self::SparkConnect => "SparkConnect",
        }
    }

    /// The kind of `node`, if it is one of the operator's, in whichever version.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        let (group, _) = node.str_at(&["apiVersion"])?.split_once('/')?;
        let kind = node.str_at(&["kind"])?;
        Self::ALL.into_iter().find(|known| group == GROUP && known.as_str() == kind)
    }
}

/// A resource with its typed spec.
#[derive(Debug, Clone)]
pub struct Object<S> {
    /// `metadata`.
    pub metadata: Metadata,
    /// `spec`.
    pub spec: Box<S>,
    /// The place of the whole document.
    pub origin: Origin,
}

/// One of the operator's resources, as written.
#[derive(Debug, Clone)]
pub enum Resource {
    /// A SparkApplication.
    SparkApplication(Box<Object<SparkApplicationSpec>>),
    /// A ScheduledSparkApplication.
    ScheduledSparkApplication(Box<Object<ScheduledSparkApplicationSpec>>),
    /// A SparkConnect.
    SparkConnect(Box<Object<SparkConnectSpec>>),
}

/// Reads one of the operator's resources (versions are the business of [`crate::operator::classify()`]). Every fault of the document is reported, in the
/// scope of the caller; `None` if what is left makes no resource.
pub fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Resource> {
    let kind = ResourceKind::of(node)?;
    match kind {
        ResourceKind::SparkApplication => object(node, diagnostics).map(Resource::SparkApplication),
        ResourceKind::ScheduledSparkApplication => object(node, diagnostics).map(Resource::ScheduledSparkApplication),
        ResourceKind::SparkConnect => object(node, diagnostics).map(Resource::SparkConnect),
    }
}

fn object<S: Decode>(node: &Node, diagnostics: &mut Diagnostics) -> Option<Box<Object<S>>> {
    let mut metadata = None;
    let mut spec = None;
    for (key, value) in node.as_mapping()?.entries() {
        let place = Place::Root.key(&key.text);
        match key.text.as_str() {
            "apiVersion" | "kind" | "status" => {}
            "metadata" => metadata = Some(Metadata::decode(value, &place, diagnostics)),
            "spec" => spec = Some(Box::<S>::decode(value, &place, diagnostics)),
            _ => report_top_level(key, value, diagnostics),
        }
    }
    // What tests compare with the cluster, and what kustomize merges, looks like an application as well.
    let of_spec = if node.get("status").is_some() {
        "leave the file out of the input: a `status` without `spec` is what a test expects, not what is applied"
    } else {
        "add `spec`; a patch is rendered after it was merged (`kustomize build`)"
    };
    let of_metadata = "add `metadata` with a `name`; a patch is rendered after it was merged (`kustomize build`)";
    for (field, absent, hint) in [("metadata", metadata.is_none(), of_metadata), ("spec", spec.is_none(), of_spec)] {
        if absent {
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{field}` is missing"))
                    .field(FieldPath::keys(&[field]))
                    .at(&node.origin)
                    .hint(hint),
            );
        }
    }
    let (metadata, spec) = (metadata??, spec??);
    Some(Box::new(Object { metadata, spec, origin: node.origin.clone() }))
}
