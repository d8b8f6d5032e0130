//! Rules of the table: when a value is what a server makes of the fields around it.

use super::{
    Lone,
    added::{JOB_LABELS, is_added_item, is_token_secret},
    is_same_amount,
};
use crate::{
    kube::security,
    tree::{Mapping, Node},
};

/// `DefaultTolerationSeconds` and `ServiceAccount`: lists that hold only what these plug-ins add.
pub(super) fn all_added(lone: &Lone<'_>) -> bool {
    lone.value.as_sequence().unwrap_or_default().iter().all(|item| is_added_item(lone.key, item))
}

/// `SetDefaults_Container` and `SetDefaults_Volume`.
pub(super) fn pull_policy(lone: &Lone<'_>) -> bool {
    let image = lone.beside("image").or_else(|| lone.beside("reference")).and_then(Node::as_str).unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    let latest = !image.contains('@') && last.split_once(':').is_none_or(|(_, tag)| tag == "latest");
    lone.value.as_str() == Some(if latest { "Always" } else { "IfNotPresent" })
}

/// `SetDefaults_Pod`: requests that are as large as the limits.
pub(super) fn same_as_limits(lone: &Lone<'_>) -> bool {
    let requests = lone.value.as_mapping();
    requests.is_some_and(|requests| requests.iter().all(|(key, request)| is_limit(lone.beside("limits"), key, request)))
}

/// The same for one request among others.
pub(super) fn is_request_of_limit(lone: &Lone<'_>) -> bool {
    matches!(lone.path, [.., "resources", "requests", _]) && is_limit(lone.above("limits"), lone.key, lone.value)
}

fn is_limit(limits: Option<&Node>, key: &str, request: &Node) -> bool {
    limits.and_then(|limits| limits.get(key)).is_some_and(|limit| is_same_amount(request, limit))
}

/// `defaultHostNetworkPorts`: below 1.28 also in the templates of Jobs.
pub(super) fn is_port_of_host_network(lone: &Lone<'_>) -> bool {
    let on_host = |(own, other): &(&Mapping, &Mapping)| {
        [other, own].iter().any(|spec| spec.get("hostNetwork").and_then(Node::as_bool) == Some(true))
    };
    lone.beside("containerPort") == Some(lone.value) && lone.around.iter().any(on_host)
}

/// `Priority`: what the class says that the pod names.
pub(super) fn is_of_priority_class(lone: &Lone<'_>) -> bool {
    lone.is_live() && lone.beside("priorityClassName").is_some()
}

/// `RuntimeClass`: what the class says that the pod names.
pub(super) fn is_of_runtime_class(lone: &Lone<'_>) -> bool {
    lone.is_live() && lone.beside("runtimeClassName").is_some()
}

/// The scheduler's binding, and the pull secrets of the ServiceAccount: a Pod's fields that cannot change any more.
pub(super) fn is_of_running_pod(lone: &Lone<'_>) -> bool {
    lone.is_live() && lone.kind() == "Pod"
}

/// The token Secrets that controllers made before 1.24.
pub(super) fn are_token_secrets(lone: &Lone<'_>) -> bool {
    let is_token = |item: &Node| item.str_at(&["name"]).is_some_and(is_token_secret);
    lone.value.as_sequence().unwrap_or_default().iter().all(is_token)
}

/// `DefaultIngressClass`: only where no annotation names one.
pub(super) fn is_default_ingress_class(lone: &Lone<'_>) -> bool {
    let named = |metadata: &Node| metadata.at_keys(&["annotations", "kubernetes.io/ingress.class"]).is_some();
    lone.is_live() && !lone.around.first().and_then(|(_, other)| other.get("metadata")).is_some_and(named)
}

/// An address that was given, not `None`.
pub(super) fn is_allocated(lone: &Lone<'_>) -> bool {
    lone.value.as_str().is_some_and(|address| address != "None")
}

/// The Job controller's own selector.
pub(super) fn is_controllers(lone: &Lone<'_>) -> bool {
    let labels = lone.value.get("matchLabels").and_then(Node::as_mapping);
    labels.is_some_and(|labels| labels.keys().all(|key| JOB_LABELS.contains(&key)))
}

/// `SetDefaults_NetworkPolicy`.
pub(super) fn policy_types(lone: &Lone<'_>) -> bool {
    let types: Vec<_> = lone.value.as_sequence().unwrap_or_default().iter().filter_map(Node::as_str).collect();
    types == if lone.beside("egress").is_some() { &["Ingress", "Egress"][..] } else { &["Ingress"][..] }
}

/// `SetDefaults_Subject`.
pub(super) fn subject_group(lone: &Lone<'_>) -> bool {
    let kind = lone.beside("kind").and_then(Node::as_str);
    lone.value.as_str() == Some(if kind == Some("ServiceAccount") { "" } else { "rbac.authorization.k8s.io" })
}

/// `applySeccompVersionSkew` (1.19 to 1.26) and `applyAppArmorVersionSkew` (from 1.30): an annotation that says what the
/// fields of the Pod say.
pub(super) fn is_profile(lone: &Lone<'_>, annotation: &str, value: &Node) -> bool {
    let spec = lone.around.first().and_then(|(_, other)| other.get("spec")).filter(|_| lone.kind() == "Pod");
    let said = spec.and_then(|spec| security::annotation_of(spec, annotation));
    said.is_some_and(|said| value.as_str() == Some(&*said))
}
