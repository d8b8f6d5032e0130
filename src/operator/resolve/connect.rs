//! A SparkConnect in which nothing is left open (operator: `internal/webhook/sparkconnect_validator.go`).

use std::{collections::BTreeMap, sync::Arc};

use super::{ResolveOptions, names};
use crate::kube;
use crate::{
    operator::api::{self, Resource, v1alpha1::SparkConnectSpec},
    spark,
    text::read::Document,
    tree::{Diagnostic, Diagnostics, FieldPath, ObjectRef, Origin, Sourced},
};

/// The longest name that leaves room for `-server` and what Kubernetes appends.
const NAME_LIMIT: usize = 56;

/// A SparkConnect after validation.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedConnect {
    /// For messages.
    pub object: Arc<ObjectRef>,
    /// `metadata.name`.
    pub name: Sourced<String>,
    /// The resource's own namespace, else the option's, else the host's, else `default`.
    pub namespace: Sourced<String>,
    /// `metadata.labels`, copied to server and executors as confs.
    pub labels: BTreeMap<String, Sourced<String>>,
    /// `spec` as written.
    pub spec: SparkConnectSpec,
    /// `--spark-version`, else `spec.sparkVersion`.
    pub spark_version: Sourced<spark::Version>,
    /// The place of the whole document.
    pub origin: Origin,
}

/// Resolves a SparkConnect. `None` if it is none, or if it has an error after which nothing can be said.
pub(crate) fn resolve_connect(
    document: &Document,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<ResolvedConnect> {
    let reference = Arc::new(ObjectRef::of(&document.node)?);
    diagnostics.in_object(reference.clone(), |diagnostics| {
        let Resource::SparkConnect(object) = api::decode(&document.node, diagnostics)? else { return None };
        let name = name(object.metadata.name.as_ref(), &object.metadata.origin, diagnostics);
        let namespace = names::namespace(&object.metadata, options, diagnostics);
        let version = spark_version(&object.spec, options, diagnostics);
        memory(&object.spec, diagnostics);
        dynamic_allocation(&object.spec, diagnostics);
        Some(ResolvedConnect {
            object: reference,
            name: name?,
            namespace: namespace?,
            labels: object.metadata.labels.value,
            spec: *object.spec,
            spark_version: version?,
            origin: object.origin,
        })
    })
}

fn name(name: Option<&Sourced<String>>, metadata: &Origin, diagnostics: &mut Diagnostics) -> Option<Sourced<String>> {
    let path = FieldPath::keys(&["metadata", "name"]);
    let Some(name) = name else {
        diagnostics.push(
            Diagnostic::error("missing-field", "required field `metadata.name` is missing").field(path).at(metadata),
        );
        return None;
    };
    if name.len() > NAME_LIMIT {
        diagnostics.push(
            Diagnostic::error(
                "name-too-long",
                format!("`metadata.name` has {} characters, over the {NAME_LIMIT} of a SparkConnect", name.len()),
            )
            .field(path)
            .at(&name.origin)
            .hint(format!("shorten it to at most {NAME_LIMIT} characters")),
        );
        return None;
    }
    if !kube::names::is_dns1035_label(name) {
        diagnostics.push(
            Diagnostic::error(
                "invalid-name",
                format!("`metadata.name` is `{}`, which is no DNS-1035 label", name.value),
            )
            .field(path)
            .at(&name.origin)
            .hint("use lower-case letters, digits and `-`, starting with a letter and not ending with `-`"),
        );
        return None;
    }
    Some(name.clone())
}

fn spark_version(
    spec: &SparkConnectSpec,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<spark::Version>> {
    let path = FieldPath::keys(&["spec", "sparkVersion"]);
    super::spark_version::chosen(spec.spark_version.as_ref(), options, path, &spec.origin, diagnostics)
}

/// Digits and a unit: fractions are refused by Spark.
fn memory(spec: &SparkConnectSpec, diagnostics: &mut Diagnostics) {
    let server = spec.server.as_ref().and_then(|server| server.memory.as_ref());
    let executor = spec.executor.as_ref().and_then(|executor| executor.memory.as_ref());
    for (role, memory) in [("server", server), ("executor", executor)] {
        let Some(memory) = memory else { continue };
        let lower = memory.to_ascii_lowercase();
        let unit = lower.trim_start_matches(|c: char| c.is_ascii_digit());
        let known = ["", "b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"].contains(&unit);
        if unit.len() == lower.len() || !known {
            diagnostics.push(
                Diagnostic::error("invalid-value", format!("`{}` is no amount of memory for Spark", memory.value))
                    .field(FieldPath::keys(&["spec", role, "memory"]))
                    .at(&memory.origin)
                    .hint("write a whole number with `m` or `g`"),
            );
        }
    }
}

/// 0 ≤ min ≤ initial ≤ max.
fn dynamic_allocation(spec: &SparkConnectSpec, diagnostics: &mut Diagnostics) {
    let Some(allocation) = &spec.dynamic_allocation else { return };
    if !allocation.enabled.as_ref().is_some_and(|enabled| enabled.value) {
        return;
    }
    let bounds = [
        ("minExecutors", allocation.min_executors.as_ref()),
        ("initialExecutors", allocation.initial_executors.as_ref()),
        ("maxExecutors", allocation.max_executors.as_ref()),
    ];
    let mut last: Option<(&str, i64)> = None;
    for (field, value) in bounds {
        let Some(value) = value else { continue };
        let path = FieldPath::keys(&["spec", "dynamicAllocation", field]);
        let fault = match last {
            _ if value.value < 0 => Some(format!("`{path}` is below 0")),
            Some((other, bound)) if value.value < bound => Some(format!("`{path}` is below `{other}`")),
            _ => None,
        };
        if let Some(fault) = fault {
            diagnostics.push(
                Diagnostic::error("invalid-value", fault)
                    .field(path)
                    .at(&value.origin)
                    .hint("order the bounds: min, initial, max"),
            );
        }
        last = Some((field, value.value));
    }
}
