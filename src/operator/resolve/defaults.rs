//! The operator's defaulter: `SetSparkApplicationDefaults`, `api/v1beta2/defaults.go`, as of operator 2.4.

use std::str::FromStr;

use super::{DecodedApplication, ResolveOptions};
use crate::{
    operator::{
        api::v1beta2::{DriverSpec, ExecutorSpec, RestartPolicy, SparkApplicationSpec},
        fields,
    },
    tree::{Diagnostic, Diagnostics, Origin, Sourced, Stage},
};

const SPEC: &str = "SparkApplicationSpec";
const POLICY: &str = "RestartPolicy";

/// The default that the table has for the field `name` of `owner`, which is `field` below the spec.
fn default<T: FromStr>(owner: &str, name: &str, field: &'static str) -> Sourced<T> {
    Sourced::new(fields::default(owner, name), Origin::derived(Stage::OperatorDefault, field, []))
}

fn is_empty(field: Option<&Sourced<String>>) -> bool {
    field.is_none_or(|text| text.value.is_empty())
}

/// Fills in what the application leaves open.
pub(crate) fn fill(written: &mut DecodedApplication, options: &ResolveOptions, diagnostics: &mut Diagnostics) {
    sections(written, diagnostics);
    dynamic_allocation_conf(written, diagnostics);
    let spec = &mut written.spec;
    if is_empty(spec.r#type.as_ref()) {
        spec.r#type = Some(default(SPEC, "type", "type"));
    }
    if is_empty(spec.mode.as_ref()) {
        spec.mode = Some(default(SPEC, "mode", "mode"));
    }
    restart_policy(spec);
    let has = |key: &str| spec.spark_conf.as_ref().is_some_and(|conf| conf.contains_key(key));
    let [driver_cores, driver_memory] = ["spark.driver.cores", "spark.driver.memory"].map(has);
    let [executor_cores, executor_memory] = ["spark.executor.cores", "spark.executor.memory"].map(has);
    let executor_instances = spec
        .spark_conf
        .as_ref()
        .and_then(|conf| conf.get("spark.executor.instances"))
        .is_some_and(|instances| !instances.value.is_empty());
    let dynamic = dynamic_allocation_enabled(spec);

    let driver = spec.driver.get_or_insert_default();
    if driver.cores.is_none() && !driver_cores {
        driver.cores = Some(default("DriverSpec", "cores", "driver.cores"));
    }
    if driver.memory.is_none() && !driver_memory {
        driver.memory = Some(default("DriverSpec", "memory", "driver.memory"));
    }
    if is_empty(driver.service_account.as_ref())
        && let Some(account) = &options.default_service_account
    {
        let origin = Origin::derived(Stage::OperatorDefault, "driver.serviceAccount", [account.origin.clone()]);
        driver.service_account = Some(Sourced::new(account.value.clone(), origin));
    }
    let executor = spec.executor.get_or_insert_default();
    if executor.cores.is_none() && !executor_cores {
        executor.cores = Some(default("ExecutorSpec", "cores", "executor.cores"));
    }
    if executor.memory.is_none() && !executor_memory {
        executor.memory = Some(default("ExecutorSpec", "memory", "executor.memory"));
    }
    if executor.instances.is_none() && !executor_instances && !dynamic {
        let enabled = spec.dynamic_allocation.as_ref().and_then(|allocation| allocation.enabled.as_ref());
        let enabled = enabled.map(|enabled| enabled.origin.clone());
        let origin = Origin::derived(Stage::OperatorDefault, "executor.instances", enabled);
        executor.instances = Some(Sourced::new(fields::default("ExecutorSpec", "instances"), origin));
    }
    if let Some(allocation) = &mut spec.dynamic_allocation {
        let enabled = allocation.enabled.as_ref().is_some_and(|enabled| enabled.value);
        if enabled && allocation.shuffle_tracking_enabled.is_none() {
            allocation.shuffle_tracking_enabled = Some(default(
                "DynamicAllocation",
                "shuffleTrackingEnabled",
                "dynamicAllocation.shuffleTrackingEnabled",
            ));
        }
    }
}

/// `driver` and `executor` are required, but the operator's webhook writes them where they are absent.
fn sections(written: &mut DecodedApplication, diagnostics: &mut Diagnostics) {
    let absent = [("driver", written.spec.driver.is_none()), ("executor", written.spec.executor.is_none())];
    for (field, _) in absent.into_iter().filter(|(_, absent)| *absent) {
        let path = written.path(&[field]);
        diagnostics.push(
            Diagnostic::warning("missing-section", format!("`{path}` is missing; the operator's defaults are used"))
                .field(path)
                .at(&written.spec.origin)
                .hint(format!("write `{field}: {{}}` if this is meant")),
        );
    }
    written.spec.driver.get_or_insert_with(DriverSpec::default);
    written.spec.executor.get_or_insert_with(ExecutorSpec::default);
}

fn restart_policy(spec: &mut SparkApplicationSpec) {
    let policy = spec.restart_policy.get_or_insert_with(RestartPolicy::default);
    if is_empty(policy.r#type.as_ref()) {
        policy.r#type = Some(default(POLICY, "type", "restartPolicy.type"));
    }
    if policy.r#type.as_ref().is_some_and(|kind| kind.value != "Never") {
        policy
            .on_failure_retry_interval
            .get_or_insert_with(|| default(POLICY, "onFailureRetryInterval", "restartPolicy.onFailureRetryInterval"));
        policy.on_submission_failure_retry_interval.get_or_insert_with(|| {
            default(POLICY, "onSubmissionFailureRetryInterval", "restartPolicy.onSubmissionFailureRetryInterval")
        });
    }
}

const DYNAMIC_ALLOCATION: &str = "spark.dynamicAllocation.enabled";
/// The operator looks for the key in this spelling (`util.IsDynamicAllocationEnabled`), and in no other.
const LOWER_CASE_DYNAMIC_ALLOCATION: &str = "spark.dynamicallocation.enabled";

/// As the operator sees it: a present `dynamicAllocation` decides alone; else the conf in the operator's spelling.
fn dynamic_allocation_enabled(spec: &SparkApplicationSpec) -> bool {
    if let Some(allocation) = &spec.dynamic_allocation {
        return allocation.enabled.as_ref().is_some_and(|enabled| enabled.value);
    }
    let conf = spec.spark_conf.as_ref().and_then(|conf| conf.get(LOWER_CASE_DYNAMIC_ALLOCATION));
    conf.is_some_and(|value| value.value.eq_ignore_ascii_case("true"))
}

/// Says where the operator's spelling of `spark.dynamicAllocation.enabled` makes a difference.
fn dynamic_allocation_conf(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let spec = &written.spec;
    let Some(conf) = &spec.spark_conf else { return };
    let path = |key: &str| written.path(&["sparkConf"]).key(key);
    if let Some(value) = conf.get(LOWER_CASE_DYNAMIC_ALLOCATION) {
        diagnostics.push(
            Diagnostic::warning(
                "dynamic-allocation-conf",
                format!("Spark ignores `{LOWER_CASE_DYNAMIC_ALLOCATION}`; only the operator reads this spelling"),
            )
            .field(path(LOWER_CASE_DYNAMIC_ALLOCATION))
            .at(&value.origin)
            .hint("use `spec.dynamicAllocation`"),
        );
    }
    let instances = spec.executor.as_ref().is_some_and(|executor| executor.instances.is_some());
    if let Some(value) = conf.get(DYNAMIC_ALLOCATION) {
        let open = spec.dynamic_allocation.is_none() && !instances && !conf.contains_key("spark.executor.instances");
        if open && value.value.eq_ignore_ascii_case("true") {
            diagnostics.push(
                Diagnostic::warning(
                    "dynamic-allocation-conf",
                    format!(
                        "the operator overlooks `{DYNAMIC_ALLOCATION}`, so the application starts with one executor"
                    ),
                )
                .field(path(DYNAMIC_ALLOCATION))
                .at(&value.origin)
                .hint("use `spec.dynamicAllocation`"),
            );
        }
    }
}
