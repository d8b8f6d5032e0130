//! Amounts: Spark's memory strings and Kubernetes' quantities, in the units in which they can be added.

/// MiB of a Spark memory string (`JavaUtils.byteStringAsMb`): `512m`, `1g`, `1024` (MiB).
#[must_use]
pub fn spark_memory_mib(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let split = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
    let (digits, unit) = lower.split_at(split);
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "" | "m" | "mb" => Some(amount),
        "b" => Some(amount >> 20),
        "k" | "kb" => Some(amount >> 10),
        "g" | "gb" => amount.checked_mul(1 << 10),
        "t" | "tb" => amount.checked_mul(1 << 20),
        "p" | "pb" => amount.checked_mul(1 << 30),
        _ => None,
    }
}

/// Thousandths of a CPU quantity: `1`, `0.5`, `500m`.
#[must_use]
pub fn cpu_millis(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some(millis) = text.strip_suffix('m') {
        return millis.parse().ok();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if (whole.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Rounded up, as Kubernetes rounds quantities of more than three decimals.
    let mut millis = 0;
    for position in 0..3 {
        millis = millis * 10 + fraction.as_bytes().get(position).map_or(0, |digit| u64::from(digit - b'0'));
    }
    let rest = fraction.bytes().skip(3).any(|digit| digit != b'0');
    whole.checked_mul(1000)?.checked_add(millis + u64::from(rest))
}

/// A CPU quantity in its canonical form.
#[must_use]
pub fn cpu_quantity(millis: u64) -> String {
    if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// A memory quantity.
#[must_use]
pub fn memory_quantity(mib: u64) -> String {
    format!("{mib}Mi")
}

#[cfg(test)]
mod tests {
    use super::{cpu_millis, cpu_quantity, spark_memory_mib};

    #[test]
    fn memory_is_read_as_spark_reads_it() {
        for (text, mib) in [
            ("1g", 1024),
            ("1G", 1024),
            ("512m", 512),
            ("2000mb", 2000),
            ("1572864k", 1536),
            ("1t", 1 << 20),
            ("700", 700),
        ] {
            assert_eq!(spark_memory_mib(text), Some(mib), "{text}");
        }
        for text in ["", "1Gi", "1.5g", "lots"] {
            assert_eq!(spark_memory_mib(text), None, "{text}");
        }
    }

    #[test]
    fn cpus_are_added_in_thousandths() {
        for (text, millis) in [("1", 1000), ("0.5", 500), ("500m", 500), ("1.2345", 1235), (".25", 250), ("2.", 2000)] {
            assert_eq!(cpu_millis(text), Some(millis), "{text}");
        }
        for text in ["", ".", "x", "1.x", "-1"] {
            assert_eq!(cpu_millis(text), None, "{text}");
        }
        assert_eq!((cpu_quantity(1500), cpu_quantity(2000)), ("1500m".to_owned(), "2".to_owned()));
    }
}
