//! What a document is: ours to render, somebody else's to pass through, or a mistake that must not vanish.

use crate::{
    kube,
    text::read::{BASELINE, Document},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, ObjectRef, Origin},
};

/// The group of the Spark operator's resources.
pub const GROUP: &str = "sparkoperator.k8s.io";

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// `SparkApplication` v1beta2 (or v1beta1): rendered.
    SparkApplication,
    /// `ScheduledSparkApplication` v1beta2 (or v1beta1): rendered.
    ScheduledSparkApplication,
    /// `SparkConnect` v1alpha1: rendered.
    SparkConnect,
    /// Our own configuration.
    SparkRender,
    /// An object that is annotated `config.kubernetes.io/local-config: "true"`: left out of a walk.
    LocalConfig,
    /// Another Kubernetes object: passes through.
    Other,
    /// No Kubernetes object; reported.
    Unknown,
}

/// Kind, its versions from the newest on, and its class.
const KINDS: &[(&str, &[&str], Class)] = &[
    ("SparkApplication", &["v1beta2", "v1beta1"], Class::SparkApplication),
    ("ScheduledSparkApplication", &["v1beta2", "v1beta1"], Class::ScheduledSparkApplication),
    ("SparkConnect", &["v1alpha1"], Class::SparkConnect),
];

/// The newest apiVersion of a kind of the operator's that is rendered.
pub(crate) fn newest_api_version(kind: &str) -> Option<String> {
    KINDS.iter().find(|(name, ..)| *name == kind).map(|(_, versions, _)| format!("{GROUP}/{}", versions[0]))
}

/// Groups of other operators with kinds of the same names.
const FOREIGN_GROUPS: &[(&str, &str)] = &[
    ("spark.apache.org", "Apache Spark Kubernetes Operator"),
    ("spark.stackable.tech", "Stackable operator"),
    ("sparkoperator.hpe.com", "HPE Ezmeral operator"),
    ("radanalytics.io", "radanalytics.io operator"),
    ("spark.datamechanics.co", "Data Mechanics operator"),
];

/// Whether `node` is, or was meant to be, a resource of the Spark operator.
#[must_use]
pub fn is_spark(node: &Node) -> bool {
    let kind = node.str_at(&["kind"]).unwrap_or_default();
    let (group, _) = group_version(node.str_at(&["apiVersion"]).unwrap_or_default());
    group == GROUP || (KINDS.iter().any(|(name, ..)| *name == kind) && foreign(group).is_none())
}

fn group_version(api_version: &str) -> (&str, &str) {
    api_version.rsplit_once('/').unwrap_or(("", api_version))
}

fn foreign(group: &str) -> Option<&'static str> {
    FOREIGN_GROUPS.iter().find(|(name, _)| *name == group).map(|(_, operator)| *operator)
}

/// Tells what `document` is. Near misses are errors: dropped silently means pruned in production.
pub fn classify(document: &Document, diagnostics: &mut Diagnostics) -> Class {
    let node = &document.node;
    let mut report = |diagnostic: Diagnostic| {
        let mut diagnostic = diagnostic;
        diagnostic.object = ObjectRef::of(node);
        diagnostics.push(diagnostic);
    };
    if node.as_mapping().is_none() {
        report(
            Diagnostic::warning("not-an-object", "this document is no Kubernetes object: it is no mapping")
                .at(key_or_whole(node, &[]))
                .hint("remove it, or move the file out of the folder"),
        );
        return Class::Unknown;
    }
    let kind = node.str_at(&["kind"]).unwrap_or_default();
    let api_version = node.str_at(&["apiVersion"]).unwrap_or_default();
    let (group, version) = group_version(api_version);
    let local = node.str_at(&["metadata", "annotations", kube::annotations::LOCAL_CONFIG]) == Some("true");

    if (kind == "SparkRender" || kind == BASELINE) && group == "spark-render.io" {
        return Class::SparkRender;
    }
    if let Some((name, versions, class)) = KINDS.iter().find(|(name, ..)| *name == kind) {
        if group == GROUP && versions.contains(&version) {
            if version == "v1beta1" {
                let message =
                    format!("`{api_version}` was removed from the operator in {}", super::since::V1BETA1_REMOVED);
                report(
                    Diagnostic::warning("old-api-version", message)
                        .field(FieldPath::keys(&["apiVersion"]))
                        .at(value(node, "apiVersion"))
                        .hint(format!("write `{GROUP}/{}`", versions[0])),
                );
            }
            return if local { Class::LocalConfig } else { *class };
        }
        if let Some(operator) = foreign(group) {
            let message =
                format!("`{api_version}` belongs to another operator ({operator}); the object passes through as it is");
            report(
                Diagnostic::note("foreign-operator", message)
                    .field(FieldPath::keys(&["apiVersion"]))
                    .at(value(node, "apiVersion")),
            );
            return if local { Class::LocalConfig } else { Class::Other };
        }
        let message = match api_version {
            "" => format!("a `{name}` without `apiVersion`"),
            _ => format!("`{name}` does not exist in `{api_version}`"),
        };
        report(near_miss(message, node, "apiVersion", &format!("{GROUP}/{}", versions[0])));
        return Class::Unknown;
    }
    if group == GROUP {
        let nearest = nearest_kind(kind).unwrap_or("SparkApplication");
        let message = if kind.is_empty() {
            format!("an object of `{GROUP}` without `kind`")
        } else {
            format!("`{kind}` is no kind of `{GROUP}`")
        };
        report(near_miss(message, node, "kind", nearest));
        return Class::Unknown;
    }
    let spark_spec = node.at_keys(&["spec", "mainApplicationFile"]).is_some() && foreign(group).is_none();
    if let Some(nearest) =
        nearest_kind(kind).filter(|_| foreign(group).is_none() && group.to_ascii_lowercase().contains("spark"))
    {
        report(near_miss(format!("`{kind}` is no kind of the Spark operator"), node, "kind", nearest));
        return Class::Unknown;
    }
    if spark_spec {
        let message = if kind.is_empty() {
            "`spec.mainApplicationFile` in an object without `kind`".to_owned()
        } else {
            format!("`spec.mainApplicationFile` in an object of kind `{kind}`")
        };
        report(near_miss(message, node, "kind", "SparkApplication"));
        return Class::Unknown;
    }
    if local {
        return Class::LocalConfig;
    }
    let missing = match (kind.is_empty(), api_version.is_empty()) {
        (false, false) => return Class::Other,
        (true, true) => "`apiVersion` and `kind` are missing",
        (true, false) => "`kind` is missing",
        (false, true) => "`apiVersion` is missing",
    };
    if is_airflow_file(node) {
        report(
            Diagnostic::warning("not-an-object", "this is a file of Airflow's `SparkKubernetesOperator`: its application, below `spark`, is not rendered")
                .field(FieldPath::keys(&["spark"]))
                .at(key_or_whole(node, &["spark"]))
                .hint(
                    "Airflow submits it; to see what would run, put what is below `spark` into a file of its own, with a \
                     `metadata.name`",
                ),
        );
        return Class::Unknown;
    }
    report(
        Diagnostic::warning("not-an-object", format!("this document is no Kubernetes object: {missing}"))
            .at(key_or_whole(node, &["kind", "apiVersion"]))
            .hint("remove it, or move the file out of the folder"),
    );
    Class::Unknown
}

/// Whether it is the two-part file that Airflow's `SparkKubernetesOperator` takes: `spark` beside `kubernetes`.
fn is_airflow_file(node: &Node) -> bool {
    node.get("spark").is_some_and(|spark| {
        spark.str_at(&["kind"]) == Some("SparkApplication") || spark.at_keys(&["spec", "mainApplicationFile"]).is_some()
    })
}

/// A kind that `kind` may have been meant as.
fn nearest_kind(kind: &str) -> Option<&'static str> {
    let distance = |name: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &kind.to_ascii_lowercase());
    let (distance, name) = KINDS.iter().map(|(name, ..)| (distance(name), *name)).min()?;
    (!kind.is_empty() && distance <= 3).then_some(name)
}

fn near_miss(message: String, node: &Node, field: &str, wanted: &str) -> Diagnostic {
    Diagnostic::error("unknown-spark-kind", message)
        .field(FieldPath::keys(&[field]))
        .at(match node.get(field) {
            Some(value) => value.origin.clone(),
            None => key_or_whole(node, &["kind", "apiVersion"]),
        })
        .hint(format!("write `{field}: {wanted}`"))
}

fn value(node: &Node, field: &str) -> Origin {
    node.get(field).map(|value| value.origin.clone()).unwrap_or_default()
}

/// The first of `fields` that is there, else the first key, else the whole document.
fn key_or_whole(node: &Node, fields: &[&str]) -> Origin {
    if let Some(value) = fields.iter().find_map(|field| node.get(field)) {
        return value.origin.clone();
    }
    let first = node.as_mapping().and_then(|mapping| mapping.entries().next()).and_then(|(key, _)| key.span);
    first.map_or_else(|| node.origin.clone(), Origin::Source)
}
