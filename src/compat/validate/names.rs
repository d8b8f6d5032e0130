//! What names, labels and keys may look like (apimachinery `util/validation`, unchanged from 1.16 to 1.37 except where
//! a target is asked for).

use crate::compat::KubernetesVersion;

fn is_lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// RFC 1123 label: `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 characters.
pub(super) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_dns_part(text)
}

fn is_dns_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(first), Some(last)) if is_lower_alphanumeric(*first) && is_lower_alphanumeric(*last))
        && bytes.iter().all(|byte| is_lower_alphanumeric(*byte) || *byte == b'-')
}

/// RFC 1035 label: as RFC 1123, and begins with a letter.
pub(super) fn is_dns1035_label(text: &str) -> bool {
    is_dns_label(text) && text.as_bytes()[0].is_ascii_lowercase()
}

/// RFC 1123 subdomain: labels joined by dots, at most 253 characters.
pub(super) fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_dns_part)
}

/// A path segment, as RBAC names are.
pub(super) fn is_path_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '%'])
}

/// IANA service name, as container ports have it: at most 15 characters, a letter in it, no double hyphen.
pub(super) fn is_port_name(text: &str) -> bool {
    text.len() <= 15 && is_dns_part(text) && !text.contains("--") && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The name of an environment variable: a C identifier with dots and hyphens, from 1.32 any printable ASCII but `=`.
pub(super) fn is_env_name(text: &str, target: KubernetesVersion) -> bool {
    if text.is_empty() {
        return false;
    }
    if target.at_least(32) {
        return text.bytes().all(|byte| (32..127).contains(&byte) && byte != b'=');
    }
    !text.as_bytes()[0].is_ascii_digit()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// A key of ConfigMap or Secret.
pub(super) fn is_config_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && !text.starts_with("..")
        && text != "."
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// A label's value: at most 63 characters, may be empty.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name_part(text)
}

fn is_name_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && matches!((bytes.first(), bytes.last()), (Some(first), Some(last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte))
}

/// A label's or annotation's key: an optional subdomain and `/`, then a name of at most 63 characters.
pub(super) fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_name_part(name),
        None => is_name_part(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_apimachinery_has_them() {
        let long = "a".repeat(64);
        for (good, bad) in [("a", ""), ("0-a", "-a"), ("a0", "a-"), (&long[..63], &long), ("a-b", "A"), ("a", "a.b")] {
            assert!(is_dns_label(good) && !is_dns_label(bad), "{good} {bad}");
        }
        assert!(is_dns1035_label("a1") && !is_dns1035_label("1a"));
        assert!(is_dns_subdomain("a.b-c.0") && !is_dns_subdomain("a..b") && !is_dns_subdomain("a_b"));
        assert!(is_port_name("driver-rpc-port") && !is_port_name("driver-rpc-port1"));
        assert!(!is_port_name("123") && !is_port_name("a--b") && is_port_name("4040-a"));
        let (old, new) = (KubernetesVersion::new(31), KubernetesVersion::new(32));
        for (name, before, after) in [
            ("A_b.c-d", true, true),
            ("1A", false, true),
            ("a b", false, true),
            ("a=b", false, false),
            ("", false, false),
            ("ä", false, false),
        ] {
            assert_eq!((is_env_name(name, old), is_env_name(name, new)), (before, after), "{name}");
        }
        assert!(is_config_key("spark.properties") && !is_config_key("..a") && !is_config_key("a/b"));
        assert!(is_label_value("") && is_label_value("3.5.1") && !is_label_value("-a") && !is_label_value("a b"));
        assert!(
            is_qualified_name("a.b/C_d")
                && !is_qualified_name("a/b/c")
                && !is_qualified_name("A.b/c")
                && !is_qualified_name("/a")
        );
    }
}
