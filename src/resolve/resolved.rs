//! The application after defaulting and validation.

use std::collections::BTreeMap;

use crate::{
    api::{Sourced, v1beta2::SparkApplicationSpec},
    conf::SparkVersion,
    diagnostics::ObjectRef,
    node::Origin,
};

/// What the resource was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKind {
    /// A SparkApplication.
    SparkApplication,
    /// A ScheduledSparkApplication; its template is the spec.
    ScheduledSparkApplication,
}

/// A SparkApplication in which nothing is left open: no later stage fills in or changes a user's value.
#[derive(Debug, Clone)]
pub struct ResolvedApplication {
    /// What the resource was.
    pub kind: ApplicationKind,
    /// For messages.
    pub object: ObjectRef,
    /// `metadata.name`.
    pub name: Sourced<String>,
    /// The resource's own namespace, else the option's, else `default`.
    pub namespace: Sourced<String>,
    /// `metadata.labels` (copied to the pods as confs).
    pub labels: BTreeMap<String, Sourced<String>>,
    /// `metadata.annotations` (not propagated).
    pub annotations: BTreeMap<String, Sourced<String>>,
    /// `spec` with the operator's defaults filled in (their origin says so).
    pub spec: SparkApplicationSpec,
    /// The Spark version as asked for: `--spark-version`, else `spec.sparkVersion`.
    pub spark_version: SparkVersion,
    /// The place of the whole document.
    pub origin: Origin,
}
