//! Defaults, admission rules and names: from the application as written to one in which nothing is left open.

mod resolved;

pub use resolved::{ApplicationKind, ResolvedApplication};

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];
