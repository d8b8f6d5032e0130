//! kustomize.

pub mod schema;
pub mod setup;
