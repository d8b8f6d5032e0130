//! Rules of Services.

use std::collections::BTreeSet;

use super::{Check, metadata, text_of};
use crate::{
    kube::{Feature, names},
    tree::{Mapping, Node, Place},
};

/// Names of several ports, the selector, protocols of a load balancer.
pub(crate) fn service_spec(check: &mut Check<'_>, _: &Node, spec: &Mapping, place: &Place<'_>) {
    metadata::selector(check, spec, "selector", place);
    let Some(ports) = spec.get("ports").and_then(Node::as_sequence) else { return };
    let place = place.key("ports");
    let mut names = BTreeSet::new();
    for (index, port) in ports.iter().enumerate() {
        let here = place.index(index);
        match port.str_at(&["name"]) {
            None | Some("") if ports.len() > 1 => check.missing(port, "name", &here),
            Some(name) if !names.insert(name) => {
                check.rule(format!("two ports are called `{name}`"), port, &here, "give each port a name of its own");
            }
            _ => {}
        }
    }
    let protocol = |port: &Node| port.str_at(&["protocol"]).unwrap_or("TCP").to_owned();
    if text_of(spec, "type") == Some("LoadBalancer")
        && !check.target.has(Feature::MixedProtocolLoadBalancer)
        && let Some(other) = ports.iter().position(|port| protocol(port) != protocol(&ports[0]))
    {
        let since = Feature::MixedProtocolLoadBalancer.since();
        let message = format!("a load balancer with several protocols needs Kubernetes {since}");
        check.rule(message, &ports[other], &place.index(other), "make one Service for each protocol");
    }
}

/// Name and number of a port.
pub(crate) fn service_port(check: &mut Check<'_>, _: &Node, port: &Mapping, place: &Place<'_>) {
    if let Some(name) = port.get("name")
        && let Some(text) = name.as_str()
        && !text.is_empty()
        && !names::is_dns_label(text)
    {
        metadata::invalid(check, "port name", text, "a DNS label of at most 63 characters", name, &place.key("name"));
    }
    super::pod::port_number(check, port, "port", place);
    super::pod::port_number(check, port, "targetPort", place);
}
