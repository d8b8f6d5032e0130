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

#[cfg(test)]
mod tests {
    use super::is_quantity;

    #[test]
    fn quantities_are_told_from_other_texts() {
        for good in ["1", "0.5", "500m", "1Gi", ".5", "5.", "-1", "1e3", "1E-3", "1E", "12Ki"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in ["", ".", "1g", "1 Gi", "1.2.3", "Gi", "e3", "1ei", "1mi"] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }
}
