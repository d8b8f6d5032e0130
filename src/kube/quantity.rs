//! `resource.Quantity`: its syntax, its exact value, and how amounts are written.

use std::borrow::Cow;

use crate::tree::{Node, Value};

/// The digits after the point that are counted; what is beyond is rounded up with them.
const DECIMALS: usize = 15;

/// A quantity such as `-1.5Ki` or `2e3`, cut into its parts. It keeps the exact value, however large: the caller says
/// in which unit it is wanted, and what is to be done when that does not fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantity<'a> {
    negative: bool,
    /// Digits before the point.
    whole: &'a str,
    /// Digits after the point.
    fraction: &'a str,
    /// The factor of a binary suffix, else 1.
    factor: u128,
    /// The power of ten of a decimal suffix, else 0.
    exponent: i32,
}

impl<'a> Quantity<'a> {
    /// Reads `<sign><digits>[.<digits>]<suffix>` as `resource.ParseQuantity` does; `None` if it is no quantity.
    #[must_use]
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
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
        let (factor, exponent) = suffix_value(suffix)?;
        Some(Self { negative, whole, fraction, factor, exponent })
    }

    /// The value in billionths, the finest that Kubernetes keeps; `None` if it does not fit.
    #[must_use]
    pub(crate) fn nanos(self) -> Option<i128> {
        self.in_units(-9)
    }

    /// The value in thousandths, rounded up (`Quantity.MilliValue`); `None` if it does not fit.
    #[must_use]
    pub(crate) fn millis(self) -> Option<i128> {
        self.in_units(-3)
    }

    /// The value in whole units, of memory in bytes, rounded up (`Quantity.Value`); `None` if it does not fit.
    #[must_use]
    pub(crate) fn units(self) -> Option<i128> {
        self.in_units(0)
    }

    /// The value in units of ten to the power of `unit`, rounded away from zero.
    fn in_units(self, unit: i32) -> Option<i128> {
        let fraction = self.fraction.trim_end_matches('0');
        let (counted, beyond) = fraction.split_at(fraction.len().min(DECIMALS));
        let digits = self.whole.bytes().chain(counted.bytes());
        let number = digits
            .map(|digit| u128::from(digit - b'0'))
            .try_fold(0_u128, |number, digit| number.checked_mul(10)?.checked_add(digit))?
            .checked_add(u128::from(!beyond.is_empty()))?
            .checked_mul(self.factor)?;
        let power = self.exponent - i32::try_from(counted.len()).ok()? - unit;
        let ten = 10_u128.checked_pow(power.unsigned_abs());
        let amount = match ten {
            _ if number == 0 => 0,
            Some(ten) if power < 0 => number.div_ceil(ten),
            None if power < 0 => 1,
            Some(ten) => number.checked_mul(ten)?,
            None => return None,
        };
        let amount = i128::try_from(amount).ok()?;
        Some(if self.negative { -amount } else { amount })
    }
}

/// Whether two quantities are the same amount; a number is one, too.
pub(crate) fn is_same_amount(one: &Node, other: &Node) -> bool {
    let amount = |node: &Node| {
        let text = match &node.value {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            _ => return None,
        };
        Quantity::parse(&text)?.nanos()
    };
    one == other || amount(one).is_some_and(|one| Some(one) == amount(other))
}

/// The factor of a binary suffix and the power of ten of a decimal one.
fn suffix_value(suffix: &str) -> Option<(u128, i32)> {
    Some(match suffix {
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
            // Beyond this everything but 0 is too large to count, or rounds up to one unit.
            (1, digits.parse::<i32>().ok()?.clamp(-100, 100))
        }
    })
}

/// The canonical form of so many thousandths, as CPU is counted: `2`, `1500m`.
#[must_use]
pub(crate) fn of_millis(millis: u64) -> String {
    if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// So many mebibytes.
#[must_use]
pub(crate) fn of_mebibytes(mebibytes: u64) -> String {
    format!("{mebibytes}Mi")
}

#[cfg(test)]
mod tests {
    use super::{Quantity, of_millis};

    fn nanos(text: &str) -> Option<i128> {
        Quantity::parse(text)?.nanos()
    }

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
            ("1.5e-9", 2),
            ("9e-60", 1),
            ("-9e-60", -1),
            ("0e40", 0),
            ("0.33333333333333333333333333333333333333333", 333_333_334),
        ] {
            assert_eq!(nanos(text), Some(value), "{text}");
        }
        for text in ["", "g", "1g", "1K", "1 Gi", "1Gib", "1mi", "lots", "1.2.3", "--1", "1e", "1e+", ".", "0x1", "e3"]
        {
            assert!(Quantity::parse(text).is_none(), "{text}");
        }
        assert!(nanos("8Ei") > nanos("8P"));
    }

    #[test]
    fn each_suffix_is_a_thousand_or_1024_times_the_one_before() {
        for (suffixes, step, first) in [
            (&["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][..], 1000, 1),
            (&["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"], 1024, 1_000_000_000),
        ] {
            let mut value: i128 = first;
            for suffix in suffixes {
                assert_eq!(nanos(&format!("7{suffix}")), Some(7 * value), "7{suffix}");
                value *= step;
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_a_quantity_without_a_count() {
        for text in ["1e40", "99999999999999999999999999999999999999999", "1e99"] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!((quantity.nanos(), quantity.units()), (None, None), "{text}");
        }
    }

    #[test]
    fn units_and_thousandths_are_rounded_up() {
        for (text, units, millis) in
            [("1500m", 2, 1500), ("1.2345", 2, 1235), ("1Ki", 1024, 1_024_000), (".25", 1, 250), ("2.", 2, 2000)]
        {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!((quantity.units(), quantity.millis()), (Some(units), Some(millis)), "{text}");
        }
        assert_eq!((of_millis(1500), of_millis(2000)), ("1500m".to_owned(), "2".to_owned()));
    }
}
