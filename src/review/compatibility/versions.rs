//! Table: Spark × Kubernetes × operator: what is supported, how it was tested, and which combinations are known to fail.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    kube::{self, API_CHOICES},
    spark::RECORDED,
};

/// How a Spark version talks to the API server.
#[derive(Debug)]
pub(crate) struct SparkRow {
    /// First minor, as `(3, 5)`.
    pub since: (u32, u32),
    /// fabric8 kubernetes-client.
    pub fabric8: &'static str,
    /// How Service, ConfigMaps and the rest are sent (pods are always sent by POST).
    pub submission: &'static str,
    /// What one should know.
    pub note: &'static str,
}

/// All minors, the oldest first.
pub(crate) const SPARK: &[SparkRow] = &[
    SparkRow { since: (3, 1), fabric8: "4.12.0", submission: "POST", note: "" },
    SparkRow { since: (3, 2), fabric8: "5.4.1", submission: "POST", note: "" },
    SparkRow { since: (3, 3), fabric8: "5.12.2", submission: "POST", note: "" },
    SparkRow {
        since: (3, 4),
        fabric8: "6.4.1",
        submission: "POST",
        note: "sends ipFamilies, which Kubernetes before 1.20 ignores",
    },
    SparkRow {
        since: (3, 5),
        fabric8: "6.7.2",
        submission: "server-side apply",
        note: "its own submission fails before Kubernetes 1.20.6",
    },
    SparkRow {
        since: (4, 0),
        fabric8: "7.1.0",
        submission: "server-side apply",
        note: "asks for ReadWriteOncePod volumes",
    },
    SparkRow { since: (4, 1), fabric8: "7.4.1", submission: "server-side apply", note: "" },
    SparkRow {
        since: (4, 2),
        fabric8: "7.6.1",
        submission: "server-side apply",
        note: "makes a NetworkPolicy for executors",
    },
    SparkRow {
        since: (4, 3),
        fabric8: "7.6.1",
        submission: "server-side apply",
        note: "executors reach the driver by its pod IP",
    },
];

/// A line of operator releases.
#[derive(Debug)]
pub(crate) struct OperatorRow {
    /// As `--operator-version` takes it.
    pub version: &'static str,
    /// The operator's own version, where the chart's differs.
    pub release: &'static str,
    /// The Spark that submits, whatever `spec.sparkVersion` says.
    pub spark: &'static str,
    /// How the webhook works.
    pub webhook: &'static str,
    /// Who makes the webhook's certificate.
    pub certificate: &'static str,
}

/// All supported lines, the oldest first.
pub(crate) const OPERATORS: &[OperatorRow] = &[
    OperatorRow {
        version: "1.1.26",
        release: "1.3.8",
        spark: "3.1.1",
        webhook: "off by default, failurePolicy Ignore",
        certificate: "a Helm hook Job, new at each upgrade",
    },
    OperatorRow {
        version: "1.4",
        release: "1.6.1 to 1.6.2",
        spark: "3.5.0",
        webhook: "off by default, failurePolicy Ignore",
        certificate: "each replica its own at each start; Helm renders the Secret empty",
    },
    OperatorRow {
        version: "2.0",
        release: "",
        spark: "3.5.2",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, kept in a Secret",
    },
    OperatorRow {
        version: "2.1",
        release: "",
        spark: "3.5.3",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, kept in a Secret",
    },
    OperatorRow {
        version: "2.2",
        release: "",
        spark: "3.5.5",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, renewed 180 days before its end, or cert-manager",
    },
    OperatorRow {
        version: "2.3",
        release: "",
        spark: "4.0.0",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, renewed 180 days before its end, or cert-manager",
    },
    OperatorRow {
        version: "2.4",
        release: "",
        spark: "4.0.0",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, renewed 180 days before its end, or cert-manager",
    },
    OperatorRow {
        version: "2.5",
        release: "",
        spark: "4.0.1 to 4.0.4",
        webhook: "on, failurePolicy Fail",
        certificate: "made once, renewed 180 days before its end, or cert-manager",
    },
];

/// A combination that is known to fail or to surprise.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// Stable name.
    pub id: &'static str,
    /// Which Spark; empty: any.
    pub spark: &'static str,
    /// Which Kubernetes; empty: any.
    pub kubernetes: &'static str,
    /// Which operator; empty: any, or none.
    pub operator: &'static str,
    /// What happens.
    pub what: &'static str,
    /// What it means for rendered output.
    pub rendered: &'static str,
}

/// All that is known.
#[rustfmt::skip]
pub(crate) const CONFLICTS: &[Conflict] = &[
    Conflict { id: "server-side-apply-below-1.20.6", spark: ">=3.5", kubernetes: "<1.20.6", operator: ">=1.2 (submits with Spark 3.5 or later)", what: "the submission fails: Spark sends the driver Service by server-side apply without `protocol`, which API servers fill in from 1.20.6 (spark-operator #2051, #2048)", rendered: "not concerned: `protocol` is written; the driver's own client makes executors by POST in all versions" },
    Conflict { id: "read-write-once-pod-below-1.27", spark: ">=4.0", kubernetes: "<1.27", operator: "", what: "OnDemand volumes ask for access mode ReadWriteOncePod, which the server refuses", rendered: "`spark.kubernetes.legacy.useReadWriteOnceAccessMode=true` is set for the target" },
    Conflict { id: "resize-policy-below-1.33", spark: ">=4.2", kubernetes: "<1.33", operator: "", what: "executors have a `resizePolicy`, which the server drops", rendered: "harmless; reported as `runtime-object`" },
    Conflict { id: "network-policy-from-4.2", spark: ">=4.2", kubernetes: "", operator: "", what: "a NetworkPolicy lets only pods of the same application reach its executors, where the cluster enforces policies", rendered: "rendered; exclude it with `spark.kubernetes.driver.pod.excludedFeatureSteps`" },
    Conflict { id: "webhook-no-op-up-to-1.22", spark: "", kubernetes: "<=1.22", operator: ">=2.0", what: "the API server sends pods without namespace to the webhook, which then changes nothing, without a word (spark-operator #3057)", rendered: "not concerned: nothing is left to the webhook" },
    Conflict { id: "namespace-selector-below-1.21", spark: "", kubernetes: "<1.21", operator: ">=2.0", what: "the webhook selects namespaces by label `kubernetes.io/metadata.name`, which Kubernetes writes from 1.21", rendered: "not concerned" },
    Conflict { id: "removed-apis-1.22", spark: "", kubernetes: ">=1.22", operator: "early 1.x", what: "Ingress and webhook configurations of v1beta1 are gone: the webhook of early operators could not start, or its answers were ignored (spark-operator #1346, #1375, #1421, #1444)", rendered: "Ingress and CronJob are written in the apiVersion that the target serves" },
    Conflict { id: "removed-apis-1.25", spark: "", kubernetes: ">=1.25", operator: "", what: "CronJob and PodDisruptionBudget of v1beta1 and PodSecurityPolicy are gone", rendered: "the apiVersion that the target serves is written" },
    Conflict { id: "empty-certificate-1.4", spark: "", kubernetes: "", operator: "1.4", what: "the webhook's certificate Secret is rendered empty, healed back to empty by Argo CD, and each replica has its own CA: env and volumes get lost at random (spark-operator #2082)", rendered: "not concerned; `certs check` explains what the operator does with a Secret" },
    Conflict { id: "executor-env-2.0", spark: "", kubernetes: "", operator: "2.0 to 2.2.1", what: "executors' `env` comes only where the driver has some (spark-operator #2584)", rendered: "not concerned: executors' variables are in the pod template" },
    Conflict { id: "executor-env-vars-2.0", spark: "", kubernetes: "", operator: "2.0 to 2.1.0", what: "executors' `envVars` come under a key that Spark does not read (spark-operator #2467)", rendered: "not concerned: the key is Spark's" },
    Conflict { id: "seccomp-annotations-1.27", spark: "", kubernetes: ">=1.27", operator: "", what: "seccomp annotations are ignored", rendered: "annotations are written as `securityContext.seccompProfile` from 1.19" },
    Conflict { id: "native-sidecars-below-1.29", spark: "", kubernetes: "<1.29", operator: "", what: "a sidecar keeps a Job's pod from completing", rendered: "error `sidecar-blocks-completion` for Jobs; from 1.29 sidecars become native ones" },
    Conflict { id: "job-replacement-below-1.29", spark: "", kubernetes: "<1.29", operator: "", what: "a Job may start a second driver while the first one still ends", rendered: "`podReplacementPolicy: Failed` is left out with a warning" },
    Conflict { id: "spark-version-of-the-operator", spark: "any", kubernetes: "", operator: "any", what: "the operator's own Spark makes the driver, whatever `spec.sparkVersion` says, and writes its version into the label", rendered: "the Spark of `spec.sparkVersion` makes the driver" },
];

fn dotted(version: (u32, u32, u32)) -> String {
    format!("{}.{}.{}", version.0, version.1, version.2)
}

fn recorded(row: &SparkRow) -> Vec<String> {
    RECORDED.iter().filter(|known| (known.0, known.1) == row.since).map(|known| dotted(*known)).collect()
}

/// For people: `spark-render versions`.
#[must_use]
pub(crate) fn text() -> String {
    let mut text = String::new();
    let _ = writeln!(text, "Spark        reproduced to the letter   fabric8   submission");
    for row in SPARK {
        let minor = format!("{}.{}", row.since.0, row.since.1);
        let note = if row.note.is_empty() { String::new() } else { format!("; {}", row.note) };
        let line =
            format!("  {minor:<10} {:<26} {:<9} {}{note}", recorded(row).join(", "), row.fabric8, row.submission);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let (oldest, newest) = (kube::Version::OLDEST, kube::Version::NEWEST);
    let _ = writeln!(text, "\nKubernetes   {oldest} to {newest}, every minor validated against its schema");
    for choice in API_CHOICES.iter().filter(|choice| choice.versions.len() > 1) {
        let versions: Vec<String> =
            choice.versions.iter().map(|(since, version)| format!("{version} from 1.{since}")).collect();
        let _ = writeln!(text, "  {}: {}", choice.kind, versions.join(", "));
    }
    let _ = writeln!(text, "\nOperator     submits with      webhook");
    for row in OPERATORS {
        let _ = writeln!(
            text,
            "  {:<10} Spark {:<11} {}; certificate: {}",
            row.version, row.spark, row.webhook, row.certificate
        );
    }
    let _ = writeln!(text, "\nKnown conflicts");
    for one in CONFLICTS {
        let concerned = [("Spark", one.spark), ("Kubernetes", one.kubernetes), ("operator", one.operator)]
            .iter()
            .filter(|(_, range)| !range.is_empty())
            .map(|(name, range)| format!("{name} {range}"))
            .collect::<Vec<_>>()
            .join(", ");
        let _ = writeln!(text, "  {}{}{concerned}", one.id, if concerned.is_empty() { "" } else { ": " });
        let _ = writeln!(text, "    {}\n    rendered: {}", one.what, one.rendered);
    }
    text
}

/// For programs: `spark-render versions --format json`.
#[must_use]
pub(crate) fn json() -> Value {
    let range = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "spark": SPARK.iter().map(|row| json!({
            "minor": format!("{}.{}", row.since.0, row.since.1),
            "recorded": recorded(row),
            "fabric8": row.fabric8,
            "submission": row.submission,
            "note": range(row.note),
        })).collect::<Vec<_>>(),
        "kubernetes": {
            "oldest": kube::Version::OLDEST.to_string(),
            "newest": kube::Version::NEWEST.to_string(),
            "validated": kube::Version::known().map(|version| version.to_string()).collect::<Vec<_>>(),
            "apiVersions": API_CHOICES.iter().map(|choice| json!({
                "kind": choice.kind,
                "versions": choice.versions.iter().map(|(since, version)| json!({
                    "since": format!("1.{since}"), "apiVersion": version,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        },
        "operator": OPERATORS.iter().map(|row| json!({
            "version": row.version,
            "release": range(row.release),
            "spark": row.spark,
            "webhook": row.webhook,
            "certificate": row.certificate,
        })).collect::<Vec<_>>(),
        "conflicts": CONFLICTS.iter().map(|one| json!({
            "id": one.id,
            "spark": range(one.spark),
            "kubernetes": range(one.kubernetes),
            "operator": range(one.operator),
            "what": one.what,
            "rendered": one.rendered,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator;

    #[test]
    fn operators_submit_with_the_spark_of_their_row() {
        for row in OPERATORS {
            let operator = operator::Version::read(row.version).unwrap().used;
            let (major, minor) = operator.submitter();
            assert!(row.spark.starts_with(&format!("{major}.{minor}.")), "{}: {}", row.version, row.spark);
        }
        let newest = OPERATORS.last().unwrap().version;
        assert_eq!(operator::Version::read(newest).unwrap().used, operator::Version::NEWEST);
    }

    #[test]
    fn every_recorded_version_has_a_row() {
        for known in RECORDED {
            assert!(SPARK.iter().any(|row| row.since == (known.0, known.1)), "{known:?}");
        }
    }
}
