//! `monitoring` taken apart: the operator would make its ConfigMap and confs, and the webhook mount it. The mounts
//! are in the templates; the rest becomes plain fields, and the ConfigMap stands beside the resource.

use super::{DRIVER, EXECUTOR, Rewritten, mapping_at};
use crate::{
    operator::companions::{Context, Selection, prometheus},
    tree::{Key, Node},
};

/// Confs that the operator overwrites.
const METRICS: &[&str] = &["spark.metrics.namespace", "spark.metrics.conf"];

/// Replaces `monitoring.prometheus`.
pub(crate) fn apply(rewritten: &mut Rewritten<'_, '_>) -> Option<Node> {
    let crate::render::Rewriting { application, conf, options, .. } = rewritten.rewriting;
    let monitoring = application.spec.monitoring.as_ref()?;
    monitoring.prometheus.as_ref()?;
    rewritten.spec.remove("monitoring");
    for key in METRICS {
        if let Some(value) = conf.get(key) {
            rewritten.set_conf(key, value, conf.origin(key));
        }
    }
    let exposed = [(DRIVER, &monitoring.expose_driver_metrics), (EXECUTOR, &monitoring.expose_executor_metrics)];
    for (role, _) in exposed.iter().filter(|(_, flag)| flag.as_ref().is_some_and(|flag| flag.value)) {
        let mapping = rewritten.role(*role);
        let prefix = format!("spark.kubernetes.{}.annotation.", role.name);
        for (annotation, _) in conf.with_prefix(&prefix).filter(|(key, _)| key.starts_with("prometheus.io/")) {
            let value = conf.node(&format!("{prefix}{annotation}")).expect("just found");
            mapping_at(mapping, "annotations").insert(Key::of(annotation), value);
        }
        if let Some(java_options) = conf.node(&format!("spark.{}.extraJavaOptions", role.name)) {
            mapping.insert("javaOptions", java_options);
        }
    }
    let selection = Selection::Application { name: Node::from(&application.name.value), executors: None };
    let context = Context {
        application,
        flags: &options.operator,
        conf,
        pod: &Node::default(),
        app_id: None,
        selection: &selection,
    };
    prometheus::config_map(context)
}
