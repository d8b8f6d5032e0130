//! The steps as data, in the webhook's order of execution.

use super::{
    mutation::{MutatedPod, Mutation, webhook},
    steps::{
        config_maps, containers, env, lifecycle, monitoring, networking, resources, scheduling, security, volumes,
    },
};
use crate::{
    operator::fields::{self, Field},
    tree::Origin,
};

/// One mutation of the webhook (`internal/webhook/sparkpod_defaulter.go`).
pub struct Step {
    /// The field of `spec.driver`/`spec.executor`, or of `spec`, that turns the step on.
    pub field: &'static str,
    /// Whether losing the field makes the pod less secure.
    pub secures: bool,
    /// The place of the field, if it is given and has an effect.
    pub given: fn(&Mutation<'_>) -> Option<Origin>,
    /// The change. Each new value gets its origin there: a walk over the whole pod after each step, to find those
    /// without one, costs more than most steps.
    pub apply: fn(&Mutation<'_>, &mut MutatedPod<'_>),
}

macro_rules! steps {
    ($($field:literal, $given:path, $apply:path $(, $secures:ident)?;)*) => {
        /// All steps. The webhook's first one, the owner reference to the SparkApplication, needs its uid and is
        /// left out: what owns a rendered object is the repository that it is written to.
        pub const STEPS: &[Step] = &[$(Step {
            field: $field,
            secures: false $(|| $secures)?,
            given: $given,
            apply: $apply,
        }),*];
    };
}

const SECURES: bool = true;

steps! {
    "env", env::env_given, env::env;
    "envFrom", env::env_from_given, env::env_from;
    "hadoopConfigMap", config_maps::hadoop_given, config_maps::hadoop;
    "sparkConfigMap", config_maps::spark_given, config_maps::spark;
    "configMaps", config_maps::config_maps_given, config_maps::config_maps;
    "volumeMounts", volumes::given, volumes::apply;
    "ports", networking::ports_given, networking::ports;
    "hostNetwork", networking::host_network_given, networking::host_network;
    "hostAliases", networking::host_aliases_given, networking::host_aliases;
    "initContainers", containers::init_given, containers::init;
    "sidecars", containers::sidecars_given, containers::sidecars;
    "dnsConfig", networking::dns_config_given, networking::dns_config;
    "priorityClassName", scheduling::priority_given, scheduling::priority;
    "schedulerName", scheduling::scheduler_given, scheduling::scheduler;
    "nodeSelector", scheduling::node_selector_given, scheduling::node_selector;
    "affinity", scheduling::affinity_given, scheduling::affinity;
    "tolerations", scheduling::tolerations_given, scheduling::tolerations;
    "memoryLimit", resources::memory_limit_given, resources::memory_limit;
    "gpu", resources::gpu_given, resources::gpu;
    "monitoring.prometheus", monitoring::given, monitoring::apply;
    "securityContext", security::container_given, security::container, SECURES;
    "podSecurityContext", security::pod_given, security::pod, SECURES;
    "terminationGracePeriodSeconds", lifecycle::grace_given, lifecycle::grace;
    "lifecycle", lifecycle::hooks_given, lifecycle::hooks;
    "shareProcessNamespace", lifecycle::share_given, lifecycle::share;
}

impl Step {
    /// Whether the field stands in `spec` itself, so that both roles get it.
    #[must_use]
    pub fn is_of_spec(&self) -> bool {
        let below_spec = |field: &&Field| field.path.strip_prefix("spec.") == Some(self.field);
        fields::all().iter().find(below_spec).is_some_and(|field| field.has_effect("W"))
    }

    /// The place of the field, if it is given for this role and has an effect.
    #[must_use]
    pub fn given(&self, mutation: &Mutation<'_>) -> Option<Origin> {
        (self.given)(mutation)
    }
}

/// Runs all steps on `target`. Returns the origins of those that had something to do.
pub(super) fn run(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) -> Vec<Origin> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_webhook_has_a_step() {
        let mut steps: Vec<&str> = STEPS.iter().filter(|step| !step.is_of_spec()).map(|step| step.field).collect();
        steps.sort_unstable();
        assert_eq!(steps, fields::webhook_fields().collect::<Vec<_>>());
        let of_spec: Vec<&str> = STEPS.iter().filter(|step| step.is_of_spec()).map(|step| step.field).collect();
        assert_eq!(of_spec, ["hadoopConfigMap", "sparkConfigMap", "monitoring.prometheus"]);
    }
}
