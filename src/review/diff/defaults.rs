//! Table: what an API server adds to objects. Taken from Kubernetes 1.36.1: `pkg/apis/*/v1/defaults.go`
//! (`legacyscheme.Scheme.Default`), the registry strategies of Service and Job, and the admission plug-ins
//! ServiceAccount, DefaultTolerationSeconds and Priority. A value of the table is no difference from an absent one.

use super::{Step, equal};
use crate::tree::{Mapping, Node, secret};

/// The name of the filter.
pub(crate) const NAME: &str = "defaults of the API server";

/// What is filled in where a field is absent.
#[derive(Debug, Clone, Copy)]
pub(super) enum DefaultValue {
    /// This text.
    Text(&'static str),
    /// This number.
    Number(i64),
    /// This flag.
    Flag(bool),
    /// A mapping without entries.
    Empty,
    /// This JSON.
    Json(&'static str),
    /// What the field of that name beside it says.
    Beside(&'static str),
    /// Whatever the server chose.
    Any,
    /// A value for which this is true; the mappings around it are those of the two sides.
    Rule(fn(&Node, &Mapping, &Mapping) -> bool),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct DefaultRow {
    /// The type, `core.v1.PodSpec`.
    pub owner: &'static str,
    /// Its field.
    pub field: &'static str,
    /// The value.
    pub value: DefaultValue,
}

use DefaultValue::{Any, Beside, Empty, Flag, Json, Number, Rule, Text};

const fn row(owner: &'static str, field: &'static str, value: DefaultValue) -> DefaultRow {
    DefaultRow { owner, field, value }
}

/// The rows.
pub(super) const DEFAULTS: &[DefaultRow] = &[
    row("core.v1.PodSpec", "dnsPolicy", Text("ClusterFirst")),
    row("core.v1.PodSpec", "restartPolicy", Text("Always")),
    row("core.v1.PodSpec", "schedulerName", Text("default-scheduler")),
    row("core.v1.PodSpec", "terminationGracePeriodSeconds", Number(30)),
    row("core.v1.PodSpec", "securityContext", Empty),
    row("core.v1.PodSpec", "enableServiceLinks", Flag(true)),
    row("core.v1.PodSpec", "serviceAccount", Beside("serviceAccountName")),
    row("core.v1.PodSpec", "serviceAccountName", Text("default")),
    row("core.v1.PodSpec", "preemptionPolicy", Text("PreemptLowerPriority")),
    row("core.v1.PodSpec", "priority", Number(0)),
    row("core.v1.PodSpec", "tolerations", Rule(all_added)),
    row("core.v1.PodSpec", "volumes", Rule(all_added)),
    row("core.v1.Container", "terminationMessagePath", Text("/dev/termination-log")),
    row("core.v1.Container", "terminationMessagePolicy", Text("File")),
    row("core.v1.Container", "imagePullPolicy", Rule(pull_policy)),
    row("core.v1.Container", "resources", Empty),
    row("core.v1.Container", "volumeMounts", Rule(all_added)),
    row("core.v1.ContainerPort", "protocol", Text("TCP")),
    row("core.v1.ResourceRequirements", "requests", Rule(same_as_limits)),
    row("core.v1.Probe", "timeoutSeconds", Number(1)),
    row("core.v1.Probe", "periodSeconds", Number(10)),
    row("core.v1.Probe", "successThreshold", Number(1)),
    row("core.v1.Probe", "failureThreshold", Number(3)),
    row("core.v1.HTTPGetAction", "path", Text("/")),
    row("core.v1.HTTPGetAction", "scheme", Text("HTTP")),
    row("core.v1.GRPCAction", "service", Text("")),
    row("core.v1.ObjectFieldSelector", "apiVersion", Text("v1")),
    row("core.v1.ResourceFieldSelector", "divisor", Text("0")),
    row("core.v1.ConfigMapVolumeSource", "defaultMode", Number(420)),
    row("core.v1.SecretVolumeSource", "defaultMode", Number(420)),
    row("core.v1.DownwardAPIVolumeSource", "defaultMode", Number(420)),
    row("core.v1.ProjectedVolumeSource", "defaultMode", Number(420)),
    row("core.v1.ServiceAccountTokenProjection", "expirationSeconds", Number(3600)),
    row("core.v1.HostPathVolumeSource", "type", Text("")),
    row("core.v1.PersistentVolumeClaimSpec", "volumeMode", Text("Filesystem")),
    row("core.v1.PersistentVolumeClaimSpec", "resources", Empty),
    row("core.v1.Secret", "type", Text("Opaque")),
    row("core.v1.ServiceSpec", "sessionAffinity", Text("None")),
    row("core.v1.ServiceSpec", "type", Text("ClusterIP")),
    row("core.v1.ServiceSpec", "internalTrafficPolicy", Text("Cluster")),
    row("core.v1.ServiceSpec", "externalTrafficPolicy", Text("Cluster")),
    row("core.v1.ServiceSpec", "allocateLoadBalancerNodePorts", Flag(true)),
    row("core.v1.ServiceSpec", "ipFamilyPolicy", Text("SingleStack")),
    row("core.v1.ServiceSpec", "ipFamilies", Any),
    row("core.v1.ServiceSpec", "clusterIP", Rule(is_allocated)),
    row("core.v1.ServiceSpec", "clusterIPs", Any),
    row("core.v1.ServicePort", "protocol", Text("TCP")),
    row("core.v1.ServicePort", "targetPort", Beside("port")),
    row("batch.v1.JobSpec", "completions", Number(1)),
    row("batch.v1.JobSpec", "parallelism", Number(1)),
    row("batch.v1.JobSpec", "backoffLimit", Number(6)),
    row("batch.v1.JobSpec", "completionMode", Text("NonIndexed")),
    row("batch.v1.JobSpec", "suspend", Flag(false)),
    row("batch.v1.JobSpec", "manualSelector", Flag(false)),
    row("batch.v1.JobSpec", "podReplacementPolicy", Text("TerminatingOrFailed")),
    row("batch.v1.JobSpec", "selector", Rule(is_controllers)),
    row("batch.v1.CronJobSpec", "concurrencyPolicy", Text("Allow")),
    row("batch.v1.CronJobSpec", "suspend", Flag(false)),
    row("batch.v1.CronJobSpec", "successfulJobsHistoryLimit", Number(3)),
    row("batch.v1.CronJobSpec", "failedJobsHistoryLimit", Number(1)),
    row("apps.v1.DeploymentSpec", "replicas", Number(1)),
    row("apps.v1.DeploymentSpec", "revisionHistoryLimit", Number(10)),
    row("apps.v1.DeploymentSpec", "progressDeadlineSeconds", Number(600)),
    row(
        "apps.v1.DeploymentSpec",
        "strategy",
        Json(r#"{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}"#),
    ),
    row("apps.v1.StatefulSetSpec", "replicas", Number(1)),
    row("apps.v1.StatefulSetSpec", "revisionHistoryLimit", Number(10)),
    row("apps.v1.StatefulSetSpec", "podManagementPolicy", Text("OrderedReady")),
    row(
        "apps.v1.StatefulSetSpec",
        "updateStrategy",
        Json(r#"{"type":"RollingUpdate","rollingUpdate":{"partition":0}}"#),
    ),
    row(
        "apps.v1.StatefulSetSpec",
        "persistentVolumeClaimRetentionPolicy",
        Json(r#"{"whenDeleted":"Retain","whenScaled":"Retain"}"#),
    ),
    row("networking.v1.NetworkPolicyPort", "protocol", Text("TCP")),
    row("networking.v1.NetworkPolicySpec", "policyTypes", Rule(policy_types)),
    row("rbac.v1.RoleRef", "apiGroup", Text("rbac.authorization.k8s.io")),
    row("rbac.v1.Subject", "apiGroup", Rule(subject_group)),
    row("admissionregistration.v1.MutatingWebhook", "failurePolicy", Text("Fail")),
    row("admissionregistration.v1.MutatingWebhook", "matchPolicy", Text("Equivalent")),
    row("admissionregistration.v1.MutatingWebhook", "timeoutSeconds", Number(10)),
    row("admissionregistration.v1.MutatingWebhook", "reinvocationPolicy", Text("Never")),
    row("admissionregistration.v1.MutatingWebhook", "namespaceSelector", Empty),
    row("admissionregistration.v1.MutatingWebhook", "objectSelector", Empty),
    row("admissionregistration.v1.ValidatingWebhook", "failurePolicy", Text("Fail")),
    row("admissionregistration.v1.ValidatingWebhook", "matchPolicy", Text("Equivalent")),
    row("admissionregistration.v1.ValidatingWebhook", "timeoutSeconds", Number(10)),
    row("admissionregistration.v1.ValidatingWebhook", "namespaceSelector", Empty),
    row("admissionregistration.v1.ValidatingWebhook", "objectSelector", Empty),
    row("admissionregistration.v1.RuleWithOperations", "scope", Text("*")),
    row("admissionregistration.v1.ServiceReference", "port", Number(443)),
];

/// Fields of metadata that only servers write.
const SERVER_METADATA: &[&str] =
    &["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"];
/// Annotations that servers, controllers and kubectl keep for themselves.
const SERVER_ANNOTATIONS: &[&str] =
    &[secret::LAST_APPLIED, "deployment.kubernetes.io/revision", "batch.kubernetes.io/job-tracking"];
/// Labels that the Job controller's strategy puts on a Job's pods.
const JOB_LABELS: &[&str] =
    &["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/// Where a value is that only one side has.
pub(crate) struct OneSidedValue<'a> {
    /// The object's kind.
    pub kind: &'a str,
    /// The path of the value.
    pub path: &'a [Step],
    /// The type of the mapping that holds it.
    pub owner: Option<&'a str>,
    /// Its key.
    pub key: &'a str,
}

/// Whether a server would add `value` of `holder` to the `other` side.
pub(crate) fn is_default(place: &OneSidedValue<'_>, value: &Node, holder: &Mapping, other: &Mapping) -> bool {
    if is_written_by_servers(place.path) {
        return true;
    }
    if let [.., Step::Key(parent), Step::Key(_)] = place.path
        && parent == "labels"
        && place.kind == "Job"
        && JOB_LABELS.contains(&place.key)
    {
        return true;
    }
    if let ([Step::Key(_), Step::Key(parent)], Some(children)) = (place.path, value.as_mapping())
        && parent == "annotations"
    {
        return children.keys().all(|key| SERVER_ANNOTATIONS.contains(&key));
    }
    // Go writes the metadata of a template even if there is none.
    if place.key == "metadata" && value.as_mapping().is_some_and(Mapping::is_empty) {
        return true;
    }
    let Some(owner) = place.owner else { return false };
    DEFAULTS.iter().filter(|row| row.field == place.key && row.owner == owner).any(|row| match row.value {
        Text(text) => value.as_str() == Some(text),
        Number(number) => value.as_i64() == Some(number),
        Flag(flag) => value.as_bool() == Some(flag),
        Empty => value.as_mapping().is_some_and(Mapping::is_empty),
        Json(json) => serde_json::from_str::<serde_json::Value>(json).is_ok_and(|json| json == value.to_json()),
        Beside(field) => other.get(field).or_else(|| holder.get(field)) == Some(value),
        Any => true,
        Rule(rule) => rule(value, holder, other),
    })
}

/// Whether servers write the field at `path` for themselves, whatever anybody asks for.
pub(crate) fn is_written_by_servers(path: &[Step]) -> bool {
    match path {
        [Step::Key(status)] => status == "status",
        [Step::Key(metadata), Step::Key(field)] => metadata == "metadata" && SERVER_METADATA.contains(&field.as_str()),
        [Step::Key(metadata), Step::Key(annotations), Step::Key(key)] => {
            metadata == "metadata" && annotations == "annotations" && SERVER_ANNOTATIONS.contains(&key.as_str())
        }
        [.., Step::Key(metadata), Step::Key(created)] => metadata == "metadata" && created == "creationTimestamp",
        _ => false,
    }
}

/// Whether an admission plug-in adds this item to a list of that name.
pub(crate) fn is_added_item(name: &str, item: &Node) -> bool {
    let text = |key: &str| item.get(key).and_then(Node::as_str).unwrap_or_default();
    match name {
        "tolerations" => {
            matches!(text("key"), "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable")
                && text("operator") == "Exists"
                && text("effect") == "NoExecute"
                && item.get("tolerationSeconds").and_then(Node::as_i64) == Some(300)
        }
        "volumes" => text("name").starts_with("kube-api-access-") && item.get("projected").is_some(),
        "volumeMounts" => {
            text("name").starts_with("kube-api-access-")
                && text("mountPath") == "/var/run/secrets/kubernetes.io/serviceaccount"
        }
        _ => false,
    }
}

fn all_added(value: &Node, _: &Mapping, _: &Mapping) -> bool {
    let items = value.as_sequence().unwrap_or_default();
    ["tolerations", "volumes", "volumeMounts"].iter().any(|name| items.iter().all(|item| is_added_item(name, item)))
}

fn pull_policy(value: &Node, holder: &Mapping, other: &Mapping) -> bool {
    let image = other.get("image").or_else(|| holder.get("image")).and_then(Node::as_str).unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    let latest = !image.contains('@') && last.split_once(':').is_none_or(|(_, tag)| tag == "latest");
    value.as_str() == Some(if latest { "Always" } else { "IfNotPresent" })
}

fn same_as_limits(value: &Node, holder: &Mapping, other: &Mapping) -> bool {
    let limits = other.get("limits").or_else(|| holder.get("limits")).and_then(Node::as_mapping);
    let same = |key: &str, request: &Node| {
        limits.and_then(|limits| limits.get(key)).is_some_and(|limit| equal::is_same_amount(request, limit))
    };
    value.as_mapping().is_some_and(|requests| requests.iter().all(|(key, request)| same(key, request)))
}

fn is_allocated(value: &Node, _: &Mapping, _: &Mapping) -> bool {
    value.as_str().is_some_and(|address| address != "None")
}

fn is_controllers(value: &Node, _: &Mapping, _: &Mapping) -> bool {
    value
        .get("matchLabels")
        .and_then(Node::as_mapping)
        .is_some_and(|labels| labels.keys().all(|key| JOB_LABELS.contains(&key)))
}

fn policy_types(value: &Node, holder: &Mapping, other: &Mapping) -> bool {
    let egress = other.get("egress").or_else(|| holder.get("egress")).is_some();
    let types: Vec<_> = value.as_sequence().unwrap_or_default().iter().filter_map(Node::as_str).collect();
    types == if egress { &["Ingress", "Egress"][..] } else { &["Ingress"][..] }
}

fn subject_group(value: &Node, holder: &Mapping, other: &Mapping) -> bool {
    let kind = other.get("kind").or_else(|| holder.get("kind")).and_then(Node::as_str);
    value.as_str() == Some(if kind == Some("ServiceAccount") { "" } else { "rbac.authorization.k8s.io" })
}
