//! The flags of the operator that change what it makes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
