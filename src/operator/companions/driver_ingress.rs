//! `driverIngressOptions`: a Service and an Ingress for each entry (operator master: the entry's own annotations
//! and TLS count; up to 2.5.2 those of `sparkUIOptions` were used instead).

use super::{
    Context,
    ingress::{self, IngressPlan},
    ui_service::{self, ServicePort},
};
use crate::{
    operator::rule,
    tree::{Diagnostic, Diagnostics, Node},
};

/// Services and Ingresses in the order of the entries: Service, Ingress, Service, …
pub(crate) fn objects(context: Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut objects = Vec::new();
    let entries = context.application.spec.driver_ingress_options.iter().flatten();
    for (index, entry) in entries.enumerate() {
        let path = context.application.spec_path().key("driverIngressOptions").index(index);
        let Some(port) = &entry.service_port else {
            diagnostics.push(
                Diagnostic::error("driver-ingress-port", format!("`{path}` has no `servicePort`"))
                    .field(path.key("servicePort"))
                    .at(&entry.origin)
                    .hint("write the driver's port"),
            );
            continue;
        };
        let number =
            Node::from(port.value).at(rule::operator("driverIngressOptions.servicePort", [port.origin.clone()]));
        let port_name = match entry.service_port_name.as_ref().filter(|name| !name.value.is_empty()) {
            Some(name) => Node::from(&name.value)
                .at(rule::operator("driverIngressOptions.servicePortName", [name.origin.clone()])),
            None => Node::from(format!("driver-ing-{}", port.value))
                .at(rule::operator("driverIngressOptions.servicePortName", [port.origin.clone()])),
        };
        let named = |name: Node| {
            let inputs = [name.origin.clone(), port.origin.clone()];
            name.at(rule::operator("driverIngressOptions.servicePort", inputs))
        };
        let service = ui_service::make(
            context,
            named(context.selecting_name(&format!("driver-{}", port.value), "driverIngressOptions")),
            ServicePort { name: port_name, port: number.clone(), target: number },
            entry.service_type.as_ref(),
            entry.service_labels.as_ref(),
            entry.service_annotations.as_ref(),
            "driverIngressOptions",
        );
        let ingress = entry.ingress_urlformat.as_ref().filter(|format| !format.value.is_empty()).and_then(|format| {
            let plan = IngressPlan {
                name: named(context.name(&format!("ing-{}", port.value), "driverIngressOptions")),
                format: ingress::plain_format(&format.value, path.key("ingressURLFormat"), &format.origin, diagnostics),
                format_origin: format.origin.clone(),
                format_field: path.key("ingressURLFormat"),
                annotations: entry.ingress_annotations.as_ref(),
                tls: entry.ingress_tls.as_ref(),
                service: &service,
                rule: "driverIngressOptions",
            };
            ingress::make(context, &plan, diagnostics)
        });
        objects.push(service);
        objects.extend(ingress);
    }
    objects
}
