//! SparkConnect: a server Pod that starts executors itself, its Service, and the ConfigMap with their template
//! (operator master: `internal/controller/sparkconnect`).

mod container;
mod options;
mod server;
mod service;
mod shell;

use super::{
    Options,
    passes::{cleanup_labels, gitops, metadata, protocol},
};
use crate::spark::names::ROLE_LABEL;
use crate::{
    kube::Manifest,
    map,
    operator::{companions::rbac, names::content_hash, resolve::ResolvedConnect, rule},
    text::write::yaml,
    tree::{Diagnostics, Mapping, Node},
};

/// The label that everything of a SparkConnect carries.
const CONNECT_NAME_LABEL: &str = "sparkoperator.k8s.io/connect-name";
/// The key of the executors' template in the ConfigMap, and the name of its file.
const TEMPLATE_KEY: &str = "executor-pod-template.yaml";
/// The directory of that file in the server.
const TEMPLATE_DIRECTORY: &str = "/tmp/spark";

/// Everything that a SparkConnect's manifests are made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectAssembly<'a> {
    /// The resource.
    pub connect: &'a ResolvedConnect,
    /// The configuration.
    pub options: &'a Options,
}

/// Puts the manifests of a SparkConnect together: server Pod, Service, ConfigMap, and with `rbac: true` what its
/// account may do.
pub(crate) fn assemble_connect(assembly: ConnectAssembly<'_>, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let ConnectAssembly { connect, options, .. } = assembly;
    let conf = options::confs(assembly, diagnostics);
    let config_map = config_map(connect, options.operator.launched_label);
    let pod = server::pod(assembly, &conf, template_hash(&config_map), diagnostics);
    let service = service::service(connect, diagnostics);
    let mut objects = vec![pod.clone(), service, config_map];
    if options.rbac.is_some() {
        let labels = labels(connect);
        objects.extend(rbac::account_objects(&rbac::Account {
            name: &connect.name,
            suffix: "server",
            namespace: &connect.namespace,
            version: &connect.spark_version,
            conf: &conf,
            pod: &pod,
            labels,
        }));
    }
    let namespace = metadata::namespace(&connect.namespace);
    let mut manifests: Vec<Manifest> = objects
        .into_iter()
        .map(|mut object| {
            metadata::strip_operator_labels(&mut object, options.operator.launched_label);
            cleanup_labels::apply(&mut object);
            protocol::apply(&mut object);
            metadata::apply(&mut object, &namespace);
            super::assembly::order_keys(&mut object);
            Manifest::rendered(object)
        })
        .collect();
    super::assembly::accounts_first(&mut manifests);
    gitops::apply(&mut manifests, &options.argocd, &options.flux, diagnostics);
    manifests
}

/// A hash of the executor template as its ConfigMap has it.
fn template_hash(config_map: &Node) -> Node {
    Node::from(content_hash(config_map)).at(rule::render("content-hash", config_map.origins()))
}

/// `<name>-<suffix>`.
fn name(connect: &ResolvedConnect, suffix: &str) -> Node {
    let origin = rule::operator("metadata.name", [connect.name.origin.clone()]);
    Node::from(format!("{}-{suffix}", connect.name.value)).at(origin)
}

fn connect_name(connect: &ResolvedConnect) -> Node {
    Node::from(&connect.name.value).at(rule::operator("metadata.name", [connect.name.origin.clone()]))
}

fn labels(connect: &ResolvedConnect) -> Node {
    map! { CONNECT_NAME_LABEL => connect_name(connect) }
}

/// What selects the server's pod, and what it is labelled with.
fn server_labels(connect: &ResolvedConnect) -> Node {
    let version = &connect.spark_version;
    map! {
        CONNECT_NAME_LABEL => connect_name(connect),
        ROLE_LABEL => "connect-server",
        "spark-version" => Node::from(&version.value.asked).at(rule::operator("sparkVersion", [version.origin.clone()])),
    }
}

/// `<name>-conf` with the executors' template; `null` where there is none.
fn config_map(connect: &ResolvedConnect, launched_is_kept: bool) -> Node {
    let template = connect.spec.executor.as_ref().and_then(|executor| executor.template.as_ref());
    let mut text = String::new();
    let origin = if let Some(template) = template {
        let mut pod = map! { "apiVersion" => "v1", "kind" => "Pod" };
        let mapping = pod.as_mapping_mut().expect("made above");
        for (key, value) in template.as_mapping().into_iter().flat_map(Mapping::entries) {
            mapping.insert(key.clone(), value.clone());
        }
        metadata::strip_operator_labels(&mut pod, launched_is_kept);
        yaml::write(&pod, &mut text);
        rule::operator("executor.template", template.origins())
    } else {
        text.push_str("null\n");
        rule::operator("executor.template", [])
    };
    map! {
        "apiVersion" => "v1",
        "kind" => "ConfigMap",
        "metadata" => map! { "name" => name(connect, "conf"), "labels" => labels(connect) },
        "data" => map! { TEMPLATE_KEY => Node::from(text).at(origin) },
    }
    .stamped(&rule::operator("SparkConnect", [connect.origin.clone()]))
}
