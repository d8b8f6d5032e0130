//! Where a rendered value comes from, told from its origin.

mod chain;
mod query;

pub use chain::{json, one_line, text};
pub use query::{ExplainedValue, find};
