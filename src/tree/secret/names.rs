//! Which names say that a value is a secret: of variables, confs, keys, annotations and flags.

/// Where in a name a word must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Anywhere, also inside of another word: names are written in many ways.
    Anywhere,
    /// As a word of its own, or at the end of one: `PGPASS`.
    Word,
}

/// When `check` says that the value stands in clear. Hiding too much costs little, a wrong warning costs trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Never: it may be a name, or half of a pair that is no secret alone.
    Never,
    /// If the name ends so.
    AtEnd,
    /// Always: what follows in the name is an account.
    Always,
}

use Stands::{Anywhere, Word};
use Told::{Always, AtEnd, Never};

/// Letters and digits only, in lower case.
const TABLE: &[(&str, Stands, Told)] = &[
    ("password", Anywhere, AtEnd),
    ("passwd", Anywhere, AtEnd),
    ("passphrase", Anywhere, AtEnd),
    ("passcode", Anywhere, AtEnd),
    ("pass", Word, AtEnd),
    ("pwd", Word, AtEnd),
    ("pw", Word, Never),
    ("secret", Anywhere, Never),
    ("secretkey", Anywhere, AtEnd),
    ("secretaccesskey", Anywhere, AtEnd),
    ("accesskeysecret", Anywhere, AtEnd),
    ("clientsecret", Anywhere, AtEnd),
    ("credentialsecret", Anywhere, AtEnd),
    ("sparkauthenticatesecret", Anywhere, AtEnd),
    ("token", Anywhere, Never),
    ("token", Word, AtEnd),
    ("credential", Anywhere, Never),
    ("creds", Word, Never),
    ("apikey", Anywhere, AtEnd),
    ("accesskey", Anywhere, Never),
    ("privatekey", Anywhere, AtEnd),
    ("signingkey", Anywhere, AtEnd),
    ("encryptionkey", Anywhere, AtEnd),
    ("accountkey", Anywhere, AtEnd),
    ("storagekey", Anywhere, AtEnd),
    ("sharedkey", Anywhere, AtEnd),
    ("fsazureaccountkey", Anywhere, Always),
    ("fsazuresas", Anywhere, Always),
    ("sas", Word, Never),
    ("sig", Word, AtEnd),
    ("amzsignature", Anywhere, AtEnd),
    ("bearer", Word, Never),
    ("connectionstring", Anywhere, Never),
    ("connstr", Anywhere, Never),
];

/// Words that end like a secret.
const OTHER_WORDS: &[&str] = &["bypass", "compass", "onepass", "multipass"];

/// Parts of names that refer to a Secret or count tokens.
const HARMLESS: &[&str] = &[
    ".secrets.",
    "secretkeyref",
    "secretname",
    "secretref",
    "existingsecret",
    "imagepullsecret",
    "serviceaccounttoken",
    "secretprovider",
    "secrettype",
];

/// Endings, letters only, of names that hold a place, a number, a switch or a name.
const HARMLESS_ENDINGS: &[&str] = &[
    "algorithm",
    "algorithms",
    "bits",
    "class",
    "count",
    "dir",
    "enabled",
    "expiry",
    "file",
    "interval",
    "itemkey",
    "length",
    "location",
    "maxtokens",
    "mode",
    "name",
    "path",
    "policy",
    "provider",
    "ratio",
    "required",
    "retries",
    "providertype",
    "seconds",
    "timeout",
];

/// Whether a value under this name is hidden.
#[must_use]
pub(crate) fn is_secret(name: &str) -> bool {
    matches(name, |row, letters, words| match row.1 {
        Anywhere => letters.contains(row.0),
        Word => words.iter().any(|word| is_word(word, row.0)),
    })
}

/// Whether `check` says that a value under this name stands in clear.
#[must_use]
pub(crate) fn is_told(name: &str) -> bool {
    matches(name, |row, letters, words| match (row.2, row.1) {
        (Never, _) => false,
        (Always, _) => letters.contains(row.0),
        (AtEnd, Anywhere) => letters.ends_with(row.0),
        (AtEnd, Word) => words.last().is_some_and(|word| is_word(word, row.0)),
    })
}

fn matches(name: &str, is_match: impl Fn(&(&str, Stands, Told), &str, &[String]) -> bool) -> bool {
    if name.len() < 2 || name.len() > MAX {
        return false;
    }
    let words = words(name);
    let letters = words.concat();
    if !TABLE.iter().any(|row| is_match(row, &letters, &words)) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    !HARMLESS.iter().any(|part| lower.contains(part))
        && !HARMLESS_ENDINGS.iter().any(|ending| letters.ends_with(ending))
}

/// Bytes of the longest name; what is longer is no name.
const MAX: usize = 512;

fn is_word(word: &str, secret: &str) -> bool {
    word == secret || secret.len() > 3 && word.ends_with(secret) && !OTHER_WORDS.contains(&word)
}

/// `keyStorePassword`, `KEY_STORE_PASSWORD` and `key-store.password` as `key`, `store` and `password`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (before_is_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before_is_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "spark.hadoop.fs.s3a.secret.key",
            "fs.s3a.session.token",
            "DB_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "TOKEN",
            "fs.azure.account.key.me.blob.core.windows.net",
            "spark.ssl.keyStorePassword",
            "spark.authenticate.secret",
            "GITHUB_TOKEN",
            "PGPASS",
            "MY_PWD",
            "spark.my.passphrase",
            "SIGNING_KEY",
            "ENCRYPTION_KEY",
            "AZURE_STORAGE_KEY",
            "--api-key",
            "db-password",
        ] {
            assert!(is_secret(name) && is_told(name), "{name}");
        }
        for name in
            ["spark.hadoop.fs.s3a.access.key", "AWS_ACCESS_KEY_ID", "my.secret", "CREDENTIALS", "CONNECTION_STRING"]
        {
            assert!(is_secret(name) && !is_told(name), "{name}");
        }
        for name in [
            "spark.kubernetes.driver.secretKeyRef.X",
            "spark.kubernetes.driver.secrets.db",
            "spark.authenticate",
            "spark.authenticate.secret.file",
            "TOKEN_FILE",
            "key",
            "name",
            "spark.kubernetes.authenticate.driver.serviceAccountName",
            "fs.s3a.aws.credentials.provider",
            "MAX_TOKENS",
            "spark.hadoop.fs.s3a.encryption.algorithm",
            "automountServiceAccountToken",
            "BYPASS",
            "spark.io.encryption.keySizeBits",
            "design",
            // A word of three letters is one by itself only.
            "KANSAS",
            "userpwd",
        ] {
            assert!(!is_secret(name) && !is_told(name), "{name}");
        }
    }
}
