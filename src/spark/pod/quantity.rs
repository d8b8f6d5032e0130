//! `resource.Quantity` as far as Spark and fabric8 look at it: the text is passed on as given.

/// Whether the API server reads `text` as a quantity: `<sign><digits>[.<digits>]<suffix>`.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let suffix_at = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(suffix_at);
    let dots = number.matches('.').count();
    if dots > 1 || number.len() == dots {
        return false;
    }
    if matches!(
        suffix,
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei"
    ) {
        return true;
    }
    let exponent = suffix.strip_prefix(['e', 'E']).unwrap_or_default();
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The amount in billionths (`io.fabric8.kubernetes.api.model.Quantity.getNumericalAmount`), if it can be read.
#[must_use]
pub fn nano(text: &str) -> Option<i128> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (numerator, denominator) = scale(suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.get(..fraction.len().min(9))?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    digits.checked_mul(1_000_000_000)?.checked_mul(numerator)?.checked_div(divisor.checked_mul(denominator)?)
}

fn scale(suffix: &str) -> Option<(i128, i128)> {
    const DECIMAL: &[&str] = &["", "k", "M", "G", "T", "P", "E"];
    const BINARY: &[&str] = &["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const SMALL: &[&str] = &["", "m", "u", "n"];
    let power = |table: &[&str], base: i128| {
        let position = u32::try_from(table.iter().position(|entry| *entry == suffix)?).ok()?;
        base.checked_pow(position)
    };
    if let Some(exponent) = suffix.strip_prefix(['e', 'E']).and_then(|text| text.parse::<i32>().ok()) {
        let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
        return Some(if exponent < 0 { (1, factor) } else { (factor, 1) });
    }
    power(DECIMAL, 1000)
        .or_else(|| power(BINARY, 1024))
        .map(|factor| (factor, 1))
        .or_else(|| power(SMALL, 1000).map(|factor| (1, factor)))
}

#[cfg(test)]
mod tests {
    use super::{is_quantity, nano};

    #[test]
    fn quantities_are_told_from_other_texts() {
        for good in ["1", "0.5", "500m", "1Gi", ".5", "5.", "-1", "1e3", "1E-3", "1E", "12Ki"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", ".", "1g", "1 Gi", "1.2.3", "Gi", "e3", "1ei", "1mi"] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }

    #[test]
    fn suffixes_scale() {
        assert_eq!(nano("500m"), Some(500_000_000));
        assert_eq!(nano("0.5"), nano("500m"));
        assert_eq!(nano("2"), Some(2_000_000_000));
        assert_eq!(nano("1Ki"), Some(1024 * 1_000_000_000));
        assert_eq!(nano("1e3"), nano("1k"));
        assert_eq!(nano("x"), None);
    }
}
