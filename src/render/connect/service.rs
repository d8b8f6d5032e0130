//! The server's Service.

use super::{CONNECT_NAME_LABEL, connect_name, name, server_labels};
use crate::{
    map,
    operator::{resolve::ResolvedConnect, rule},
    tree::{Diagnostic, Diagnostics, FieldPath, Node},
};

/// Name, port and application protocol of the ports.
const PORTS: &[(&str, i64, &str)] = &[
    ("driver-rpc", 7078, "tcp"),
    ("blockmanager", 7079, "tcp"),
    ("web-ui", 4040, "http"),
    ("spark-connect-server", 15002, "grpc"),
];

/// `<name>-server`, or the Service that the resource describes, with the server's ports and selector.
pub(crate) fn service(connect: &ResolvedConnect, diagnostics: &mut Diagnostics) -> Node {
    let base = connect.spec.server.as_ref().and_then(|server| server.service.as_ref());
    let mut metadata = base.and_then(|base| base.get("metadata")).cloned().unwrap_or_else(|| map! {});
    let mut spec = base.and_then(|base| base.get("spec")).cloned().unwrap_or_else(|| map! {});
    let named = metadata.str_at(&["name"]).is_some_and(|name| !name.is_empty());
    if !named {
        if let Some(base) = base {
            diagnostics.push(
                Diagnostic::note(
                    "operator-differs",
                    "the Service without a name is called after the resource; the operator cannot create it",
                )
                .field(FieldPath::keys(&["spec", "server", "service"]))
                .at(&base.origin)
                .hint("set `metadata.name`"),
            );
        }
        metadata.as_mapping_mut().expect("metadata is a mapping").insert("name", name(connect, "server"));
    }
    if metadata.get("labels").is_none_or(Node::is_null) {
        metadata.as_mapping_mut().expect("metadata is a mapping").insert("labels", map! {});
    }
    metadata.mapping_at("labels").insert(CONNECT_NAME_LABEL, connect_name(connect));
    if let Some(ports) = spec.get("ports").filter(|ports| ports.as_sequence().is_some_and(|ports| !ports.is_empty())) {
        diagnostics.push(
            Diagnostic::warning("no-effect", "the server's own ports take the place of `ports`")
                .field(FieldPath::keys(&["spec", "server", "service", "spec", "ports"]))
                .at(&ports.origin)
                .hint("remove the ports, or make a Service of your own"),
        );
    }
    let ports = PORTS.iter().map(|(name, port, protocol)| {
        map! { "name" => *name, "port" => *port, "protocol" => "TCP", "targetPort" => *port, "appProtocol" => *protocol }
    });
    let mapping = spec.as_mapping_mut().expect("spec is a mapping");
    mapping.insert("ports", ports.collect::<Vec<_>>());
    mapping.insert("selector", server_labels(connect));
    map! { "apiVersion" => "v1", "kind" => "Service", "metadata" => metadata, "spec" => spec }
        .stamped(&rule::operator("server.service", [connect.origin.clone()]))
}
