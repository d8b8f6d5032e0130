//! Table: which apiVersion a kind has in which minor.

use super::{
    Version,
    convert::{self, Conversion},
};
use crate::tree::Node;

/// A kind whose apiVersion depends on the target.
#[derive(Debug)]
pub struct ApiChoice {
    /// The kind.
    pub kind: &'static str,
    /// From which minor which apiVersion, the newest first.
    pub versions: &'static [(u32, &'static str)],
    /// apiVersions that are read and never written.
    pub retired: &'static [&'static str],
    /// What changes with the apiVersion.
    pub shape: &'static str,
    /// Gives an object the shape of its new apiVersion.
    pub(crate) convert: fn(&mut Node, &mut Conversion<'_>),
}

/// All such kinds.
pub const API_CHOICES: &[ApiChoice] = &[
    ApiChoice {
        kind: "Ingress",
        versions: &[(19, "networking.k8s.io/v1"), (16, "networking.k8s.io/v1beta1")],
        retired: &["extensions/v1beta1"],
        shape: "v1beta1 writes `backend: {serviceName, servicePort}` for `backend.service: {name, port}` and `backend` for \
                `defaultBackend`; `pathType` and `ingressClassName` need 1.18, before it the annotation `kubernetes.io/ingress.class` is written",
        convert: convert::ingress,
    },
    ApiChoice {
        kind: "CronJob",
        versions: &[(21, "batch/v1"), (16, "batch/v1beta1")],
        retired: &["batch/v2alpha1"],
        shape: "none",
        convert: |_, _| {},
    },
    ApiChoice {
        kind: "PodDisruptionBudget",
        versions: &[(21, "policy/v1"), (16, "policy/v1beta1")],
        retired: &[],
        shape: "an empty selector means all pods in v1 and none in v1beta1",
        convert: convert::pod_disruption_budget,
    },
    ApiChoice {
        kind: "MutatingWebhookConfiguration",
        versions: &[(16, "admissionregistration.k8s.io/v1")],
        retired: &["admissionregistration.k8s.io/v1beta1"],
        shape: "defaults of v1beta1 (Ignore, Exact, 30 s, all sideEffects) are written out",
        convert: convert::webhook_configuration,
    },
    ApiChoice {
        kind: "ValidatingWebhookConfiguration",
        versions: &[(16, "admissionregistration.k8s.io/v1")],
        retired: &["admissionregistration.k8s.io/v1beta1"],
        shape: "defaults of v1beta1 (Ignore, Exact, 30 s, all sideEffects) are written out",
        convert: convert::webhook_configuration,
    },
];

impl ApiChoice {
    /// The apiVersion in `target`.
    #[must_use]
    pub fn version(&self, target: Version) -> &'static str {
        let (_, version) = self
            .versions
            .iter()
            .find(|(since, _)| target >= Version::nearest(*since))
            .unwrap_or(&self.versions[self.versions.len() - 1]);
        version
    }

    /// Whether `api_version` is one that is read.
    pub(crate) fn reads(&self, api_version: &str) -> bool {
        self.versions.iter().any(|(_, version)| *version == api_version) || self.retired.contains(&api_version)
    }
}
