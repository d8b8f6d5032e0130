//! kustomize.

pub mod carry;
pub mod schema;
pub mod setup;

pub use carry::{CODES, kustomize_cannot_carry, kustomize_cannot_carry_key, note_kustomize};
