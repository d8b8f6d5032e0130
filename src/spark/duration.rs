//! Spark's durations: `30s`, `2min`, `500` (`JavaUtils.timeStringAs`).

/// The duration in milliseconds; a bare number is in units of `unit_ms`.
#[must_use]
pub fn milliseconds(text: &str, unit_ms: i64) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: i64 = text[..digits].parse().ok()?;
    let factor = match &text[digits..] {
        "" => unit_ms,
        "us" => return Some(number / 1000),
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations_have_units() {
        assert_eq!(milliseconds("5s", 1), Some(5000));
        assert_eq!(milliseconds("5", 1000), Some(5000));
        assert_eq!(milliseconds(" 2MIN ", 1), Some(120_000));
        assert_eq!(milliseconds("2 h", 1), None);
        assert_eq!(milliseconds("", 1), None);
    }
}
