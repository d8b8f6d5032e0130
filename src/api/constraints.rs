//! What the CustomResourceDefinitions demand of single fields: required ones, enums, ranges (spark-operator
//! 2.5.2, `charts/spark-operator-chart/crds`).

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    node::{FieldPath, Node},
};

/// A demand of the schema.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// The field must be there.
    Required,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// One of these strings, or empty: the operator's webhook fills in its default before the schema is checked.
    OneOfOrEmpty(&'static [&'static str]),
    /// An integer between these, both included.
    Between(i64, i64),
}

/// `format: int32` alone.
const INT32: Rule = Rule::Between(i32::MIN as i64, i32::MAX as i64);
/// `minimum: 1` of `format: int32`.
const POSITIVE: Rule = Rule::Between(1, i32::MAX as i64);

/// Resource, field, demand. Required fields at the top of `spec` are the business of `resolve`: there the
/// operator's webhook or an option may supply them.
const CONSTRAINTS: &[(&str, &str, Rule)] = &[
    ("SparkApplicationSpec", "type", Rule::OneOfOrEmpty(&["Java", "Python", "Scala", "R"])),
    ("SparkApplicationSpec", "mode", Rule::OneOfOrEmpty(&["cluster", "client"])),
    ("SparkApplicationSpec", "pythonVersion", Rule::OneOf(&["2", "3"])),
    ("SparkApplicationSpec", "failureRetries", INT32),
    ("RestartPolicy", "type", Rule::OneOfOrEmpty(&["Never", "Always", "OnFailure"])),
    ("RestartPolicy", "onFailureRetries", Rule::Between(0, i32::MAX as i64)),
    ("RestartPolicy", "onSubmissionFailureRetries", Rule::Between(0, i32::MAX as i64)),
    ("RestartPolicy", "onFailureRetryInterval", Rule::Between(1, i64::MAX)),
    ("RestartPolicy", "onSubmissionFailureRetryInterval", Rule::Between(1, i64::MAX)),
    ("DynamicAllocation", "initialExecutors", INT32),
    ("DynamicAllocation", "minExecutors", INT32),
    ("DynamicAllocation", "maxExecutors", INT32),
    ("DriverSpec", "cores", POSITIVE),
    ("ExecutorSpec", "cores", POSITIVE),
    ("ExecutorSpec", "instances", POSITIVE),
    ("NamePath", "name", Rule::Required),
    ("NamePath", "path", Rule::Required),
    ("NameKey", "name", Rule::Required),
    ("NameKey", "key", Rule::Required),
    ("SecretInfo", "name", Rule::Required),
    ("SecretInfo", "path", Rule::Required),
    ("SecretInfo", "secretType", Rule::Required),
    ("GPUSpec", "name", Rule::Required),
    ("GPUSpec", "quantity", Rule::Required),
    ("Port", "name", Rule::Required),
    ("Port", "protocol", Rule::Required),
    ("Port", "containerPort", Rule::Required),
    ("Port", "containerPort", INT32),
    ("MonitoringSpec", "exposeDriverMetrics", Rule::Required),
    ("MonitoringSpec", "exposeExecutorMetrics", Rule::Required),
    ("PrometheusSpec", "jmxExporterJar", Rule::Required),
    ("PrometheusSpec", "port", Rule::Between(1024, 49_151)),
    ("SparkUIConfiguration", "servicePort", INT32),
    ("DriverIngressConfiguration", "servicePort", Rule::Required),
    ("DriverIngressConfiguration", "servicePort", INT32),
    ("DriverIngressConfiguration", "servicePortName", Rule::Required),
    ("ScheduledSparkApplicationSpec", "schedule", Rule::Required),
    ("ScheduledSparkApplicationSpec", "template", Rule::Required),
    ("ScheduledSparkApplicationSpec", "successfulRunHistoryLimit", INT32),
    ("ScheduledSparkApplicationSpec", "failedRunHistoryLimit", INT32),
    ("SparkConnectSpec", "sparkVersion", Rule::Required),
    ("SparkConnectSpec", "server", Rule::Required),
    ("SparkConnectSpec", "executor", Rule::Required),
    ("ServerSpec", "cores", POSITIVE),
    ("ConnectExecutorSpec", "cores", POSITIVE),
    ("ConnectExecutorSpec", "instances", Rule::Between(0, i32::MAX as i64)),
];

/// What required fields hold most often.
const EXAMPLES: &[(&str, &str)] = &[
    ("protocol", "TCP"),
    ("exposeDriverMetrics", "true"),
    ("exposeExecutorMetrics", "true"),
    ("jmxExporterJar", "/opt/spark/jars/jmx_prometheus_javaagent.jar"),
    ("schedule", "\"0 3 * * *\""),
    ("secretType", "Generic"),
];

/// Reports a value that the schema refuses although its type is right.
pub(super) fn check(resource: &str, field: &str, value: &Node, path: &FieldPath, diagnostics: &mut Diagnostics) {
    let rules = CONSTRAINTS.iter().filter(|row| row.0 == resource && row.1 == field);
    for (_, _, rule) in rules {
        match (rule, value.as_str(), super::decode::integer(value)) {
            (Rule::OneOfOrEmpty(_), Some(""), _) => {}
            (Rule::OneOf(allowed) | Rule::OneOfOrEmpty(allowed), Some(text), _) if !allowed.contains(&text) => {
                let mut diagnostic = Diagnostic::error("invalid-value", format!("`{path}` is `{text}`"))
                    .field(path.clone())
                    .at(&value.origin);
                diagnostic = match allowed.iter().find(|known| known.eq_ignore_ascii_case(text)) {
                    Some(known) => diagnostic.hint(format!("write `{known}`")),
                    None => diagnostic.hint(format!("use one of {}", quoted(allowed))),
                };
                diagnostics.push(diagnostic);
            }
            (Rule::Between(least, most), None, Some(number)) if !(*least..=*most).contains(&number) => {
                diagnostics.push(
                    Diagnostic::error("invalid-value", format!("`{path}` is {number}"))
                        .field(path.clone())
                        .at(&value.origin)
                        .hint(format!("use an integer from {least} to {most}")),
                );
            }
            _ => {}
        }
    }
}

/// Reports required fields that are absent or null.
pub(super) fn require(resource: &str, node: &Node, path: &FieldPath, diagnostics: &mut Diagnostics) {
    let required = CONSTRAINTS.iter().filter(|row| row.0 == resource && matches!(row.2, Rule::Required));
    for (_, field, _) in required {
        if node.get(field).is_none_or(Node::is_null) {
            let example = EXAMPLES.iter().find(|(name, _)| name == field);
            let hint = match example {
                Some((_, value)) => format!("write `{field}: {value}`, for example"),
                None => format!("add `{field}`"),
            };
            let field = path.key(*field);
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{field}` is missing"))
                    .field(field)
                    .at(&node.origin)
                    .hint(hint),
            );
        }
    }
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
