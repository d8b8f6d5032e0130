//! Trees to bytes that every reader in use reads back as the same values: go-yaml v2 (kubectl, Argo CD),
//! go-yaml v3 (kustomize), YAML 1.1 (PyYAML) and 1.2. No crate's emitter does that; the rules are few.

pub mod json;
mod kustomize;
mod text;
pub mod yaml;

pub use kustomize::{CODES, kustomize_cannot_carry, kustomize_cannot_carry_key, note_kustomize};
