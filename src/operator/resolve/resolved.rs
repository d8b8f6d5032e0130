//! The application after defaulting and validation.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    operator::api::v1beta2::{ScheduledSparkApplicationSpec, SparkApplicationSpec},
    spark,
    tree::{FieldPath, Node, ObjectRef, Origin, Place, Sourced},
};

/// What the resource was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKind {
    /// A SparkApplication.
    SparkApplication,
    /// A ScheduledSparkApplication; its template is the spec.
    ScheduledSparkApplication,
}

impl ApplicationKind {
    /// The place of the application's spec in the document: `spec` or `spec.template`.
    pub(crate) fn spec(self) -> Place<'static> {
        const SPEC: &Place<'_> = &Place::Key(&Place::Root, "spec");
        match self {
            Self::SparkApplication => *SPEC,
            Self::ScheduledSparkApplication => Place::Key(SPEC, "template"),
        }
    }
}

/// A SparkApplication in which nothing is left open: no later stage fills in or changes a user's value.
#[derive(Debug, Clone)]
pub struct ResolvedApplication {
    /// What the resource was.
    pub kind: ApplicationKind,
    /// For messages.
    pub object: Arc<ObjectRef>,
    /// `metadata.name`.
    pub name: Sourced<String>,
    /// The resource's own namespace, else the option's, else the host's, else `default`.
    pub namespace: Sourced<String>,
    /// `metadata.labels` (copied to the pods as confs), without those that an installed operator acts upon.
    pub labels: BTreeMap<String, Sourced<String>>,
    /// `spec` (of a ScheduledSparkApplication: `spec.template`) with the operator's defaults filled in (their
    /// origin says so).
    pub spec: Box<SparkApplicationSpec>,
    /// The other fields of a ScheduledSparkApplication's `spec`; its `template` is `None`.
    pub schedule: Option<ScheduledSparkApplicationSpec>,
    /// The Spark version as asked for: `--spark-version`, else `spec.sparkVersion`.
    pub spark_version: Sourced<spark::Version>,
    /// The whole document as written.
    pub document: Arc<Node>,
    /// The place of the whole document.
    pub origin: Origin,
}

impl ResolvedApplication {
    /// The place of [`ResolvedApplication::spec`] in its document, for those who seldom need a path.
    #[must_use]
    pub fn spec_place(&self) -> Place<'static> {
        self.kind.spec()
    }

    /// The path of [`ResolvedApplication::spec`] in its document: `spec` or `spec.template`.
    #[must_use]
    pub fn spec_path(&self) -> FieldPath {
        self.spec_place().path()
    }
}
