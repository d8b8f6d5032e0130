//! The commands: thin layers that read, call the stages, and print.

pub mod argocd;
mod batch;
pub mod certs;
pub mod check;
pub mod diff;
pub mod explain;
pub mod hosts;
mod inputs;
pub mod krm;
mod plain_path;
mod render;
pub mod schema;
mod settings;
mod spool;
pub mod submit;
pub mod tree;
mod unique;
mod unit;
mod run;
pub mod versions;

pub use run::{CODES, main};
