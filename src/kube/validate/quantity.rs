//! `resource.Quantity`: syntax and size.

/// A quantity cut into its parts: `-1.5Ki`, `2e3`.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    /// The factor of a binary suffix, else 1.
    factor: i128,
    /// The power of ten of a decimal suffix, else 0.
    exponent: i32,
}

/// Whether `text` is a quantity.
pub(crate) fn is_valid(text: &str) -> bool {
    cut(text).is_some()
}

/// The value in units of 10⁻⁹, saturating; nothing if `text` is no quantity.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let Parts { negative, whole, fraction, factor, exponent } = cut(text)?;
    // Digits after the point beyond 10⁻¹⁵ play no part in any comparison.
    let fraction = &fraction[..fraction.len().min(15)];
    let digits = whole.bytes().chain(fraction.bytes());
    let number =
        digits.fold(0_i128, |number, digit| number.saturating_mul(10).saturating_add(i128::from(digit - b'0')));
    let decimals = i32::try_from(fraction.len()).unwrap_or(15);
    let value = times_ten_to(9 - decimals + exponent, number.saturating_mul(factor));
    Some(if negative { -value } else { value })
}

/// The whole bytes of a quantity of memory, rounded down; nothing if `text` is no quantity, or below 0.
#[must_use]
pub fn quantity_bytes(text: &str) -> Option<u64> {
    u64::try_from(parse(text)? / 1_000_000_000).ok()
}

fn cut(text: &str) -> Option<Parts<'_>> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (whole, fraction) = match number.bytes().position(|byte| byte == b'.') {
        Some(point) => (&number[..point], &number[point + 1..]),
        None => (number, ""),
    };
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let (factor, exponent) = match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (1, digits.parse::<i32>().ok()?.clamp(-40, 40))
        }
    };
    Some(Parts { negative, whole, fraction, factor, exponent })
}

/// The powers of ten that fit.
const TENS: [i128; 39] = {
    let mut tens = [1; 39];
    let mut power = 1;
    while power < tens.len() {
        tens[power] = tens[power - 1] * 10;
        power += 1;
    }
    tens
};

/// `value` (not negative) by a power of ten, saturating, cut off after the point.
fn times_ten_to(exponent: i32, value: i128) -> i128 {
    let ten = TENS.get(exponent.unsigned_abs() as usize);
    if exponent < 0 { ten.map_or(0, |ten| value / ten) } else { value.saturating_mul(*ten.unwrap_or(&i128::MAX)) }
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
            ("2Ei", one << 61),
            ("1.5e-9", 1),
            ("9e-60", 0),
            ("0e40", 0),
            ("1e40", i128::MAX),
            ("99999999999999999999999999999999999999999", i128::MAX),
        ] {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in ["", "g", "1g", "1K", "1 Gi", "1Gib", "lots", "1.2.3", "--1", "1e", "1e+", ".", "0x1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("8Ei") > parse("8P"));
    }
}
