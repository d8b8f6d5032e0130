//! What Spark overwrites in executors although a template says otherwise: carried by a conf where there is one,
//! reported where there is none. One row per field.

use std::collections::BTreeSet;

use super::{
    ConfChange,
    memory::{bytes, kubernetes_quantity},
    mutation::{Mutation, webhook},
    steps::scheduling::scheduler_name,
};
use crate::spark;
use crate::spark::Behaviour;
use crate::spark::SparkConf;
use crate::spark::names::SPARK_CONF_DIR;
use crate::spark::size::{self, mib_for};
use crate::tree::Diagnostic;
use crate::tree::Diagnostics;
use crate::tree::Node;
use crate::tree::Origin;
use crate::tree::Stage;

type Row = fn(&Mutation<'_>, &Node, &SparkConf, &mut Vec<ConfChange>, &mut Diagnostics);

const ROWS: &[Row] =
    &[memory_limit, devices, scheduler, node_selector, grace_period, privilege_escalation, ports, lifecycle, volumes];

/// The confs that are needed beside the template.
pub(super) fn beside_the_template(
    mutation: &Mutation<'_>,
    pod: &Node,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) -> Vec<ConfChange> {
    let mut confs = Vec::new();
    for row in ROWS {
        row(mutation, pod, conf, &mut confs, diagnostics);
    }
    confs
}

/// Spark makes `limits.memory` and `requests.memory` the same sum; only its overhead is free to choose.
pub(super) fn memory_limit(
    mutation: &Mutation<'_>,
    _: &Node,
    conf: &SparkConf,
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let Some(limit) = mutation.fields.memory_limit.as_ref().filter(|limit| !limit.is_empty()) else { return };
    let Some(limit_bytes) = bytes(&kubernetes_quantity(limit)) else { return };
    let field = mutation.field("memoryLimit");
    let mebibyte = 1 << 20;
    let size = |key: &str, read: fn(&str, &spark::Version) -> Result<i64, String>| {
        conf.get(key).and_then(|text| read(text, mutation.version()).ok())
    };
    let heap = size("spark.executor.memory", mib_for).unwrap_or(1024);
    let off_heap = match conf.get("spark.memory.offHeap.enabled") {
        Some("true") => size("spark.memory.offHeap.size", size::bytes_for).unwrap_or(0) / mebibyte,
        _ => 0,
    };
    let python = mutation.app.spec.main_application_file.as_ref().is_some_and(|file| file.ends_with(".py"));
    let pyspark = if python { size("spark.executor.pyspark.memory", mib_for).unwrap_or(0) } else { 0 };
    let fixed = heap.saturating_add(off_heap).saturating_add(pyspark);
    let limit_mib = i64::try_from(limit_bytes >> 20).unwrap_or(i64::MAX);
    match limit_mib.saturating_sub(fixed) {
        overhead if overhead >= 0 => {
            let key = "spark.executor.memoryOverhead";
            diagnostics.push(
                Diagnostic::warning(
                    "runtime-object",
                    format!(
                        "Spark {} makes memory request and limit of executors the same: both become `{}`, by `{key}={overhead}m`",
                        mutation.version(),
                        limit.value
                    ),
                )
                .field(field)
                .at(&limit.origin)
                .hint("set `memoryOverhead` of the executor instead"),
            );
            confs.push(ConfChange::set(key, format!("{overhead}m"), webhook("memoryLimit", &limit.origin)));
        }
        _ => diagnostics.push(
            Diagnostic::error(
                "memory-limit-below-request",
                format!("`{field}` is `{}`, but executors use {fixed}Mi apart from their overhead", limit.value),
            )
            .field(field)
            .at(&limit.origin)
            .hint("raise the limit above the executor's memory"),
        ),
    }
}

/// Spark writes the devices of its confs over a template's; those of the field become the conf's.
fn devices(
    mutation: &Mutation<'_>,
    _: &Node,
    conf: &SparkConf,
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let Some(gpu) = &mutation.fields.gpu else { return };
    let (Some(name), Some(quantity)) = (&gpu.name, gpu.quantity.as_ref().filter(|quantity| quantity.value > 0)) else {
        return;
    };
    let Some((vendor, resource)) = name.rsplit_once('/') else { return };
    let key = format!("spark.executor.resource.{resource}.amount");
    let amount = conf.get(&key).and_then(|text| text.trim().parse::<i64>().ok());
    let Some(amount) = amount.filter(|amount| *amount != quantity.value) else { return };
    if conf.get(&format!("spark.executor.resource.{resource}.vendor")) != Some(vendor) {
        return;
    }
    let field = mutation.field("gpu");
    let found = if amount > quantity.value {
        let message = format!(
            "executors get {} of `{}`, but by `{key}` Spark wants {amount} of each and stops those that find fewer",
            quantity.value, name.value
        );
        Diagnostic::error("overruled-field", message).hint("ask for the same number in both places")
    } else {
        let message = format!("`{field}` wins over `{key}`, which becomes {}", quantity.value);
        confs.push(ConfChange::set(&key, quantity.value.to_string(), webhook("gpu", &quantity.origin)));
        Diagnostic::warning("overruled-field", message).hint("set it in one place")
    };
    diagnostics.push(found.field(field).at(&quantity.origin).label(conf.origin(&key), "overruled"));
}

/// A scheduler that a conf names beats the template's.
fn scheduler(mutation: &Mutation<'_>, _: &Node, conf: &SparkConf, confs: &mut Vec<ConfChange>, _: &mut Diagnostics) {
    let Some(name) = scheduler_name(mutation) else { return };
    let key = "spark.kubernetes.executor.scheduler.name";
    let common =
        conf.get("spark.kubernetes.scheduler.name").filter(|_| mutation.version().has(Behaviour::SchedulerName));
    let own = conf.get(key).filter(|_| mutation.version().has(Behaviour::ExecutorSchedulerName));
    if own.or(common).is_some_and(|rival| rival != name.value) {
        confs.push(ConfChange::set(key, &name.value, webhook("schedulerName", &name.origin)));
    }
}

/// Node selectors of confs are put over the template's.
fn node_selector(
    mutation: &Mutation<'_>,
    _: &Node,
    conf: &SparkConf,
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let Some(selector) = mutation.fields.node_selector.as_ref() else { return };
    let has_own = mutation.version().has(Behaviour::RoleNodeSelector);
    for (label, value) in &selector.value {
        let own = format!("spark.kubernetes.executor.node.selector.{label}");
        let common = format!("spark.kubernetes.node.selector.{label}");
        let rival = conf.get(&own).filter(|_| has_own).or(conf.get(&common));
        if rival.is_none_or(|rival| rival == value.value) {
            continue;
        }
        let origin = webhook("nodeSelector", &value.origin);
        if has_own {
            confs.push(ConfChange::set(own, &value.value, origin));
        } else {
            diagnostics.push(
                Diagnostic::warning(
                    "runtime-object",
                    format!("`{common}` wins over the executor's node selector in Spark {}", mutation.version()),
                )
                .field(mutation.field("nodeSelector").key(label))
                .at(&value.origin)
                .hint(format!("remove `{common}`, or use Spark {} or newer", Behaviour::RoleNodeSelector.first())),
            );
        }
    }
}

/// From 4.1 Spark sets the grace period from its conf, 30 seconds by default.
fn grace_period(mutation: &Mutation<'_>, _: &Node, _: &SparkConf, confs: &mut Vec<ConfChange>, _: &mut Diagnostics) {
    let Some(seconds) = mutation.fields.termination_grace_period_seconds.as_ref() else { return };
    if mutation.version().has(Behaviour::ExecutorGracePeriodConf) {
        let key = "spark.kubernetes.executor.terminationGracePeriodSeconds";
        let origin = webhook("terminationGracePeriodSeconds", &seconds.origin);
        confs.push(ConfChange::set(key, seconds.value.to_string(), origin));
    }
}

/// From 4.3 Spark writes `allowPrivilegeEscalation: false` over the template's.
fn privilege_escalation(
    mutation: &Mutation<'_>,
    _: &Node,
    conf: &SparkConf,
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let Some(context) = mutation.fields.security_context.as_ref() else { return };
    if !mutation.version().has(Behaviour::AllowPrivilegeEscalation) {
        return;
    }
    let key = "spark.kubernetes.executor.securityContext.allowPrivilegeEscalation";
    match context.get("allowPrivilegeEscalation").and_then(|flag| Some((flag, flag.as_bool()?))) {
        Some((flag, given)) => {
            let default = conf.get(key).or(conf.get("spark.kubernetes.securityContext.allowPrivilegeEscalation"));
            if default.unwrap_or("false") != given.to_string() {
                confs.push(ConfChange::set(key, given.to_string(), webhook("securityContext", &flag.origin)));
            }
        }
        None => diagnostics.push(
            Diagnostic::note(
                "runtime-object",
                format!(
                    "Spark {} adds `allowPrivilegeEscalation` to the executor's `securityContext`",
                    mutation.version()
                ),
            )
            .field(mutation.field("securityContext"))
            .at(&context.origin)
            .hint("write `allowPrivilegeEscalation`, so that it does not depend on the version"),
        ),
    }
}

/// Before 3.4 Spark replaces the container ports of a template.
fn ports(mutation: &Mutation<'_>, pod: &Node, _: &SparkConf, _: &mut Vec<ConfChange>, diagnostics: &mut Diagnostics) {
    if mutation.version().has(Behaviour::ExecutorTemplatePorts) {
        return;
    }
    for container in pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default() {
        for port in container.get("ports").and_then(Node::as_sequence).unwrap_or_default() {
            let field = match step_of(port) {
                Some("ports") => mutation.field("ports"),
                Some(rule @ "monitoring.prometheus") => mutation.spec_field(rule),
                _ => continue,
            };
            let name = port.str_at(&["name"]).unwrap_or_default();
            diagnostics.push(
                Diagnostic::warning(
                    "runtime-object",
                    format!(
                        "executors do not declare port `{name}`: Spark {} drops the ports of a template",
                        mutation.version()
                    ),
                )
                .field(field)
                .at(&port.origin)
                .hint(format!(
                    "use Spark {} or newer, or refer to the port by its number; it can be reached all the same",
                    Behaviour::ExecutorTemplatePorts.first()
                )),
            );
        }
    }
}

/// The webhook step that made a value.
fn step_of(node: &Node) -> Option<&str> {
    match &node.origin {
        Origin::Derived(derivation) if derivation.stage == Stage::Webhook => Some(&derivation.rule),
        _ => None,
    }
}

/// With decommissioning Spark sets `lifecycle` itself.
fn lifecycle(
    mutation: &Mutation<'_>,
    _: &Node,
    conf: &SparkConf,
    _: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let Some(hooks) = mutation.fields.lifecycle.as_ref() else { return };
    if conf.get("spark.decommission.enabled") == Some("true") {
        diagnostics.push(
            Diagnostic::warning(
                "runtime-object",
                "with `spark.decommission.enabled` Spark replaces `lifecycle` of executors by its own preStop hook",
            )
            .field(mutation.field("lifecycle"))
            .at(&hooks.origin)
            .hint("call the hook's command from the script that `spark.kubernetes.decommission.script` names"),
        );
    }
}

/// Names and mount paths of volumes that Spark adds by itself.
fn volumes(
    mutation: &Mutation<'_>,
    pod: &Node,
    conf: &SparkConf,
    _: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let bare = |path: &str| path.trim_end_matches('/').to_owned();
    if mutation.spark_mounts_conf {
        names.insert("spark-conf-volume-exec".to_owned());
        paths.insert(SPARK_CONF_DIR.to_owned());
    }
    for (secret, path) in conf.with_prefix("spark.kubernetes.executor.secrets.") {
        names.insert(format!("{secret}-volume"));
        paths.insert(bare(&path.value));
    }
    for (key, value) in conf.with_prefix("spark.kubernetes.executor.volumes.") {
        if let Some(volume) = key.strip_suffix(".mount.path").and_then(|rest| rest.split_once('.')) {
            names.insert(volume.1.to_owned());
            paths.insert(bare(&value.value));
        }
    }
    let report = |node: &Node, code: &'static str, what: &str, name: &str| {
        Diagnostic::error(code, format!("executors get two entries for {what} `{name}`: Spark adds one itself"))
            .field(mutation.field("volumeMounts"))
            .at(&node.origin)
            .hint("choose another one")
    };
    for volume in pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default() {
        if let Some(name) = volume.str_at(&["name"]).filter(|name| names.contains(*name)) {
            diagnostics.push(report(volume, "duplicate-volume", "volume", name));
        }
    }
    for container in pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default() {
        for mount in container.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default() {
            let path = mount.str_at(&["mountPath"]).map(|path| path.trim_end_matches('/'));
            if let Some(path) = path.filter(|path| paths.contains(*path)) {
                diagnostics.push(report(mount, "duplicate-mount-path", "mount at", path));
            }
        }
    }
}
