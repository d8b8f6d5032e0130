//! Scalars that mean the same: quantities, durations, and Spark's sizes and times.

use std::borrow::Cow;

use crate::{
    kube::{Quantity, Typed, duration, quantity::is_same_amount},
    spark::{size, time},
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
    if QUANTITY_FIELDS.contains(&name) && same(&a, &b, amount) {
        return true;
    }
    if name.starts_with("memory") {
        return same(&a, &b, size);
    }
    let lower = name.to_ascii_lowercase();
    DURATION_ENDINGS.iter().any(|ending| lower.ends_with(ending)) && same(&a, &b, duration::nanoseconds)
}

fn text(node: &Node) -> Option<Cow<'_, str>> {
    match &node.value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn amount(text: &str) -> Option<i128> {
    Quantity::parse(text)?.nanos()
}

/// Confs: sizes and times, where both sides have units.
fn spark(a: &str, b: &str) -> bool {
    same(a, b, size) || same(a, b, time)
}

fn has_unit(text: &str) -> bool {
    text.trim_end().ends_with(|c: char| c.is_ascii_alphabetic())
}

fn size(text: &str) -> Option<i64> {
    has_unit(text).then(|| size::byte_string_as(text, 1, 1, false).ok()).flatten()
}

fn time(text: &str) -> Option<i128> {
    has_unit(text).then(|| time::microseconds(text, 1)).flatten()
}

fn same<T: PartialEq>(a: &str, b: &str, read: fn(&str) -> Option<T>) -> bool {
    read(a).is_some_and(|value| Some(value) == read(b))
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
