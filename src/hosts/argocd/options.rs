//! How Argo CD treats the rendered objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the output behaves in Argo CD.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ArgoCdOptions {
    /// Annotate Pods and Jobs so that a changed one is deleted and created again (`Force=true`).
    pub recreate: bool,
    /// `argocd.argoproj.io/sync-wave` for all rendered objects.
    pub sync_wave: Option<i64>,
    /// `argocd.argoproj.io/hook` for the Pod or Job.
    pub hook: Option<String>,
}
