//! Making certificates: an authority, and server certificates that it signs.
//!
//! Shape as the operator makes them itself (spark-operator 2.5.2, pkg/certificate), but with the longer list of
//! names and without client authentication.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyIdMethod, KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};
use x509_cert::der::Tag;

use super::{Certificate, KeyType, Moment, PrivateKey, pem};

/// `O` of the subjects, as the operator writes it.
const ORGANIZATION: &str = "spark-operator";
/// `CN` of the authority.
const AUTHORITY_NAME: &str = "spark-operator-webhook-ca";
/// RFC 5280, upper bound of a common name.
const MAX_COMMON_NAME: usize = 64;
/// Certificates begin a little earlier, for clocks that are late.
const BACKDATE_SECONDS: i64 = 3600;

/// Whom a server certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceName {
    /// The Service.
    pub service: String,
    /// Its namespace.
    pub namespace: String,
}

impl ServiceName {
    /// The name by which the API server calls a webhook: `<service>.<namespace>.svc`.
    #[must_use]
    pub fn dns(&self) -> String {
        format!("{}.{}.svc", self.service, self.namespace)
    }

    fn all(&self, more: &[String]) -> Vec<String> {
        let mut names = vec![
            self.dns(),
            format!("{}.{}", self.service, self.namespace),
            self.service.clone(),
            "localhost".to_owned(),
        ];
        for name in more {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: Moment,
    /// Last second.
    pub not_after: Moment,
}

impl Validity {
    /// From now on, for `days`.
    #[must_use]
    pub fn days(now: Moment, days: u32) -> Self {
        Self { not_before: now.plus_seconds(-BACKDATE_SECONDS), not_after: now.plus_days(i64::from(days)) }
    }
}

/// A certificate with its private key.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: PrivateKey,
}

impl Pair {
    /// The certificate as PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        pem::encode("CERTIFICATE", self.certificate.der())
    }
}

/// Makes an authority.
#[must_use]
pub fn authority(validity: Validity, key_type: KeyType) -> Pair {
    let key = PrivateKey::generate(key_type);
    let certificate = {
        let signer = key.signer();
        let mut params = params(validity, &signer, subject(AUTHORITY_NAME));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let made = params.self_signed(&signer).expect("all parameters are set above");
        Certificate::parse(made.der()).expect("what was just made can be read")
    };
    Pair { certificate, key }
}

/// Why a server certificate cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// A name that no certificate can carry.
    #[error("`{0}` is no DNS name")]
    Name(String),
    /// A subject with attributes that cannot be written again to the letter.
    #[error("the authority's subject `{0}` cannot be repeated as issuer")]
    Issuer(String),
}

/// Makes a server certificate, signed by `authority`, for `name` and `more` names. It does not outlive the authority.
///
/// # Errors
/// When a name fits into no certificate, or the authority has an unusual subject.
pub fn server(
    authority: &Pair,
    name: &ServiceName,
    more: &[String],
    validity: Validity,
    key_type: KeyType,
) -> Result<Pair, IssueError> {
    let key = PrivateKey::generate(key_type);
    let issuer_error = || IssueError::Issuer(authority.certificate.subject());
    let certificate = {
        let signer = key.signer();
        let not_after = validity.not_after.min(authority.certificate.not_after());
        let validity = Validity { not_after, ..validity };
        let dns = name.dns();
        let common_name = [dns.as_str(), &name.service].into_iter().find(|name| name.len() <= MAX_COMMON_NAME);
        let mut params = params(validity, &signer, subject(common_name.unwrap_or(ORGANIZATION)));
        params.subject_alt_names =
            name.all(more).into_iter().map(alternative_name).collect::<Result<_, IssueError>>()?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = match key {
            PrivateKey::Rsa(_) => vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
            PrivateKey::P256(_) => vec![KeyUsagePurpose::DigitalSignature],
        };
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;

        let mut issuer = CertificateParams::default();
        issuer.distinguished_name = repeated(&authority.certificate).ok_or_else(issuer_error)?;
        issuer.key_identifier_method = KeyIdMethod::PreSpecified(
            authority.certificate.key_identifier().unwrap_or_else(|| key_identifier(&authority.key.signer())),
        );
        let issuer = Issuer::new(issuer, authority.key.signer());
        let made = params.signed_by(&signer, &issuer).map_err(|_| issuer_error())?;
        Certificate::parse(made.der()).map_err(|_| issuer_error())?
    };
    // Go compares issuer and subject byte by byte.
    if certificate.issuer_der() != authority.certificate.subject_der() {
        return Err(issuer_error());
    }
    Ok(Pair { certificate, key })
}

fn alternative_name(name: String) -> Result<rcgen::SanType, IssueError> {
    Ok(match name.parse() {
        Ok(address) => rcgen::SanType::IpAddress(address),
        Err(_) => rcgen::SanType::DnsName(name.as_str().try_into().map_err(|_| IssueError::Name(name))?),
    })
}

fn subject(common_name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, ORGANIZATION);
    subject.push(DnType::CommonName, common_name);
    subject
}

fn params(validity: Validity, key: &impl PublicKeyData, subject: DistinguishedName) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = validity.not_before.date_time();
    params.not_after = validity.not_after.date_time();
    params.distinguished_name = subject;
    let mut serial = [0_u8; 16];
    getrandom::fill(&mut serial).expect("the system has randomness");
    // Positive, and never shorter than the others (RFC 5280, 4.1.2.2).
    serial[0] = serial[0] & 0x3f | 0x40;
    params.serial_number = Some(serial.to_vec().into());
    params.key_identifier_method = KeyIdMethod::PreSpecified(key_identifier(key));
    params
}

/// RFC 7093, method 1.
fn key_identifier(key: &impl PublicKeyData) -> Vec<u8> {
    Sha256::digest(key.der_bytes())[..20].to_vec()
}

/// The subject of `certificate`, to be written as issuer with the same bytes; `None` if it has attributes of
/// several values or strings of unusual types.
fn repeated(certificate: &Certificate) -> Option<DistinguishedName> {
    let mut name = DistinguishedName::new();
    for (oid, tag, text) in certificate.subject_attributes()? {
        let kind = DnType::from_oid(&oid);
        let value = match tag {
            Tag::Utf8String => DnValue::Utf8String(text),
            Tag::PrintableString => DnValue::PrintableString(text.try_into().ok()?),
            Tag::Ia5String => DnValue::Ia5String(text.try_into().ok()?),
            _ => return None,
        };
        name.push(kind, value);
    }
    Some(name)
}
