//! Flux.

pub mod options;
pub mod setup;

pub use options::FluxOptions;
