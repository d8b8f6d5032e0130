//! Kubernetes quantities in the units in which they can be added.

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
    use super::{cpu_millis, cpu_quantity};

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
