//! Amounts of memory as the webhook and Kubernetes write them.

/// `memoryLimit` for Kubernetes: a Java-style unit becomes a binary one, anything else stays (operator 2.6,
/// `ConvertJavaMemoryStringToK8sMemoryString`; it compares in lower case).
#[must_use]
pub fn kubernetes_quantity(java: &str) -> String {
    let lower = java.to_ascii_lowercase();
    let units = [
        ("kb", "Ki"),
        ("mb", "Mi"),
        ("gb", "Gi"),
        ("tb", "Ti"),
        ("pb", "Pi"),
        ("k", "Ki"),
        ("m", "Mi"),
        ("g", "Gi"),
        ("t", "Ti"),
        ("p", "Pi"),
    ];
    for (unit, binary) in units {
        if let Some(number) = lower.strip_suffix(unit) {
            return format!("{number}{binary}");
        }
    }
    java.to_owned()
}

/// The bytes of a Kubernetes quantity, rounded up (`resource.Quantity.Value`).
#[must_use]
pub fn bytes(quantity: &str) -> Option<u128> {
    let end = quantity.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(quantity.len());
    let (number, unit) = quantity.split_at(end);
    let (numerator, denominator): (u128, u128) = match unit {
        "" => (1, 1),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1000_u128.pow(2), 1),
        "G" => (1000_u128.pow(3), 1),
        "T" => (1000_u128.pow(4), 1),
        "P" => (1000_u128.pow(5), 1),
        "E" => (1000_u128.pow(6), 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            let factor = 10_u128.checked_pow(power.unsigned_abs())?;
            if power < 0 { (1, factor) } else { (factor, 1) }
        }
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some(digits.checked_mul(numerator)?.div_ceil(denominator.checked_mul(scale)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_units_become_binary_ones_in_any_case() {
        for (java, quantity) in [
            ("512m", "512Mi"),
            ("1G", "1Gi"),
            ("2gb", "2Gi"),
            ("10KB", "10Ki"),
            ("1.5g", "1.5Gi"),
            ("2Gi", "2Gi"),
            ("1024", "1024"),
        ] {
            assert_eq!(kubernetes_quantity(java), quantity);
        }
    }

    #[test]
    fn quantities_count_bytes_rounded_up() {
        for (quantity, size) in [
            ("1Ki", Some(1024)),
            ("1.5Gi", Some(1_610_612_736)),
            ("1k", Some(1000)),
            ("1500m", Some(2)),
            ("1e3", Some(1000)),
            ("2GGi", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(bytes(quantity), size, "{quantity}");
        }
    }
}
