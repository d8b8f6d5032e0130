//! Reading certificates, with the questions that Go's `crypto/x509` asks when the operator and the API server
//! look at them.

use rsa::signature::Verifier;
use x509_cert::{
    der::{Decode, Encode, Tag, Tagged, oid::ObjectIdentifier},
    ext::pkix::{
        BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier, name::GeneralName,
    },
    spki::DecodePublicKey,
};

use super::{Moment, PrivateKey};

const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const SHA256_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const SHA256_ECDSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    inner: x509_cert::Certificate,
    der: Vec<u8>,
}

/// What became of a signature check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Made by that key.
    Valid,
    /// Not made by that key.
    Invalid,
    /// Of an algorithm that is not checked here.
    Unknown,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// The parser's word.
    pub fn parse(der: &[u8]) -> Result<Self, String> {
        let inner = x509_cert::Certificate::from_der(der).map_err(|error| error.to_string())?;
        Ok(Self { inner, der: der.to_vec() })
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// `O=spark-operator,CN=…` as RFC 4514 has it: last part first.
    #[must_use]
    pub fn subject(&self) -> String {
        self.inner.tbs_certificate().subject().to_string()
    }

    /// The issuer in the same form.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.inner.tbs_certificate().issuer().to_string()
    }

    /// The subject's bytes.
    #[must_use]
    pub fn subject_der(&self) -> Vec<u8> {
        self.inner.tbs_certificate().subject().to_der().unwrap_or_default()
    }

    /// The issuer's bytes.
    #[must_use]
    pub fn issuer_der(&self) -> Vec<u8> {
        self.inner.tbs_certificate().issuer().to_der().unwrap_or_default()
    }

    /// The subject's attributes as object identifier, tag of the string and text; `None` if a part has several.
    pub(crate) fn subject_attributes(&self) -> Option<Vec<(Vec<u64>, Tag, String)>> {
        let subject = self.inner.tbs_certificate().subject();
        if subject.iter_rdn().any(|part| part.len() != 1) {
            return None;
        }
        subject
            .iter()
            .map(|attribute| {
                let oid = attribute.oid.arcs().map(u64::from).collect();
                let text = String::from_utf8(attribute.value.value().to_vec()).ok()?;
                Some((oid, attribute.value.tag(), text))
            })
            .collect()
    }

    /// First second of validity.
    #[must_use]
    pub fn not_before(&self) -> Moment {
        moment(self.inner.tbs_certificate().validity().not_before)
    }

    /// Last second of validity.
    #[must_use]
    pub fn not_after(&self) -> Moment {
        moment(self.inner.tbs_certificate().validity().not_after)
    }

    /// The DNS names among the subject's alternative names. (A common name no longer counts as a name.)
    #[must_use]
    pub fn dns_names(&self) -> Vec<String> {
        let names = self.extension::<SubjectAltName>().map(|names| names.0).unwrap_or_default();
        names
            .into_iter()
            .filter_map(|name| match name {
                GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
                _ => None,
            })
            .collect()
    }

    /// Whether the certificate is for `host`, as Go's `VerifyHostname` sees it: a `*` stands for the first label.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.dns_names().iter().map(|name| name.to_ascii_lowercase()).any(|name| {
            name == host
                || match (name.strip_prefix("*."), host.split_once('.')) {
                    (Some(pattern), Some((_, rest))) => pattern == rest,
                    _ => false,
                }
        })
    }

    /// Whether servers may use it: Go takes a certificate without any extended usage for all of them.
    #[must_use]
    pub fn is_for_servers(&self) -> bool {
        self.extension::<ExtendedKeyUsage>()
            .is_none_or(|usages| usages.0.iter().any(|usage| *usage == SERVER_AUTH || *usage == ANY_USAGE))
    }

    /// Whether it may sign others.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.extension::<BasicConstraints>().is_some_and(|constraints| constraints.ca)
            && self.extension::<KeyUsage>().is_none_or(|usage| usage.key_cert_sign())
    }

    /// The subject's key identifier.
    pub(crate) fn key_identifier(&self) -> Option<Vec<u8>> {
        self.extension::<SubjectKeyIdentifier>().map(|identifier| identifier.0.as_bytes().to_vec())
    }

    /// `RSA 2048`, `ECDSA P-256` or the algorithm's number.
    #[must_use]
    pub fn key_description(&self) -> String {
        if let Some(bits) = self.rsa_bits() {
            return format!("RSA {bits}");
        }
        match p256::ecdsa::VerifyingKey::from_public_key_der(&self.public_key()) {
            Ok(_) => "ECDSA P-256".to_owned(),
            Err(_) => self.inner.tbs_certificate().subject_public_key_info().algorithm.oid.to_string(),
        }
    }

    /// The size of the RSA key, if it is one.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<u32> {
        use rsa::traits::PublicKeyParts;
        rsa::PublicKey::from_public_key_der(&self.public_key()).ok().map(|key| key.n().bit_width())
    }

    /// Whether `key` is the private half of this certificate's key.
    #[must_use]
    pub fn belongs_to(&self, key: &PrivateKey) -> bool {
        let public = self.public_key();
        match key {
            PrivateKey::Rsa(key) => {
                rsa::PublicKey::from_public_key_der(&public).is_ok_and(|public| public == key.to_public_key())
            }
            PrivateKey::P256(key) => p256::ecdsa::VerifyingKey::from_public_key_der(&public)
                .is_ok_and(|public| public == *key.verifying_key()),
        }
    }

    /// Whether `authority`'s key signed this certificate.
    #[must_use]
    pub fn signed_by(&self, authority: &Self) -> Signature {
        let Some(signed) = self.signed_bytes() else { return Signature::Invalid };
        let public = authority.public_key();
        let signature = self.inner.signature().raw_bytes();
        let rsa = |verify: &dyn Fn(rsa::PublicKey, rsa::pkcs1v15::Signature) -> bool| match (
            rsa::PublicKey::from_public_key_der(&public),
            signature.try_into(),
        ) {
            (Ok(key), Ok(signature)) => verify(key, signature),
            _ => false,
        };
        let valid = match self.inner.signature_algorithm().oid {
            SHA256_RSA => rsa(&|key, signature| {
                rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(key).verify(signed, &signature).is_ok()
            }),
            SHA384_RSA => rsa(&|key, signature| {
                rsa::pkcs1v15::VerifyingKey::<sha2::Sha384>::new(key).verify(signed, &signature).is_ok()
            }),
            SHA512_RSA => rsa(&|key, signature| {
                rsa::pkcs1v15::VerifyingKey::<sha2::Sha512>::new(key).verify(signed, &signature).is_ok()
            }),
            SHA256_ECDSA => match (
                p256::ecdsa::VerifyingKey::from_public_key_der(&public),
                p256::ecdsa::DerSignature::from_bytes(signature),
            ) {
                (Ok(key), Ok(signature)) => key.verify(signed, &signature).is_ok(),
                // A key on another curve.
                (Err(_), _) if authority.rsa_bits().is_none() => return Signature::Unknown,
                _ => false,
            },
            _ => return Signature::Unknown,
        };
        if valid { Signature::Valid } else { Signature::Invalid }
    }

    fn public_key(&self) -> Vec<u8> {
        self.inner.tbs_certificate().subject_public_key_info().to_der().unwrap_or_default()
    }

    fn extension<'a, T: Decode<'a> + x509_cert::der::oid::AssociatedOid>(&'a self) -> Option<T> {
        self.inner.tbs_certificate().get_extension::<T>().ok().flatten().map(|(_, extension)| extension)
    }

    /// The first element inside the outer sequence, to the letter: what the signature is over.
    fn signed_bytes(&self) -> Option<&[u8]> {
        let (header, _) = element(&self.der)?;
        let inside = self.der.get(header..)?;
        let (header, length) = element(inside)?;
        inside.get(..header + length)
    }
}

/// Lengths of header and content of the DER element that `bytes` begin with.
fn element(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some((2, first));
    }
    let octets = first & 0x7f;
    let length = bytes
        .get(2..2 + octets)?
        .iter()
        .try_fold(0_usize, |length, octet| length.checked_mul(256).map(|length| length + usize::from(*octet)))?;
    Some((2 + octets, length))
}

fn moment(time: x509_cert::time::Time) -> Moment {
    Moment::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}
