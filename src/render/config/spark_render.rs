//! `SparkRender.spec` (`spark-render.io/v1alpha1`). Documentation of the fields here is what
//! `spark-render schema` puts into the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    hosts::{argocd::ArgoCdOptions, flux::FluxOptions},
    kube::OnUnsupported,
    operator::{CertificatesOptions, OperatorOptions},
    render::{Executors, NameSuffix, Target, TtlPolicy},
};

/// `spec` of a SparkRender.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SparkRenderSpec {
    /// A semver range that the tool's version must match.
    pub required_version: Option<String>,
    /// Paths to read, relative to this file; without it the directory of this file.
    pub inputs: Vec<String>,
    /// Target Kubernetes version, for example `1.28`.
    pub kube_version: Option<String>,
    /// Overrides `spec.sparkVersion` of every application.
    pub spark_version: Option<String>,
    /// The operator's version, for target `sparkapplication`, checks and certificates.
    pub operator_version: Option<String>,
    /// Namespace of applications that name none.
    pub namespace: Option<String>,
    /// What a SparkApplication becomes.
    pub target: Target,
    /// Whether executor pods are shown.
    pub executors: Executors,
    /// What happens to fields that the target version cannot honour.
    pub on_unsupported: OnUnsupported,
    /// Whether names of Pod and Job carry a hash.
    pub name_suffix: NameSuffix,
    /// The environment variable `SPARK_USER`; default `spark`.
    pub spark_user: Option<String>,
    /// What becomes of `timeToLiveSeconds`.
    pub ttl: TtlPolicy,
    /// Values files for `.j2` inputs, later ones win.
    pub values: Vec<String>,
    /// Single values for `.j2` inputs.
    pub set: BTreeMap<String, serde_json::Value>,
    /// The operator's flags.
    pub operator: OperatorOptions,
    /// The webhook certificate.
    pub certs: Option<CertificatesOptions>,
    /// Emit ServiceAccount, Role and RoleBinding.
    pub rbac: bool,
    /// How the output behaves in Argo CD.
    pub argocd: ArgoCdOptions,
    /// How the output behaves in Flux.
    pub flux: FluxOptions,
}
