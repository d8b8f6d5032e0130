//! Private keys: made, read, written, and used to sign. The operator reads PKCS#1 RSA keys and nothing else; the
//! other types are for other readers of the same Secret.

use std::fmt;

use p256::{
    elliptic_curve::Generate,
    pkcs8::{DecodePrivateKey, EncodePrivateKey},
};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};
use rsa::{
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey},
    signature::{SignatureEncoding, Signer},
    traits::PublicKeyParts,
};

use super::{Block, pem};

/// Kinds of keys that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum KeyType {
    /// What the operator makes itself.
    #[default]
    #[value(name = "rsa-2048")]
    Rsa2048,
    /// Longer.
    #[value(name = "rsa-3072")]
    Rsa3072,
    /// Longest, slow to make.
    #[value(name = "rsa-4096")]
    Rsa4096,
    /// Short and fast; the operator cannot read it.
    #[value(name = "ecdsa-p256")]
    EcdsaP256,
}

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum KeyEncoding {
    /// `RSA PRIVATE KEY` (for EC keys: SEC 1, `EC PRIVATE KEY`); what the operator reads.
    #[default]
    Pkcs1,
    /// `PRIVATE KEY`.
    Pkcs8,
}

/// A private key.
#[derive(Clone)]
pub enum PrivateKey {
    /// RSA.
    Rsa(Box<rsa::PrivateKey>),
    /// ECDSA on P-256.
    P256(Box<p256::ecdsa::SigningKey>),
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe().as_str())
    }
}

/// What Go's `x509.ParsePKCS1PrivateKey` would say to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// It is one.
    Pkcs1,
    /// PKCS#8: "use ParsePKCS8PrivateKey instead for this key format".
    Pkcs8,
    /// An EC key: "use ParseECPrivateKey instead for this key format".
    Sec1,
}

impl PrivateKey {
    /// Makes a key from the system's randomness.
    #[must_use]
    pub fn generate(key_type: KeyType) -> Self {
        let mut random = rsa::rand_core::UnwrapErr(getrandom::SysRng);
        let bits = match key_type {
            KeyType::Rsa2048 => 2048,
            KeyType::Rsa3072 => 3072,
            KeyType::Rsa4096 => 4096,
            KeyType::EcdsaP256 => return Self::P256(Box::new(p256::ecdsa::SigningKey::generate_from_rng(&mut random))),
        };
        Self::Rsa(Box::new(rsa::PrivateKey::new(&mut random, bits).expect("the sizes above are ones the crate makes")))
    }

    /// Reads a key of any form; `None` if it is none of ours or broken.
    #[must_use]
    pub fn read(block: &Block) -> Option<(Self, KeyForm)> {
        let rsa = |key| Self::Rsa(Box::new(key));
        let p256 = |key: p256::SecretKey| Self::P256(Box::new(key.into()));
        let der = &block.der;
        if let Ok(key) = rsa::PrivateKey::from_pkcs1_der(der) {
            return Some((rsa(key), KeyForm::Pkcs1));
        }
        if let Ok(key) = p256::SecretKey::from_sec1_der(der) {
            return Some((p256(key), KeyForm::Sec1));
        }
        if let Ok(key) = rsa::PrivateKey::from_pkcs8_der(der) {
            return Some((rsa(key), KeyForm::Pkcs8));
        }
        p256::SecretKey::from_pkcs8_der(der).ok().map(|key| (p256(key), KeyForm::Pkcs8))
    }

    /// Writes the key as PEM.
    #[must_use]
    pub fn to_pem(&self, encoding: KeyEncoding) -> String {
        const INVARIANT: &str = "a key that exists can be written";
        match (self, encoding) {
            (Self::Rsa(key), KeyEncoding::Pkcs1) => {
                pem::encode("RSA PRIVATE KEY", key.to_pkcs1_der().expect(INVARIANT).as_bytes())
            }
            (Self::Rsa(key), KeyEncoding::Pkcs8) => {
                pem::encode("PRIVATE KEY", key.to_pkcs8_der().expect(INVARIANT).as_bytes())
            }
            (Self::P256(key), KeyEncoding::Pkcs1) => {
                pem::encode("EC PRIVATE KEY", &p256::SecretKey::from(key.as_ref()).to_sec1_der().expect(INVARIANT))
            }
            (Self::P256(key), KeyEncoding::Pkcs8) => {
                pem::encode("PRIVATE KEY", key.to_pkcs8_der().expect(INVARIANT).as_bytes())
            }
        }
    }

    /// The type that a successor of this key has: at least as long.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa(key) => match key.n().bit_width() {
                ..=2048 => KeyType::Rsa2048,
                2049..=3072 => KeyType::Rsa3072,
                _ => KeyType::Rsa4096,
            },
            Self::P256(_) => KeyType::EcdsaP256,
        }
    }

    /// `RSA 2048` or `ECDSA P-256`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Rsa(key) => format!("RSA {}", key.n().bit_width()),
            Self::P256(_) => "ECDSA P-256".to_owned(),
        }
    }

    /// What `rcgen` signs with.
    pub(crate) fn signer(&self) -> KeySigner<'_> {
        let public = match self {
            Self::Rsa(key) => {
                key.to_public_key().to_pkcs1_der().expect("a key that exists can be written").as_bytes().to_vec()
            }
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        };
        KeySigner { key: self, public }
    }
}

/// A key with its public half, as `rcgen` wants it: this crate is built without a crypto backend, since none of
/// them makes RSA keys in pure Rust.
pub(crate) struct KeySigner<'a> {
    key: &'a PrivateKey,
    public: Vec<u8>,
}

impl PublicKeyData for KeySigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.key {
            PrivateKey::Rsa(_) => &PKCS_RSA_SHA256,
            PrivateKey::P256(_) => &PKCS_ECDSA_P256_SHA256,
        }
    }
}

impl rcgen::SigningKey for KeySigner<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        match self.key {
            PrivateKey::Rsa(key) => rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(key.as_ref().clone())
                .try_sign(message)
                .map(|signature| signature.to_vec())
                .map_err(|_| rcgen::Error::RemoteKeyError),
            PrivateKey::P256(key) => {
                let signature: p256::ecdsa::DerSignature =
                    key.try_sign(message).map_err(|_| rcgen::Error::RemoteKeyError)?;
                Ok(signature.as_bytes().to_vec())
            }
        }
    }
}
