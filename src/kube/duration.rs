//! Durations as Kubernetes and the operator write them: Go's `time.Duration`.

/// Nanoseconds of `1h30m`, `90s`, `-1.5h` or `0` (`time.ParseDuration`); `None` if it is no duration, or one of more
/// than some 292 years, which Go cannot hold.
#[must_use]
pub(crate) fn nanoseconds(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (unit, tail) = tail.split_at(tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len()));
        let unit: i128 = match unit {
            "ns" => 1,
            // The micro sign and the Greek letter.
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let fraction = &fraction[..fraction.len().min(18)];
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.into() };
        let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        let part = part * unit / 10_i128.pow(u32::try_from(fraction.len()).ok()?);
        total = total.checked_add(whole * unit + part)?;
        rest = tail;
    }
    i64::try_from(if negative { -total } else { total }).ok()
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, seconds) in [("1h30m", 5400), ("90s", 90), ("1.5h", 5400), ("+.5m", 30), ("-1m", -60), ("0", 0)] {
            assert_eq!(nanoseconds(text), Some(seconds * 1_000_000_000), "{text}");
        }
        assert_eq!(nanoseconds("1.5us1ns"), Some(1501));
        for text in
            ["", "+", "1", "h", ".h", "1.2.3s", "1d", "s1", "1h ", "--1s", "300000000h", "99999999999999999999h"]
        {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}
