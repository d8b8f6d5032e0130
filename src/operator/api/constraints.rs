//! What the CustomResourceDefinitions demand of single fields: required ones, enums, ranges (spark-operator
//! 2.5.2, `charts/spark-operator-chart/crds`).

use crate::tree::{Diagnostic, Diagnostics, Node, Place};

/// A demand of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
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

/// What the schema demands of the fields of a resource: field, demand.
pub(crate) type Constraints = &'static [(&'static str, Rule)];

/// Demands by resource. Required fields at the top of `spec` are the business of `resolve`: there the operator's
/// webhook or an option may supply them.
const CONSTRAINTS: &[(&str, Constraints)] = &[
    (
        "SparkApplicationSpec",
        &[
            ("type", Rule::OneOfOrEmpty(&["Java", "Python", "Scala", "R"])),
            ("mode", Rule::OneOfOrEmpty(&["cluster", "client"])),
            ("pythonVersion", Rule::OneOf(&["2", "3"])),
            ("failureRetries", INT32),
        ],
    ),
    (
        "RestartPolicy",
        &[
            ("type", Rule::OneOfOrEmpty(&["Never", "Always", "OnFailure"])),
            ("onFailureRetries", Rule::Between(0, i32::MAX as i64)),
            ("onSubmissionFailureRetries", Rule::Between(0, i32::MAX as i64)),
            ("onFailureRetryInterval", Rule::Between(1, i64::MAX)),
            ("onSubmissionFailureRetryInterval", Rule::Between(1, i64::MAX)),
        ],
    ),
    ("DynamicAllocation", &[("initialExecutors", INT32), ("minExecutors", INT32), ("maxExecutors", INT32)]),
    ("DriverSpec", &[("cores", POSITIVE)]),
    ("ExecutorSpec", &[("cores", POSITIVE), ("instances", POSITIVE)]),
    ("NamePath", &[("name", Rule::Required), ("path", Rule::Required)]),
    ("NameKey", &[("name", Rule::Required), ("key", Rule::Required)]),
    ("SecretInfo", &[("name", Rule::Required), ("path", Rule::Required), ("secretType", Rule::Required)]),
    ("GPUSpec", &[("name", Rule::Required), ("quantity", Rule::Required)]),
    (
        "Port",
        &[
            ("name", Rule::Required),
            ("protocol", Rule::Required),
            ("containerPort", Rule::Required),
            ("containerPort", INT32),
        ],
    ),
    ("MonitoringSpec", &[("exposeDriverMetrics", Rule::Required), ("exposeExecutorMetrics", Rule::Required)]),
    ("PrometheusSpec", &[("jmxExporterJar", Rule::Required), ("port", Rule::Between(1024, 49_151))]),
    ("SparkUIConfiguration", &[("servicePort", INT32)]),
    (
        "DriverIngressConfiguration",
        &[("servicePort", Rule::Required), ("servicePort", INT32), ("servicePortName", Rule::Required)],
    ),
    (
        "ScheduledSparkApplicationSpec",
        &[
            ("schedule", Rule::Required),
            ("template", Rule::Required),
            ("successfulRunHistoryLimit", INT32),
            ("failedRunHistoryLimit", INT32),
        ],
    ),
    ("SparkConnectSpec", &[("sparkVersion", Rule::Required), ("server", Rule::Required), ("executor", Rule::Required)]),
    ("ServerSpec", &[("cores", POSITIVE)]),
    ("ConnectExecutorSpec", &[("cores", POSITIVE), ("instances", Rule::Between(0, i32::MAX as i64))]),
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

/// The demands on the fields of `resource`, to be looked up once for all of them.
pub(crate) fn of(resource: &str) -> Constraints {
    CONSTRAINTS.iter().find(|(name, _)| *name == resource).map_or(&[], |(_, constraints)| constraints)
}

/// Reports a value that the schema refuses although its type is right.
pub(crate) fn check(
    constraints: Constraints,
    field: &str,
    value: &Node,
    place: &Place<'_>,
    diagnostics: &mut Diagnostics,
) {
    for (_, rule) in constraints.iter().filter(|(name, _)| *name == field) {
        match (rule, value.as_str(), super::decode::integer(value)) {
            (Rule::OneOfOrEmpty(_), Some(""), _) => {}
            (Rule::OneOf(allowed) | Rule::OneOfOrEmpty(allowed), Some(text), _) if !allowed.contains(&text) => {
                let path = place.path();
                let mut diagnostic =
                    Diagnostic::error("invalid-value", format!("`{path}` is `{text}`")).field(path).at(&value.origin);
                diagnostic = match allowed.iter().find(|known| known.eq_ignore_ascii_case(text)) {
                    Some(known) => diagnostic.hint(format!("write `{known}`")),
                    None => diagnostic.hint(format!("use one of {}", quoted(allowed))),
                };
                diagnostics.push(diagnostic);
            }
            (Rule::Between(least, most), None, Some(number)) if !(*least..=*most).contains(&number) => {
                let path = place.path();
                diagnostics.push(
                    Diagnostic::error("invalid-value", format!("`{path}` is {number}"))
                        .field(path)
                        .at(&value.origin)
                        .hint(format!("use an integer from {least} to {most}")),
                );
            }
            _ => {}
        }
    }
}

/// Reports required fields that are absent or null.
pub(crate) fn require(constraints: Constraints, node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    for (field, _) in constraints.iter().filter(|(_, rule)| matches!(rule, Rule::Required)) {
        if node.get(field).is_none_or(Node::is_null) {
            let example = EXAMPLES.iter().find(|(name, _)| name == field);
            let hint = match example {
                Some((_, value)) => format!("write `{field}: {value}`, for example"),
                None => format!("add `{field}`"),
            };
            let field = place.key(field).path();
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
