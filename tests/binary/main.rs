//! Tests that know nothing but the program: folders that a user could have in, what it prints out.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests may panic and look at the environment"
)]

mod effects;
mod expectations;
#[path = "../support/golden.rs"]
mod golden;
mod manifests;
mod partial;
mod run;
mod witness;
