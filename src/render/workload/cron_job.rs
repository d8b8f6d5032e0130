//! The CronJob that a ScheduledSparkApplication becomes.

use super::{job, schedule, time_zones};
use crate::{
    kube::{self, Feature},
    map,
    operator::{
        api::v1beta2::ScheduledSparkApplicationSpec,
        fields,
        names::{APP_NAME_LABEL, SCHEDULED_APP_NAME_LABEL},
        resolve::ResolvedApplication,
        rule,
    },
    render::{Options, TtlPolicy, driver_objects::DriverObjects},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Sourced},
};

/// Makes the CronJob, or reports why there is none.
pub(crate) fn cron_job(
    parts: &mut DriverObjects,
    application: &ResolvedApplication,
    scheduled: &ScheduledSparkApplicationSpec,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let name = &application.name;
    label_runs(parts, name);
    let when = when(scheduled, options.kube_version, diagnostics)?;
    // No host applies the Jobs that a CronJob makes, so none starts one again that was deleted.
    let job_spec = job::spec(parts, application, TtlPolicy::Keep, options.kube_version, diagnostics);
    let labels = map! {
        APP_NAME_LABEL => job::app_name(parts, application),
        SCHEDULED_APP_NAME_LABEL => Node::from(&name.value).at(rule::operator("metadata.name", [name.origin.clone()])),
    };
    let mut spec = map! { "schedule" => when.expression };
    let mapping = spec.as_mapping_mut().expect("made above");
    if let Some(zone) = when.time_zone {
        mapping.insert("timeZone", zone);
    }
    mapping.insert("concurrencyPolicy", concurrency_policy(scheduled, diagnostics));
    if let Some(suspend) = &scheduled.suspend {
        mapping.insert("suspend", Node::from(suspend.value).at(rule::operator("suspend", [suspend.origin.clone()])));
    }
    mapping.insert(
        "successfulJobsHistoryLimit",
        limit(scheduled.successful_run_history_limit.as_ref(), "successfulRunHistoryLimit"),
    );
    mapping
        .insert("failedJobsHistoryLimit", limit(scheduled.failed_run_history_limit.as_ref(), "failedRunHistoryLimit"));
    mapping.insert("jobTemplate", map! { "metadata" => map! { "labels" => labels.clone() }, "spec" => job_spec });
    let cron_job = map! {
        "apiVersion" => "batch/v1",
        "kind" => "CronJob",
        "metadata" => map! {
            "name" => Node::from(&name.value).at(rule::render("cron-job", [name.origin.clone()])),
            "labels" => labels,
        },
        "spec" => spec,
    };
    Some(cron_job.stamped(&rule::render("cron-job", [application.origin.clone()])))
}

/// Runs carry the schedule's name, as the operator's do.
fn label_runs(parts: &mut DriverObjects, name: &Sourced<String>) {
    let metadata = parts.pod.mapping_at("metadata");
    if metadata.get("labels").is_none_or(Node::is_null) {
        metadata.insert("labels", map! {});
    }
    let labels = metadata.get_mut("labels").and_then(Node::as_mapping_mut).expect("labels are a mapping");
    let origin = rule::operator("metadata.name", [name.origin.clone()]);
    labels.insert_if_absent(SCHEDULED_APP_NAME_LABEL, Node::from(&name.value).at(origin));
}

struct CronSchedule {
    expression: Node,
    time_zone: Option<Node>,
}

fn when(
    scheduled: &ScheduledSparkApplicationSpec,
    target: kube::Version,
    diagnostics: &mut Diagnostics,
) -> Option<CronSchedule> {
    let path = FieldPath::keys(&["spec", "schedule"]);
    let Some(written) = &scheduled.schedule else {
        diagnostics.push(
            Diagnostic::error("invalid-schedule", "`spec.schedule` is missing")
                .field(path)
                .at(&scheduled.origin)
                .hint("write a schedule such as `0 6 * * *`"),
        );
        return None;
    };
    let parsed = match schedule::Schedule::parse(&written.value) {
        Ok(parsed) => parsed,
        Err(fault) => {
            diagnostics.push(
                Diagnostic::error("invalid-schedule", format!("schedule `{}`: {fault}", written.value))
                    .field(path)
                    .at(&written.origin)
                    .hint("write five fields: minute, hour, day of month, month, day of week"),
            );
            return None;
        }
    };
    if parsed.from_every {
        diagnostics.push(
            Diagnostic::warning(
                "schedule-every",
                format!(
                    "`{}` becomes `{}`: it starts on the clock, not counted from the operator's start",
                    written.value, parsed.expression
                ),
            )
            .field(path)
            .at(&written.origin)
            .hint(format!("write `{}`", parsed.expression)),
        );
    }
    if parsed.never {
        diagnostics.push(
            Diagnostic::warning("schedule-never", format!("schedule `{}` names no day that there is", written.value))
                .field(FieldPath::keys(&["spec", "schedule"]))
                .at(&written.origin)
                .hint("correct day and month; for runs that are started by hand only, write `suspend: true`"),
        );
    }
    let origin = rule::operator("schedule", [written.origin.clone()]);
    let time_zone = match (parsed.time_zone, &scheduled.time_zone) {
        (Some(zone), other) => {
            if let Some(other) = other.as_ref().filter(|other| other.value != zone) {
                diagnostics.push(
                    Diagnostic::warning(
                        "time-zone",
                        format!("the schedule's `{zone}` wins over `timeZone: {}`", other.value),
                    )
                    .field(FieldPath::keys(&["spec", "timeZone"]))
                    .at(&other.origin)
                    .label(&written.origin, "named here")
                    .hint("name one time zone only"),
                );
            }
            time_zone(&zone, &written.origin, "schedule", diagnostics)
        }
        (None, Some(zone)) => time_zone(&zone.value, &zone.origin, "timeZone", diagnostics),
        (None, None) => None,
    };
    let in_schedule = time_zone.as_ref().filter(|zone| needs_prefix(zone, target));
    if let Some(zone) = in_schedule {
        let text = format!("CRON_TZ={} {}", zone.as_str().unwrap_or_default(), parsed.expression);
        let expression = Node::from(text).at(rule::render("time-zone", [written.origin.clone(), zone.origin.clone()]));
        report_prefix(zone, target, diagnostics);
        return Some(CronSchedule { expression, time_zone: None });
    }
    Some(CronSchedule { expression: Node::from(parsed.expression).at(origin), time_zone })
}

/// Whether the controller of `target` reads a time zone in the schedule only. UTC is the zone of nearly all of them.
fn needs_prefix(zone: &Node, target: kube::Version) -> bool {
    let is_utc = zone.as_str().is_some_and(|zone| matches!(zone, "UTC" | "Etc/UTC"));
    !is_utc && target.has(Feature::CronTimeZonePrefix) && !target.has(Feature::CronJobTimeZone)
}

fn report_prefix(zone: &Node, target: kube::Version, diagnostics: &mut Diagnostics) {
    let (prefix, field) = (Feature::CronTimeZonePrefix.since(), Feature::CronJobTimeZone.since());
    diagnostics.push(
        Diagnostic::warning(
            "time-zone",
            format!("`timeZone` is off in Kubernetes {target}: the schedule begins with `CRON_TZ=`, which controllers read from {prefix} although nobody promises it"),
        )
        .field(FieldPath::keys(&["spec", "timeZone"]))
        .at(&zone.origin)
        .hint(format!("render for {field} before the cluster becomes {field}: from then on `timeZone` must replace it; or write the schedule in UTC")),
    );
}

fn time_zone(zone: &str, origin: &Origin, field: &'static str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let path = FieldPath::keys(&["spec", field]);
    if zone == "Local" || zone.is_empty() {
        diagnostics.push(
            Diagnostic::warning(
                "time-zone",
                "`Local` is left out: the schedule follows the clock of the controller manager",
            )
            .field(path)
            .at(origin)
            .hint("name the time zone, for example `Etc/UTC`"),
        );
        return None;
    }
    if !time_zones::is_known(zone) {
        let release = time_zones::release();
        diagnostics.push(
            Diagnostic::error("time-zone", format!("`{zone}` is no name of a time zone (IANA tzdata {release})"))
                .field(path)
                .at(origin)
                .hint(format!("write an IANA name such as `{}`", time_zones::near(zone).unwrap_or("Europe/Vienna"))),
        );
    }
    Some(Node::text(zone).at(rule::operator(field, [origin.clone()])))
}

/// The operator starts nothing beside an unfinished run where the field is empty: that is Forbid.
fn concurrency_policy(scheduled: &ScheduledSparkApplicationSpec, diagnostics: &mut Diagnostics) -> Node {
    let Some(policy) = scheduled.concurrency_policy.as_ref().filter(|policy| !policy.value.is_empty()) else {
        return Node::from("Forbid").at(rule::render("concurrencyPolicy", [scheduled.origin.clone()]));
    };
    if !["Allow", "Forbid", "Replace"].contains(&policy.value.as_str()) {
        diagnostics.push(
            Diagnostic::error("concurrency-policy", format!("`{}` is no concurrency policy", policy.value))
                .field(FieldPath::keys(&["spec", "concurrencyPolicy"]))
                .at(&policy.origin)
                .hint("write `Allow`, `Forbid` or `Replace`"),
        );
    }
    Node::from(&policy.value).at(rule::operator("concurrencyPolicy", [policy.origin.clone()]))
}

/// The operator keeps one run of each kind by default, a CronJob three.
fn limit(limit: Option<&Sourced<i64>>, field: &'static str) -> Node {
    match limit {
        Some(limit) => Node::from(limit.value.max(0)).at(rule::operator(field, [limit.origin.clone()])),
        None => {
            let kept: i64 = fields::default("ScheduledSparkApplicationSpec", field);
            Node::from(kept).at(rule::operator(field, []))
        }
    }
}
