//! Sizes as Spark reads them: `2g`, `512mb`, `100` (`JavaUtils.byteStringAs`).

use super::{Behaviour, Version};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// `JavaUtils.byteStringAs`: `2g`, `512mb`, `100` (in units of `default_unit` bytes) as a count of
/// `target_unit` bytes, rounded down. The error is the reason.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub(crate) fn byte_string_as(
    text: &str,
    default_unit: u64,
    target_unit: u64,
    binary_units: bool,
) -> Result<i64, String> {
    let lower = text.to_lowercase();
    let trimmed = lower.trim();
    let digits = trimmed.len() - trimmed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, suffix) = trimmed.split_at(digits);
    if suffix.starts_with('.') {
        return Err(format!("`{text}` is a fraction, and Spark's sizes are whole numbers"));
    }
    // `ki` and `kib` are units from 4.2 on.
    let plain = suffix.strip_suffix("ib").or_else(|| suffix.strip_suffix('i'));
    let suffix = match plain {
        Some(plain) if binary_units && plain.len() == 1 && plain != "b" => plain,
        _ => suffix,
    };
    let unit = match suffix {
        "" => default_unit,
        "b" => 1,
        "k" | "kb" => KIB,
        "m" | "mb" => MIB,
        "g" | "gb" => KIB * MIB,
        "t" | "tb" => MIB * MIB,
        "p" | "pb" => KIB * MIB * MIB,
        _ => return Err(format!("`{text}` is no size such as `512m` or `2g`")),
    };
    let number: i64 = number.parse().map_err(|_| format!("`{text}` is no size such as `512m` or `2g`"))?;
    let signed = |unit: u64| i64::try_from(unit).expect("units are far below 2^63");
    if unit > target_unit {
        let ratio = signed(unit / target_unit);
        number.checked_mul(ratio).ok_or_else(|| format!("`{text}` is more than Spark can count"))
    } else {
        Ok(number / signed(target_unit / unit))
    }
}

/// `bytesConf(ByteUnit.MiB)`: a size in MiB, a bare number is MiB, a leading `-` is kept. Without the binary units
/// of 4.2, see [`mib_for`].
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub(crate) fn mib(text: &str) -> Result<i64, String> {
    signed(text, |text| byte_string_as(text, MIB, MIB, false))
}

/// [`mib`] with the units that this Spark knows.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub(crate) fn mib_for(text: &str, version: &Version) -> Result<i64, String> {
    signed(text, |text| byte_string_as(text, MIB, MIB, version.has(Behaviour::BinaryUnits)))
}

/// `JavaUtils.byteStringAsBytes` with the units that this Spark knows: a bare number is bytes.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub(crate) fn bytes_for(text: &str, version: &Version) -> Result<i64, String> {
    byte_string_as(text, 1, 1, version.has(Behaviour::BinaryUnits))
}

fn signed(text: &str, read: impl Fn(&str) -> Result<i64, String>) -> Result<i64, String> {
    match text.strip_prefix('-') {
        Some(positive) => read(positive).map(|size| -size),
        None => read(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_java_utils_does() {
        let version: Version = "3.5.1".parse().unwrap();
        assert_eq!(mib("1g"), Ok(1024));
        assert_eq!(mib("700"), Ok(700));
        assert_eq!(mib(" 2000MB "), Ok(2000));
        assert_eq!(mib("1572864k"), Ok(1536));
        assert_eq!(mib("1t"), Ok(1_048_576));
        assert_eq!(mib("-5"), Ok(-5));
        assert_eq!(bytes_for("1024", &version), Ok(1024));
        for bad in ["1.5g", "g", "", "1 g", "1gi", "99999999999p"] {
            assert!(mib(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn binary_units_are_known_from_4_2() {
        let read = |text: &str, version: &str| mib_for(text, &version.parse().unwrap());
        assert_eq!(read("2Gi", "4.2.1"), Ok(2048));
        assert_eq!(read("2mib", "4.3.0"), Ok(2));
        assert!(read("2Gi", "4.1.4").is_err());
        assert!(read("2bi", "4.3.0").is_err());
    }
}
