//! Table: which type has which rules of the server beyond its schema.

use super::{Check, container, metadata, placement, pod, service};
use crate::tree::{Mapping, Node, Place};

/// A rule looks at one object of its type.
pub(crate) type ServerRule = fn(&mut Check<'_>, &Node, &Mapping, &Place<'_>);

const RULES: &[(&str, ServerRule)] = &[
    ("meta.v1.ObjectMeta", metadata::object_meta),
    ("meta.v1.LabelSelector", metadata::label_selector),
    ("core.v1.ConfigMap", metadata::config_map),
    ("core.v1.Secret", metadata::secret),
    ("core.v1.PodSpec", pod::pod_spec),
    ("core.v1.AppArmorProfile", container::profile),
    ("core.v1.Container", container::container),
    ("core.v1.ContainerPort", pod::container_port),
    ("core.v1.EnvVar", pod::env_var),
    ("core.v1.EnvFromSource", pod::env_from_source),
    ("core.v1.EnvVarSource", pod::env_var_source),
    ("core.v1.HostAlias", pod::host_alias),
    ("core.v1.LifecycleHandler", pod::lifecycle_handler),
    ("core.v1.ObjectFieldSelector", pod::object_field_selector),
    ("core.v1.PodDNSConfig", pod::dns_config),
    ("core.v1.Probe", pod::probe),
    ("core.v1.ResourceRequirements", pod::resources),
    ("core.v1.Volume", pod::volume),
    ("core.v1.VolumeProjection", pod::volume_projection),
    ("core.v1.HTTPGetAction", container::action),
    ("core.v1.NodeSelectorRequirement", placement::requirement),
    ("core.v1.PersistentVolumeClaimSpec", pod::claim),
    ("core.v1.PodAffinityTerm", placement::pod_affinity_term),
    ("core.v1.ResourceFieldSelector", pod::resource_field_selector),
    ("core.v1.SeccompProfile", container::profile),
    ("core.v1.SecurityContext", container::security_context),
    ("core.v1.TCPSocketAction", container::action),
    ("core.v1.Toleration", placement::toleration),
    ("core.v1.TopologySpreadConstraint", placement::spread),
    ("core.v1.VolumeMount", container::volume_mount),
    ("meta.v1.LabelSelectorRequirement", placement::requirement),
    ("core.v1.ServiceSpec", service::service_spec),
    ("core.v1.ServicePort", service::service_port),
    ("batch.v1.JobSpec", pod::job_spec),
];

/// The rule of the type called `name`.
pub(crate) fn rule_of(name: &str) -> Option<ServerRule> {
    RULES.iter().find(|(of, _)| *of == name).map(|(_, rule)| *rule)
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::kube::schema;

    #[test]
    fn every_rule_names_a_type_of_the_table() {
        for (name, _) in RULES {
            assert!(schema::all_types().any(|one| one.name == *name), "{name}");
        }
    }
}
