//! Argo CD.

pub mod options;
pub mod setup;

pub use options::{ArgoCdOptions, Hook, Phase};
