//! `SparkRender.spec` (`spark-render.io/v1alpha1`) as it is written; [`crate::render::Options`] is what comes of it.
//! Documentation of the fields here is what
//! `spark-render schema` puts into the JSON Schema.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::CheckSpec;
use crate::{
    hosts::flux::FluxOptions,
    kube::OnUnsupported,
    operator::{MetricNames, certs::Owner},
    render::{DriverAccount, Executors, NameSuffix, Target, TtlPolicy},
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
    pub operator: OperatorSpec,
    /// The webhook certificate.
    pub certs: Option<CertificatesSpec>,
    /// Emit ServiceAccount, Role and RoleBinding. A driver without a service account gets one of its own; with
    /// `{account: default}` it keeps the namespace's `default`, which the Role is then bound to.
    pub rbac: RbacSpec,
    /// How the output behaves in Argo CD.
    pub argocd: ArgoCdSpec,
    /// How the output behaves in Flux.
    pub flux: FluxOptions,
    /// Which findings `check` reports, and as what.
    pub check: CheckSpec,
}

/// Whether the objects of the driver's permissions are made, and for which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RbacSpec {
    /// Whether they are made.
    Switch(bool),
    /// They are made for drivers without an account in this way.
    Account(RbacAccountSpec),
}

/// The account of drivers that name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RbacAccountSpec {
    /// The account.
    pub account: DriverAccount,
}

impl RbacSpec {
    /// The account of drivers that name none; nothing where no objects are made.
    pub(crate) fn account(self) -> Option<DriverAccount> {
        match self {
            Self::Switch(made) => made.then_some(DriverAccount::Own),
            Self::Account(spec) => Some(spec.account),
        }
    }
}

impl Default for RbacSpec {
    fn default() -> Self {
        Self::Switch(false)
    }
}

/// One schema for both forms: tools show it as one field.
impl JsonSchema for RbacSpec {
    fn schema_name() -> Cow<'static, str> {
        "RbacSpec".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut account = generator.subschema_for::<DriverAccount>();
        account.insert("description".to_owned(), "The account of drivers that name none.".into());
        schemars::json_schema!({
            "type": ["boolean", "object"],
            "properties": { "account": account },
            "additionalProperties": false,
        })
    }
}

/// The operator's flags that change what it creates (spark-operator 2.5.2, cmd/operator/controller/start.go).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OperatorSpec {
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
    /// Keep `sparkoperator.k8s.io/launched-by-spark-operator: "true"` on drivers and executors, for policies and monitors
    /// of others that select by it. Only where no operator is installed: its webhook would change the pods again.
    pub launched_label: bool,
    /// `--default-service-account`: used for drivers without one; empty: none.
    pub default_service_account: String,
    /// Which names the metrics of `monitoring.prometheus` have where an application brings no rules of its own; no flag
    /// of the operator.
    pub metric_names: MetricNames,
}

impl Default for OperatorSpec {
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
            launched_label: false,
            default_service_account: String::new(),
            metric_names: MetricNames::Operator,
        }
    }
}

/// The webhook certificate beside the rendered objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CertificatesSpec {
    /// A Secret manifest (plain, SOPS or sealed) that is passed through untouched.
    pub file: Option<String>,
    /// Emit a cert-manager Certificate and a self-signed Issuer instead.
    pub cert_manager: bool,
    /// The webhook's Service.
    pub service: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// The Secret's name.
    pub secret_name: Option<String>,
    /// `git` or `cluster`.
    pub owner: Owner,
}

/// How the output behaves in Argo CD.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ArgoCdSpec {
    /// Annotate Pods and Jobs so that a changed one is deleted and created again (`Force=true`).
    pub recreate: bool,
    /// `argocd.argoproj.io/sync-wave` for all rendered objects.
    pub sync_wave: Option<i64>,
    /// `argocd.argoproj.io/hook` for the Pod or Job.
    pub hook: Option<String>,
}
