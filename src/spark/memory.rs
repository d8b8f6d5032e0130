//! Spark's memory arithmetic: overhead factors, and what a pod asks for.

use super::{
    Behaviour,
    pod::{KubernetesConf, Role, refused},
    size::mib_for,
};
use crate::tree::{Diagnostics, Origin, Stage};

/// The least overhead, in MiB: `ResourceProfile.MEMORY_OVERHEAD_MIN_MIB`.
pub(crate) const MIN_OVERHEAD_MIB: i64 = 384;

/// What a pod asks for.
#[derive(Debug, Clone)]
pub(crate) struct PodMemory {
    /// The JVM's heap in MiB.
    pub heap_mib: i64,
    /// What is added for everything else in MiB.
    pub overhead_mib: i64,
    /// The confs that had a part.
    pub inputs: Vec<Origin>,
}

/// `java.lang.Double.toString`.
#[must_use]
pub(crate) fn java_double(value: f64) -> String {
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
pub(crate) fn conf_mib(conf: &KubernetesConf<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<i64> {
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
pub(crate) fn conf_factor(conf: &KubernetesConf<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
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
pub(crate) fn default_overhead_factor(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> f64 {
    conf_factor(conf, "spark.kubernetes.memoryOverheadFactor", diagnostics).unwrap_or(if conf.is_non_jvm() {
        0.4
    } else {
        0.1
    })
}

/// The origin of [`default_overhead_factor`].
pub(crate) fn default_overhead_factor_origin(conf: &KubernetesConf<'_>) -> Origin {
    const KEY: &str = "spark.kubernetes.memoryOverheadFactor";
    if conf.contains(KEY) {
        return conf.origin(KEY);
    }
    Origin::derived(Stage::SparkDefault, KEY, [conf.submission.primary_resource.origin.clone()])
}

/// Heap and overhead of the pod of `conf`'s role. Executors add off-heap and Python memory themselves.
pub(crate) fn pod_memory(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> PodMemory {
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
    /// The heap, the overhead and `more`, in MiB. A sum that is more than Spark can count is reported.
    pub(crate) fn sum(&self, conf: &KubernetesConf<'_>, more: &[i64], diagnostics: &mut Diagnostics) -> i64 {
        let parts = [self.overhead_mib].into_iter().chain(more.iter().copied());
        let sum = parts.into_iter().try_fold(self.heap_mib, i64::checked_add);
        if sum.is_none() {
            let key = match conf.role {
                Role::Driver => "spark.driver.memory",
                Role::Executor { .. } => "spark.executor.memory",
            };
            diagnostics.push(
                refused(conf, key, format!("the memory of the {} is more than Spark can count", conf.role.word()))
                    .hint("write an amount such as `512m` or `2g`, in `memory` and `memoryOverhead`"),
            );
        }
        sum.unwrap_or(self.heap_mib)
    }

    /// Where a sum made of these confs comes from.
    #[must_use]
    pub(crate) fn origin(&self, step: &'static str) -> Origin {
        Origin::derived(Stage::FeatureStep, step, self.inputs.iter().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_written_as_java_does() {
        for (value, text) in
            [(0.1, "0.1"), (1.0, "1.0"), (0.25, "0.25"), (1e-5, "1.0E-5"), (1.25e8, "1.25E8"), (0.0, "0.0")]
        {
            assert_eq!(java_double(value), text);
        }
    }
}
