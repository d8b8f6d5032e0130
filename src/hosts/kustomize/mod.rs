//! kustomize.

pub(crate) mod schema;
pub(crate) mod setup;
