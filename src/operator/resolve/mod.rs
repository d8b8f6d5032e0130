//! Defaults, admission rules and names: from the application as written to one in which nothing is left open.
//!
//! Semantics are those of the newest operator (`api/v1beta2/defaults.go`,
//! `internal/webhook/sparkapplication_validator.go`), but everything that is found is reported, not the first.

mod admission;
mod codes;
mod connect;
mod defaults;
mod labels;
mod lifecycle;
mod names;
mod options;
mod resolved;
mod spark_conf;
mod spark_version;

pub(crate) use codes::CODES;
pub(crate) use connect::{ResolvedConnect, resolve_connect};
pub use options::ResolveOptions;
pub(crate) use resolved::{ApplicationKind, ResolvedApplication};
pub(crate) use spark_conf::are_denied_by;
pub(crate) use spark_version::read as read_spark_version;

use std::sync::Arc;

use super::api::{
    self, Metadata, Resource,
    v1beta2::{ScheduledSparkApplicationSpec, SparkApplicationSpec},
};
use crate::{
    text::read::Document,
    tree::{Diagnostic, Diagnostics, FieldPath, ObjectRef, Origin},
};

/// Resolves a document. `None` if it is none of the operator's resources, or if it has an error after which
/// nothing can be said about the rest; other errors are in `diagnostics`.
pub fn resolve(
    document: &Document,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<ResolvedApplication> {
    let object = Arc::new(ObjectRef::of(&document.node)?);
    diagnostics.in_object(object.clone(), |diagnostics| {
        let written = match api::decode(&document.node, diagnostics)? {
            Resource::SparkApplication(object) => DecodedApplication {
                kind: ApplicationKind::SparkApplication,
                metadata: object.metadata,
                spec: object.spec,
                schedule: None,
                origin: object.origin,
            },
            Resource::ScheduledSparkApplication(mut object) => DecodedApplication {
                kind: ApplicationKind::ScheduledSparkApplication,
                metadata: object.metadata,
                spec: object.spec.template.take()?,
                schedule: Some(*object.spec),
                origin: object.origin,
            },
            Resource::SparkConnect(object) => {
                diagnostics.push(
                    Diagnostic::error("unsupported-kind", "kind `SparkConnect` cannot be rendered yet")
                        .field(FieldPath::keys(&["kind"]))
                        .at(&object.origin),
                );
                return None;
            }
        };
        application(document, object, written, options, diagnostics)
    })
}

/// An application before it is resolved.
struct DecodedApplication {
    kind: ApplicationKind,
    metadata: Metadata,
    spec: Box<SparkApplicationSpec>,
    schedule: Option<ScheduledSparkApplicationSpec>,
    origin: Origin,
}

impl DecodedApplication {
    /// The path of a field of the application's spec.
    fn path(&self, keys: &[&str]) -> FieldPath {
        keys.iter().fold(self.kind.spec().path(), |path, key| path.key(*key))
    }
}

fn application(
    document: &Document,
    object: Arc<ObjectRef>,
    mut written: DecodedApplication,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<ResolvedApplication> {
    let name = names::name(&written, diagnostics);
    let namespace = names::namespace(&written.metadata, options, diagnostics);
    names::driver_pod_name(&written, diagnostics);
    let spark_version = spark_version::resolve(&written, options, diagnostics);
    admission::check(&written, diagnostics);
    spark_conf::check(&written, namespace.as_ref(), options.confs_denied, diagnostics);
    labels::check(&written, diagnostics);
    labels::strip(&mut written, options.launched_label, diagnostics);
    lifecycle::check(&written, diagnostics);
    defaults::fill(&mut written, options, diagnostics);
    Some(ResolvedApplication {
        kind: written.kind,
        object,
        name: name?,
        namespace: namespace?,
        labels: written.metadata.labels.value,
        spec: written.spec,
        schedule: written.schedule,
        spark_version: spark_version?,
        document: document.node.clone(),
        origin: written.origin,
    })
}
