//! From a document to one of the operator's resources.

use super::{
    Decode, Metadata, Sourced,
    misplaced::report_top_level,
    v1alpha1::SparkConnectSpec,
    v1beta2::{ScheduledSparkApplicationSpec, SparkApplicationSpec},
};
use crate::{
    diagnostics::{Diagnostic, Diagnostics, ObjectRef},
    node::{FieldPath, Node, Origin},
};

/// The operator's API group.
pub const GROUP: &str = "sparkoperator.k8s.io";

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

    /// The version that declares it.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::SparkApplication | Self::ScheduledSparkApplication => "v1beta2",
            Self::SparkConnect => "v1alpha1",
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
    /// `apiVersion` as written.
    pub api_version: Sourced<String>,
    /// `metadata`.
    pub metadata: Metadata,
    /// `spec`.
    pub spec: S,
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

/// The object that findings about `node` are about.
#[must_use]
pub fn object_ref(node: &Node) -> ObjectRef {
    let text = |keys: &[&str]| node.str_at(keys).unwrap_or_default().to_owned();
    ObjectRef {
        api_version: text(&["apiVersion"]),
        kind: text(&["kind"]),
        namespace: node.str_at(&["metadata", "namespace"]).map(str::to_owned),
        name: text(&["metadata", "name"]),
    }
}

/// Reads one of the operator's resources. Every fault of the document is reported; `None` if what is left
/// makes no resource.
pub fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Resource> {
    let kind = ResourceKind::of(node)?;
    diagnostics.in_object(object_ref(node), |diagnostics| match kind {
        ResourceKind::SparkApplication => object(node, kind, diagnostics).map(Resource::SparkApplication),
        ResourceKind::ScheduledSparkApplication => {
            object(node, kind, diagnostics).map(Resource::ScheduledSparkApplication)
        }
        ResourceKind::SparkConnect => object(node, kind, diagnostics).map(Resource::SparkConnect),
    })
}

fn object<S: Decode>(node: &Node, kind: ResourceKind, diagnostics: &mut Diagnostics) -> Option<Box<Object<S>>> {
    let mut metadata = None;
    let mut spec = None;
    for (key, value) in node.as_mapping()?.entries() {
        let path = FieldPath::keys(&[&key.text]);
        match key.text.as_str() {
            "apiVersion" | "kind" | "status" => {}
            "metadata" => metadata = Some(Metadata::decode(value, &path, diagnostics)),
            "spec" => spec = Some(S::decode(value, &path, diagnostics)),
            _ => report_top_level(key, value, diagnostics),
        }
    }
    for (field, absent) in [("metadata", metadata.is_none()), ("spec", spec.is_none())] {
        if absent {
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{field}` is missing"))
                    .field(FieldPath::keys(&[field]))
                    .at(&node.origin),
            );
        }
    }
    let api_version = api_version(node, kind, diagnostics)?;
    let (metadata, spec) = (metadata??, spec??);
    Some(Box::new(Object { api_version, metadata, spec, origin: node.origin.clone() }))
}

/// `apiVersion`, if it is a version that the kind had.
fn api_version(node: &Node, kind: ResourceKind, diagnostics: &mut Diagnostics) -> Option<Sourced<String>> {
    let value = node.get("apiVersion")?;
    let text = value.as_str()?;
    let version = text.split_once('/').map_or("", |(_, version)| version);
    let wanted = format!("{GROUP}/{}", kind.version());
    let path = FieldPath::keys(&["apiVersion"]);
    if version == "v1beta1" && kind != ResourceKind::SparkConnect {
        diagnostics.push(
            Diagnostic::warning("deprecated-api-version", format!("`{text}` was removed in operator 2.2"))
                .field(path)
                .at(&value.origin)
                .hint(format!("write `{wanted}`; the fields are the same")),
        );
    } else if version != kind.version() {
        diagnostics.push(
            Diagnostic::error("unknown-api-version", format!("kind `{}` has no version `{version}`", kind.as_str()))
                .field(path)
                .at(&value.origin)
                .hint(format!("write `{wanted}`")),
        );
        return None;
    }
    Some(Sourced::new(text.to_owned(), &value.origin))
}
