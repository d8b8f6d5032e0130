//! Amounts of memory as the webhook and Kubernetes write them.

use crate::kube::Quantity;

/// `memoryLimit` for Kubernetes: a Java-style unit becomes a binary one, anything else stays (operator 2.6,
/// `ConvertJavaMemoryStringToK8sMemoryString`; it compares in lower case).
#[must_use]
pub(super) fn kubernetes_quantity(java: &str) -> String {
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

/// The bytes of a Kubernetes quantity, rounded up (`resource.Quantity.Value`); `None` for what is no amount of memory, a
/// negative one too.
#[must_use]
pub(super) fn bytes(quantity: &str) -> Option<u128> {
    Quantity::parse(quantity)?.units()?.try_into().ok()
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
    fn only_amounts_of_memory_have_bytes() {
        assert_eq!((bytes("1.5Gi"), bytes("-1Gi"), bytes("2GGi")), (Some(1_610_612_736), None, None));
    }
}
