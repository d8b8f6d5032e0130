//! Spark's times: `30s`, `2min`, `500` (`JavaUtils.timeStringAs`).

/// A time in microseconds; a bare number is in units of `default_unit` microseconds. `None` if Spark cannot read it.
#[must_use]
pub(crate) fn microseconds(text: &str, default_unit: i128) -> Option<i128> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: i64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "" => default_unit,
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" | "min" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    i128::from(number).checked_mul(unit)
}

/// A time in milliseconds, rounded down; a bare number is in units of `default_unit` milliseconds. `None` if Spark
/// cannot read it.
#[must_use]
pub(crate) fn milliseconds(text: &str, default_unit: i64) -> Option<i64> {
    i64::try_from(microseconds(text, i128::from(default_unit) * 1_000)? / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::{microseconds, milliseconds};

    #[test]
    fn times_have_units() {
        for (text, unit, value) in [("5s", 1, 5000), ("5", 1000, 5000), (" 2MIN ", 1, 120_000), ("1999us", 1, 1)] {
            assert_eq!(milliseconds(text, unit), Some(value), "{text}");
        }
        assert_eq!(microseconds("2ms", 1), Some(2000));
        for text in ["2 h", "", "s", "999999999999999d"] {
            assert_eq!(milliseconds(text, 1), None, "{text}");
        }
    }
}
