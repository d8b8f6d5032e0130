//! The tables. From `pkg/apis/*/v1/defaults.go`, the registry strategies and the admission plug-ins of Kubernetes 1.20.15
//! and 1.37.1; `tests/record/apiserver` finds with real servers what is missing here.

use super::{
    DefaultRow,
    DefaultValue::{self, Any, Assigned, Beside, Empty, Flag, Json, Number, Rule, Text},
    rules,
};

const fn row(owner: &'static str, field: &'static str, value: DefaultValue) -> DefaultRow {
    DefaultRow { owner, field, value }
}

/// By type and field.
pub(super) const DEFAULTS: &[DefaultRow] = &[
    row("core.v1.PodSpec", "dnsPolicy", Text("ClusterFirst")),
    row("core.v1.PodSpec", "restartPolicy", Text("Always")),
    row("core.v1.PodSpec", "schedulerName", Text("default-scheduler")),
    row("core.v1.PodSpec", "terminationGracePeriodSeconds", Number(30)),
    row("core.v1.PodSpec", "securityContext", Empty),
    row("core.v1.PodSpec", "enableServiceLinks", Flag(true)),
    row("core.v1.PodSpec", "serviceAccount", Beside("serviceAccountName")),
    row("core.v1.PodSpec", "serviceAccountName", Text("default")),
    row("core.v1.PodSpec", "serviceAccountName", Beside("serviceAccount")),
    row("core.v1.PodSpec", "preemptionPolicy", Text("PreemptLowerPriority")),
    row("core.v1.PodSpec", "preemptionPolicy", Rule(rules::is_of_priority_class)),
    row("core.v1.PodSpec", "priority", Number(0)),
    row("core.v1.PodSpec", "priority", Rule(rules::is_of_priority_class)),
    row("core.v1.PodSpec", "overhead", Rule(rules::is_of_runtime_class)),
    row("core.v1.PodSpec", "nodeName", Rule(rules::is_of_running_pod)),
    row("core.v1.PodSpec", "imagePullSecrets", Rule(rules::is_of_running_pod)),
    row("core.v1.PodSpec", "tolerations", Rule(rules::all_added)),
    row("core.v1.PodSpec", "volumes", Rule(rules::all_added)),
    row("core.v1.Container", "terminationMessagePath", Text("/dev/termination-log")),
    row("core.v1.Container", "terminationMessagePolicy", Text("File")),
    row("core.v1.Container", "imagePullPolicy", Rule(rules::pull_policy)),
    row("core.v1.Container", "resources", Empty),
    row("core.v1.Container", "volumeMounts", Rule(rules::all_added)),
    row("core.v1.ContainerPort", "protocol", Text("TCP")),
    row("core.v1.ContainerPort", "hostPort", Rule(rules::is_port_of_host_network)),
    row("core.v1.ResourceRequirements", "requests", Rule(rules::same_as_limits)),
    row("core.v1.Probe", "timeoutSeconds", Number(1)),
    row("core.v1.Probe", "periodSeconds", Number(10)),
    row("core.v1.Probe", "successThreshold", Number(1)),
    row("core.v1.Probe", "failureThreshold", Number(3)),
    row("core.v1.HTTPGetAction", "path", Text("/")),
    row("core.v1.HTTPGetAction", "scheme", Text("HTTP")),
    row("core.v1.HTTPGetAction", "protocol", Text("HTTP1")),
    row("core.v1.GRPCAction", "service", Text("")),
    row("core.v1.ObjectFieldSelector", "apiVersion", Text("v1")),
    row("core.v1.ResourceFieldSelector", "divisor", Text("0")),
    row("core.v1.ConfigMapVolumeSource", "defaultMode", Number(420)),
    row("core.v1.SecretVolumeSource", "defaultMode", Number(420)),
    row("core.v1.DownwardAPIVolumeSource", "defaultMode", Number(420)),
    row("core.v1.ProjectedVolumeSource", "defaultMode", Number(420)),
    row("core.v1.ServiceAccountTokenProjection", "expirationSeconds", Number(3600)),
    row("core.v1.HostPathVolumeSource", "type", Text("")),
    row("core.v1.ImageVolumeSource", "pullPolicy", Rule(rules::pull_policy)),
    row("core.v1.ISCSIVolumeSource", "iscsiInterface", Text("default")),
    row("core.v1.RBDVolumeSource", "pool", Text("rbd")),
    row("core.v1.RBDVolumeSource", "user", Text("admin")),
    row("core.v1.RBDVolumeSource", "keyring", Text("/etc/ceph/keyring")),
    row("core.v1.AzureDiskVolumeSource", "cachingMode", Text("ReadWrite")),
    row("core.v1.AzureDiskVolumeSource", "kind", Text("Shared")),
    row("core.v1.AzureDiskVolumeSource", "fsType", Text("ext4")),
    row("core.v1.AzureDiskVolumeSource", "readOnly", Flag(false)),
    row("core.v1.ScaleIOVolumeSource", "storageMode", Text("ThinProvisioned")),
    row("core.v1.ScaleIOVolumeSource", "fsType", Text("xfs")),
    row("core.v1.PersistentVolumeClaimSpec", "volumeMode", Text("Filesystem")),
    row("core.v1.PersistentVolumeClaimSpec", "resources", Empty),
    row("core.v1.PersistentVolumeClaimSpec", "dataSource", Beside("dataSourceRef")),
    row("core.v1.PersistentVolumeClaimSpec", "dataSourceRef", Beside("dataSource")),
    row("core.v1.PersistentVolumeClaimSpec", "storageClassName", Assigned),
    row("core.v1.PersistentVolumeClaimSpec", "volumeName", Assigned),
    row("core.v1.PersistentVolumeSpec", "persistentVolumeReclaimPolicy", Text("Retain")),
    row("core.v1.PersistentVolumeSpec", "volumeMode", Text("Filesystem")),
    row("core.v1.ServiceAccount", "secrets", Rule(rules::are_token_secrets)),
    row("core.v1.Namespace", "spec", Json(r#"{"finalizers":["kubernetes"]}"#)),
    row("core.v1.Secret", "type", Text("Opaque")),
    row("core.v1.ServiceSpec", "sessionAffinity", Text("None")),
    row("core.v1.ServiceSpec", "type", Text("ClusterIP")),
    row("core.v1.ServiceSpec", "internalTrafficPolicy", Text("Cluster")),
    row("core.v1.ServiceSpec", "externalTrafficPolicy", Text("Cluster")),
    row("core.v1.ServiceSpec", "allocateLoadBalancerNodePorts", Flag(true)),
    row("core.v1.ServiceSpec", "ipFamilyPolicy", Text("SingleStack")),
    row("core.v1.ServiceSpec", "ipFamilies", Any),
    row("core.v1.ServiceSpec", "ipFamily", Assigned),
    row("core.v1.ServiceSpec", "healthCheckNodePort", Assigned),
    row("core.v1.ServiceSpec", "sessionAffinityConfig", Json(r#"{"clientIP":{"timeoutSeconds":10800}}"#)),
    row("core.v1.ServiceSpec", "clusterIP", Rule(rules::is_allocated)),
    row("core.v1.ServiceSpec", "clusterIPs", Any),
    row("core.v1.ServicePort", "protocol", Text("TCP")),
    row("core.v1.ServicePort", "targetPort", Beside("port")),
    row("core.v1.ServicePort", "nodePort", Assigned),
    row("batch.v1.JobSpec", "completions", Number(1)),
    row("batch.v1.JobSpec", "parallelism", Number(1)),
    row("batch.v1.JobSpec", "backoffLimit", Number(6)),
    row("batch.v1.JobSpec", "completionMode", Text("NonIndexed")),
    row("batch.v1.JobSpec", "suspend", Flag(false)),
    row("batch.v1.JobSpec", "manualSelector", Flag(false)),
    row("batch.v1.JobSpec", "podReplacementPolicy", Text("TerminatingOrFailed")),
    row("batch.v1.JobSpec", "selector", Rule(rules::is_controllers)),
    row("batch.v1.CronJobSpec", "concurrencyPolicy", Text("Allow")),
    row("batch.v1.CronJobSpec", "suspend", Flag(false)),
    row("batch.v1.CronJobSpec", "successfulJobsHistoryLimit", Number(3)),
    row("batch.v1.CronJobSpec", "failedJobsHistoryLimit", Number(1)),
    row("batch.v1beta1.CronJobSpec", "concurrencyPolicy", Text("Allow")),
    row("batch.v1beta1.CronJobSpec", "suspend", Flag(false)),
    row("batch.v1beta1.CronJobSpec", "successfulJobsHistoryLimit", Number(3)),
    row("batch.v1beta1.CronJobSpec", "failedJobsHistoryLimit", Number(1)),
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
    row("networking.v1.IngressSpec", "ingressClassName", Rule(rules::is_default_ingress_class)),
    row("networking.v1beta1.IngressSpec", "ingressClassName", Rule(rules::is_default_ingress_class)),
    row("networking.v1beta1.HTTPIngressPath", "pathType", Text("ImplementationSpecific")),
    row("networking.v1.NetworkPolicyPort", "protocol", Text("TCP")),
    row("networking.v1.NetworkPolicySpec", "policyTypes", Rule(rules::policy_types)),
    row("rbac.v1.RoleRef", "apiGroup", Text("rbac.authorization.k8s.io")),
    row("rbac.v1.Subject", "apiGroup", Rule(rules::subject_group)),
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

/// Defaults of the CustomResourceDefinitions of others whose resources are rendered: kind, path, value.
pub(super) const FOREIGN: &[(&str, &[&str], DefaultValue)] = &[("PodGroup", &["spec", "queue"], Text("default"))];

#[cfg(test)]
mod tests {
    use super::DEFAULTS;
    use crate::kube::schema;

    #[test]
    fn every_row_names_a_field_of_the_table_of_fields() {
        for row in DEFAULTS {
            let named = schema::id_of(row.owner).is_some_and(|id| schema::type_of(id).field(row.field).is_some());
            assert!(named, "{}.{}", row.owner, row.field);
        }
    }
}
