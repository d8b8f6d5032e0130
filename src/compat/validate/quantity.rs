//! `resource.Quantity`: syntax and size.

/// The value in units of 10⁻⁹, saturating; nothing if `text` is no quantity.
pub(super) fn parse(text: &str) -> Option<i128> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let (base, exponent): (i128, i32) = match suffix {
        "" => (10, 0),
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
        "k" => (10, 3),
        "M" => (10, 6),
        "G" => (10, 9),
        "T" => (10, 12),
        "P" => (10, 15),
        "E" => (10, 18),
        "Ki" => (1024, 1),
        "Mi" => (1024, 2),
        "Gi" => (1024, 3),
        "Ti" => (1024, 4),
        "Pi" => (1024, 5),
        "Ei" => (1024, 6),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (10, digits.parse::<i32>().ok()?.clamp(-40, 40))
        }
    };
    let mut value: i128 = 0;
    for digit in whole.bytes() {
        value = value.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
    }
    // Digits after the point beyond 10⁻¹⁵ play no part in any comparison.
    let fraction = &fraction[..fraction.len().min(15)];
    for digit in fraction.bytes() {
        value = value.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
    }
    let decimals = i32::try_from(fraction.len()).unwrap_or(15);
    let mut tens = 9 - decimals;
    if base == 10 {
        tens += exponent;
    } else {
        for _ in 0..exponent {
            value = value.saturating_mul(base);
        }
    }
    for _ in 0..tens.max(0) {
        value = value.saturating_mul(10);
    }
    for _ in 0..(-tens).max(0) {
        value /= 10;
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        let one = 1_000_000_000;
        for (text, value) in [
            ("1", one),
            ("500m", one / 2),
            ("0.5", one / 2),
            ("1k", 1000 * one),
            ("1Ki", 1024 * one),
            ("1.5Gi", 1_610_612_736 * one),
            ("1e3", 1000 * one),
            ("1E3", 1000 * one),
            ("1e-3", one / 1000),
            ("-1", -one),
            ("+1", one),
            (".5", one / 2),
            ("5.", 5 * one),
            ("100n", 100),
        ] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in ["", "g", "1g", "1K", "1 Gi", "1Gib", "lots", "1.2.3", "--1", "1e", "1e+", ".", "0x1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("8Ei") > parse("8P"));
    }
}
