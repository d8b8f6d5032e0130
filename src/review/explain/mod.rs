//! Where a rendered value comes from, told from its origin.

mod chain;
mod query;

pub(crate) use chain::one_line;
pub use chain::{json, text};
pub use query::find;
