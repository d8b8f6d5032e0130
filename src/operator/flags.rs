//! The flags of the operator that change what it makes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tree::{Node, Sourced};

/// Which names the JMX exporter gives to Spark's metrics where an application brings no rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MetricNames {
    /// The operator's, to the letter, such as `spark_executor_cputime_type_counters_count`: dashboards and alerts stay
    /// good. From Spark 3.0 on they leave out the driver's gauges (memory, JVM, stages).
    #[default]
    Operator,
    /// Without what is no part of the name, such as `spark_executor_cputime_count`, and with all gauges.
    Extended,
}

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
    /// The names of metrics; no flag of the operator.
    pub metric_names: Sourced<MetricNames>,
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
            metric_names: Sourced::default(),
        }
    }
}
