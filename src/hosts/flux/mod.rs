//! Flux.

pub(crate) mod options;
pub(crate) mod setup;

pub(crate) use options::FluxOptions;
