//! `securityContext` and `podSecurityContext`: replaced as a whole.

use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried},
    tree::Origin,
};

/// `securityContext`.
pub(crate) fn container_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.security_context.as_ref().map(|context| context.origin.clone())
}

/// `addContainerSecurityContext`.
pub(crate) fn container(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(context) = mutation.fields.security_context.as_ref() {
        let container = target.container().as_mapping_mut().expect("containers are mappings");
        container.insert("securityContext", carried(context, "securityContext"));
    }
}

/// `podSecurityContext`.
pub(crate) fn pod_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.pod_security_context.as_ref().map(|context| context.origin.clone())
}

/// `addPodSecurityContext`.
pub(crate) fn pod(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(context) = mutation.fields.pod_security_context.as_ref() {
        target.spec().insert("securityContext", carried(context, "podSecurityContext"));
    }
}
