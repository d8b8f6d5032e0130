//! What the driver creates at run time: made fit for the target by confs where there are some, reported where not.

use super::{SparkConf, SparkVersion};
use crate::{
    kube::KubernetesVersion,
    tree::{Diagnostic, Diagnostics, Severity},
};

/// A conf that makes the driver's own objects fit for older clusters.
#[derive(Debug)]
pub struct RuntimeConf {
    /// First Spark version that needs it.
    pub spark_since: (u32, u32),
    /// First Kubernetes minor that does not need it.
    pub kube_below: u32,
    /// The conf.
    pub key: &'static str,
    /// Its value.
    pub value: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// All such confs; a user's own value wins.
pub const RUNTIME_CONFS: &[RuntimeConf] = &[RuntimeConf {
    spark_since: (4, 0),
    kube_below: 27,
    key: "spark.kubernetes.legacy.useReadWriteOnceAccessMode",
    value: "true",
    reason: "Spark 4.0 and later ask for volumes with access mode ReadWriteOncePod, which Kubernetes below 1.27 refuses",
}];

/// The confs that the plan sets for a Spark version and a target.
pub fn runtime_confs(spark: &SparkVersion, target: KubernetesVersion) -> impl Iterator<Item = &'static RuntimeConf> {
    let spark = (spark.numbers.0, spark.numbers.1);
    RUNTIME_CONFS.iter().filter(move |row| spark >= row.spark_since && !target.at_least(row.kube_below))
}

/// Something that the driver creates and the target treats otherwise, and that no conf changes.
#[derive(Debug)]
pub struct RuntimeEffect {
    /// First Spark version that does so.
    pub spark_since: (u32, u32),
    /// First Kubernetes minor that honours it.
    pub kube_below: u32,
    /// Only if this conf does not have this value.
    pub unless: Option<(&'static str, &'static str)>,
    /// Only if a conf begins and ends so.
    pub when: Option<(&'static str, &'static str)>,
    /// How bad it is.
    pub severity: Severity,
    /// What happens.
    pub message: &'static str,
    /// What one can do.
    pub hint: &'static str,
}

/// All that is known.
pub const RUNTIME_EFFECTS: &[RuntimeEffect] = &[
    RuntimeEffect {
        spark_since: (4, 2),
        kube_below: 33,
        unless: None,
        when: None,
        severity: Severity::Note,
        message: "the driver gives executors a `resizePolicy`, which the server drops; resources of running containers cannot be changed there anyway",
        hint: "target Kubernetes 1.33 or later where pods are to be resized in place",
    },
    RuntimeEffect {
        spark_since: (3, 2),
        kube_below: 19,
        unless: Some(("spark.kubernetes.executor.disableConfigMap", "true")),
        when: None,
        severity: Severity::Note,
        message: "the executors' ConfigMap is made `immutable`, which the server drops",
        hint: "leave the ConfigMap alone while the application runs",
    },
    RuntimeEffect {
        spark_since: (4, 0),
        kube_below: 27,
        unless: Some(("spark.kubernetes.legacy.useReadWriteOnceAccessMode", "true")),
        when: Some(("spark.kubernetes.executor.volumes.persistentVolumeClaim.", ".options.claimName")),
        severity: Severity::Error,
        message: "executors ask for volumes with access mode ReadWriteOncePod, which the server refuses",
        hint: "set `spark.kubernetes.legacy.useReadWriteOnceAccessMode` to `true`",
    },
];

/// Reports what the driver will create otherwise than the target has it (`runtime-object`).
pub fn report_runtime(
    spark: &SparkVersion,
    target: KubernetesVersion,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) {
    let version = (spark.numbers.0, spark.numbers.1);
    for row in RUNTIME_EFFECTS {
        if version < row.spark_since || target.at_least(row.kube_below) {
            continue;
        }
        if row.unless.is_some_and(|(key, value)| conf.get(key) == Some(value)) {
            continue;
        }
        let mut origin = crate::tree::Origin::Unknown;
        if let Some((prefix, suffix)) = row.when {
            match conf.with_prefix(prefix).find(|(key, entry)| key.ends_with(suffix) && entry.value == "OnDemand") {
                Some((_, entry)) => origin = entry.origin().clone(),
                None => continue,
            }
        }
        diagnostics.push(
            Diagnostic::new(
                "runtime-object",
                row.severity,
                format!("Spark {spark} on Kubernetes {target}: {}", row.message),
            )
            .at(origin)
            .hint(row.hint),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spark_4_below_1_27_asks_for_read_write_once() {
        let keys = |spark: &str, minor| {
            runtime_confs(&spark.parse().expect("a version"), KubernetesVersion::new(minor))
                .map(|row| row.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(keys("4.0.1", 26), ["spark.kubernetes.legacy.useReadWriteOnceAccessMode"]);
        assert!(keys("4.0.1", 27).is_empty());
        assert!(keys("3.5.1", 20).is_empty());
    }
}
