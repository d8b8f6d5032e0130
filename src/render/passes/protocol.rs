//! `protocol: TCP` is written out on every port: server-side apply on old API servers refuses ports without it
//! (Service ports up to 1.20.5, container ports up to 1.19), and Spark's Services have none.

use crate::{operator::rule, tree::Node};

/// Writes the protocol of the ports of a Service or of the containers of a Pod.
pub(crate) fn apply(object: &mut Node) {
    match object.str_at(&["kind"]) {
        Some("Service") => write(object.get_mut("spec").and_then(|spec| spec.get_mut("ports"))),
        Some("Pod") => {
            for list in ["containers", "initContainers"] {
                let containers = object.get_mut("spec").and_then(|spec| spec.get_mut(list));
                for container in containers.and_then(Node::as_sequence_mut).into_iter().flatten() {
                    write(container.get_mut("ports"));
                }
            }
        }
        _ => {}
    }
}

fn write(ports: Option<&mut Node>) {
    for port in ports.and_then(Node::as_sequence_mut).into_iter().flatten() {
        if let Some(port) = port.as_mapping_mut()
            && port.get("protocol").is_none_or(Node::is_null)
        {
            port.insert("protocol", Node::from("TCP").at(rule::render("explicit-protocol", [])));
        }
    }
}
