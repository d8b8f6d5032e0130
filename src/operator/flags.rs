//! The flags of the operator that change what it makes.

use std::collections::BTreeMap;

use crate::tree::{Node, Sourced};

/// The operator's flags that change what it creates (spark-operator 2.5.2, cmd/operator/controller/start.go).
#[derive(Debug, Clone)]
pub struct OperatorOptions {
    /// `--enable-ui-service`.
    pub ui_service: bool,
    /// `--ingress-url-format`, for example `{{$appName}}.example.com`; empty: no Ingress.
    pub ingress_url_format: Sourced<String>,
    /// `--ingress-class-name`.
    pub ingress_class_name: Option<Sourced<String>>,
    /// `--ingress-tls`: items of Ingress `spec.tls`.
    pub ingress_tls: Vec<Node>,
    /// `--ingress-annotations`.
    pub ingress_annotations: BTreeMap<String, Sourced<String>>,
    /// `--enable-batch-scheduler`.
    pub batch_scheduler: bool,
    /// `--default-batch-scheduler`.
    pub default_batch_scheduler: Option<Sourced<String>>,
    /// `--kube-scheduler-names`.
    pub kube_scheduler_names: Vec<String>,
    /// `--enable-driver-pdb`.
    pub driver_pdb: bool,
    /// Whether pods keep the label by which the operator finds what it launched.
    pub launched_label: bool,
}

impl Default for OperatorOptions {
    fn default() -> Self {
        Self {
            ui_service: true,
            ingress_url_format: Sourced::default(),
            ingress_class_name: None,
            ingress_tls: Vec::new(),
            ingress_annotations: BTreeMap::new(),
            batch_scheduler: false,
            default_batch_scheduler: None,
            kube_scheduler_names: Vec::new(),
            driver_pdb: false,
            launched_label: false,
        }
    }
}
