//! Table: what it means to go without a field or value, where that is more than "it is dropped with a warning".
//!
//! When a field exists is in `tables/fields.tsv`; here is what to do about it. Facts: the API server drops fields whose gate
//! is off without a word (`dropDisabledFields`), and server-side apply refuses fields that are not in the schema.

use crate::tree::{Node, Value};

/// What tailoring does where the target lacks a field or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The field is left out, with a warning.
    Drop,
    /// What holds the field is left out, since nothing useful of it would remain.
    DropParent,
    /// An error: without it the object would mean something else.
    Refuse,
    /// An error: without it the pod would run less protected.
    Security,
    /// The value becomes this one, with a warning.
    Replace(&'static str),
}

impl Action {
    /// The word in COMPATIBILITY.md.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "dropped",
            Self::DropParent => "dropped with what holds it",
            Self::Refuse => "refused",
            Self::Security => "refused (security)",
            Self::Replace(_) => "replaced",
        }
    }
}

/// A row: a field or a value, what is done without it, and why.
#[derive(Debug)]
pub struct Row {
    /// Type and field: `core.v1.Volume.image`.
    pub field: &'static str,
    /// The value, if only this one is meant.
    pub value: Option<&'static str>,
    /// What is done.
    pub action: Action,
    /// Values that say what older servers do anyway, so that dropping them is only worth a note; `*` is any.
    pub harmless: &'static [&'static str],
    /// What the object would be without it.
    pub effect: &'static str,
    /// What else one can do; empty: leave it out, or take a newer version.
    pub way_out: &'static str,
}

impl Row {
    /// Whether older servers do what `value` says anyway.
    #[must_use]
    pub fn is_harmless(&self, value: &Node) -> bool {
        self.harmless.iter().any(|harmless| *harmless == "*" || says(value, harmless))
    }
}

/// Whether `node`, or the only value in it, is written as `text`.
fn says(node: &Node, text: &str) -> bool {
    match &node.value {
        Value::String(value) => value == text,
        Value::Bool(flag) => (if *flag { "true" } else { "false" }) == text,
        Value::Number(number) => number.to_string() == text,
        Value::Sequence(items) => matches!(&items[..], [only] if says(only, text)),
        Value::Mapping(mapping) => mapping.len() == 1 && mapping.values().all(|only| says(only, text)),
        Value::Null => false,
    }
}

const fn row(
    field: &'static str,
    action: Action,
    harmless: &'static [&'static str],
    effect: &'static str,
    way_out: &'static str,
) -> Row {
    Row { field, value: None, action, harmless, effect, way_out }
}

const fn value(
    field: &'static str,
    value: &'static str,
    action: Action,
    effect: &'static str,
    way_out: &'static str,
) -> Row {
    Row { field, value: Some(value), action, harmless: &[], effect, way_out }
}

use Action::{Drop, DropParent, Refuse, Replace, Security};

/// All rows. A field without a row is dropped with a warning; a value without a row is refused.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Security: never dropped in silence.
    row("core.v1.PodSecurityContext.seccompProfile", Security, &[], "system calls would not be filtered", "below 1.19 the annotation `seccomp.security.alpha.kubernetes.io/pod` says the same; it is written in its place"),
    row("core.v1.SecurityContext.seccompProfile", Security, &[], "system calls would not be filtered", "below 1.19 the annotation `container.seccomp.security.alpha.kubernetes.io/<container>` says the same; it is written in its place"),
    row("core.v1.PodSecurityContext.appArmorProfile", Security, &[], "the containers would run unconfined by AppArmor", "below 1.30 annotations `container.apparmor.security.beta.kubernetes.io/<container>` say the same; they are written in its place"),
    row("core.v1.SecurityContext.appArmorProfile", Security, &[], "the container would run unconfined by AppArmor", "below 1.30 the annotation `container.apparmor.security.beta.kubernetes.io/<container>` says the same; it is written in its place"),
    row("core.v1.PodSpec.hostUsers", Security, &["true"], "the containers would run in the host's user namespace", ""),
    row("core.v1.PodSpec.os", Security, &["linux"], "security admission would not know the pod's operating system", ""),
    row("core.v1.SecurityContext.procMount", Security, &["Default"], "the type of /proc would be another one", ""),
    row("core.v1.PodSecurityContext.supplementalGroupsPolicy", Security, &["Merge"], "groups of the image's /etc/group would be added", "set the groups in the image"),
    row("core.v1.VolumeMount.recursiveReadOnly", Security, &["Disabled", "IfPossible"], "mounts below the read-only mount would stay writable", ""),
    row("core.v1.VolumeMount.bindMountOptions", Security, &[], "the mount would lack its options", ""),
    row("core.v1.WindowsSecurityContextOptions.runAsUserName", Security, &[], "the container would run as the image's user", ""),
    row("networking.v1.NetworkPolicyPort.endPort", Security, &[], "the rule would cover the first port only", "write one item for each port"),

    // Without it the object would be another one.
    row("core.v1.Volume.image", Refuse, &[], "the volume would silently become an empty directory", "copy the files with an init container into an `emptyDir`"),
    row("core.v1.Volume.ephemeral", Refuse, &[], "the volume would silently become an empty directory", "use a `persistentVolumeClaim` that exists"),
    row("core.v1.VolumeProjection.clusterTrustBundle", Refuse, &[], "the projection would be empty, which the server refuses", "project a ConfigMap with the certificates"),
    row("core.v1.VolumeProjection.podCertificate", Refuse, &[], "the projection would be empty, which the server refuses", "mount a Secret with the certificate"),
    row("core.v1.EnvVarSource.fileKeyRef", Refuse, &[], "the variable would have no source, which the server refuses", "use `configMapKeyRef` or `secretKeyRef`"),
    row("core.v1.Container.restartPolicy", Refuse, &[], "the pod would wait for this init container to end before it starts", "move the container to `spec.containers` (a driver Pod then never completes while it runs), or target 1.29 or later"),
    value("core.v1.Container.restartPolicy", "Never", Drop, "the container follows the pod's restartPolicy", ""),
    value("core.v1.Container.restartPolicy", "OnFailure", Drop, "the container follows the pod's restartPolicy", ""),
    row("core.v1.PodSpec.resourceClaims", Refuse, &[], "the pod would start without its devices", "ask for extended resources in `limits`"),
    row("core.v1.ResourceRequirements.claims", Refuse, &[], "the container would start without its devices", "ask for extended resources in `limits`"),
    row("core.v1.PodSpec.schedulingGates", Refuse, &[], "the pod would be scheduled at once", ""),
    row("core.v1.PersistentVolumeClaimSpec.dataSourceRef", Refuse, &[], "the volume would be empty", "use `dataSource`"),
    row("core.v1.TypedObjectReference.namespace", Refuse, &[], "the source would be looked up in the claim's own namespace", "put the source into the claim's namespace"),
    row("batch.v1.JobSpec.suspend", Refuse, &["false"], "the Job would start at once", ""),
    row("batch.v1.JobSpec.completionMode", Refuse, &["NonIndexed"], "the pods would have no index", ""),
    row("batch.v1.JobSpec.managedBy", Refuse, &["kubernetes.io/job-controller"], "the Job controller would run the Job itself", ""),
    row("batch.v1.CronJobSpec.timeZone", Refuse, &["UTC", "Etc/UTC"], "the schedule would be read in the controller's time zone (UTC as a rule)", "write the schedule in UTC: the controller reads `CRON_TZ=` from 1.22 only"),
    row("batch.v1beta1.CronJobSpec.timeZone", Refuse, &["UTC", "Etc/UTC"], "the schedule would be read in the controller's time zone (UTC as a rule)", "write the schedule in UTC: the controller reads `CRON_TZ=` from 1.22 only"),
    row("networking.v1beta1.IngressBackend.resource", Refuse, &[], "the backend would be empty, which the server refuses", "use a Service as backend"),

    // Left out together with what holds it.
    row("core.v1.Probe.grpc", DropParent, &[], "the probe is left out", "use `tcpSocket` or `exec`"),
    row("core.v1.LifecycleHandler.sleep", DropParent, &[], "the handler is left out", "use `exec` with `sleep`"),

    // Dropped, and worth a word.
    row("core.v1.ServiceSpec.ipFamilies", Drop, &["IPv4"], "the Service has the cluster's first IP family", ""),
    row("core.v1.ServiceSpec.ipFamilyPolicy", Drop, &["SingleStack"], "the Service has one IP family", ""),
    row("core.v1.ServiceSpec.ipFamily", Drop, &["IPv4"], "the Service has the cluster's first IP family", "use `ipFamilies` from 1.21"),
    row("core.v1.ServicePort.appProtocol", Drop, &["*"], "meshes and load balancers guess the protocol by the port's name", ""),
    row("core.v1.Container.resizePolicy", Drop, &["*"], "resources of running containers cannot be changed anyway", ""),
    row("core.v1.ConfigMap.immutable", Drop, &["*"], "nothing hinders a later change of the data", ""),
    row("core.v1.Secret.immutable", Drop, &["*"], "nothing hinders a later change of the data", ""),
    row("core.v1.PodSpec.resources", Drop, &[], "the pod as a whole has no requests and limits; those of its containers stay", "give each container its `resources`"),
    row("core.v1.PodSpec.topologySpreadConstraints", Drop, &[], "pods may gather on one node or zone", "use `affinity.podAntiAffinity`"),
    row("core.v1.PodSpec.preemptionPolicy", Drop, &["PreemptLowerPriority"], "the pod may preempt others", ""),
    row("core.v1.PodSecurityContext.fsGroupChangePolicy", Drop, &["Always"], "ownership of all files is changed at each mount, which takes time", ""),
    row("core.v1.Container.startupProbe", Drop, &[], "liveness and readiness probes begin at once", "raise `initialDelaySeconds` of the liveness probe"),
    row("batch.v1.JobSpec.ttlSecondsAfterFinished", Drop, &[], "the finished Job stays until somebody deletes it", ""),
    row("batch.v1.JobSpec.podReplacementPolicy", Drop, &["TerminatingOrFailed"], "a replacement may start while the old pod still ends: two drivers for a moment", ""),
    row("networking.v1beta1.HTTPIngressPath.pathType", Drop, &["ImplementationSpecific"], "the Ingress controller decides how the path matches", ""),
    row("networking.v1beta1.IngressSpec.ingressClassName", Drop, &[], "the annotation `kubernetes.io/ingress.class` says the same; it is written in its place", ""),

    // Values.
    value("core.v1.PersistentVolumeClaimSpec.accessModes", "ReadWriteOncePod", Replace("ReadWriteOnce"), "other pods on the same node may mount the volume", ""),
    value("core.v1.ServiceSpec.trafficDistribution", "PreferSameZone", Replace("PreferClose"), "the older name of the same policy", ""),
    value("core.v1.ServiceSpec.trafficDistribution", "PreferSameNode", Replace("PreferClose"), "traffic prefers the zone, not the node", ""),
];

/// The row for a field of a type, or for one of its values.
pub(crate) fn find(owner: &str, field: &str, value: Option<&str>) -> Option<&'static Row> {
    ROWS.iter().find(|row| {
        row.value == value
            && row.field.len() == owner.len() + 1 + field.len()
            && row.field.starts_with(owner)
            && row.field.ends_with(field)
    })
}

#[cfg(test)]
mod tests {
    use crate::kube::{ROWS, schema};

    #[test]
    fn every_row_names_a_field_of_the_table_once() {
        for (place, row) in ROWS.iter().enumerate() {
            let named = schema::all_types().any(|one| {
                one.fields().iter().any(|field| {
                    format!("{}.{}", one.name, field.name) == row.field
                        && row.value.is_none_or(|value| field.choices.iter().any(|choice| choice.text == value))
                })
            });
            assert!(named, "{} {:?}", row.field, row.value);
            let again = ROWS[..place].iter().any(|other| (other.field, other.value) == (row.field, row.value));
            assert!(!again, "{} twice", row.field);
        }
    }
}
