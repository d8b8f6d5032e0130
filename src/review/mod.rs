//! What looks at rendered applications: rules, explanations, differences, reports.

pub(crate) mod baseline;
pub(crate) mod codes;
pub(crate) mod compatibility;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod policy;
pub(crate) mod rules;

pub use codes::find as find_code;
