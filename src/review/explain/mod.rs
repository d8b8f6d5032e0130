//! Where a rendered value comes from, told from its origin.

mod chain;
mod query;

pub(crate) use chain::{json, one_line, text};
pub use query::find;
