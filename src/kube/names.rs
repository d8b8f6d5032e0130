//! What names, labels and keys may look like (apimachinery `util/validation`, unchanged from 1.16 to 1.37 except where
//! a target is asked for).

use super::{Feature, Version};

/// The longest DNS label: names of Services, host names and label values have no more characters.
pub(crate) const LABEL_LENGTH: usize = 63;
/// The longest DNS subdomain: names of most objects have no more characters.
pub(crate) const SUBDOMAIN_LENGTH: usize = 253;

/// `a-z0-9`.
const LOWER: u8 = 1;
/// `a-z0-9-`.
const DNS: u8 = 1 << 1;
/// `A-Za-z0-9`.
const ALPHANUMERIC: u8 = 1 << 2;
/// `A-Za-z0-9-._`.
const NAME: u8 = 1 << 3;
/// Printable ASCII but `=`.
const ENV: u8 = 1 << 4;

/// What each byte may be part of. One look-up takes the place of up to six comparisons for each byte.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 32;
    while byte < 127 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => LOWER | DNS | ALPHANUMERIC | NAME | ENV,
            b'A'..=b'Z' => ALPHANUMERIC | NAME | ENV,
            b'-' => DNS | NAME | ENV,
            b'.' | b'_' => NAME | ENV,
            b'=' => 0,
            _ => ENV,
        };
        byte += 1;
    }
    classes
};

/// Whether all `bytes` are of `class`.
fn all(bytes: &[u8], class: u8) -> bool {
    bytes.iter().fold(class, |left, byte| left & CLASSES[usize::from(*byte)]) != 0
}

/// Whether all bytes are of `inside`, and the first and the last one of `ends`, too.
fn is_made_of(bytes: &[u8], inside: u8, ends: u8) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    all(&[*first, *last], ends) && all(bytes, inside)
}

/// RFC 1123 label: `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63 characters.
#[must_use]
pub(crate) fn is_dns_label(text: &str) -> bool {
    text.len() <= LABEL_LENGTH && is_dns_part(text.as_bytes())
}

fn is_dns_part(bytes: &[u8]) -> bool {
    is_made_of(bytes, DNS, LOWER)
}

/// RFC 1035 label: as RFC 1123, and begins with a letter.
#[must_use]
pub(crate) fn is_dns1035_label(text: &str) -> bool {
    is_dns_label(text) && text.as_bytes()[0].is_ascii_lowercase()
}

/// RFC 1123 subdomain: labels joined by dots, at most 253 characters.
#[must_use]
pub(crate) fn is_dns_subdomain(text: &str) -> bool {
    is_subdomain(text.as_bytes())
}

fn is_subdomain(bytes: &[u8]) -> bool {
    bytes.len() <= SUBDOMAIN_LENGTH && bytes.split(|byte| *byte == b'.').all(is_dns_part)
}

/// A path segment, as RBAC names are.
pub(crate) fn is_path_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '%'])
}

/// IANA service name, as container ports have it: at most 15 characters, a letter in it, no double hyphen.
pub(crate) fn is_port_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 15
        && is_dns_part(bytes)
        && !bytes.windows(2).any(|pair| pair == b"--")
        && bytes.iter().any(u8::is_ascii_lowercase)
}

/// The name of an environment variable: a C identifier with dots and hyphens, from 1.32 any printable ASCII but `=`.
pub(crate) fn is_env_name(text: &str, target: Version) -> bool {
    let bytes = text.as_bytes();
    match bytes.first() {
        None => false,
        Some(_) if target.has(Feature::RelaxedEnvNames) => all(bytes, ENV),
        Some(first) => !first.is_ascii_digit() && all(bytes, NAME),
    }
}

/// A key of ConfigMap or Secret.
pub(crate) fn is_config_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= SUBDOMAIN_LENGTH
        && !text.starts_with("..")
        && text != "."
        && all(text.as_bytes(), NAME)
}

/// A label's value: at most 63 characters, may be empty.
pub(crate) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name_part(text.as_bytes())
}

fn is_name_part(bytes: &[u8]) -> bool {
    bytes.len() <= LABEL_LENGTH && is_made_of(bytes, NAME, ALPHANUMERIC)
}

/// A label's or annotation's key: an optional subdomain and `/`, then a name of at most 63 characters.
pub(crate) fn is_qualified_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.iter().position(|byte| *byte == b'/') {
        Some(slash) => is_subdomain(&bytes[..slash]) && is_name_part(&bytes[slash + 1..]),
        None => is_name_part(bytes),
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
        let (old, new) = (Version::nearest(31), Version::nearest(32));
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
