//! What becomes of fields that the target does not have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to a field that the target Kubernetes version cannot honour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnsupported {
    /// Dropped with a warning; an error where dropping would weaken security.
    #[default]
    Drop,
    /// An error.
    Error,
    /// Kept with a warning.
    Keep,
}
