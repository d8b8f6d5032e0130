//! `SparkRender.spec` (`spark-render.io/v1alpha1`). Documentation of the fields here is what
//! `spark-render schema` puts into the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a SparkApplication becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A bare driver Pod, as Spark makes it.
    #[default]
    Pod,
    /// A Job whose pods are drivers.
    Job,
    /// A Pod where `restartPolicy.type` is Never, else a Job.
    Auto,
    /// The same SparkApplication, rewritten so that the operator's webhook has nothing left to do.
    SparkApplication,
}

/// Whether executor pods are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Executors {
    /// Only as the pod template that the driver uses.
    #[default]
    Template,
    /// Also as the pods that the driver will create, for review.
    Preview,
}

/// What happens to a field that the target Kubernetes version cannot honour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnsupported {
    /// Dropped with a warning; an error where dropping would weaken security.
    #[default]
    Drop,
    /// An error.
    Error,
    /// Kept with a warning.
    Keep,
}

/// Whether names of Pod and Job carry a hash of their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NameSuffix {
    /// Stable names.
    #[default]
    None,
    /// Names change with the content.
    Hash,
}

/// What becomes of `timeToLiveSeconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TtlPolicy {
    /// Dropped with a warning: a GitOps host would start the job again.
    #[default]
    Drop,
    /// Becomes `ttlSecondsAfterFinished` of the Job.
    Keep,
}

/// The operator's flags that change what it creates (spark-operator 2.5.2, cmd/operator/controller/start.go).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OperatorOptions {
    /// `--enable-ui-service`.
    pub ui_service: bool,
    /// `--ingress-url-format`, for example `{{$appName}}.example.com`; empty: no Ingress.
    pub ingress_url_format: String,
    /// `--ingress-class-name`.
    pub ingress_class_name: String,
    /// `--ingress-tls`: items of Ingress `spec.tls`.
    pub ingress_tls: Vec<serde_json::Value>,
    /// `--ingress-annotations`.
    pub ingress_annotations: BTreeMap<String, String>,
    /// `--enable-batch-scheduler`.
    pub batch_scheduler: bool,
    /// `--default-batch-scheduler`.
    pub default_batch_scheduler: String,
    /// `--kube-scheduler-names`.
    pub kube_scheduler_names: Vec<String>,
    /// `--enable-driver-pdb`.
    pub driver_pdb: bool,
    /// `--default-service-account`: used for drivers without one; empty: none.
    pub default_service_account: String,
}

impl Default for OperatorOptions {
    fn default() -> Self {
        Self {
            ui_service: true,
            ingress_url_format: String::new(),
            ingress_class_name: String::new(),
            ingress_tls: Vec::new(),
            ingress_annotations: BTreeMap::new(),
            batch_scheduler: false,
            default_batch_scheduler: String::new(),
            kube_scheduler_names: Vec::new(),
            driver_pdb: false,
            default_service_account: String::new(),
        }
    }
}

/// How the output behaves in Argo CD.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ArgoCdOptions {
    /// Annotate Pods and Jobs so that a changed one is deleted and created again (`Force=true`).
    pub recreate: bool,
    /// `argocd.argoproj.io/sync-wave` for all rendered objects.
    pub sync_wave: Option<i64>,
    /// `argocd.argoproj.io/hook` for the Pod or Job.
    pub hook: Option<String>,
}

/// How the output behaves in Flux.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FluxOptions {
    /// Annotate Pods and Jobs with `kustomize.toolkit.fluxcd.io/force: Enabled`.
    pub recreate: bool,
    /// Annotate objects that contain `${` with `kustomize.toolkit.fluxcd.io/substitute: disabled`.
    pub disable_substitution: bool,
    /// Write `${` as `$${`, so that substitution gives back what is meant; not together with `disableSubstitution`.
    pub escape_substitution: bool,
    /// Annotate Pods and Jobs with `kustomize.toolkit.fluxcd.io/ssa: IfNotPresent`: a changed one waits until the old
    /// one is deleted.
    pub if_not_present: bool,
    /// Write a `kustomization.yaml` into `-o DIR`.
    pub kustomization: bool,
}

/// The webhook certificate beside the rendered objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CertificatesOptions {
    /// A Secret manifest (plain, SOPS or sealed) that is passed through untouched.
    pub file: Option<String>,
    /// Emit a cert-manager Certificate and a self-signed Issuer instead.
    pub cert_manager: bool,
    /// The webhook's Service.
    pub service: String,
    /// Its namespace.
    pub namespace: String,
    /// The Secret's name.
    pub secret_name: String,
    /// `git` or `cluster`.
    pub owner: String,
}

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
