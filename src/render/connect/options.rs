//! The confs of the server, in the operator's order of precedence (`internal/controller/sparkconnect/options.go`).

use super::{CONNECT_NAME_LABEL, TEMPLATE_DIRECTORY, TEMPLATE_KEY, container::container_image};
use crate::operator::names::{LAUNCHED_LABEL, unwanted_labels};
use crate::{
    operator::{fields, rule},
    render::ConnectAssembly,
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, FieldPath, Origin, Sourced},
};

/// The driver's confs whose values only the running pod knows; the command line gives them.
pub(crate) const BY_POD: &[&str] =
    &["spark.driver.host", "spark.kubernetes.driver.pod.name", "spark.kubernetes.executor.podNamePrefix"];

/// All confs, the last one set wins.
pub(crate) fn confs(assembly: ConnectAssembly<'_>, diagnostics: &mut Diagnostics) -> SparkConf {
    let connect = assembly.connect;
    let spec = &connect.spec;
    let mut conf = SparkConf::new();
    let fixed = |key: &'static str| rule::operator(key, []);
    conf.set("spark.kubernetes.namespace", &connect.namespace.value, &connect.namespace.origin);
    images(assembly, &mut conf, diagnostics);
    for (key, value) in spec.spark_conf.iter().flat_map(|confs| &confs.value) {
        if !BY_POD.contains(&key.as_str()) {
            conf.set(key, &value.value, &value.origin);
        }
    }
    for (key, value) in spec.hadoop_conf.iter().flat_map(|confs| &confs.value) {
        let key = if key.starts_with("spark.hadoop.") { key.clone() } else { format!("spark.hadoop.{key}") };
        conf.set(key, &value.value, &value.origin);
    }
    let server = spec.server.clone().unwrap_or_default();
    let executor = spec.executor.clone().unwrap_or_default();
    report_labels(assembly, diagnostics);
    labels(assembly, "driver", &mut conf);
    set_number(&mut conf, fields::conf("ServerSpec", "cores"), server.cores.as_ref());
    set_text(&mut conf, fields::conf("ServerSpec", "memory"), server.memory.as_ref());
    conf.set("spark.driver.bindAddress", "0.0.0.0", fixed("spark.driver.bindAddress"));
    conf.set("spark.driver.port", "7078", fixed("spark.driver.port"));
    conf.set("spark.driver.blockManager.port", "7079", fixed("spark.driver.blockManager.port"));
    labels(assembly, "executor", &mut conf);
    set_number(&mut conf, fields::conf("ConnectExecutorSpec", "instances"), executor.instances.as_ref());
    set_number(&mut conf, fields::conf("ConnectExecutorSpec", "cores"), executor.cores.as_ref());
    set_text(&mut conf, fields::conf("ConnectExecutorSpec", "memory"), executor.memory.as_ref());
    if let Some(template) = &executor.template {
        let origin = rule::operator("executor.template", [template.origin.clone()]);
        let file = format!("{TEMPLATE_DIRECTORY}/{TEMPLATE_KEY}");
        conf.set("spark.kubernetes.executor.podTemplateFile", file, origin.clone());
        conf.set("spark.kubernetes.executor.podTemplateContainerName", "spark-kubernetes-executor", origin);
    }
    dynamic_allocation(assembly, &mut conf);
    conf
}

/// Where the server's and the executors' images come from; the server's is set on its container.
fn images(assembly: ConnectAssembly<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let spec = &assembly.connect.spec;
    let image = spec.image.as_ref().filter(|image| !image.value.is_empty());
    let own = spec.executor.as_ref().and_then(|executor| executor.template.as_ref());
    let own = own.and_then(|template| container_image(template, "spark-kubernetes-executor"));
    match (own, image) {
        (Some(own), _) => {
            conf.set("spark.kubernetes.executor.container.image", own.as_str().unwrap_or_default(), &own.origin);
        }
        (None, Some(image)) => conf.set("spark.kubernetes.executor.container.image", &image.value, &image.origin),
        (None, None) => diagnostics.push(
            Diagnostic::error("connect-image", "executors have no image")
                .field(FieldPath::keys(&["spec", "image"]))
                .at(&spec.origin)
                .hint("set `spec.image`"),
        ),
    }
    if let Some(image) = image {
        conf.set("spark.kubernetes.container.image", &image.value, &image.origin);
    }
}

fn labels(assembly: ConnectAssembly<'_>, role: &str, conf: &mut SparkConf) {
    let connect = assembly.connect;
    let key = |label: &str| format!("spark.kubernetes.{role}.label.{label}");
    conf.set(key(CONNECT_NAME_LABEL), &connect.name.value, &connect.name.origin);
    let kept = assembly.options.operator.launched_label;
    if kept {
        conf.set(key(LAUNCHED_LABEL), "true", rule::option("operator.launchedLabel"));
    }
    let own = connect.labels.iter().filter(|(label, _)| unwanted_labels(kept).all(|unwanted| unwanted != *label));
    for (label, value) in own {
        conf.set(key(label), &value.value, &value.origin);
    }
}

/// Labels upon which an installed operator acts do not reach the pods.
fn report_labels(assembly: ConnectAssembly<'_>, diagnostics: &mut Diagnostics) {
    for label in unwanted_labels(assembly.options.operator.launched_label) {
        if let Some(value) = assembly.connect.labels.get(label) {
            diagnostics.push(
                Diagnostic::warning(
                    "operator-label",
                    format!("label `{label}` belongs to the operator and is left out"),
                )
                .field(FieldPath::keys(&["metadata", "labels"]).key(label))
                .at(&value.origin)
                .hint("remove the label"),
            );
        }
    }
}

fn dynamic_allocation(assembly: ConnectAssembly<'_>, conf: &mut SparkConf) {
    let Some(allocation) = &assembly.connect.spec.dynamic_allocation else { return };
    let Some(enabled) = allocation.enabled.as_ref().filter(|enabled| enabled.value) else { return };
    conf.set(fields::conf("DynamicAllocation", "enabled"), "true", &enabled.origin);
    set_number(conf, fields::conf("DynamicAllocation", "initialExecutors"), allocation.initial_executors.as_ref());
    set_number(conf, fields::conf("DynamicAllocation", "minExecutors"), allocation.min_executors.as_ref());
    set_number(conf, fields::conf("DynamicAllocation", "maxExecutors"), allocation.max_executors.as_ref());
    let tracking = allocation.shuffle_tracking_enabled.as_ref();
    let origin = tracking
        .map_or_else(|| rule::operator("dynamicAllocation", [enabled.origin.clone()]), |field| field.origin.clone());
    let tracking = tracking.is_none_or(|field| field.value);
    conf.set(fields::conf("DynamicAllocation", "shuffleTrackingEnabled"), tracking.to_string(), origin);
    set_number(
        conf,
        fields::conf("DynamicAllocation", "shuffleTrackingTimeout"),
        allocation.shuffle_tracking_timeout.as_ref(),
    );
}

fn set_text(conf: &mut SparkConf, key: &'static str, field: Option<&Sourced<String>>) {
    if let Some(field) = field.filter(|field| !field.value.is_empty()) {
        conf.set(key, &field.value, &field.origin);
    }
}

fn set_number(conf: &mut SparkConf, key: &'static str, field: Option<&Sourced<i64>>) {
    if let Some(field) = field {
        conf.set(key, field.value.to_string(), &field.origin);
    }
}

/// Everything that had a part in the command line.
pub(crate) fn origins(conf: &SparkConf) -> Vec<Origin> {
    conf.iter().map(|(key, _)| conf.origin(key)).collect()
}
