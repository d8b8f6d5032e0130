//! What servers, admission plug-ins and controllers add to objects beside the fields of their types: metadata, labels,
//! annotations, finalizers, items of lists.

use super::{Lone, rules};
use crate::tree::{Mapping, Node, secret};

/// Fields of metadata that only servers write.
const METADATA: &[&str] = &[
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
];
/// Annotations that servers, controllers and kubectl keep for themselves.
const ANNOTATIONS: &[&str] = &[
    secret::LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "batch.kubernetes.io/job-tracking",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
];
/// Finalizers of Kubernetes' own plug-ins and controllers, and of deletions under way.
const FINALIZERS: &[&str] = &[
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "kubernetes",
    "batch.kubernetes.io/job-tracking",
    "service.kubernetes.io/load-balancer-cleanup",
    "foregroundDeletion",
    "orphan",
];
/// Labels that the Job controller's strategy puts on a Job's pods.
pub(super) const JOB_LABELS: &[&str] =
    &["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];
/// `SetDefaults_Namespace`.
const NAMESPACE_LABEL: &str = "kubernetes.io/metadata.name";
/// Where `ServiceAccount` mounts the token.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Whether the value is added by other means than the table.
pub(super) fn is_added(lone: &Lone<'_>) -> bool {
    if is_written_by_servers(lone.path) || rules::is_request_of_limit(lone) {
        return true;
    }
    let all = |is_own: &dyn Fn(&str, &Node) -> bool| {
        lone.value.as_mapping().is_some_and(|entries| entries.iter().all(|(key, value)| is_own(key, value)))
    };
    let is_annotation = |key: &str, value: &Node| ANNOTATIONS.contains(&key) || rules::is_profile(lone, key, value);
    let is_label = |key: &str| match lone.kind() {
        "Job" => JOB_LABELS.contains(&key),
        "Namespace" => key == NAMESPACE_LABEL,
        _ => false,
    };
    match lone.path {
        ["metadata", "annotations"] => all(&is_annotation),
        ["metadata", "annotations", key] => is_annotation(key, lone.value),
        [.., "labels"] => all(&|key, _| is_label(key)),
        [.., "labels", key] => is_label(key),
        ["metadata", "finalizers"] => {
            lone.value.as_sequence().unwrap_or_default().iter().all(|item| is_added_item("finalizers", item))
        }
        // Go writes the metadata of a template even if there is none.
        [.., "metadata"] => lone.value.as_mapping().is_some_and(Mapping::is_empty),
        _ => false,
    }
}

/// Whether servers write the field at `path` for themselves, whatever anybody asks for.
pub(crate) fn is_written_by_servers(path: &[&str]) -> bool {
    match path {
        ["status"] | [.., "metadata", "creationTimestamp"] => true,
        ["metadata", field] if METADATA.contains(field) => true,
        ["metadata", "annotations", key] => ANNOTATIONS.contains(key),
        _ => false,
    }
}

/// Whether an admission plug-in or controller adds this item to a list of that name.
pub(crate) fn is_added_item(name: &str, item: &Node) -> bool {
    let text = |key: &str| item.get(key).and_then(Node::as_str).unwrap_or_default();
    match name {
        "tolerations" => {
            matches!(text("key"), "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable")
                && text("operator") == "Exists"
                && text("effect") == "NoExecute"
                && item.get("tolerationSeconds").and_then(Node::as_i64) == Some(300)
        }
        "volumes" => {
            (text("name").starts_with("kube-api-access-") && item.get("projected").is_some())
                || (is_token_secret(text("name")) && item.str_at(&["secret", "secretName"]) == Some(text("name")))
        }
        "volumeMounts" => {
            text("mountPath") == TOKEN_PATH
                && (text("name").starts_with("kube-api-access-") || is_token_secret(text("name")))
        }
        "secrets" => is_token_secret(text("name")),
        "finalizers" => item.as_str().is_some_and(|item| FINALIZERS.contains(&item)),
        _ => false,
    }
}

/// `<account>-token-x7k2p`: the token Secrets of accounts, which pods mounted before 1.21.
pub(super) fn is_token_secret(name: &str) -> bool {
    let suffix = name.rsplit_once("-token-").map(|(_, suffix)| suffix);
    suffix
        .is_some_and(|suffix| suffix.len() == 5 && suffix.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}
