//! Scalars that mean the same: quantities, durations, and Spark's sizes and times.

use std::borrow::Cow;

use crate::{
    kube::Typed,
    spark::pod::quantity,
    tree::{Node, Value},
};

/// Fields of resources outside Kubernetes' table that hold quantities (the SparkApplication's among them).
const QUANTITY_FIELDS: &[&str] =
    &["coreLimit", "coreRequest", "cpu", "memory", "ephemeral-storage", "storage", "sizeLimit"];
/// How the names of fields end that hold durations as Go writes them.
const DURATION_ENDINGS: &[&str] = &["duration", "interval", "timeout", "period", "before", "after", "ttl", "delay"];

/// Whether two scalars of the field `name` mean the same.
pub(crate) fn means_the_same(old: &Node, new: &Node, name: &str, typed: Option<Typed>, known_kind: bool) -> bool {
    if old == new {
        return true;
    }
    let (Some(a), Some(b)) = (text(old), text(new)) else { return false };
    if typed.is_some_and(Typed::is_quantity) {
        return is_same_amount(old, new);
    }
    if old.as_str().is_none() || new.as_str().is_none() {
        return false;
    }
    if name.starts_with("spark.") {
        return spark(&a, &b);
    }
    if known_kind {
        return false;
    }
    let same = |read: fn(&str) -> Option<i128>| read(&a).is_some_and(|value| Some(value) == read(&b));
    if QUANTITY_FIELDS.contains(&name) && same(amount) {
        return true;
    }
    if name.starts_with("memory") {
        return same(size);
    }
    let lower = name.to_ascii_lowercase();
    DURATION_ENDINGS.iter().any(|ending| lower.ends_with(ending)) && same(go_duration)
}

/// Whether two quantities are the same amount.
pub(crate) fn is_same_amount(old: &Node, new: &Node) -> bool {
    let read = |node| text(node).and_then(|text| amount(&text));
    old == new || read(old).is_some_and(|amount| Some(amount) == read(new))
}

fn text(node: &Node) -> Option<Cow<'_, str>> {
    match &node.value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn amount(text: &str) -> Option<i128> {
    quantity::is_quantity(text).then(|| quantity::nano(text)).flatten()
}

/// Confs: sizes and times, where both sides have units.
fn spark(a: &str, b: &str) -> bool {
    let same = |read: fn(&str) -> Option<i128>| read(a).is_some_and(|value| Some(value) == read(b));
    same(size) || same(time)
}

fn with_unit(text: &str) -> Option<(i128, String)> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..digits].parse().ok()?, text[digits..].to_ascii_lowercase()))
}

/// Bytes of a JVM size, `1g`, `1024m`, `1gb` (`JavaUtils.byteStringAs`).
fn size(text: &str) -> Option<i128> {
    let (number, unit) = with_unit(text)?;
    let shift = match unit.as_str() {
        "b" => 0,
        "k" | "kb" => 10,
        "m" | "mb" => 20,
        "g" | "gb" => 30,
        "t" | "tb" => 40,
        "p" | "pb" => 50,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// Microseconds of a Spark time, `60s`, `1min` (`JavaUtils.timeStringAs`).
fn time(text: &str) -> Option<i128> {
    let (number, unit) = with_unit(text)?;
    let factor = match unit.as_str() {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" | "min" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// Nanoseconds of a Go duration, `1h30m0s`, `1.5h`.
fn go_duration(text: &str) -> Option<i128> {
    let (mut rest, mut total) = (text, 0_i128);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let factor: i128 = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let fraction = fraction.get(..fraction.len().min(9))?;
        let divisor = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        total = total.checked_add(digits.checked_mul(factor)? / divisor)?;
        rest = tail;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, a: &str, b: &str, known: bool) -> bool {
        means_the_same(&Node::text(a), &Node::text(b), name, None, known)
    }

    #[test]
    fn confs_and_fields_are_compared_by_value() {
        for (name, a, b) in [
            ("spark.executor.memory", "1g", "1024m"),
            ("spark.network.timeout", "120s", "2min"),
            ("memory", "1Gi", "1024Mi"),
            ("memory", "1g", "1024M"),
            ("coreLimit", "1200m", "1.2"),
            ("renewBefore", "720h", "720h0m0s"),
        ] {
            assert!(check(name, a, b, false), "{name}: {a} {b}");
        }
        for (name, a, b) in [
            ("spark.executor.memory", "1g", "1000m"),
            ("spark.executor.cores", "1", "01"),
            ("name", "1Gi", "1024Mi"),
            ("renewBefore", "720h", "721h"),
        ] {
            assert!(!check(name, a, b, false), "{name}: {a} {b}");
        }
        assert!(!check("memory", "1Gi", "1024Mi", true), "a known kind says what its quantities are");
    }

    #[test]
    fn quantities_of_known_kinds_may_be_numbers() {
        let typed = Typed::object("v1", "Pod").unwrap().field("spec").unwrap().field("overhead").unwrap().field("cpu");
        assert!(means_the_same(&Node::from(1), &Node::from("1000m"), "cpu", typed, true));
        assert!(!means_the_same(&Node::from(1), &Node::from("1001m"), "cpu", typed, true));
    }
}
