//! `ScheduledSparkApplication.spec`.

use super::SparkApplicationSpec;
use crate::{operator::api::decode::resource, tree::Sourced};

resource! {
    /// `spec` of a ScheduledSparkApplication.
    ScheduledSparkApplicationSpec {
        concurrency_policy = "concurrencyPolicy": Sourced<String>,
        failed_run_history_limit = "failedRunHistoryLimit": Sourced<i64>,
        schedule = "schedule": Sourced<String>,
        successful_run_history_limit = "successfulRunHistoryLimit": Sourced<i64>,
        suspend = "suspend": Sourced<bool>,
        template = "template": Box<SparkApplicationSpec>,
        time_zone = "timeZone": Sourced<String>,
    }
}
