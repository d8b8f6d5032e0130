//! Driver and executor: their words in resource and confs, and the fields that only the webhook applies.

use crate::node::{Node, Value};

/// Driver or executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::manifest) struct Role {
    /// The key under `spec`, and the role's word in confs.
    pub(in crate::manifest) name: &'static str,
    /// The name of Spark's container.
    pub(in crate::manifest) container: &'static str,
    /// The prefix of the confs that set plain env variables.
    pub(in crate::manifest) env_prefix: &'static str,
}

/// The driver.
pub(in crate::manifest) const DRIVER: Role =
    Role { name: "driver", container: "spark-kubernetes-driver", env_prefix: "spark.kubernetes.driverEnv." };

/// Executors.
pub(in crate::manifest) const EXECUTOR: Role =
    Role { name: "executor", container: "spark-kubernetes-executor", env_prefix: "spark.executorEnv." };

/// The fields of a role that only the webhook applies (`volumeMounts` of local directories are confs).
pub(in crate::manifest) const WEBHOOK_FIELDS: &[&str] = &[
    "affinity",
    "configMaps",
    "dnsConfig",
    "env",
    "envFrom",
    "gpu",
    "hostAliases",
    "hostNetwork",
    "initContainers",
    "lifecycle",
    "memoryLimit",
    "nodeSelector",
    "podSecurityContext",
    "ports",
    "priorityClassName",
    "schedulerName",
    "securityContext",
    "shareProcessNamespace",
    "sidecars",
    "terminationGracePeriodSeconds",
    "tolerations",
    "volumeMounts",
];

/// Whether a written value means anything to the webhook.
pub(in crate::manifest) fn says_something(value: &Node) -> bool {
    match &value.value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(mapping) => !mapping.is_empty(),
        _ => true,
    }
}

/// Whether a mount belongs to a local directory, which the operator hands over as confs.
pub(in crate::manifest) fn is_local_dir(mount: &Node) -> bool {
    mount.str_at(&["name"]).is_some_and(|name| name.starts_with("spark-local-dir-"))
}
