//! The webhook's certificate among the rendered objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The webhook certificate beside the rendered objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CertificatesOptions {
    /// A Secret manifest (plain, SOPS or sealed) that is passed through untouched.
    pub file: Option<String>,
    /// Emit a cert-manager Certificate and a self-signed Issuer instead.
    pub cert_manager: bool,
    /// The webhook's Service.
    pub service: String,
    /// Its namespace.
    pub namespace: String,
    /// The Secret's name.
    pub secret_name: String,
    /// `git` or `cluster`.
    pub owner: String,
}
