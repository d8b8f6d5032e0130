//! `ScheduledSparkApplication.spec`.

use super::SparkApplicationSpec;
use crate::{operator::api::decode::resource, tree::Sourced};

resource! {
    /// `spec` of a ScheduledSparkApplication.
    ScheduledSparkApplicationSpec {
        /// `concurrencyPolicy`: Allow, Forbid or Replace; anything else never starts again while a run exists.
        concurrency_policy = "concurrencyPolicy": Sourced<String>,
        /// `failedRunHistoryLimit`: failed runs that are kept (1).
        failed_run_history_limit = "failedRunHistoryLimit": Sourced<i64>,
        /// `schedule`: cron, five fields, names, `@hourly`, `@every 10m`, with or without `CRON_TZ=`.
        schedule = "schedule": Sourced<String>,
        /// `successfulRunHistoryLimit`: successful runs that are kept (1).
        successful_run_history_limit = "successfulRunHistoryLimit": Sourced<i64>,
        /// `suspend`: no run is started.
        suspend = "suspend": Sourced<bool>,
        /// `template`: the spec of each run.
        template = "template": Box<SparkApplicationSpec>,
        /// `timeZone`: IANA name.
        time_zone = "timeZone": Sourced<String>,
    }
}
