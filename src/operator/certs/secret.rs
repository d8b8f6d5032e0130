//! The Secret manifest: how it is written, and how it is found and read in a file.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Certificate, KeyEncoding, Owner, Pair, owner};
use crate::{
    map,
    operator::certs,
    tree::{Mapping, Node},
};

/// Under which keys a Secret has its four parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Layout {
    /// `ca-key.pem`, `ca-cert.pem`, `server-cert.pem`, `server-key.pem`: the operator makes and reads these.
    #[default]
    Operator,
    /// `ca.crt`, `tls.crt`, `tls.key`: cert-manager makes these; many other programs read them.
    CertManager,
}

/// The parts of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPart {
    /// The authority's private key.
    CaKey,
    /// The authority's certificate.
    CaCert,
    /// The server's certificate.
    ServerCert,
    /// The server's private key.
    ServerKey,
}

impl Layout {
    /// The parts with their keys, in the order in which they are written (that of the alphabet, as in a cluster).
    #[must_use]
    pub fn keys(self) -> &'static [(SecretPart, &'static str)] {
        match self {
            Self::Operator => &[
                (SecretPart::CaCert, "ca-cert.pem"),
                (SecretPart::CaKey, "ca-key.pem"),
                (SecretPart::ServerCert, "server-cert.pem"),
                (SecretPart::ServerKey, "server-key.pem"),
            ],
            Self::CertManager => &[
                (SecretPart::CaCert, "ca.crt"),
                (SecretPart::ServerCert, "tls.crt"),
                (SecretPart::ServerKey, "tls.key"),
            ],
        }
    }

    /// The key of `part`, if this layout has it.
    #[must_use]
    pub fn key(self, part: SecretPart) -> Option<&'static str> {
        self.keys().iter().find(|(known, _)| *known == part).map(|(_, key)| *key)
    }

    /// `type` of the Secret. A Secret's type cannot be changed, so it must be the one that the other writer uses.
    #[must_use]
    pub fn secret_type(self) -> &'static str {
        match self {
            Self::Operator => "Opaque",
            Self::CertManager => "kubernetes.io/tls",
        }
    }
}

/// The annotation that remembers for which Service a Secret was made.
pub(crate) const SERVICE_ANNOTATION: &str = "certs.spark-render.io/service";

/// What a Secret is called, and for whom it is.
#[derive(Debug, Clone)]
pub struct SecretOptions {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// The webhook's Service.
    pub service: String,
    /// Its keys.
    pub layout: Layout,
    /// How private keys are written.
    pub encoding: KeyEncoding,
    /// Who owns it.
    pub owner: Owner,
}

/// The Secret as an object: `data`, never `stringData` (Argo CD overwrites ignored values from the latter).
#[must_use]
pub fn manifest(options: &SecretOptions, authority: &Pair, server: &Pair) -> Node {
    let mut data = Mapping::new();
    for (part, key) in options.layout.keys() {
        data.insert(*key, encoded(*part, authority, server, options.encoding));
    }
    let mut annotations = owner::annotations(options.owner);
    annotations.insert(SERVICE_ANNOTATION, &options.service);
    annotations.sort();
    map! {
        "apiVersion" => "v1",
        "kind" => "Secret",
        "metadata" => map! {
            "name" => &options.name,
            "namespace" => &options.namespace,
            "annotations" => annotations,
        },
        "type" => options.layout.secret_type(),
        "data" => data,
    }
}

/// The value of `part` for `data`.
#[must_use]
pub(crate) fn encoded(part: SecretPart, authority: &Pair, server: &Pair, encoding: KeyEncoding) -> String {
    STANDARD.encode(match part {
        SecretPart::CaKey => authority.key.to_pem(encoding),
        SecretPart::CaCert => authority.certificate_pem(),
        SecretPart::ServerCert => server.certificate_pem(),
        SecretPart::ServerKey => server.key.to_pem(encoding),
    })
}

/// How far a file's Secret can be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Readable.
    Plain,
    /// Encrypted by SOPS: there is a top-level `sops`.
    Sops,
    /// A SealedSecret.
    Sealed,
    /// Encrypted as a whole, by git-crypt or age.
    EncryptedFile,
}

impl Form {
    /// `plain`, `sops`, `sealed`, `encrypted-file`.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Sops => "sops",
            Self::Sealed => "sealed",
            Self::EncryptedFile => "encrypted-file",
        }
    }
}

/// Whether `bytes` are a file that git-crypt or age encrypted.
#[must_use]
pub(crate) fn is_encrypted_file(bytes: &[u8]) -> bool {
    [b"\0GITCRYPT\0".as_slice(), b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
}

/// The form of `object`, if it is a Secret in any form.
#[must_use]
pub(crate) fn form(object: &Node) -> Option<Form> {
    if object.get("sops").is_some_and(|sops| sops.as_mapping().is_some()) {
        return Some(Form::Sops);
    }
    let group = object.str_at(&["apiVersion"]).unwrap_or_default();
    match object.str_at(&["kind"])? {
        "Secret" if group == "v1" => Some(Form::Plain),
        "SealedSecret" if group.starts_with("bitnami.com/") => Some(Form::Sealed),
        _ => None,
    }
}

/// The layout of a plain Secret: that of the keys it has, the operator's if it has none.
#[must_use]
pub(crate) fn layout(secret: &Node) -> Layout {
    let has = |layout: Layout| {
        ["data", "stringData"]
            .iter()
            .any(|field| layout.keys().iter().any(|(_, key)| secret.at_keys(&[*field, *key]).is_some()))
    };
    if !has(Layout::Operator) && has(Layout::CertManager) { Layout::CertManager } else { Layout::Operator }
}

/// Whether `object` is a Secret in any form that holds, or is meant to hold, the webhook's certificate.
#[must_use]
pub(crate) fn holds_certificate(object: &Node) -> bool {
    let keys = |fields: &[&str]| {
        let data = object.at_keys(fields).and_then(Node::as_mapping);
        data.is_some_and(|data| Layout::Operator.keys().iter().any(|(_, key)| data.contains_key(key)))
    };
    form(object).is_some() && (keys(&["data"]) || keys(&["stringData"]) || keys(&["spec", "encryptedData"]))
        || object.at_keys(&["metadata", "annotations", SERVICE_ANNOTATION]).is_some()
}

/// The Secret among `objects`: the one called `name`, or the only one, or the only one with the operator's keys.
///
/// # Errors
/// When it is not clear which one is meant.
pub(crate) fn find<'a>(objects: impl IntoIterator<Item = &'a Node>, name: Option<&str>) -> Result<&'a Node, FindError> {
    let secrets: Vec<_> = objects.into_iter().filter(|object| form(object).is_some()).collect();
    let names: Vec<_> = secrets.iter().map(|secret| secret_name(secret).to_owned()).collect();
    let candidates: Vec<_> = match name {
        // SOPS can hide names, too.
        Some(name) => secrets
            .into_iter()
            .filter(|secret| {
                let found = secret_name(secret);
                found == name || form(secret) == Some(Form::Sops) && (found.is_empty() || found.starts_with("ENC["))
            })
            .collect(),
        None if secrets.len() > 1 => secrets.into_iter().filter(|secret| holds_certificate(secret)).collect(),
        None => secrets,
    };
    match candidates.as_slice() {
        [one] => Ok(one),
        [] if names.is_empty() => Err(FindError::NoSecret),
        [] => Err(FindError::OtherName(names)),
        _ => Err(FindError::Several(names)),
    }
}

/// Why a file's Secret is not clear.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FindError {
    /// There is none.
    #[error("there is no Secret in it")]
    NoSecret,
    /// There are some, but not that one.
    #[error("the Secret in it is another one: `{}`", .0.join("`, `"))]
    OtherName(Vec<String>),
    /// There are several.
    #[error("there are several Secrets in it: `{}`", .0.join("`, `"))]
    Several(Vec<String>),
}

fn secret_name(secret: &Node) -> &str {
    secret.str_at(&["metadata", "name"]).unwrap_or_default()
}

/// The first PEM block of `part` in a plain Secret, if it can be read.
#[must_use]
pub(crate) fn part(secret: &Node, part: SecretPart) -> Option<certs::Block> {
    let key = layout(secret).key(part)?;
    let text = if let Some(text) = secret.at_keys(&["stringData", key]).and_then(Node::as_str) {
        text.to_owned()
    } else {
        let data = secret.at_keys(&["data", key]).and_then(Node::as_str)?;
        String::from_utf8(STANDARD.decode(data.split_whitespace().collect::<String>()).ok()?).ok()?
    };
    certs::pem_blocks(&text).into_iter().next()
}

/// The authority's certificate in a plain Secret, if it can be read.
#[must_use]
pub(super) fn authority(secret: &Node) -> Option<Certificate> {
    Certificate::parse(&part(secret, SecretPart::CaCert)?.der).ok()
}

#[cfg(test)]
mod tests {
    use super::is_encrypted_file;

    #[test]
    fn encrypted_files_are_told_by_their_first_bytes() {
        for (bytes, is_encrypted) in [
            (&b"\0GITCRYPT\0rest"[..], true),
            (b"age-encryption.org/v1\n", true),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n", true),
            (b"GITCRYPT", false),
            (b"apiVersion: v1\n", false),
            (b"", false),
        ] {
            assert_eq!(is_encrypted_file(bytes), is_encrypted, "{bytes:?}");
        }
    }
}
