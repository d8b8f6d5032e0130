//! `env` and `envFrom`: appended. One entry per name is left by [`crate::operator::webhook::unique`] at the end.

use super::list_origin;
use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried},
    tree::Origin,
};

/// `env`.
pub(crate) fn env_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.env.as_ref())
}

/// `addEnvVars`.
pub(crate) fn env(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let items = mutation.fields.env.as_ref().into_iter().flatten().map(|item| carried(item, "env"));
    target.container_list("env").extend(items);
}

/// `envFrom`.
pub(crate) fn env_from_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.env_from.as_ref())
}

/// `addEnvFrom`.
pub(crate) fn env_from(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let items = mutation.fields.env_from.as_ref().into_iter().flatten().map(|item| carried(item, "envFrom"));
    target.container_list("envFrom").extend(items);
}
