//! Table: what the server demands of single fields beyond their type (`pkg/apis/core/validation`, `pkg/apis/batch/validation`).

use super::{Check, Mode, metadata};
use crate::{
    kube::{Quantity, names, schema::Type},
    tree::{Mapping, Node, Place, Value},
};

/// What must be true of a field that is given; and, of [`Must::BeFilled`], of one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// An integer from the first to the second, both included.
    Be(i64, i64),
    /// Neither absent nor empty.
    BeFilled,
    /// A path below something: neither absolute nor with `..` (`validateLocalDescendingPath`).
    Descend,
    /// A path without `..` (`validatePathNoBacksteps`).
    NotGoBack,
    /// A path that begins with `/`.
    BeAbsolute,
    /// An amount of 0 or more.
    BeAmount,
    /// A DNS subdomain.
    BeSubdomain,
    /// A DNS label.
    BeLabel,
}

/// A demand on one field of one type.
#[derive(Debug)]
pub(crate) struct Limit {
    pub owner: &'static str,
    pub field: &'static str,
    pub must: Must,
}

const fn limit(owner: &'static str, field: &'static str, must: Must) -> Limit {
    Limit { owner, field, must }
}

const INT: i64 = i32::MAX as i64;
/// Modes of files, in octal 0 to 0777.
const MODE: Must = Must::Be(0, 0o777);
/// `IsValidUserID` and `IsValidGroupID`.
const ID: Must = Must::Be(0, INT);
const COUNT: Must = Must::Be(0, i64::MAX);
const PORT: Must = Must::Be(1, 65_535);
const WEIGHT: Must = Must::Be(1, 100);

#[rustfmt::skip]
pub(crate) const LIMITS: &[Limit] = &[
    limit("batch.v1.CronJobSpec", "failedJobsHistoryLimit", COUNT),
    limit("batch.v1.CronJobSpec", "startingDeadlineSeconds", COUNT),
    limit("batch.v1.CronJobSpec", "successfulJobsHistoryLimit", COUNT),
    limit("batch.v1.JobSpec", "activeDeadlineSeconds", COUNT),
    limit("batch.v1.JobSpec", "backoffLimit", COUNT),
    limit("batch.v1.JobSpec", "completions", COUNT),
    limit("batch.v1.JobSpec", "parallelism", COUNT),
    limit("batch.v1.JobSpec", "ttlSecondsAfterFinished", COUNT),
    limit("core.v1.CSIVolumeSource", "driver", Must::BeFilled),
    limit("core.v1.ConfigMapEnvSource", "name", Must::BeFilled),
    limit("core.v1.ConfigMapKeySelector", "key", Must::BeFilled),
    limit("core.v1.ConfigMapKeySelector", "name", Must::BeFilled),
    limit("core.v1.ConfigMapProjection", "name", Must::BeFilled),
    limit("core.v1.ConfigMapVolumeSource", "defaultMode", MODE),
    limit("core.v1.ConfigMapVolumeSource", "name", Must::BeFilled),
    limit("core.v1.ContainerPort", "hostPort", Must::Be(0, 65_535)),
    limit("core.v1.DownwardAPIVolumeFile", "mode", MODE),
    limit("core.v1.DownwardAPIVolumeFile", "path", Must::BeFilled),
    limit("core.v1.DownwardAPIVolumeFile", "path", Must::Descend),
    limit("core.v1.DownwardAPIVolumeSource", "defaultMode", MODE),
    limit("core.v1.EmptyDirVolumeSource", "sizeLimit", Must::BeAmount),
    limit("core.v1.ExecAction", "command", Must::BeFilled),
    limit("core.v1.GRPCAction", "port", PORT),
    limit("core.v1.HostPathVolumeSource", "path", Must::BeFilled),
    limit("core.v1.HostPathVolumeSource", "path", Must::NotGoBack),
    limit("core.v1.KeyToPath", "key", Must::BeFilled),
    limit("core.v1.KeyToPath", "mode", MODE),
    limit("core.v1.KeyToPath", "path", Must::BeFilled),
    limit("core.v1.KeyToPath", "path", Must::Descend),
    limit("core.v1.LocalObjectReference", "name", Must::BeFilled),
    limit("core.v1.NFSVolumeSource", "path", Must::BeAbsolute),
    limit("core.v1.NFSVolumeSource", "server", Must::BeFilled),
    limit("core.v1.NodeSelector", "nodeSelectorTerms", Must::BeFilled),
    limit("core.v1.PersistentVolumeClaimSpec", "accessModes", Must::BeFilled),
    limit("core.v1.PersistentVolumeClaimVolumeSource", "claimName", Must::BeFilled),
    limit("core.v1.PodAffinityTerm", "topologyKey", Must::BeFilled),
    limit("core.v1.PodSecurityContext", "fsGroup", ID),
    limit("core.v1.PodSecurityContext", "runAsGroup", ID),
    limit("core.v1.PodSecurityContext", "runAsUser", ID),
    limit("core.v1.PodSpec", "activeDeadlineSeconds", Must::Be(1, INT)),
    limit("core.v1.PodSpec", "containers", Must::BeFilled),
    limit("core.v1.PodSpec", "hostname", Must::BeLabel),
    limit("core.v1.PodSpec", "nodeName", Must::BeSubdomain),
    limit("core.v1.PodSpec", "priorityClassName", Must::BeSubdomain),
    limit("core.v1.PodSpec", "runtimeClassName", Must::BeSubdomain),
    limit("core.v1.PodSpec", "serviceAccountName", Must::BeSubdomain),
    limit("core.v1.PodSpec", "subdomain", Must::BeLabel),
    limit("core.v1.PreferredSchedulingTerm", "weight", WEIGHT),
    limit("core.v1.Probe", "failureThreshold", COUNT),
    limit("core.v1.Probe", "initialDelaySeconds", COUNT),
    limit("core.v1.Probe", "periodSeconds", COUNT),
    limit("core.v1.Probe", "successThreshold", COUNT),
    limit("core.v1.Probe", "terminationGracePeriodSeconds", Must::Be(1, i64::MAX)),
    limit("core.v1.Probe", "timeoutSeconds", COUNT),
    limit("core.v1.ProjectedVolumeSource", "defaultMode", MODE),
    limit("core.v1.ResourceFieldSelector", "resource", Must::BeFilled),
    limit("core.v1.SecretEnvSource", "name", Must::BeFilled),
    limit("core.v1.SecretKeySelector", "key", Must::BeFilled),
    limit("core.v1.SecretKeySelector", "name", Must::BeFilled),
    limit("core.v1.SecretProjection", "name", Must::BeFilled),
    limit("core.v1.SecretVolumeSource", "defaultMode", MODE),
    limit("core.v1.SecretVolumeSource", "secretName", Must::BeFilled),
    limit("core.v1.SecurityContext", "runAsGroup", ID),
    limit("core.v1.SecurityContext", "runAsUser", ID),
    limit("core.v1.ServiceAccountTokenProjection", "expirationSeconds", Must::Be(600, 1 << 32)),
    limit("core.v1.ServiceAccountTokenProjection", "path", Must::BeFilled),
    limit("core.v1.ServiceAccountTokenProjection", "path", Must::Descend),
    limit("core.v1.TopologySpreadConstraint", "maxSkew", Must::Be(1, INT)),
    limit("core.v1.TopologySpreadConstraint", "minDomains", Must::Be(1, INT)),
    limit("core.v1.TopologySpreadConstraint", "topologyKey", Must::BeFilled),
    limit("core.v1.VolumeMount", "mountPath", Must::BeFilled),
    limit("core.v1.VolumeMount", "name", Must::BeFilled),
    limit("core.v1.VolumeMount", "subPath", Must::Descend),
    limit("core.v1.VolumeMount", "subPathExpr", Must::Descend),
    limit("core.v1.WeightedPodAffinityTerm", "weight", WEIGHT),
];

/// The demands on fields of the type called `owner`.
pub(crate) fn limits_of(owner: &str) -> &'static [Limit] {
    let first = LIMITS.partition_point(|limit| limit.owner < owner);
    let count = LIMITS[first..].partition_point(|limit| limit.owner == owner);
    &LIMITS[first..first + count]
}

/// Looks at the fields of `mapping`, which is of type `kind`.
pub(crate) fn check(check: &mut Check<'_>, node: &Node, mapping: &Mapping, kind: &'static Type, place: &Place<'_>) {
    for limit in kind.limits {
        let Some(value) = mapping.get(limit.field) else {
            // What the schema requires was said to be missing.
            if limit.must == Must::BeFilled && !kind.required().any(|field| field.name == limit.field) {
                check.missing(node, limit.field, place);
            }
            continue;
        };
        let place = place.key(limit.field);
        // Spark completes a template's containers, and calls the pods of its StatefulSet `…-EXECID`.
        if limit.field == "containers" && matches!(check.mode, Mode::Template(_))
            || limit.field == "hostname" && check.kind == "StatefulSet"
        {
            continue;
        }
        field(check, limit.must, value, &place);
    }
}

fn field(check: &mut Check<'_>, must: Must, value: &Node, place: &Place<'_>) {
    let name = place.name();
    match (must, &value.value) {
        (Must::Be(least, most), Value::Number(_)) => {
            let Some(number) = value.as_i64().filter(|number| !(least..=most).contains(number)) else { return };
            let (range, hint) = match (least, most) {
                (0, i64::MAX) => ("below 0".to_owned(), "write 0 or more".to_owned()),
                (1, i64::MAX) => ("below 1".to_owned(), "write 1 or more".to_owned()),
                (0, 0o777) => ("no mode of a file".to_owned(), "write an octal number from 0 to 0777".to_owned()),
                _ => (format!("not in {least} to {most}"), format!("write a number from {least} to {most}")),
            };
            check.rule(format!("`{name}` is {number}, {range}"), value, place, &hint);
        }
        (Must::BeFilled, Value::String(text)) if text.is_empty() => empty(check, value, place),
        (Must::BeFilled, Value::Sequence(items)) if items.is_empty() => empty(check, value, place),
        (Must::Descend, Value::String(text)) if text.starts_with('/') || goes_back(text) => {
            let message = format!("`{name}` is `{text}`, which leads outside");
            check.rule(message, value, place, "write a relative path without `..`");
        }
        (Must::NotGoBack, Value::String(text)) if goes_back(text) => {
            check.rule(format!("`{name}` is `{text}`, with `..` in it"), value, place, "write the path without `..`");
        }
        (Must::BeAbsolute, Value::String(text)) if !text.starts_with('/') => {
            check.rule(format!("`{name}` is `{text}`, no absolute path"), value, place, "begin with `/`");
        }
        (Must::BeAmount, Value::String(text))
            if Quantity::parse(text).and_then(Quantity::nanos).is_some_and(|amount| amount < 0) =>
        {
            check.rule(format!("`{name}` is `{text}`, below 0"), value, place, "write an amount of 0 or more");
        }
        (Must::BeSubdomain, Value::String(text)) if !text.is_empty() && !names::is_dns_subdomain(text) => {
            metadata::invalid(check, name, text, "a DNS subdomain of at most 253 characters", value, place);
        }
        (Must::BeLabel, Value::String(text)) if !text.is_empty() && !names::is_dns_label(text) => {
            metadata::invalid(check, name, text, "a DNS label of at most 63 characters", value, place);
        }
        _ => {}
    }
}

fn empty(check: &mut Check<'_>, value: &Node, place: &Place<'_>) {
    check.rule(format!("`{}` is empty", place.name()), value, place, "give it a value");
}

fn goes_back(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::LIMITS;
    use crate::kube::schema;

    #[test]
    fn limits_are_sorted_and_name_fields_of_the_table() {
        assert!(LIMITS.is_sorted_by_key(|limit| (limit.owner, limit.field)));
        for limit in LIMITS {
            let kind = schema::all_types().find(|one| one.name == limit.owner);
            let field = kind.and_then(|kind| kind.field(limit.field));
            assert!(field.is_some(), "{}.{}", limit.owner, limit.field);
        }
    }
}
