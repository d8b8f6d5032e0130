//! The steps as data, in the webhook's order of execution.

use super::{
    mutation::{Mutation, Target, webhook},
    steps::{
        config_maps, containers, env, lifecycle, monitoring, networking, resources, scheduling, security, volumes,
    },
};
use crate::tree::Origin;

/// One mutation of the webhook (`internal/webhook/sparkpod_defaulter.go`).
pub struct Step {
    /// The field of `spec.driver`/`spec.executor`, or of `spec`, that turns the step on.
    pub field: &'static str,
    /// What it does, in a few words.
    pub effect: &'static str,
    /// Whether losing the field makes the pod less secure.
    pub secures: bool,
    /// The place of the field, if it is given and has an effect.
    pub given: fn(&Mutation<'_>) -> Option<Origin>,
    /// The change. Each new value gets its origin there: a walk over the whole pod after each step, to find those
    /// without one, costs more than most steps.
    pub apply: fn(&Mutation<'_>, &mut Target<'_>),
}

macro_rules! steps {
    ($($field:literal, $effect:literal, $given:path, $apply:path $(, $secures:ident)?;)*) => {
        /// All steps. The webhook's first one, the owner reference to the SparkApplication, needs its uid and is
        /// left out: what owns a rendered object is the repository that it is written to.
        pub const STEPS: &[Step] = &[$(Step {
            field: $field,
            effect: $effect,
            secures: false $(|| $secures)?,
            given: $given,
            apply: $apply,
        }),*];
    };
}

const SECURES: bool = true;

steps! {
    "env", "appended", env::env_given, env::env;
    "envFrom", "appended", env::env_from_given, env::env_from;
    "hadoopConfigMap", "volume, mount and HADOOP_CONF_DIR", config_maps::hadoop_given, config_maps::hadoop;
    "sparkConfigMap", "volume, mount and SPARK_CONF_DIR", config_maps::spark_given, config_maps::spark;
    "configMaps", "volumes and mounts", config_maps::config_maps_given, config_maps::config_maps;
    "volumeMounts", "mounts, and the volumes of spec.volumes that they name", volumes::given, volumes::apply;
    "ports", "appended", networking::ports_given, networking::ports;
    "hostNetwork", "with dnsPolicy ClusterFirstWithHostNet", networking::host_network_given, networking::host_network;
    "hostAliases", "appended", networking::host_aliases_given, networking::host_aliases;
    "initContainers", "appended unless name and image are there", containers::init_given, containers::init;
    "sidecars", "appended unless name and image are there", containers::sidecars_given, containers::sidecars;
    "dnsConfig", "replaced", networking::dns_config_given, networking::dns_config;
    "priorityClassName", "set, clears priority and preemptionPolicy", scheduling::priority_given, scheduling::priority;
    "schedulerName", "set, spec.batchScheduler first", scheduling::scheduler_given, scheduling::scheduler;
    "nodeSelector", "merged over", scheduling::node_selector_given, scheduling::node_selector;
    "affinity", "replaced", scheduling::affinity_given, scheduling::affinity;
    "tolerations", "appended", scheduling::tolerations_given, scheduling::tolerations;
    "memoryLimit", "limits.memory", resources::memory_limit_given, resources::memory_limit;
    "gpu", "limits of the named resource", resources::gpu_given, resources::gpu;
    "monitoring.prometheus", "volume, mount and port", monitoring::given, monitoring::apply;
    "securityContext", "replaced", security::container_given, security::container, SECURES;
    "podSecurityContext", "replaced", security::pod_given, security::pod, SECURES;
    "terminationGracePeriodSeconds", "set", lifecycle::grace_given, lifecycle::grace;
    "lifecycle", "replaced", lifecycle::hooks_given, lifecycle::hooks;
    "shareProcessNamespace", "set if true", lifecycle::share_given, lifecycle::share;
}

impl Step {
    /// The place of the field, if it is given for this role and has an effect.
    #[must_use]
    pub fn given(&self, mutation: &Mutation<'_>) -> Option<Origin> {
        (self.given)(mutation)
    }
}

/// Runs all steps on `target`. Returns the origins of those that had something to do.
pub fn run(mutation: &Mutation<'_>, target: &mut Target<'_>) -> Vec<Origin> {
    let mut given = Vec::new();
    for step in STEPS {
        if let Some(origin) = step.given(mutation) {
            target.origin = webhook(step.field, &origin);
            given.push(target.origin.clone());
            (step.apply)(mutation, target);
        }
    }
    given
}
