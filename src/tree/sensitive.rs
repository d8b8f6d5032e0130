//! Which keys name secrets, and how their values are kept out of quoted lines.

use std::ops::Range;

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

/// A secret inside of a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// What it is called there: `password`.
    pub name: &'a str,
    /// Where its value is.
    pub value: Range<usize>,
}

/// The secrets inside of a text: `password="…"` of a JAAS entry, `-Djavax.net.ssl.keyStorePassword=…` of Java options,
/// `--token=…` of arguments, `://user:…@host` of an URL.
#[must_use]
pub fn assignments(text: &str) -> Vec<Assignment<'_>> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut found: Vec<Assignment<'_>> = Vec::new();
    for (at, _) in text.match_indices('=') {
        let start = text[..at]
            .rfind(|c| !is_of_name(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let name = text[start..at].trim_start_matches('-');
        let name = name.strip_prefix('D').filter(|_| text[start..].starts_with("-D")).unwrap_or(name);
        if !is_sensitive(name) {
            continue;
        }
        // Quotes may be escaped, where the text is a line of YAML.
        let opening = text[at + 1..].find(|c| c != '\\').map_or(text.len(), |skipped| at + 1 + skipped);
        let quote = text[opening..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = opening + usize::from(quote.is_some());
        let is_end = |c: char| match quote {
            Some(quote) => c == quote || c == '\\' || c == '\n',
            None => c.is_whitespace() || matches!(c, ';' | ',' | '&' | '"' | '\''),
        };
        let end = text[value..].find(is_end).map_or(text.len(), |length| value + length);
        found.push(Assignment { name, value: value..end });
    }
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let length = text[start..].find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''));
        let authority = &text[start..length.map_or(text.len(), |length| start + length)];
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some((name, password)) = user.split_once(':')
        {
            let value = start + name.len() + 1;
            found.push(Assignment { name: "password", value: value..value + password.len() });
        }
    }
    found.retain(|one| !one.value.is_empty());
    found
}

/// `text` with stars for the secrets inside of it, byte for byte as long.
#[must_use]
pub fn redacted(text: &str) -> String {
    let ranges: Vec<Range<usize>> = assignments(text).into_iter().map(|one| one.value).collect();
    let hidden = |at: usize| ranges.iter().any(|range| range.contains(&at));
    let stars = |(at, c): (usize, char)| {
        let (shown, count) = if hidden(at) { ('*', c.len_utf8()) } else { (c, 1) };
        std::iter::repeat_n(shown, count)
    };
    text.char_indices().flat_map(stars).collect()
}

/// `text` (whole lines of a file) with stars for the values of sensitive keys, byte for byte as long, so that spans
/// stay true. `before` is the line before it, which may hold the name of a `value` on the first line.
#[must_use]
pub fn masked(before: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut name = entry(before).filter(|(key, _)| *key == "name").map(|(_, value)| &before[value..]);
    for line in text.split_inclusive('\n') {
        let Some((key, value)) = entry(line) else {
            out.push_str(&redacted(line));
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
            out.push_str(&redacted(line));
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

    #[test]
    fn secrets_inside_of_texts_become_stars() {
        for (text, hidden) in [
            (r#"required username="u" password="abc";"#, r#"required username="u" password="***";"#),
            (r#"x: "a password=\"abc\";""#, r#"x: "a password=\"***\";""#),
            ("-Da=b -Djavax.net.ssl.keyStorePassword=abc -Dc=d", "-Da=b -Djavax.net.ssl.keyStorePassword=*** -Dc=d"),
            ("- --api-token=é1 --x=y", "- --api-token=*** --x=y"),
            ("jdbc:x://u:abc@host:1/db?password=abc&x=y", "jdbc:x://u:***@host:1/db?password=***&x=y"),
        ] {
            assert_eq!(redacted(text), hidden);
            assert_eq!(masked("", text), hidden);
        }
        for text in ["s3a://bucket:80/a@b", "password=", "-Dpassword.file.count=3", "a == b", "password: see below"] {
            assert_eq!(redacted(text), text);
        }
    }
}
