//! Made for the cluster it goes to: which Kubernetes version knows what; tailoring and validation by table.

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];
