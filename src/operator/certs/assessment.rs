//! What the operator will do with a Secret, and what is known of it.

use super::{Certificate, Form, Layout, Moment, Pair, PrivateKey, ServiceName};
use crate::operator::Version;

/// Whom the Secret has to satisfy.
#[derive(Debug, Clone)]
pub(crate) struct Expectation {
    /// The Service, if it was given; otherwise it is read off the Secret.
    pub service: Option<String>,
    /// The namespace, if it was given.
    pub namespace: Option<String>,
    /// The operator.
    pub operator: Version,
    /// Other programs read the Secret too, or instead: any type of key is right.
    pub any_key: bool,
    /// Now.
    pub now: Moment,
    /// How many days ahead an end is worth a warning.
    pub warn_days: i64,
}

/// What the operator will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Serves it as it is, unread.
    Keeps,
    /// Makes its own and overwrites this one.
    NeverReads,
    /// Uses it, whatever names and dates it has.
    UsesBlindly,
    /// Verifies and uses it.
    Accepts,
    /// Replaces it by its own.
    Regenerates,
    /// Ends with an error, again and again.
    Crashes,
    /// The Secret cannot be looked into.
    Unknown,
}

impl Verdict {
    /// The word in JSON.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Keeps => "keeps",
            Self::NeverReads => "never-reads",
            Self::UsesBlindly => "uses-blindly",
            Self::Accepts => "accepts",
            Self::Regenerates => "regenerates",
            Self::Crashes => "crashes",
            Self::Unknown => "unknown",
        }
    }

    /// The predicate of "the operator …".
    #[must_use]
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Keeps => "serves it as it is",
            Self::NeverReads => {
                "never reads it: each replica makes its own certificate at each start and overwrites this one"
            }
            Self::UsesBlindly => "uses it without looking at names and dates",
            Self::Accepts => "accepts it",
            Self::Regenerates => "does not accept it: it makes a new authority and overwrites the Secret",
            Self::Crashes => "cannot start with it",
            Self::Unknown => "will do what the decrypted Secret deserves, which cannot be seen from here",
        }
    }
}

/// The outcome.
#[derive(Debug, Clone)]
pub(crate) struct Assessment {
    /// How far it can be looked into.
    pub form: Form,
    /// Its keys.
    pub layout: Layout,
    /// What the operator will do.
    pub verdict: Verdict,
    /// Why, in short: the message of the finding that decided.
    pub reason: Option<String>,
    /// For whom the certificate has to be.
    pub service: Option<ServiceName>,
    /// The authority, if it can be read.
    pub authority: Option<Certificate>,
    /// Its key.
    pub authority_key: Option<PrivateKey>,
    /// The server's certificate, if it can be read.
    pub server: Option<Certificate>,
    /// The first moment at which the operator, or else its clients, stop accepting the certificate.
    pub deadline: Option<Moment>,
}

impl Assessment {
    /// The authority with its key, to sign with.
    #[must_use]
    pub(crate) fn signing_pair(&self) -> Option<Pair> {
        let (certificate, key) = (self.authority.clone()?, self.authority_key.clone()?);
        certificate.belongs_to(&key).then_some(Pair { certificate, key })
    }
}
