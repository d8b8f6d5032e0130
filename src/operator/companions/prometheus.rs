//! The ConfigMap with Spark's metrics configuration and the JMX exporter's rules (operator:
//! `internal/controller/sparkapplication/monitoring_config.go`). Confs, annotations, mounts and ports belong to
//! earlier stages.

use super::Context;
use crate::{
    map,
    operator::{MetricNames, rule},
    tree::Node,
};

/// What Spark publishes where the application names no file: everything to JMX, and the JVM's own metrics.
const METRICS_PROPERTIES: &str = include_str!("../../../templates/prometheus/metrics.properties");

impl MetricNames {
    /// The JMX exporter's rules, for applications that bring none.
    fn rules(self) -> &'static str {
        match self {
            Self::Operator => include_str!("../../../templates/prometheus/operator.yaml"),
            Self::Extended => include_str!("../../../templates/prometheus/extended.yaml"),
        }
    }
}

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
                None => {
                    let names = &context.flags.metric_names;
                    Node::from(names.rules())
                        .at(rule::operator("monitoring.prometheus.configuration", [names.origin.clone()]))
                }
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
