//! What becomes of the fields that tell the operator when to run and when to delete: it depends on the workload.

use super::{job, restart_policy};
use crate::{
    kube::Feature,
    operator::resolve::ResolvedApplication,
    render::{
        TtlPolicy, Workload,
        driver_objects::{DriverObjects, spark_container_index},
    },
    tree::{Diagnostic, Diagnostics},
};

/// Says what the workload cannot do.
pub(crate) fn report(
    workload: Workload,
    parts: &DriverObjects,
    application: &ResolvedApplication,
    ttl: TtlPolicy,
    diagnostics: &mut Diagnostics,
) {
    time_to_live(workload, application, ttl, diagnostics);
    if workload == Workload::Pod {
        restart_policy_of_pod(application, diagnostics);
        sidecars(parts, application, diagnostics);
    } else {
        pod_name(application, diagnostics);
    }
}

/// Whether the driver must not be written; said with a note.
pub(crate) fn is_suspended(application: &ResolvedApplication, diagnostics: &mut Diagnostics) -> bool {
    let Some(suspend) = application.spec.suspend.as_ref().filter(|suspend| suspend.value) else { return false };
    diagnostics.push(
        Diagnostic::note("suspended", "the application is suspended: its driver is left out")
            .field(application.spec_path().key("suspend"))
            .at(&suspend.origin)
            .hint("set `suspend: false` to start it"),
    );
    true
}

fn time_to_live(workload: Workload, application: &ResolvedApplication, ttl: TtlPolicy, diagnostics: &mut Diagnostics) {
    let Some(seconds) = &application.spec.time_to_live_seconds else { return };
    let path = application.spec_path().key("timeToLiveSeconds");
    let (message, hint) = match (workload, ttl) {
        (Workload::Pod, _) => ("Pods have no time to live", "use target `job` with `ttl: keep`"),
        // No host applies what a CronJob makes.
        (Workload::CronJob, _) | (Workload::Job, TtlPolicy::Keep) => return,
        (Workload::Job, TtlPolicy::Drop) => (
            "Argo CD and Flux would start the job again once it is deleted",
            "set `ttl: keep` if nothing applies the output again",
        ),
    };
    diagnostics.push(
        Diagnostic::warning("time-to-live", format!("`{path}` is left out: {message}"))
            .field(path)
            .at(&seconds.origin)
            .hint(hint),
    );
}

fn restart_policy_of_pod(application: &ResolvedApplication, diagnostics: &mut Diagnostics) {
    let policy = restart_policy(application);
    if policy == "Never" {
        return;
    }
    let written = application.spec.restart_policy.as_ref().and_then(|policy| policy.r#type.as_ref());
    diagnostics.push(
        Diagnostic::warning(
            "restart-policy-of-pod",
            format!("nobody restarts a Pod, but `restartPolicy.type` is `{policy}`"),
        )
        .field(application.spec_path().key("restartPolicy").key("type"))
        .at(written.map(|policy| policy.origin.clone()).unwrap_or_default())
        .hint("use target `job`, or `auto`, which makes a Job where one can be made"),
    );
}

/// A bare Pod with a sidecar never completes.
fn sidecars(parts: &DriverObjects, application: &ResolvedApplication, diagnostics: &mut Diagnostics) {
    let Some(spec) = parts.pod.get("spec") else { return };
    let Some(spark) = spark_container_index(spec) else { return };
    for sidecar in job::sidecars(spec, spark) {
        diagnostics.push(job::sidecar_diagnostic(application, sidecar, Diagnostic::warning).hint(format!(
            "use target `job`, where it becomes a native sidecar (Kubernetes {})",
            Feature::NativeSidecars.since()
        )));
    }
}

/// A driver in a Job has the name that its Job draws.
fn pod_name(application: &ResolvedApplication, diagnostics: &mut Diagnostics) {
    let name = application.spec.driver.as_ref().and_then(|driver| driver.pod_name.as_ref());
    if let Some(name) = name.filter(|name| !name.value.is_empty()) {
        diagnostics.push(
            Diagnostic::warning("per-run-name", "`podName` is not used: the pods of a Job have names of their own")
                .field(application.spec_path().key("driver").key("podName"))
                .at(&name.origin)
                .hint("remove the field, or use target `pod`"),
        );
    }
}
