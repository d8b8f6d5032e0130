//! Table: what the driver creates at run time: made fit for the target by confs where there are some, reported where
//! not.

use super::{Behaviour, SparkConf, Version};
use crate::{
    kube::{self, Feature},
    tree::{Diagnostic, Diagnostics, Origin, Severity},
};

/// The confs of a volume that Spark makes a claim for: what keys begin and end with, and the value.
#[derive(Debug)]
pub(crate) struct OnDemandClaims {
    /// Beginnings of the keys.
    pub prefixes: &'static [&'static str],
    /// Their end.
    pub suffix: &'static str,
    /// The value.
    pub value: &'static str,
}

const EXECUTOR_CLAIMS: OnDemandClaims = OnDemandClaims {
    prefixes: &["spark.kubernetes.executor.volumes.persistentVolumeClaim."],
    suffix: ".options.claimName",
    value: "OnDemand",
};

const ALL_CLAIMS: OnDemandClaims = OnDemandClaims {
    prefixes: &[
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.",
        "spark.kubernetes.executor.volumes.persistentVolumeClaim.",
    ],
    ..EXECUTOR_CLAIMS
};

impl OnDemandClaims {
    /// Who asks for the first such claim, if somebody does.
    #[must_use]
    pub(crate) fn asked_by(&self, conf: &SparkConf) -> Option<Origin> {
        self.prefixes.iter().find_map(|prefix| {
            let mut confs = conf.with_prefix(prefix);
            let claim = confs.find(|(rest, entry)| rest.ends_with(self.suffix) && entry.value == self.value);
            claim.map(|(_, entry)| entry.origin().clone())
        })
    }
}

/// A conf that makes the driver's own objects fit for older clusters.
#[derive(Debug)]
pub(crate) struct RuntimeConf {
    /// Spark that needs it.
    pub spark: Behaviour,
    /// Kubernetes that lacks this needs it.
    pub lacks: Feature,
    /// Only where somebody asks for these.
    pub claims: OnDemandClaims,
    /// The conf.
    pub key: &'static str,
    /// Its value.
    pub value: &'static str,
    /// Why.
    pub reason: &'static str,
    /// The code of the warning.
    pub code: &'static str,
    /// What the warning says after the name of the target.
    pub warning: &'static str,
}

/// All such confs; a user's own value wins.
pub(crate) const RUNTIME_CONFS: &[RuntimeConf] = &[RuntimeConf {
    spark: Behaviour::ReadWriteOncePod,
    lacks: Feature::ReadWriteOncePod,
    claims: ALL_CLAIMS,
    key: "spark.kubernetes.legacy.useReadWriteOnceAccessMode",
    value: "true",
    reason: "Spark 4.0 and later ask for volumes with access mode ReadWriteOncePod, which Kubernetes below 1.27 refuses",
    code: "read-write-once-pod",
    warning: "has no access mode ReadWriteOncePod, so claims are made ReadWriteOnce",
}];

/// The confs that the plan sets for a Spark version and a target, unless the user did.
pub(crate) fn runtime_confs(spark: &Version, target: kube::Version) -> impl Iterator<Item = &'static RuntimeConf> {
    RUNTIME_CONFS.iter().filter(move |row| spark.has(row.spark) && !target.has(row.lacks))
}

/// Something that the driver creates and the target treats otherwise, and that no conf changes.
#[derive(Debug)]
pub(crate) struct RuntimeEffect {
    /// Spark that does so.
    pub spark: Behaviour,
    /// Kubernetes that does not honour it lacks this.
    pub lacks: Feature,
    /// Only if this conf does not have this value.
    pub unless: Option<(&'static str, &'static str)>,
    /// Only where somebody asks for these.
    pub claims: Option<OnDemandClaims>,
    /// How bad it is.
    pub severity: Severity,
    /// What happens.
    pub message: &'static str,
    /// What one can do.
    pub hint: &'static str,
}

/// All that is known.
pub(crate) const RUNTIME_EFFECTS: &[RuntimeEffect] = &[
    RuntimeEffect {
        spark: Behaviour::ExecutorResizePolicy,
        lacks: Feature::ResizePolicy,
        unless: None,
        claims: None,
        severity: Severity::Note,
        message: "the driver gives executors a `resizePolicy`, which the server drops; resources of running containers cannot be changed there anyway",
        hint: "target Kubernetes 1.33 or later where pods are to be resized in place",
    },
    RuntimeEffect {
        spark: Behaviour::ImmutableConfigMaps,
        lacks: Feature::ImmutableConfigMaps,
        unless: Some(("spark.kubernetes.executor.disableConfigMap", "true")),
        claims: None,
        severity: Severity::Note,
        message: "the executors' ConfigMap is made `immutable`, which the server drops",
        hint: "leave the ConfigMap alone while the application runs",
    },
    RuntimeEffect {
        spark: Behaviour::ReadWriteOncePod,
        lacks: Feature::ReadWriteOncePod,
        unless: Some(("spark.kubernetes.legacy.useReadWriteOnceAccessMode", "true")),
        claims: Some(EXECUTOR_CLAIMS),
        severity: Severity::Error,
        message: "executors ask for volumes with access mode ReadWriteOncePod, which the server refuses",
        hint: "set `spark.kubernetes.legacy.useReadWriteOnceAccessMode` to `true`",
    },
];

/// Reports what the driver will create otherwise than the target has it (`runtime-object`).
pub(crate) fn report_runtime(spark: &Version, target: kube::Version, conf: &SparkConf, diagnostics: &mut Diagnostics) {
    for row in RUNTIME_EFFECTS {
        if !spark.has(row.spark) || target.has(row.lacks) {
            continue;
        }
        if row.unless.is_some_and(|(key, value)| conf.get(key) == Some(value)) {
            continue;
        }
        let origin = match &row.claims {
            None => Origin::Unknown,
            Some(claims) => match claims.asked_by(conf) {
                Some(origin) => origin,
                None => continue,
            },
        };
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
