//! `terminationGracePeriodSeconds`, `lifecycle` and `shareProcessNamespace`.

use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried, webhook},
    tree::{Node, Origin},
};

/// `terminationGracePeriodSeconds`.
pub(crate) fn grace_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.termination_grace_period_seconds.as_ref().map(|seconds| seconds.origin.clone())
}

/// `addTerminationGracePeriodSeconds`.
pub(crate) fn grace(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let rule = "terminationGracePeriodSeconds";
    if let Some(seconds) = mutation.fields.termination_grace_period_seconds.as_ref() {
        target.spec().insert(rule, Node::from(seconds.value).at(webhook(rule, &seconds.origin)));
    }
}

/// `lifecycle`.
pub(crate) fn hooks_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.lifecycle.as_ref().map(|hooks| hooks.origin.clone())
}

/// `addPodLifeCycleConfig`.
pub(crate) fn hooks(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(hooks) = mutation.fields.lifecycle.as_ref() {
        let container = target.container().as_mapping_mut().expect("containers are mappings");
        container.insert("lifecycle", carried(hooks, "lifecycle"));
    }
}

/// `shareProcessNamespace`.
pub(crate) fn share_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.share_process_namespace.as_ref().filter(|flag| flag.value).map(|flag| flag.origin.clone())
}

/// `addShareProcessNamespace`.
pub(crate) fn share(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if share_given(mutation).is_some() {
        let flag = target.made(true);
        target.spec().insert("shareProcessNamespace", flag);
    }
}
