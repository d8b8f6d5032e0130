//! Driver and executor: their words in resource and confs.

use crate::tree::{Node, Value};

/// Driver or executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RewrittenRole {
    /// The key under `spec`, and the role's word in confs.
    pub(crate) name: &'static str,
    /// The name of Spark's container.
    pub(crate) container: &'static str,
    /// Its type in the table of fields.
    pub(crate) owner: &'static str,
}

/// The driver.
pub(crate) const DRIVER: RewrittenRole =
    RewrittenRole { name: "driver", container: "spark-kubernetes-driver", owner: "DriverSpec" };

/// Executors.
pub(crate) const EXECUTOR: RewrittenRole =
    RewrittenRole { name: "executor", container: "spark-kubernetes-executor", owner: "ExecutorSpec" };

/// Whether a written value means anything to the webhook.
pub(crate) fn says_something(value: &Node) -> bool {
    match &value.value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(mapping) => !mapping.is_empty(),
        _ => true,
    }
}

/// Whether a mount belongs to a local directory, which the operator hands over as confs.
pub(crate) fn is_local_dir(mount: &Node) -> bool {
    mount.str_at(&["name"]).is_some_and(|name| name.starts_with("spark-local-dir-"))
}
