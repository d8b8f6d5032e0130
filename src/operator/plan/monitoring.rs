//! Prometheus (`internal/controller/sparkapplication/monitoring_config.go`): metrics confs, scrape annotations
//! and the JMX exporter's agent. The ConfigMap is made in `companions`, volume and port in `webhook`.

use std::borrow::Cow;

use crate::{
    operator::{
        api::{
            StringMap,
            v1beta2::{MonitoringSpec, PrometheusSpec, SparkApplicationSpec},
        },
        fields,
        resolve::ResolvedApplication,
    },
    tree::{Diagnostic, Diagnostics, Origin, Sourced, Stage},
};

const CONF_DIR: &str = "/etc/metrics/conf";

fn operator(rule: &'static str, inputs: impl IntoIterator<Item = Origin>) -> Origin {
    Origin::derived(Stage::Operator, rule, inputs)
}

/// Changes `spec` if it asks for Prometheus; `metricsProperties` alone do nothing.
pub(crate) fn change(
    app: &ResolvedApplication,
    spec: &mut Cow<'_, SparkApplicationSpec>,
    diagnostics: &mut Diagnostics,
) {
    let Some(monitoring) = &app.spec.monitoring else { return };
    let Some(prometheus) = &monitoring.prometheus else {
        if let Some(properties) = &monitoring.metrics_properties {
            let path = app.spec_path().key("monitoring").key("metricsProperties");
            diagnostics.push(
                Diagnostic::warning("no-effect", format!("`{path}` has no effect without `prometheus`"))
                    .field(path)
                    .at(&properties.origin)
                    .hint("set `monitoring.prometheus`"),
            );
        }
        return;
    };
    let spec = spec.to_mut();
    let conf = spec.spark_conf.get_or_insert_default();
    let inputs = [app.name.origin.clone(), app.namespace.origin.clone(), prometheus.origin.clone()];
    let namespace = operator("monitoring.prometheus", inputs);
    let name = format!("{}.{}", app.namespace.value, app.name.value);
    conf.value.insert("spark.metrics.namespace".to_owned(), Sourced::new(name, namespace));
    let file = match &monitoring.metrics_properties_file {
        Some(file) if !file.value.is_empty() => file.clone(),
        _ => Sourced::new(
            format!("{CONF_DIR}/metrics.properties"),
            operator("monitoring.prometheus", [prometheus.origin.clone()]),
        ),
    };
    conf.value.insert("spark.metrics.conf".to_owned(), file);
    report_hidden(app, monitoring, prometheus, diagnostics);

    let exposed = |flag: &Option<Sourced<bool>>| flag.clone().filter(|flag| flag.value).map(|flag| flag.origin);
    if let Some(flag) = exposed(&monitoring.expose_driver_metrics) {
        let driver = &mut spec.driver.get_or_insert_default().shared;
        let (annotations, options) = (&mut driver.annotations, &mut driver.java_options);
        expose(prometheus, "monitoring.exposeDriverMetrics", &flag, annotations, options);
    }
    if let Some(flag) = exposed(&monitoring.expose_executor_metrics) {
        let executor = &mut spec.executor.get_or_insert_default().shared;
        let (annotations, options) = (&mut executor.annotations, &mut executor.java_options);
        expose(prometheus, "monitoring.exposeExecutorMetrics", &flag, annotations, options);
    }
}

/// Files of the image that nobody sees: the ConfigMap is mounted over their directory.
fn report_hidden(
    app: &ResolvedApplication,
    monitoring: &MonitoringSpec,
    prometheus: &PrometheusSpec,
    diagnostics: &mut Diagnostics,
) {
    let given = |file: &Option<Sourced<String>>| file.as_ref().filter(|file| !file.value.is_empty()).cloned();
    let (properties, exporter) = (given(&monitoring.metrics_properties_file), given(&prometheus.config_file));
    let exposed = [&monitoring.expose_driver_metrics, &monitoring.expose_executor_metrics];
    let is_mounted = exposed.iter().any(|flag| flag.as_ref().is_some_and(|flag| flag.value));
    if !is_mounted || (properties.is_some() && exporter.is_some()) {
        return;
    }
    let path = app.spec_path().key("monitoring");
    for (field, file) in [
        (path.key("metricsPropertiesFile"), properties),
        (path.key("prometheus").key("configFile"), exporter),
        (path.key("prometheus").key("jmxExporterJar"), given(&prometheus.jmx_exporter_jar)),
    ] {
        let Some(file) = file.filter(|file| is_below(&file.value, CONF_DIR) && !is_mounted_alone(app, &file.value))
        else {
            continue;
        };
        diagnostics.push(
            Diagnostic::warning(
                "metrics-file-hidden",
                format!("`{}` is hidden by the ConfigMap that is mounted at `{CONF_DIR}`", file.value),
            )
            .field(field)
            .at(&file.origin)
            .hint("put the file into another directory of the image"),
        );
    }
}

fn is_below(file: &str, directory: &str) -> bool {
    file.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a volume of the user's is mounted at or above `file`, below the ConfigMap's place.
fn is_mounted_alone(app: &ResolvedApplication, file: &str) -> bool {
    let driver = app.spec.driver.as_ref().map(|driver| &driver.shared);
    let executor = app.spec.executor.as_ref().map(|executor| &executor.shared);
    let mounts = [driver, executor].into_iter().flatten().filter_map(|role| role.volume_mounts.as_ref()).flatten();
    mounts.filter_map(|mount| mount.str_at(&["mountPath"])).any(|place| {
        let place = place.trim_end_matches('/');
        is_below(place, CONF_DIR) && (place == file || is_below(file, place))
    })
}

/// Scrape annotations over the user's, the agent behind the user's Java options.
fn expose(
    prometheus: &PrometheusSpec,
    rule: &'static str,
    flag: &Origin,
    annotations: &mut Option<StringMap>,
    java_options: &mut Option<Sourced<String>>,
) {
    let port = prometheus.port.as_ref();
    let port_origin = port.map(|port| port.origin.clone()).unwrap_or_default();
    let port = port.map_or_else(|| fields::default("PrometheusSpec", "port"), |port| port.value).to_string();
    let annotations = annotations.get_or_insert_default();
    for (key, value, input) in [
        ("prometheus.io/scrape", "true", Origin::Unknown),
        ("prometheus.io/port", port.as_str(), port_origin.clone()),
        ("prometheus.io/path", "/metrics", Origin::Unknown),
    ] {
        let value = Sourced::new(value.to_owned(), operator(rule, [flag.clone(), input]));
        annotations.value.insert(key.to_owned(), value);
    }
    let Some(jar) = &prometheus.jmx_exporter_jar else { return };
    let configured = prometheus.config_file.as_ref().filter(|file| !file.value.is_empty());
    let file = configured.map_or_else(|| format!("{CONF_DIR}/prometheus.yaml"), |file| file.value.clone());
    let agent = format!("-javaagent:{}={port}:{file}", jar.value);
    let mut inputs = vec![flag.clone(), jar.origin.clone(), port_origin];
    inputs.extend(configured.map(|file| file.origin.clone()));
    let options = match java_options.take() {
        Some(own) => {
            inputs.insert(0, own.origin);
            format!("{} {agent}", own.value)
        }
        None => agent,
    };
    *java_options = Some(Sourced::new(options, operator(rule, inputs)));
}
