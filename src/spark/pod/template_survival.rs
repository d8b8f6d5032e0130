//! Table: what of an executor pod template reaches the executors, and what Spark does with the rest. One row per
//! field and behaviour of a version; a field without a row is carried as written. Derived from recordings of real
//! Spark with templates; the test builds executors for every recorded version and holds the rows against them.

use crate::kube;
use crate::spark::Behaviour;
use crate::spark::Version;

/// What happens to a field of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Reaches the executor as written.
    Carried,
    /// The entries are kept; an entry of a conf or of Spark itself wins over one of the same key.
    Merged,
    /// The items are kept, in front; Spark appends its own.
    Extended,
    /// Kept unless the conf is set.
    YieldsToConf,
    /// Spark writes its own value.
    Overwritten,
    /// Spark refuses a template that has another value than Spark's own.
    Refused,
}

/// In which versions a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// In all.
    Always,
    /// Where this difference is there.
    With(Behaviour),
    /// Where it is not there yet.
    Without(Behaviour),
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Survival {
    /// The path in the Pod; `spec.containers[]` is Spark's container.
    pub field: &'static str,
    /// What happens to it.
    pub fate: Fate,
    /// In which versions.
    pub when: When,
    /// The conf that carries the intent instead, or that the template yields to; `*` stands for the entry's key.
    pub instead: Option<&'static str>,
    /// What else there is to know, for whoever reads the table.
    #[expect(dead_code, reason = "no message says it")]
    pub note: &'static str,
}

const fn row(field: &'static str, fate: Fate, instead: Option<&'static str>, note: &'static str) -> Survival {
    Survival { field, fate, when: When::Always, instead, note }
}

const fn with(behaviour: Behaviour, row: Survival) -> Survival {
    Survival { when: When::With(behaviour), ..row }
}

const fn without(behaviour: Behaviour, row: Survival) -> Survival {
    Survival { when: When::Without(behaviour), ..row }
}

const GRACE_PERIOD: &str = "spec.terminationGracePeriodSeconds";
const NAMESPACE: &str = "metadata.namespace";
const PORTS: &str = "spec.containers[].ports";
const ESCALATION: &str = "spec.containers[].securityContext.allowPrivilegeEscalation";

/// All rows.
pub(crate) const TEMPLATE_SURVIVAL: &[Survival] = &[
    row(
        "metadata.name",
        Fate::Overwritten,
        Some("spark.kubernetes.executor.podNamePrefix"),
        "executors are named `<prefix>-exec-<id>`",
    ),
    with(
        Behaviour::TemplateNamespaceReplaced,
        row(NAMESPACE, Fate::Overwritten, Some("spark.kubernetes.namespace"), "the application's namespace"),
    ),
    without(
        Behaviour::TemplateNamespaceReplaced,
        row(NAMESPACE, Fate::Refused, Some("spark.kubernetes.namespace"), "another namespace is an error"),
    ),
    row("metadata.labels", Fate::Merged, Some("spark.kubernetes.executor.label.*"), "Spark's own labels win"),
    row("metadata.annotations", Fate::Merged, Some("spark.kubernetes.executor.annotation.*"), ""),
    row("metadata.ownerReferences", Fate::Extended, None, "the driver pod is appended"),
    row("spec.hostname", Fate::Overwritten, None, "the last 63 characters of the pod's name"),
    row("spec.restartPolicy", Fate::Overwritten, None, "Never; Always below a StatefulSet or Deployment"),
    without(Behaviour::ExecutorGracePeriodConf, row(GRACE_PERIOD, Fate::Carried, None, "")),
    with(
        Behaviour::ExecutorGracePeriodConf,
        row(
            GRACE_PERIOD,
            Fate::Overwritten,
            Some("spark.kubernetes.executor.terminationGracePeriodSeconds"),
            "30 unless the conf is set",
        ),
    ),
    row(
        "spec.schedulerName",
        Fate::YieldsToConf,
        Some("spark.kubernetes.executor.scheduler.name"),
        "from 3.3 also to `spark.kubernetes.scheduler.name`",
    ),
    row(
        "spec.nodeSelector",
        Fate::Merged,
        Some("spark.kubernetes.node.selector.*"),
        "from 3.3 also `spark.kubernetes.executor.node.selector.*`",
    ),
    row(
        "spec.serviceAccountName",
        Fate::YieldsToConf,
        Some("spark.kubernetes.authenticate.executor.serviceAccountName"),
        "also to the driver's `spark.kubernetes.authenticate.driver.serviceAccountName`",
    ),
    row("spec.serviceAccount", Fate::Carried, None, "the old spelling: Spark then ignores its confs"),
    row(
        "spec.imagePullSecrets",
        Fate::Extended,
        Some("spark.kubernetes.container.image.pullSecrets"),
        "secrets of the conf are appended",
    ),
    row("spec.volumes", Fate::Extended, None, "Spark's configuration, volumes of confs and local directories"),
    row("spec.containers[].name", Fate::Carried, None, "the container moves behind the others"),
    row(
        "spec.containers[].image",
        Fate::Overwritten,
        Some("spark.kubernetes.executor.container.image"),
        "a conf is required",
    ),
    row(
        "spec.containers[].imagePullPolicy",
        Fate::Overwritten,
        Some("spark.kubernetes.container.image.pullPolicy"),
        "IfNotPresent unless the conf is set",
    ),
    row("spec.containers[].args", Fate::Extended, None, "`executor` is appended"),
    row(
        "spec.containers[].env",
        Fate::Extended,
        Some("spark.executorEnv.*"),
        "Spark's entries come later, so they win over the template's of the same name",
    ),
    without(
        Behaviour::ExecutorTemplatePorts,
        row(PORTS, Fate::Overwritten, None, "only the block manager's port is left"),
    ),
    with(Behaviour::ExecutorTemplatePorts, row(PORTS, Fate::Extended, None, "the block manager's port is appended")),
    row("spec.containers[].volumeMounts", Fate::Extended, None, "Spark's mounts are appended"),
    row(
        "spec.containers[].resources.requests.cpu",
        Fate::Overwritten,
        Some("spark.kubernetes.executor.request.cores"),
        "else `spark.executor.cores`",
    ),
    row(
        "spec.containers[].resources.requests.memory",
        Fate::Overwritten,
        Some("spark.executor.memoryOverhead"),
        "heap and overhead; the same as the limit",
    ),
    row(
        "spec.containers[].resources.limits.memory",
        Fate::Overwritten,
        Some("spark.executor.memoryOverhead"),
        "heap and overhead; the same as the request",
    ),
    row(
        "spec.containers[].resources.limits.cpu",
        Fate::YieldsToConf,
        Some("spark.kubernetes.executor.limit.cores"),
        "",
    ),
    row("spec.containers[].resources.requests", Fate::Merged, None, "other resources than cpu and memory are kept"),
    row("spec.containers[].resources.limits", Fate::Merged, None, "other resources than memory are kept"),
    with(
        Behaviour::AllowPrivilegeEscalation,
        row(
            ESCALATION,
            Fate::Overwritten,
            Some("spark.kubernetes.executor.securityContext.allowPrivilegeEscalation"),
            "false unless the conf is set",
        ),
    ),
    without(Behaviour::AllowPrivilegeEscalation, row(ESCALATION, Fate::Carried, None, "")),
    row(
        "spec.containers[].lifecycle",
        Fate::YieldsToConf,
        Some("spark.decommission.enabled"),
        "with decommissioning the whole field is replaced by Spark's preStop hook",
    ),
    with(
        Behaviour::ExecutorResizePolicy,
        row("spec.containers[].resizePolicy", Fate::Extended, None, "policies for cpu and memory are appended"),
    ),
];

impl When {
    /// Whether the row holds for `version`.
    #[must_use]
    pub(crate) fn holds(self, version: &Version) -> bool {
        match self {
            Self::Always => true,
            Self::With(behaviour) => version.has(behaviour),
            Self::Without(behaviour) => !version.has(behaviour),
        }
    }
}

/// The Kubernetes version whose fields are all that Spark's client keeps of a template; none where it keeps every field,
/// known or not.
#[must_use]
pub(crate) fn client_model(version: &Version) -> Option<kube::Version> {
    CLIENT_MODELS.iter().find(|row| row.when.holds(version) && !version.has(row.until)).map(|row| row.model)
}

/// A row: which versions build pods with a client that drops what its own model lacks.
struct ClientModel {
    when: When,
    until: Behaviour,
    model: kube::Version,
}

/// kubernetes-client 4.12 (Spark 3.1) and 5.4 (3.2). From 5.12 (3.3) on unknown fields are carried.
const CLIENT_MODELS: &[ClientModel] = &[
    ClientModel { when: When::Always, until: Behaviour::ImmutableConfigMaps, model: kube::Version::nearest(18) },
    ClientModel {
        when: When::With(Behaviour::ImmutableConfigMaps),
        until: Behaviour::UnknownTemplateFieldsKept,
        model: kube::Version::nearest(21),
    },
];

#[cfg(test)]
#[path = "template_survival_tests.rs"]
mod tests;
