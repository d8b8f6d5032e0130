//! The Job: its pods are drivers, one attempt each.

use super::restart_policy;
use crate::{
    kube::{self, Feature},
    map,
    operator::{names::APP_NAME_LABEL, resolve::ResolvedApplication, rule},
    render::{
        Options, TtlPolicy,
        driver_objects::{DriverObjects, spark_container_index},
    },
    tree::{Diagnostic, Diagnostics, Node},
};

/// Makes the Job of `parts`; the pod must have its per-run identity already.
pub(crate) fn job(
    parts: &DriverObjects,
    application: &ResolvedApplication,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Node {
    map! {
        "apiVersion" => "batch/v1",
        "kind" => "Job",
        "metadata" => map! {
            "name" => Node::from(&application.name.value).at(rule::render("job", [application.name.origin.clone()])),
            "labels" => map! { APP_NAME_LABEL => app_name(parts, application) },
        },
        "spec" => spec(parts, application, options.ttl, options.kube_version, diagnostics),
    }
    .stamped(&rule::render("job", [application.origin.clone()]))
}

/// The value of the application's label, as on the driver pod.
pub(crate) fn app_name(parts: &DriverObjects, application: &ResolvedApplication) -> Node {
    let label = parts.pod.at_keys(&["metadata", "labels", APP_NAME_LABEL]);
    label.cloned().unwrap_or_else(|| {
        Node::from(&application.name.value).at(rule::render("job", [application.name.origin.clone()]))
    })
}

/// `spec` of a Job, also of the one inside a CronJob.
pub(crate) fn spec(
    parts: &DriverObjects,
    application: &ResolvedApplication,
    ttl: TtlPolicy,
    target: kube::Version,
    diagnostics: &mut Diagnostics,
) -> Node {
    let mut spec = map! { "backoffLimit" => backoff_limit(application, diagnostics) };
    let mapping = spec.as_mapping_mut().expect("made above");
    if target.has(Feature::PodReplacementPolicy) {
        // Two drivers of one application never run at the same time.
        mapping.insert("podReplacementPolicy", "Failed");
    }
    if let Some(suspend) = application.spec.suspend.as_ref().filter(|suspend| suspend.value) {
        mapping.insert("suspend", Node::from(true).at(rule::operator("suspend", [suspend.origin.clone()])));
    }
    if let Some(seconds) = time_to_live(application, ttl) {
        mapping.insert("ttlSecondsAfterFinished", seconds);
    }
    mapping.insert("template", template(parts, application, target, diagnostics));
    spec
}

/// Never: no second attempt. OnFailure: as many as the operator would make. Always: practically without end.
fn backoff_limit(application: &ResolvedApplication, diagnostics: &mut Diagnostics) -> Node {
    let policy = application.spec.restart_policy.clone().unwrap_or_default();
    let path = application.spec_path().key("restartPolicy");
    let kind = policy.r#type.clone().unwrap_or_default();
    match restart_policy(application) {
        "Always" => {
            diagnostics.push(
                Diagnostic::warning(
                    "restart-always",
                    "a Job ends when its driver succeeds; `Always` would start it again",
                )
                .field(path.key("type"))
                .at(&kind.origin)
                .hint("use a ScheduledSparkApplication for work that repeats, or `OnFailure`"),
            );
            Node::from(i64::from(i32::MAX)).at(rule::operator("restartPolicy.type", [kind.origin]))
        }
        "OnFailure" => {
            if let Some(interval) = &policy.on_failure_retry_interval
                && !matches!(interval.origin, crate::tree::Origin::Derived(_))
            {
                diagnostics.push(
                    Diagnostic::note(
                        "retry-interval",
                        "a Job waits 10 s before the first retry and twice as long each time, up to 6 minutes",
                    )
                    .field(path.key("onFailureRetryInterval"))
                    .at(&interval.origin)
                    .hint("remove the field: a Job's delay cannot be set"),
                );
            }
            match &policy.on_failure_retries {
                Some(retries) => Node::from(retries.value)
                    .at(rule::operator("restartPolicy.onFailureRetries", [retries.origin.clone(), kind.origin])),
                None => Node::from(0).at(rule::operator("restartPolicy.onFailureRetries", [kind.origin])),
            }
        }
        _ => Node::from(0).at(rule::operator("restartPolicy.type", [kind.origin])),
    }
}

fn time_to_live(application: &ResolvedApplication, ttl: TtlPolicy) -> Option<Node> {
    let seconds = application.spec.time_to_live_seconds.as_ref()?;
    if ttl == TtlPolicy::Drop {
        return None;
    }
    let origin = rule::operator("timeToLiveSeconds", [seconds.origin.clone()]);
    Some(Node::from(seconds.value.max(0)).at(origin))
}

fn template(
    parts: &DriverObjects,
    application: &ResolvedApplication,
    target: kube::Version,
    diagnostics: &mut Diagnostics,
) -> Node {
    let mut metadata = parts.pod.get("metadata").cloned().unwrap_or_default();
    if let Some(metadata) = metadata.as_mapping_mut() {
        metadata.retain(|key, value| matches!(key, "labels" | "annotations") && !value.is_null());
    }
    let mut spec = parts.pod.get("spec").cloned().unwrap_or_default();
    if let Some(spec) = spec.as_mapping_mut() {
        spec.insert("restartPolicy", Node::from("Never").at(rule::render("job", [])));
    }
    own_volumes(parts, &mut spec, target, diagnostics);
    native_sidecars(application, &mut spec, target, diagnostics);
    map! { "metadata" => metadata, "spec" => spec }
}

/// A container beside Spark's would keep the pod, and with it the Job, from completing.
fn native_sidecars(
    application: &ResolvedApplication,
    spec: &mut Node,
    target: kube::Version,
    diagnostics: &mut Diagnostics,
) {
    let Some(spark) = spark_container_index(spec) else { return };
    if !target.has(Feature::NativeSidecars) {
        for sidecar in sidecars(spec, spark) {
            diagnostics.push(
                sidecar_diagnostic(application, sidecar, Diagnostic::error)
                    .hint(format!(
                        "render for Kubernetes {} or later, where it becomes a native sidecar",
                        Feature::NativeSidecars.since()
                    ))
                    .hint("remove the sidecar"),
            );
        }
        return;
    }
    let containers = spec.sequence_at("containers");
    let mut moved: Vec<Node> = Vec::new();
    let mut position = 0;
    containers.retain(|container| {
        let keep = position == spark;
        position += 1;
        if !keep {
            moved.push(container.clone());
        }
        keep
    });
    if moved.is_empty() {
        return;
    }
    for sidecar in &mut moved {
        if let Some(sidecar) = sidecar.as_mapping_mut() {
            sidecar.insert("restartPolicy", Node::from("Always").at(rule::render("native-sidecar", [])));
        }
    }
    spec.sequence_at("initContainers").extend(moved);
    spec.stamp(&rule::render("native-sidecar", []));
}

/// The containers beside Spark's.
pub(crate) fn sidecars(spec: &Node, spark: usize) -> impl Iterator<Item = &Node> {
    let containers = spec.get("containers").and_then(Node::as_sequence).unwrap_or_default();
    containers.iter().enumerate().filter(move |(index, _)| *index != spark).map(|(_, container)| container)
}

/// Says that a container keeps its pod running.
pub(crate) fn sidecar_diagnostic(
    application: &ResolvedApplication,
    sidecar: &Node,
    severity: fn(&'static str, String) -> Diagnostic,
) -> Diagnostic {
    let name = sidecar.str_at(&["name"]).unwrap_or_default();
    severity(
        "sidecar-blocks-completion",
        format!("container `{name}` keeps the pod running after its driver has ended"),
    )
    .field(application.spec_path().key("driver").key("sidecars"))
    .at(&sidecar.origin)
}

/// A claim that belongs to one driver pod cannot be shared by the pods of a Job: each gets its own.
fn own_volumes(parts: &DriverObjects, spec: &mut Node, target: kube::Version, diagnostics: &mut Diagnostics) {
    let volumes = spec.get_mut("volumes").and_then(Node::as_sequence_mut);
    for volume in volumes.into_iter().flatten() {
        let Some(claim) = volume.str_at(&["persistentVolumeClaim", "claimName"]) else { continue };
        let Some(claim) = parts.others.iter().find(|object| is_claim(object, claim)) else { continue };
        if !target.has(Feature::EphemeralVolumes) {
            diagnostics.push(
                Diagnostic::error(
                    "on-demand-claim-in-job",
                    "each pod of a Job needs a claim of its own, which takes ephemeral volumes",
                )
                .at(&volume.origin)
                .hint(format!(
                    "render for Kubernetes {} or later, or name an existing claim",
                    Feature::EphemeralVolumes.since()
                )),
            );
            continue;
        }
        let mut template = map! { "spec" => claim.get("spec").cloned().unwrap_or_default() };
        let mut metadata = claim.get("metadata").cloned().unwrap_or_default();
        if let Some(metadata) = metadata.as_mapping_mut() {
            metadata.retain(|key, value| {
                matches!(key, "labels" | "annotations") && value.as_mapping().is_some_and(|map| !map.is_empty())
            });
            if !metadata.is_empty() {
                let metadata = std::mem::take(metadata);
                template.as_mapping_mut().expect("made above").insert("metadata", metadata);
            }
        }
        let origin = rule::render("ephemeral-volume", [claim.origin.clone()]);
        let volume = volume.as_mapping_mut().expect("it has a claim");
        volume.remove("persistentVolumeClaim");
        volume.insert("ephemeral", map! { "volumeClaimTemplate" => template }.stamped(&origin));
    }
}

/// Whether `object` is the claim `name`.
fn is_claim(object: &Node, name: &str) -> bool {
    object.str_at(&["kind"]) == Some("PersistentVolumeClaim") && object.str_at(&["metadata", "name"]) == Some(name)
}
