//! Tests that know nothing but the program: folders that a user could have in, what it prints out.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

mod cli;
mod confinement;
mod diff_against;
mod effects;
mod expectations;
mod findings;
mod foreign;
#[path = "../support/golden.rs"]
mod golden;
#[cfg(unix)]
mod installed;
mod label_references;
mod manifests;
mod modes;
mod nameless;
mod options;
mod partial;
mod portions;
mod progress;
mod readme;
mod run;
mod schedules;
mod secrets;
mod selectors;
mod trees;
mod versions;
mod witness;
