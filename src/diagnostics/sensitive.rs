//! Which keys name secrets, and how their values are kept out of quoted lines.

/// Endings of keys and names of variables whose values are secrets. Compared without case and separators.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "secretaccesskey",
    "accesskeysecret",
    "clientsecret",
    "authtoken",
    "accesstoken",
    "sessiontoken",
    "securitytoken",
    "apitoken",
    "oauthtoken",
    "apikey",
    "privatekey",
    "sastoken",
    "accountkey",
    "encryptionkey",
    "credentialsecret",
];

/// Parts of confs that name an account: what follows is a storage account's name.
const ACCOUNT_KEYS: &[&str] = &["fs.azure.account.key.", "fs.azure.sas."];

/// Keys that end like a secret, but name a thing that is none.
const HARMLESS: &[&str] = &["spark.authenticate.secret.file", "tokenprovider"];

/// Whether `key` (a conf or a variable) names a secret.
#[must_use]
pub fn is_sensitive(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    if HARMLESS.iter().any(|harmless| lower.ends_with(harmless)) {
        return false;
    }
    if ACCOUNT_KEYS.iter().any(|part| lower.contains(part)) || lower == "spark.authenticate.secret" {
        return true;
    }
    let bare: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    SECRETS.iter().any(|ending| bare.ends_with(ending)) || lower == "token" || lower.ends_with("_token")
}

/// `text` (whole lines of a file) with stars for the values of sensitive keys, byte for byte as long, so that spans
/// stay true. `before` is the line before it, which may hold the name of a `value` on the first line.
#[must_use]
pub fn masked(before: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut name = entry(before).filter(|(key, _)| *key == "name").map(|(_, value)| &before[value..]);
    for line in text.split_inclusive('\n') {
        let Some((key, value)) = entry(line) else {
            out.push_str(line);
            continue;
        };
        let secret_name = name.is_some_and(|name| is_sensitive(unquoted(name)));
        // A mapping in braces has name and value on one line.
        let in_braces = line.contains('{') && line.split([' ', ',', '{', '}', ':', '"', '\'']).any(is_sensitive);
        if is_sensitive(key) || (key == "value" && secret_name) || in_braces {
            out.push_str(&line[..value]);
            out.extend(
                line[value..].bytes().map(|byte| if byte == b'\n' || byte == b'\r' { byte as char } else { '*' }),
            );
        } else {
            out.push_str(line);
        }
        name = (key == "name").then(|| &line[value..]);
    }
    out
}

/// The key of a line `key: value`, and where its value begins.
fn entry(line: &str) -> Option<(&str, usize)> {
    let colon = line.find(": ").or_else(|| line.trim_end().ends_with(':').then(|| line.rfind(':')).flatten())?;
    let key = line[..colon].trim_start().trim_start_matches("- ").trim();
    let rest = &line[colon + 1..];
    Some((unquoted(key), colon + 1 + (rest.len() - rest.trim_start_matches(' ').len())))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_secrets_are_told_from_others() {
        for key in [
            "spark.hadoop.fs.s3a.secret.key",
            "fs.s3a.session.token",
            "DB_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "TOKEN",
            "fs.azure.account.key.me.blob.core.windows.net",
            "spark.ssl.keyStorePassword",
            "GITHUB_TOKEN",
        ] {
            assert!(is_sensitive(key), "{key}");
        }
        for key in [
            "spark.hadoop.fs.s3a.access.key",
            "spark.kubernetes.driver.secretKeyRef.X",
            "spark.authenticate",
            "name",
            "spark.kubernetes.authenticate.driver.serviceAccountName",
            "fs.s3a.aws.credentials.provider",
            "MAX_TOKENS",
            "spark.hadoop.fs.s3a.encryption.algorithm",
        ] {
            assert!(!is_sensitive(key), "{key}");
        }
    }

    #[test]
    fn values_of_secrets_become_stars_and_lengths_stay() {
        let text = "  fs.s3a.secret.key: abc\n  other: abc\n- name: DB_PASSWORD\n  value: \"abc\"\n";
        let hidden = masked("", text);
        assert_eq!(hidden, "  fs.s3a.secret.key: ***\n  other: abc\n- name: DB_PASSWORD\n  value: *****\n");
        assert_eq!(masked("- name: TOKEN", "  value: abc"), "  value: ***");
    }
}
