//! What looks at rendered applications: rules, explanations, differences, reports.

pub mod codes;
pub mod compatibility;
pub mod diff;
pub mod explain;
pub mod rules;

pub use codes::{find as find_code, registry};
