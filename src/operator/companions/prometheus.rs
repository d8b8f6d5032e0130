//! The ConfigMap with Spark's metrics configuration and the JMX exporter's rules (operator:
//! `internal/controller/sparkapplication/monitoring_config.go`). Confs, annotations, mounts and ports belong to
//! earlier stages.

use super::Context;
use crate::{map, operator::rule, tree::Node};

/// What Spark publishes where the application names no file: everything to JMX, and the JVM's own metrics.
const METRICS_PROPERTIES: &str = include_str!("../../../templates/prometheus/metrics.properties");
/// How the JMX exporter names Spark's metrics where the application brings no rules.
const PROMETHEUS_YAML: &str = include_str!("../../../templates/prometheus/prometheus.yaml");

/// `<app>-prom-conf`, unless the application names files of its own for both of its keys.
pub(crate) fn config_map(context: Context<'_>) -> Option<Node> {
    let monitoring = context.application.spec.monitoring.as_ref()?;
    let prometheus = monitoring.prometheus.as_ref()?;
    let is_set = |file: &Option<crate::tree::Sourced<String>>| file.as_ref().is_some_and(|file| !file.value.is_empty());
    let mut data = map! {};
    let mapping = data.as_mapping_mut().expect("made above");
    if !is_set(&monitoring.metrics_properties_file) {
        mapping.insert(
            "metrics.properties",
            match &monitoring.metrics_properties {
                Some(text) => {
                    Node::from(&text.value).at(rule::operator("monitoring.metricsProperties", [text.origin.clone()]))
                }
                None => Node::from(METRICS_PROPERTIES).at(rule::operator("monitoring.metricsProperties", [])),
            },
        );
    }
    if !is_set(&prometheus.config_file) {
        mapping.insert(
            "prometheus.yaml",
            match &prometheus.configuration {
                Some(text) => Node::from(&text.value)
                    .at(rule::operator("monitoring.prometheus.configuration", [text.origin.clone()])),
                None => Node::from(PROMETHEUS_YAML).at(rule::operator("monitoring.prometheus.configuration", [])),
            },
        );
    }
    if mapping.is_empty() {
        return None;
    }
    let name = format!("{}-prom-conf", context.application.name.value);
    let name = Node::from(name).at(rule::operator("monitoring.prometheus", [context.application.name.origin.clone()]));
    let config_map = map! {
        "apiVersion" => "v1",
        "kind" => "ConfigMap",
        "metadata" => map! { "name" => name, "labels" => context.labels() },
        "data" => data,
    };
    Some(config_map.stamped(&rule::operator("monitoring.prometheus", [prometheus.origin.clone()])))
}
