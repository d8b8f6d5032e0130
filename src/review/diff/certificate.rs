//! Certificates in values are opened: what a reader wants to know of them is not in their base64.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{operator::certs, tree::Node};

/// What a difference says of a certificate. All of it is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject, as RFC 4514 has it.
    pub subject: String,
    /// The issuer in the same form.
    pub issuer: String,
    /// DNS names among the subject's alternative names.
    pub dns_names: Vec<String>,
    /// First second of validity, RFC 3339.
    pub not_before: String,
    /// Last second of validity, RFC 3339.
    pub not_after: String,
    /// Kind and size of the key.
    pub key: String,
}

/// Displays as `CN=a (names a.svc, 2026-01-01T00:00:00Z to 2036-01-01T00:00:00Z, RSA 2048)`.
impl std::fmt::Display for CertificateFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (", if self.subject.is_empty() { "no subject" } else { &self.subject })?;
        if !self.dns_names.is_empty() {
            write!(f, "names {}, ", self.dns_names.join(" "))?;
        }
        if self.issuer != self.subject {
            write!(f, "issued by {}, ", self.issuer)?;
        }
        write!(f, "{} to {}, {})", self.not_before, self.not_after, self.key)
    }
}

/// The certificates in a value: PEM, or PEM in base64.
pub(crate) fn certificates(value: &Node) -> Vec<CertificateFacts> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let Some(text) = value.as_str().filter(|text| text.len() > BEGIN.len()) else { return Vec::new() };
    if text.contains(BEGIN) {
        return read(text);
    }
    // `-----` in base64.
    if !text.trim_start().starts_with("LS0tLS") {
        return Vec::new();
    }
    let base64: String = text.split_whitespace().collect();
    let decoded = STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.map_or_else(Vec::new, |text| read(&text))
}

fn read(text: &str) -> Vec<CertificateFacts> {
    let blocks = certs::pem_blocks(text).into_iter().filter(|block| block.label == "CERTIFICATE");
    let parsed = blocks.filter_map(|block| certs::Certificate::parse(&block.der).ok());
    parsed
        .map(|certificate| CertificateFacts {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            dns_names: certificate.dns_names(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            key: certificate.key_description(),
        })
        .collect()
}
