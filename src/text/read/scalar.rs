//! What a plain scalar means, as go-yaml v2 (in kubectl and Argo CD) resolves it: `resolve.go` of
//! `go.yaml.in/yaml/v2` 2.4 and the number rules of Go's `strconv`. Where go-yaml v3 (in kustomize) reads
//! something else, [`dialect`] says so.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Number;

use crate::tree::{Diagnostic, Value};

/// A resolved plain scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar<'a> {
    /// `~`, `null`, nothing.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites.
    Bool(bool),
    /// An integer that `i64` holds.
    Int(i64),
    /// A larger one.
    Uint(u64),
    /// Any other number, `.inf` and `.nan` included.
    Float(f64),
    /// Everything else.
    Text(&'a str),
}

/// Resolves a plain scalar without a tag.
#[must_use]
pub(super) fn resolve(text: &str) -> Scalar<'_> {
    let Some(first) = text.bytes().next() else { return Scalar::Null };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => match text {
            ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Scalar::Float(f64::INFINITY),
            _ => float(text).map_or(Scalar::Text(text), Scalar::Float),
        },
        b'+' | b'-' | b'0'..=b'9' => number(text),
        _ => Scalar::Text(text),
    }
}

fn word(text: &str) -> Scalar<'_> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => Scalar::Text(text),
    }
}

fn number(text: &str) -> Scalar<'_> {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let plain: Cow<'_, str> = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    let plain = plain.as_ref();
    let (negative, digits) = match plain.as_bytes().first() {
        Some(b'-') => (true, &plain[1..]),
        Some(b'+') => (false, &plain[1..]),
        _ => (false, plain),
    };
    if let Some(magnitude) = integer(digits) {
        if negative {
            if let Some(value) = 0_i64.checked_sub_unsigned(magnitude) {
                return Scalar::Int(value);
            }
        } else if let Ok(value) = i64::try_from(magnitude) {
            return Scalar::Int(value);
        } else if !plain.starts_with('+') {
            return Scalar::Uint(magnitude);
        }
    }
    if let Some(value) = float(plain) {
        return Scalar::Float(value);
    }
    // A quirk of go-yaml: the sign may also follow `0b`.
    if let Some(rest) = plain.strip_prefix("0b")
        && let Ok(value) = i64::from_str_radix(rest, 2)
    {
        return Scalar::Int(value);
    }
    Scalar::Text(text)
}

/// `strconv.ParseUint(digits, 0, 64)` after the underscores are gone.
fn integer(digits: &str) -> Option<u64> {
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // Rust would take a second sign.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// go-yaml's `yamlStyleFloat`, `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`, within `float64`.
fn float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let count = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = count(at);
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = count(at + 1);
        at += 1 + fraction;
        if whole == 0 && fraction == 0 {
            return None;
        }
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = count(at.min(bytes.len()));
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    // Out of range is an error in Go, and the scalar stays text.
    (at == bytes.len()).then(|| text.parse().ok()).flatten().filter(|value: &f64| value.is_finite())
}

impl Scalar<'_> {
    /// The value as JSON has it: kubectl sends `1.0` as `1`. `None` for infinities and NaN.
    #[must_use]
    pub(super) fn value(self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Int(value) => Value::Number(value.into()),
            Self::Uint(value) => Value::Number(value.into()),
            Self::Float(value) => Value::Number(json_number(value)?),
            Self::Text(text) => Value::String(text.into()),
        })
    }

    /// The text of a mapping's key, as `sigs.k8s.io/yaml` makes it. `None` where it refuses.
    #[must_use]
    pub(super) fn key(self, written: &str) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Text(_) => Cow::Borrowed(written),
            Self::Bool(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Float(value) => Cow::Owned(go_float_key(value)),
            Self::Null | Self::Uint(_) => return None,
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "exact by the range check")]
fn json_number(value: f64) -> Option<Number> {
    if value.trunc() == value && value.abs() < 9.2e18 {
        return Some((value as i64).into());
    }
    Number::from_f64(value)
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`.
#[expect(clippy::cast_possible_truncation, reason = "Go rounds to float32 here")]
fn go_float_key(value: f64) -> String {
    let value = value as f32;
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("Rust writes an exponent");
    let exponent: i32 = exponent.parse().expect("Rust writes a number");
    if !(-4..6).contains(&exponent) {
        let mut text = mantissa.to_owned();
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(text, "e{sign}{:02}", exponent.abs()).expect("writing to a string");
        return text;
    }
    format!("{value}")
}

/// What go-yaml v3 (kustomize) makes of a plain scalar that v2 (kubectl) reads otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Text, which is a boolean for v2.
    BooleanWord(bool),
    /// A timestamp, which is text for v2.
    Timestamp,
    /// An integer, which is text for v2: `0o-7`.
    SignedOctal,
}

impl Dialect {
    /// The warning about `text`.
    #[must_use]
    pub(super) fn diagnostic(self, text: &str) -> Diagnostic {
        let (message, hint) = match self {
            Self::BooleanWord(flag) => (
                format!("kubectl reads `{text}` as boolean `{flag}`, kustomize as text"),
                format!("write `{flag}` or, if text is meant, `\"{text}\"`"),
            ),
            Self::Timestamp => (
                format!("kubectl reads `{text}` as text, kustomize rewrites it as a timestamp"),
                format!("write `\"{text}\"`"),
            ),
            Self::SignedOctal => {
                (format!("kubectl reads `{text}` as text, kustomize as a number"), format!("write `\"{text}\"`"))
            }
        };
        Diagnostic::warning("yaml-dialect", message).hint(hint)
    }
}

/// Where the two readers differ on a plain scalar.
#[must_use]
pub(super) fn dialect(text: &str) -> Option<Dialect> {
    match text.as_bytes() {
        [b'y' | b'Y' | b'n' | b'N' | b'o' | b'O', ..] if text.len() <= 3 => match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Dialect::BooleanWord(true)),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Dialect::BooleanWord(false)),
            _ => None,
        },
        [b'0', b'o', b'+' | b'-', ..] => {
            i64::from_str_radix(&text[2..].replace('_', ""), 8).is_ok().then_some(Dialect::SignedOctal)
        }
        [b'0'..=b'9', _, _, _, b'-', ..] => is_timestamp(text).then_some(Dialect::Timestamp),
        _ => None,
    }
}

/// go-yaml's `parseTimestamp`; a full `2006-01-02T15:04:05Z` is left out, since v3 writes it back unchanged.
fn is_timestamp(text: &str) -> bool {
    fn field(text: &str, from: u32, to: u32) -> Option<(u32, &str)> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let value: u32 = text.get(..digits.min(2)).filter(|part| !part.is_empty())?.parse().ok()?;
        (digits <= 2 && (from..=to).contains(&value)).then(|| (value, &text[digits..]))
    }
    fn parse(text: &str) -> Option<()> {
        let year: u32 = text.get(..4)?.parse().ok()?;
        let (month, rest) = field(text.get(4..)?.strip_prefix('-')?, 1, 12)?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let (_, rest) = field(rest.strip_prefix('-')?, 1, days)?;
        if rest.is_empty() {
            return Some(());
        }
        let zoned = !rest.starts_with(' ');
        let (_, rest) = field(rest.strip_prefix(['T', 't', ' '])?, 0, 23)?;
        let (_, rest) = field(rest.strip_prefix(':')?, 0, 59)?;
        let (_, rest) = field(rest.strip_prefix(':')?, 0, 59)?;
        let rest = match rest.strip_prefix(['.', ',']) {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        let offset = |rest: &str| {
            rest.len() == 6 && rest.starts_with(['+', '-']) && rest.as_bytes()[3] == b':' && rest.is_ascii()
        };
        (if zoned { rest == "Z" || offset(rest) } else { rest.is_empty() }).then_some(())
    }
    let canonical = text.len() == 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
    !canonical && parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_every_notation_of_go() {
        for (text, value) in [
            ("0644", 420),
            ("0o17", 15),
            ("0O17", 15),
            ("0x1F", 31),
            ("-0x1F", -31),
            ("0b11", 3),
            ("0b-1", -1),
            ("1_000", 1000),
            ("1_", 1),
            ("-_1", -1),
            ("+1", 1),
            ("-9223372036854775808", i64::MIN),
            ("0x_1", 1),
        ] {
            assert_eq!(resolve(text), Scalar::Int(value), "{text}");
        }
        assert_eq!(resolve("18446744073709551615"), Scalar::Uint(u64::MAX));
        assert_eq!(resolve("18446744073709551616"), Scalar::Float(18_446_744_073_709_551_616.0));
    }

    #[test]
    fn floats_follow_the_expression_of_go_yaml() {
        for (text, value) in
            [("08", 8.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000.0), ("1_0.5", 10.5), ("1.e3", 1000.0)]
        {
            assert_eq!(resolve(text), Scalar::Float(value), "{text}");
        }
    }

    #[test]
    fn everything_else_is_text() {
        for text in [
            "1e400",
            "1e",
            "0x",
            "0xZZ",
            "0b2",
            "0o",
            "12:30",
            "1.2.3",
            ".",
            "-",
            "+",
            "_1",
            "--1",
            "-+1",
            "0x-1",
            "2024-01-01",
            "yEs",
            "nUll",
            "inf",
            "1e+",
            "e3",
            ".e1",
            "0x1p4",
            "512m",
        ] {
            assert_eq!(resolve(text), Scalar::Text(text), "{text}");
        }
    }

    #[test]
    fn keys_are_the_text_of_their_value() {
        for (text, key) in [
            ("010", Some("8")),
            ("on", Some("true")),
            ("1.50", Some("1.5")),
            ("1e3", Some("1000")),
            ("~", None),
            ("a", Some("a")),
        ] {
            assert_eq!(resolve(text).key(text).as_deref(), key, "{text}");
        }
    }

    #[test]
    fn dates_and_short_booleans_differ_in_kustomize() {
        for text in
            ["2024-01-01", "2024-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-15 2:59:43.10", "yes", "Off", "n"]
        {
            assert!(dialect(text).is_some(), "{text}");
        }
        for text in ["2024-13-45", "2024-01-01T00:00:00Z", "true", "1", "2023-02-29", "2024-01-01x", "nope", ""] {
            assert!(dialect(text).is_none(), "{text}");
        }
    }

    #[test]
    fn words_for_booleans_are_those_of_yaml_1_1() {
        for (words, value) in [
            (["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"], true),
            (["n", "N", "no", "No", "NO", "off", "Off", "OFF"], false),
        ] {
            for word in words {
                assert!(matches!(dialect(word), Some(Dialect::BooleanWord(found)) if found == value), "{word}");
            }
        }
        for word in ["yEs", "oN", "nO", "oFF", "o", "O", "yo", "not"] {
            assert!(dialect(word).is_none(), "{word}");
        }
    }

    #[test]
    fn timestamps_are_those_of_go_yaml() {
        for text in [
            "2024-1-31",
            "2024-12-31",
            "2024-04-30",
            "2024-02-29",
            "2000-02-29",
            "2023-02-28",
            "2024-01-01 00:00:00",
            "2024-01-01 23:59:59.5",
            "2024-01-01T0:0:0Z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T23:59:59+05:30",
            "2024-01-01T23:59:59-05:30",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "2024-00-01",
            "2024-13-01",
            "2024-01-00",
            "2024-01-32",
            "2024-04-31",
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-001-01",
            "2024-01-01 24:00:00",
            "2024-01-01 00:60:00",
            "2024-01-01 00:00:60",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00x05:30",
            "2024-01-01T00:00:00+0530",
            "2024-01-01T00:00:00+05-30",
            "2024-01-01T00:00:00+005:30",
            // go-yaml writes it back as it is.
            "2024-01-01T00:00:00Z",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
