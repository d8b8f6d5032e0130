//! Driver and executor as the webhook sees them: the same fields under one name.

use crate::{
    operator::api::{
        StringMap,
        v1beta2::{DriverSpec, ExecutorSpec, GPUSpec, NamePath, Port},
    },
    tree::{Node, Sourced},
};

/// Which pod is mutated. The webhook reads it from the label `spark-role`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The driver pod.
    Driver,
    /// An executor pod, or the template that executors are made from.
    Executor,
}

impl Role {
    /// The key under `spec`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Executor => "executor",
        }
    }

    /// The name that Spark gives to its container (`Constants.scala`).
    #[must_use]
    pub fn container_name(self) -> &'static str {
        match self {
            Self::Driver => "spark-kubernetes-driver",
            Self::Executor => "spark-kubernetes-executor",
        }
    }
}

macro_rules! role_fields {
    ($($field:ident: $type:ty,)*) => {
        /// The fields of `spec.driver` or `spec.executor` that only the webhook applies.
        #[derive(Debug, Clone, Default)]
        pub struct RoleFields<'a> {
            $(pub(crate) $field: Option<&'a $type>,)*
        }

        impl<'a> From<&'a DriverSpec> for RoleFields<'a> {
            fn from(spec: &'a DriverSpec) -> Self {
                Self { $($field: spec.$field.as_ref(),)* }
            }
        }

        impl<'a> From<&'a ExecutorSpec> for RoleFields<'a> {
            fn from(spec: &'a ExecutorSpec) -> Self {
                Self { $($field: spec.$field.as_ref(),)* }
            }
        }
    };
}

role_fields! {
    affinity: Node,
    config_maps: Vec<NamePath>,
    dns_config: Node,
    env: Vec<Node>,
    env_from: Vec<Node>,
    gpu: GPUSpec,
    host_aliases: Vec<Node>,
    host_network: Sourced<bool>,
    init_containers: Vec<Node>,
    lifecycle: Node,
    memory_limit: Sourced<String>,
    node_selector: StringMap,
    pod_security_context: Node,
    ports: Vec<Port>,
    priority_class_name: Sourced<String>,
    scheduler_name: Sourced<String>,
    security_context: Node,
    share_process_namespace: Sourced<bool>,
    sidecars: Vec<Node>,
    termination_grace_period_seconds: Sourced<i64>,
    tolerations: Vec<Node>,
    volume_mounts: Vec<Node>,
}
