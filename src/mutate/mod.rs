//! The mutations of the operator's pod webhook, in its order, done ahead of time.

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];
