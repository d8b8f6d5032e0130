//! Spark's memory arithmetic: JVM size texts, overhead factors, and what a pod asks for.

use super::{
    Behaviour, Version,
    pod::{KubernetesConf, Role, refused},
};
use crate::tree::{Diagnostics, Origin, Stage};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The least overhead, in MiB: `ResourceProfile.MEMORY_OVERHEAD_MIN_MIB`.
pub const MIN_OVERHEAD_MIB: i64 = 384;

/// What a pod asks for.
#[derive(Debug, Clone)]
pub struct PodMemory {
    /// The JVM's heap in MiB.
    pub heap_mib: i64,
    /// What is added for everything else in MiB.
    pub overhead_mib: i64,
    /// The confs that had a part.
    pub inputs: Vec<Origin>,
}

/// `JavaUtils.byteStringAs`: `2g`, `512mb`, `100` (in units of `default_unit` bytes) as a count of
/// `target_unit` bytes, rounded down. The error is the reason.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub fn byte_string_as(text: &str, default_unit: u64, target_unit: u64, binary_units: bool) -> Result<i64, String> {
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
pub fn mib(text: &str) -> Result<i64, String> {
    signed(text, |text| byte_string_as(text, MIB, MIB, false))
}

/// [`mib`] with the units that this Spark knows.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub fn mib_for(text: &str, version: &Version) -> Result<i64, String> {
    signed(text, |text| byte_string_as(text, MIB, MIB, version.has(Behaviour::BinaryUnits)))
}

/// `JavaUtils.byteStringAsBytes` with the units that this Spark knows: a bare number is bytes.
///
/// # Errors
/// When Spark cannot read the text; the error says why.
pub fn bytes_for(text: &str, version: &Version) -> Result<i64, String> {
    byte_string_as(text, 1, 1, version.has(Behaviour::BinaryUnits))
}

fn signed(text: &str, read: impl Fn(&str) -> Result<i64, String>) -> Result<i64, String> {
    match text.strip_prefix('-') {
        Some(positive) => read(positive).map(|size| -size),
        None => read(text),
    }
}

/// `java.lang.Double.toString`.
#[must_use]
pub fn java_double(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let scientific = format!("{value:E}");
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => scientific,
    }
}

/// The size under `key` in MiB, if it is set; what Spark cannot read is reported.
pub fn conf_mib(conf: &KubernetesConf<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<i64> {
    let text = conf.get(key)?;
    match mib_for(text, conf.version()) {
        Ok(size) => Some(size),
        Err(reason) => {
            diagnostics.push(
                refused(conf, key, format!("{reason}, in conf `{key}`"))
                    .hint("write a whole number with a unit, such as `512m` or `2g`"),
            );
            None
        }
    }
}

/// The factor under `key`, if it is set; what Spark cannot read is reported.
pub fn conf_factor(conf: &KubernetesConf<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let text = conf.get(key)?;
    match text.trim().parse::<f64>() {
        Ok(factor) if allowed(conf, key, factor) => Some(factor),
        _ => {
            diagnostics.push(
                refused(conf, key, format!("`{text}` is no overhead factor, in conf `{key}`"))
                    .hint("write a number such as `0.1`"),
            );
            None
        }
    }
}

/// What `Config.scala` lets through: the common factor may be 0 (and stays below 1 before 3.3), a role's may not.
fn allowed(conf: &KubernetesConf<'_>, key: &str, factor: f64) -> bool {
    let any = conf.has(Behaviour::RoleMemoryOverheadFactor);
    let common = key == "spark.kubernetes.memoryOverheadFactor";
    factor.is_finite() && if common { factor >= 0.0 && (any || factor < 1.0) } else { factor > 0.0 }
}

/// `BasicDriverFeatureStep.defaultOverheadFactor`: what `spark.kubernetes.memoryOverheadFactor` says, else 0.1,
/// or 0.4 for Python and R.
pub fn default_overhead_factor(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> f64 {
    conf_factor(conf, "spark.kubernetes.memoryOverheadFactor", diagnostics).unwrap_or(if conf.is_non_jvm() {
        0.4
    } else {
        0.1
    })
}

/// The origin of [`default_overhead_factor`].
pub fn default_overhead_factor_origin(conf: &KubernetesConf<'_>) -> Origin {
    const KEY: &str = "spark.kubernetes.memoryOverheadFactor";
    if conf.contains(KEY) {
        return conf.origin(KEY);
    }
    Origin::derived(Stage::SparkDefault, KEY, [conf.submission.primary_resource.origin.clone()])
}

/// Heap and overhead of the pod of `conf`'s role. Executors add off-heap and Python memory themselves.
pub fn pod_memory(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> PodMemory {
    let [heap_key, overhead_key, factor_key, least_key] = match conf.role {
        Role::Driver => [
            "spark.driver.memory",
            "spark.driver.memoryOverhead",
            "spark.driver.memoryOverheadFactor",
            "spark.driver.minMemoryOverhead",
        ],
        Role::Executor { .. } => [
            "spark.executor.memory",
            "spark.executor.memoryOverhead",
            "spark.executor.memoryOverheadFactor",
            "spark.executor.minMemoryOverhead",
        ],
    };
    let mut inputs = vec![conf.origin(heap_key)];
    let heap_mib = conf_mib(conf, heap_key, diagnostics).unwrap_or(1024);
    if let Some(overhead_mib) = conf_mib(conf, overhead_key, diagnostics) {
        inputs.push(conf.origin(overhead_key));
        return PodMemory { heap_mib, overhead_mib, inputs };
    }
    let default_factor = default_overhead_factor(conf, diagnostics);
    let factor = if conf.has(Behaviour::RoleMemoryOverheadFactor) && conf.contains(factor_key) {
        inputs.push(conf.origin(factor_key));
        conf_factor(conf, factor_key, diagnostics).unwrap_or(default_factor)
    } else {
        inputs.push(default_overhead_factor_origin(conf));
        default_factor
    };
    let mut least = MIN_OVERHEAD_MIB;
    if conf.has(Behaviour::MinMemoryOverhead) && conf.contains(least_key) {
        inputs.push(conf.origin(least_key));
        least = conf_mib(conf, least_key, diagnostics).unwrap_or(least);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "Spark's own arithmetic")]
    let by_factor = (factor * heap_mib as f64) as i64;
    PodMemory { heap_mib, overhead_mib: by_factor.max(least), inputs }
}

impl PodMemory {
    /// Where a sum made of these confs comes from.
    #[must_use]
    pub fn origin(&self, step: &'static str) -> Origin {
        Origin::derived(Stage::FeatureStep, step, self.inputs.iter().cloned())
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

    #[test]
    fn factors_are_written_as_java_does() {
        for (value, text) in
            [(0.1, "0.1"), (1.0, "1.0"), (0.25, "0.25"), (1e-5, "1.0E-5"), (1.25e8, "1.25E8"), (0.0, "0.0")]
        {
            assert_eq!(java_double(value), text);
        }
    }
}
