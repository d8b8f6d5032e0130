//! What a run adds to the resources.

use crate::{spark, tree::Sourced};

/// Options of [`super::resolve`].
#[derive(Debug, Clone, Default)]
pub struct ResolveOptions {
    /// `--spark-version`, which beats `spec.sparkVersion`.
    pub spark_version: Option<Sourced<spark::Version>>,
    /// `--namespace`, for applications that name none.
    pub namespace: Option<Sourced<String>>,
    /// The namespace that the host (Argo CD, kustomize) applies to, for applications that name none.
    pub host_namespace: Option<Sourced<String>>,
    /// Whether an application without any namespace is an error rather than in `default`: `-o DIR` and hosts.
    pub namespace_required: bool,
    /// Whether the output goes to an operator that refuses some confs.
    pub confs_denied: bool,
    /// The operator's `--default-service-account`, for drivers without one.
    pub default_service_account: Option<Sourced<String>>,
    /// Whether the label by which the operator finds what it launched may stay on pods.
    pub launched_label: bool,
}
