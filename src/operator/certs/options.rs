//! The webhook's certificate among the rendered objects.

use super::{Owner, ServiceName};
use crate::tree::Sourced;

/// The webhook certificate beside the rendered objects.
#[derive(Debug, Clone, Default)]
pub struct CertificatesOptions {
    /// Where it comes from.
    pub source: CertificateSource,
    /// Name of the Secret, where the configuration names it.
    pub secret_name: Option<String>,
    /// Its namespace, likewise.
    pub namespace: Option<String>,
    /// Who may change it.
    pub owner: Owner,
}

/// Where the webhook's certificate comes from.
#[derive(Debug, Clone, Default)]
pub enum CertificateSource {
    /// Nothing is rendered.
    #[default]
    Elsewhere,
    /// A Secret manifest (plain, SOPS or sealed) that is passed through untouched; its path.
    File(Sourced<String>),
    /// A cert-manager Certificate for the webhook's Service, and a self-signed Issuer.
    CertManager {
        /// The webhook's Service.
        service: ServiceName,
        /// The Secret's name.
        secret_name: String,
    },
}
