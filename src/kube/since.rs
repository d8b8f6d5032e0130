//! Table: the first minor that has what rendering, validation and rules ask for by name. What the schemas tell of fields
//! and values is in `tables/*.tsv`.

use super::Version;

/// Something that came to Kubernetes with a minor, as far as it can be relied upon: its feature gate is on by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Ingress has `ingressClassName` (before: an annotation).
    IngressClassName,
    /// ConfigMaps and Secrets may be `immutable` (gate `ImmutableEphemeralVolumes`).
    ImmutableConfigMaps,
    /// `securityContext.seccompProfile` (before: annotations).
    SeccompProfile,
    /// Server-side apply takes a Service whose ports have no `protocol`.
    ServiceApply,
    /// Volumes of type `ephemeral` (gate `GenericEphemeralVolume`).
    EphemeralVolumes,
    /// Namespaces are labelled `kubernetes.io/metadata.name`.
    NamespaceNameLabel,
    /// Jobs have `suspend` (gate `SuspendJob`).
    JobSuspend,
    /// The CronJob controller reads `CRON_TZ=` in a schedule (robfig/cron v3); nobody promises it.
    CronTimeZonePrefix,
    /// Admission webhooks are told the namespace in the pod itself.
    AdmissionNamespace,
    /// A load balancer may have several protocols (gate `MixedProtocolLBService`).
    MixedProtocolLoadBalancer,
    /// CronJobs have `timeZone` (gate `CronJobTimeZone`).
    CronJobTimeZone,
    /// Search lists of `dnsConfig` may be longer (gate `ExpandedDNSConfig`).
    ExpandedDnsConfig,
    /// The access mode `ReadWriteOncePod` (gate of the same name).
    ReadWriteOncePod,
    /// `status.hostIPs` in the downward API (gate `PodHostIPs`).
    HostIps,
    /// Init containers with `restartPolicy: Always` (gate `SidecarContainers`).
    NativeSidecars,
    /// Jobs have `podReplacementPolicy` (gate `JobPodReplacementPolicy`).
    PodReplacementPolicy,
    /// `securityContext.appArmorProfile` (before: annotations).
    AppArmorProfile,
    /// Names of variables are any printable ASCII but `=` (gate `RelaxedEnvironmentVariableValidation`).
    RelaxedEnvNames,
    /// Containers have `resizePolicy` (gate `InPlacePodVerticalScaling`).
    ResizePolicy,
    /// A regular container may have a restartPolicy (gate `ContainerRestartRules`).
    ContainerRestartPolicy,
    /// Volumes that are an image's files (gate `ImageVolume`).
    ImageVolumes,
    /// The name of a Service may begin with a digit (gate `RelaxedServiceNameValidation`).
    RelaxedServiceNames,
}

/// The first minor of each feature, in the order of [`Feature`].
const SINCE: &[(Feature, u32)] = &[
    (Feature::IngressClassName, 18),
    (Feature::ImmutableConfigMaps, 19),
    (Feature::SeccompProfile, 19),
    (Feature::ServiceApply, 20),
    (Feature::EphemeralVolumes, 21),
    (Feature::NamespaceNameLabel, 21),
    (Feature::JobSuspend, 22),
    (Feature::CronTimeZonePrefix, 22),
    (Feature::AdmissionNamespace, 23),
    (Feature::MixedProtocolLoadBalancer, 24),
    (Feature::CronJobTimeZone, 25),
    (Feature::ExpandedDnsConfig, 26),
    (Feature::ReadWriteOncePod, 27),
    (Feature::HostIps, 29),
    (Feature::NativeSidecars, 29),
    (Feature::PodReplacementPolicy, 29),
    (Feature::AppArmorProfile, 30),
    (Feature::RelaxedEnvNames, 32),
    (Feature::ResizePolicy, 33),
    (Feature::ContainerRestartPolicy, 35),
    (Feature::ImageVolumes, 35),
    (Feature::RelaxedServiceNames, 36),
];

/// The patch of that minor which brought it, of what was not there from the minor's first release.
const PATCHES: &[(Feature, u32)] = &[(Feature::ServiceApply, 6)];

const _: () = {
    let mut index = 0;
    while index < SINCE.len() {
        assert!(SINCE[index].0 as usize == index);
        index += 1;
    }
};

impl Feature {
    /// The first version that has it; with a patch where that decides.
    #[must_use]
    pub fn since(self) -> Version {
        let patch = PATCHES.iter().find(|(feature, _)| *feature == self).map(|(_, patch)| *patch);
        Version::nearest(SINCE[self as usize].1).with_patch(patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{
        minors::Minors,
        schema::{self, KindLookup},
    };

    /// Features that are fields of one kind are found in the tables of the schemas as well, which say the same.
    #[test]
    fn the_schemas_have_the_fields_since_then() {
        for (feature, kind, path) in [
            (Feature::ImmutableConfigMaps, ("v1", "ConfigMap"), &["immutable"][..]),
            (Feature::JobSuspend, ("batch/v1", "Job"), &["spec", "suspend"]),
            (Feature::CronJobTimeZone, ("batch/v1", "CronJob"), &["spec", "timeZone"]),
            (Feature::PodReplacementPolicy, ("batch/v1", "Job"), &["spec", "podReplacementPolicy"]),
            (Feature::SeccompProfile, ("v1", "Pod"), &["spec", "securityContext", "seccompProfile"]),
            (Feature::AppArmorProfile, ("v1", "Pod"), &["spec", "securityContext", "appArmorProfile"]),
            (Feature::EphemeralVolumes, ("v1", "Pod"), &["spec", "volumes", "ephemeral"]),
            (Feature::ImageVolumes, ("v1", "Pod"), &["spec", "volumes", "image"]),
            (Feature::ResizePolicy, ("v1", "Pod"), &["spec", "containers", "resizePolicy"]),
            (Feature::NativeSidecars, ("v1", "Pod"), &["spec", "initContainers", "restartPolicy"]),
        ] {
            let KindLookup::Known(known) = schema::kind_of(kind.0, kind.1) else { panic!("{kind:?} is not known") };
            assert_eq!(field_since(known.type_id.unwrap(), path), Some(feature.since().minor()), "{feature:?}");
        }
    }

    fn field_since(id: schema::TypeId, path: &[&str]) -> Option<u32> {
        let field = schema::type_of(id).field(path[0])?;
        match &path[1..] {
            [] => field.on.first(),
            rest => field_since(field.shape(Minors::ALL).leaf()?, rest),
        }
    }

    #[test]
    fn a_version_has_what_came_with_it_and_before() {
        let boundary = Feature::NativeSidecars.since();
        assert!(boundary.has(Feature::NativeSidecars) && boundary.has(Feature::ReadWriteOncePod));
        assert!(!Version::nearest(boundary.minor() - 1).has(Feature::NativeSidecars));
        assert!(Version::NEWEST.has(Feature::RelaxedServiceNames) && !Version::OLDEST.has(Feature::IngressClassName));
    }
}
