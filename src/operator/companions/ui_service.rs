//! The Service of the Spark UI (operator: `internal/controller/sparkapplication/driveringress.go`).

use super::{Context, string_map};
use crate::{
    map,
    operator::{api::StringMap, fields, rule},
    seq,
    tree::{Diagnostic, Diagnostics, Node, Sourced},
};

/// Spark's own port of the UI.
const DEFAULT_UI_PORT: i64 = 4040;

/// Name, port and target of a Service of one port.
pub(crate) struct ServicePort {
    /// `name`.
    pub(crate) name: Node,
    /// `port`.
    pub(crate) port: Node,
    /// `targetPort`.
    pub(crate) target: Node,
}

/// `<app>-ui-svc`, unless the operator's flag switches it off.
pub(crate) fn service(context: Context<'_>, diagnostics: &mut Diagnostics) -> Option<Node> {
    if !context.flags.ui_service {
        return None;
    }
    let ui = context.application.spec.spark_ui_options.as_ref();
    let target = target_port(context, diagnostics);
    let port = match ui.map(|ui| ui.service_port.as_ref()) {
        None => target.clone(),
        Some(Some(port)) => {
            Node::from(port.value).at(rule::operator("sparkUIOptions.servicePort", [port.origin.clone()]))
        }
        Some(None) => {
            let origin = ui.map(|ui| ui.origin.clone());
            Node::from(fields::default::<i64>("SparkUIConfiguration", "servicePort"))
                .at(rule::operator("sparkUIOptions.servicePort", origin))
        }
    };
    let port_name = ui.and_then(|ui| ui.service_port_name.as_ref()).filter(|name| !name.value.is_empty());
    let port_name = match port_name {
        Some(name) => {
            Node::from(&name.value).at(rule::operator("sparkUIOptions.servicePortName", [name.origin.clone()]))
        }
        None => Node::from(fields::default::<String>("SparkUIConfiguration", "servicePortName")),
    };
    Some(make(
        context,
        context.selecting_name("ui-svc", "sparkUIOptions"),
        ServicePort { name: port_name, port, target },
        ui.and_then(|ui| ui.service_type.as_ref()),
        ui.and_then(|ui| ui.service_labels.as_ref()),
        ui.and_then(|ui| ui.service_annotations.as_ref()),
        "sparkUIOptions",
    ))
}

/// A Service that selects the driver.
pub(crate) fn make(
    context: Context<'_>,
    name: Node,
    port: ServicePort,
    kind: Option<&Sourced<String>>,
    labels: Option<&StringMap>,
    annotations: Option<&StringMap>,
    rule: &'static str,
) -> Node {
    let labels = labels.filter(|labels| !labels.value.is_empty());
    let mut metadata = map! {
        "name" => name,
        "labels" => labels.map_or_else(|| context.labels(), |labels| string_map(labels, "serviceLabels")),
    };
    if let Some(annotations) = annotations.filter(|annotations| !annotations.value.is_empty()) {
        let metadata = metadata.as_mapping_mut().expect("made above");
        metadata.insert("annotations", string_map(annotations, "serviceAnnotations"));
    }
    let kind = match kind.filter(|kind| !kind.value.is_empty()) {
        Some(kind) => Node::from(&kind.value).at(rule::operator("serviceType", [kind.origin.clone()])),
        None => Node::from(fields::default::<String>("SparkUIConfiguration", "serviceType")),
    };
    map! {
        "apiVersion" => "v1",
        "kind" => "Service",
        "metadata" => metadata,
        "spec" => map! {
            "type" => kind,
            "ports" => seq![map! {
                "name" => port.name,
                "port" => port.port,
                "protocol" => "TCP",
                "targetPort" => port.target,
            }],
            "selector" => context.driver_selector(),
        },
    }
    .stamped(&rule::operator(rule, [context.application.origin.clone()]))
}

/// The port on which the driver's UI listens.
fn target_port(context: Context<'_>, diagnostics: &mut Diagnostics) -> Node {
    const KEY: &str = "spark.ui.port";
    let origin = context.conf.origin(KEY);
    let port = match context.conf.get(KEY).map(|text| text.trim().parse::<u16>()) {
        Some(Ok(port)) if port > 0 => i64::from(port),
        Some(_) => {
            diagnostics.push(
                Diagnostic::warning(
                    "ui-port",
                    format!("`{KEY}` is no fixed port; the Service of the UI leads to {DEFAULT_UI_PORT}"),
                )
                .field(context.application.spec_path().key("sparkConf").key(KEY))
                .at(&origin)
                .hint("write a port number"),
            );
            DEFAULT_UI_PORT
        }
        None => DEFAULT_UI_PORT,
    };
    Node::from(port).at(origin)
}
