//! What carries the driver: a Pod, a Job, or a CronJob.

pub(crate) mod cron_job;
pub(crate) mod job;
pub(crate) mod lifecycle;
pub(crate) mod schedule;
mod time_zones;

use super::Target;
use crate::operator::resolve::{ApplicationKind, ResolvedApplication};

/// What carries the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// A bare Pod, as Spark makes it.
    Pod,
    /// A Job whose pods are drivers.
    Job,
    /// A CronJob: what becomes of a ScheduledSparkApplication, whatever the target.
    CronJob,
}

impl Workload {
    /// What `application` becomes under `target`.
    #[must_use]
    pub(crate) fn of(application: &ResolvedApplication, target: Target) -> Self {
        match (application.kind, target) {
            (ApplicationKind::ScheduledSparkApplication, _) => Self::CronJob,
            (_, Target::Job) => Self::Job,
            (_, Target::Auto) if restart_policy(application) != "Never" => Self::Job,
            _ => Self::Pod,
        }
    }

    /// Whether each run takes its names from the downward API.
    #[must_use]
    pub(crate) fn is_per_run(self) -> bool {
        self != Self::Pod
    }
}

/// `restartPolicy.type`; the operator's default is Never.
pub(crate) fn restart_policy(application: &ResolvedApplication) -> &str {
    let policy = application.spec.restart_policy.as_ref().and_then(|policy| policy.r#type.as_ref());
    policy.map_or("Never", |policy| policy.value.as_str())
}
