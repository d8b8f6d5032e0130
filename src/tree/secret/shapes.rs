//! Secrets that are known by their shape, whatever they are called.

use std::ops::Range;

/// What a token is made of after its prefix.
type Alphabet = fn(u8) -> bool;

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn dotted(byte: u8) -> bool {
    word(byte) || byte == b'.'
}

fn base64(byte: u8) -> bool {
    dotted(byte) || matches!(byte, b'+' | b'/' | b'=' | b'~')
}

/// Prefix, the fewest bytes that follow it, and which. From the issuers' documentation of their token formats.
const TOKENS: &[(&str, usize, Alphabet)] = &[
    // AWS: long-term and temporary access keys.
    ("AKIA", 16, upper),
    ("ASIA", 16, upper),
    // GitHub.
    ("ghp_", 20, word),
    ("gho_", 20, word),
    ("ghu_", 20, word),
    ("ghs_", 20, word),
    ("ghr_", 20, word),
    ("github_pat_", 20, word),
    // GitLab, Slack, Google, Databricks, Vault, npm, Stripe.
    ("glpat-", 16, word),
    ("xoxa-", 10, word),
    ("xoxb-", 10, word),
    ("xoxp-", 10, word),
    ("xoxr-", 10, word),
    ("xoxs-", 10, word),
    ("AIza", 30, word),
    ("dapi", 32, word),
    ("hvs.", 20, word),
    ("npm_", 30, word),
    ("sk_live_", 16, word),
    ("rk_live_", 16, word),
];

/// Words after `Bearer` that are prose.
const PROSE: &[&str] = &["token", "tokens", "auth", "authentication", "authorization", "credentials", "scheme"];
/// Bytes of the shortest token after `Bearer`.
const SHORTEST: usize = 6;

/// Private keys in PEM, tokens with a known prefix, JSON Web Tokens, and what follows `Bearer` or `Basic` of a header.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    private_keys(text, found);
    for (prefix, fewest, alphabet) in TOKENS {
        for (at, _) in starts(text, prefix) {
            let end = run(text, at + prefix.len(), *alphabet);
            if end - at - prefix.len() >= *fewest {
                found.push(at..end);
            }
        }
    }
    for (at, _) in starts(text, "eyJ") {
        let end = run(text, at, dotted);
        let mut parts = text[at..end].split('.');
        if parts.clone().count() >= 3 && parts.all(|part| part.len() > 2 || part.is_empty()) {
            found.push(at..end);
        }
    }
    for scheme in ["Bearer ", "bearer ", "BEARER "] {
        for (at, _) in starts(text, scheme) {
            let start = at + scheme.len();
            let end = run(text, start, base64);
            if end - start >= SHORTEST && !PROSE.contains(&text[start..end].trim_end_matches('.')) {
                found.push(start..end);
            }
        }
    }
    for (at, header) in text.match_indices("uthorization: Basic ") {
        let start = at + header.len();
        found.push(start..run(text, start, base64));
    }
}

/// Matches at the start of a word.
fn starts<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(prefix).filter(|(at, _)| *at == 0 || !word(text.as_bytes()[at - 1]))
}

/// Where the bytes of `alphabet` that begin at `start` end.
fn run(text: &str, start: usize, alphabet: Alphabet) -> usize {
    text.as_bytes()[start..].iter().position(|byte| !alphabet(*byte)).map_or(text.len(), |length| start + length)
}

/// The bodies of PEM blocks of private keys; the rest of the text where one does not end.
fn private_keys(text: &str, found: &mut Vec<Range<usize>>) {
    let mut after = 0;
    while let Some(begin) = text[after..].find("-----BEGIN ").map(|at| after + at) {
        let label = begin + "-----BEGIN ".len();
        let Some(close) = text[label..].find("-----").map(|at| label + at) else { break };
        after = close + "-----".len();
        if text[label..close].contains("PRIVATE KEY") {
            let end = text[after..].find("-----END ").map_or(text.len(), |at| after + at);
            found.push(after..end);
            after = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(text, &mut found);
        found.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn shapes_are_found() {
        for (text, secret) in [
            ("x AKIAIOSFODNN7EXAMPLE y", "AKIAIOSFODNN7EXAMPLE"),
            ("Authorization: Bearer abc.def-1", "abc.def-1"),
            ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
            ("t=eyJhbGciOi.eyJzdWIi.c2ln;", "eyJhbGciOi.eyJzdWIi.c2ln"),
            ("-----BEGIN RSA PRIVATE KEY-----\\nabc\\n-----END RSA PRIVATE KEY-----", "\\nabc\\n"),
            ("-----BEGIN PRIVATE KEY-----\nabc", "\nabc"),
            ("ghp_0123456789abcdefghij", "ghp_0123456789abcdefghij"),
        ] {
            assert_eq!(shown(text), [secret]);
        }
    }

    /// Of each issuer: a token of the fewest characters, and one that is a character too short.
    #[test]
    fn tokens_are_found_from_their_shortest_on() {
        for (prefix, fewest) in [
            ("AKIA", 16),
            ("ASIA", 16),
            ("ghp_", 20),
            ("gho_", 20),
            ("ghu_", 20),
            ("ghs_", 20),
            ("ghr_", 20),
            ("github_pat_", 20),
            ("glpat-", 16),
            ("xoxa-", 10),
            ("xoxb-", 10),
            ("xoxp-", 10),
            ("xoxr-", 10),
            ("xoxs-", 10),
            ("AIza", 30),
            ("dapi", 32),
            ("hvs.", 20),
            ("npm_", 30),
            ("sk_live_", 16),
            ("rk_live_", 16),
        ] {
            let token = format!("{prefix}{}", "A".repeat(fewest));
            assert_eq!(shown(&format!("x {token} y")), [token.as_str()]);
            assert!(shown(&format!("x {} y", &token[..token.len() - 1])).is_empty(), "{token}");
        }
    }

    #[test]
    fn what_only_looks_so_is_left() {
        for text in [
            "AKIA",
            "xAKIAIOSFODNN7EXAMPLE",
            "a Bearer token is sent",
            "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
            "eyJub3QgYSB0b2tlbiI6MX0=",
        ] {
            assert!(shown(text).is_empty(), "{text}");
        }
    }
}
