//! `monitoring.prometheus`: the volume with the exporter's configuration and the port that it listens on.
//! Annotations, agent option and the ConfigMap itself are made in `plan` and `companions`.

use super::{
    config_maps::{VolumeNames, mount_map},
    text_node,
};
use crate::{
    map,
    operator::{
        api::v1beta2::PrometheusSpec,
        fields,
        webhook::{
            mutation::{MutatedPod, Mutation, webhook},
            role::PodRole,
        },
    },
    tree::{Node, Origin, Sourced, Stage},
};

/// Where the operator mounts the configuration.
pub(crate) const METRICS_CONF_DIR: &str = "/etc/metrics/conf";

/// What is to be mounted, and the flag that asks for it.
fn exposed<'a>(mutation: &Mutation<'a>) -> Option<(&'a PrometheusSpec, &'a Origin)> {
    let monitoring = mutation.app.spec.monitoring.as_ref()?;
    let prometheus = monitoring.prometheus.as_ref()?;
    let flag = match mutation.role {
        PodRole::Driver => monitoring.expose_driver_metrics.as_ref(),
        PodRole::Executor => monitoring.expose_executor_metrics.as_ref(),
    };
    let given = |file: &Option<Sourced<String>>| file.as_ref().is_some_and(|file| !file.is_empty());
    let both_files = given(&monitoring.metrics_properties_file) && given(&prometheus.config_file);
    let flag = flag.filter(|flag| flag.value && !both_files)?;
    Some((prometheus, &flag.origin))
}

/// `monitoring.prometheus`, where this role's metrics are exposed and a file is to be mounted.
pub(crate) fn given(mutation: &Mutation<'_>) -> Option<Origin> {
    let (prometheus, flag) = exposed(mutation)?;
    Some(Origin::derived(Stage::Webhook, "monitoring.prometheus", [prometheus.origin.clone(), flag.clone()]))
}

/// `addPrometheusConfig`.
pub(crate) fn apply(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some((prometheus, flag)) = exposed(mutation) else { return };
    let rule = "monitoring.prometheus";
    let config_map = format!("{}-prom-conf", mutation.app.name.value);
    let inputs = [mutation.app.name.origin.clone(), prometheus.origin.clone(), flag.clone()];
    let name = Sourced::new(config_map, Origin::derived(Stage::Webhook, rule, inputs));
    let mut taken = VolumeNames::of(target);
    mount_map(target, &mut taken, rule, &name, METRICS_CONF_DIR.into(), flag);
    let port = match &prometheus.port {
        Some(port) => Node::from(port.value).at(webhook(rule, &port.origin)),
        None => fields::default::<i64>("PrometheusSpec", "port").into(),
    };
    let port_name = match &prometheus.port_name {
        Some(name) => text_node(name, rule),
        None => fields::default::<String>("PrometheusSpec", "portName").into(),
    };
    let node = target.made(map! { "name" => port_name, "containerPort" => port, "protocol" => "TCP" });
    target.container_list("ports").push(node);
}
