//! From documents to plans: one fixture for each rule of `operator::api`, `operator::resolve` and `operator::plan`.
//!
//! A fixture is a directory of `fixtures/planning` with `app.yaml`, `diagnostics.txt` (what is reported) and
//! `conf.txt` (the planned confs with the place that set each, and what they won over), and perhaps
//! `options.json`. `UPDATE_FIXTURES=1` writes what is expected anew; the review is `git diff`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod defaults;
mod fields;
mod fixtures;
mod folder;
#[path = "../support/nodes.rs"]
mod nodes;
