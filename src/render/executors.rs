//! The executors' track: their pod template with everything that the webhook would have added, made for the target
//! before the driver mounts it, and the executors that will come of it.

use super::{DriverAccount, Executors, Options, driver_objects::spark_container};
use crate::{
    kube::{self, OnUnsupported, SECURITY_UNSUPPORTED, env},
    operator::{
        Plan,
        companions::{batch_scheduler, rbac},
        names::{self, LAUNCHED_LABEL},
        resolve::ResolvedApplication,
        rule, webhook,
    },
    spark::{
        SparkConf, Submission,
        pod::{self, ExecutorRequest, RunningDriver, TEMPLATE_FIELD_DROPPED, has_placeholder},
        report_runtime,
    },
    tree::{Diagnostic, Diagnostics, Node, Origin, Severity, Stage},
};

/// What Spark gets: the plan, with confs and template that carry what the webhook would do to executors.
pub(crate) fn submission(
    app: &ResolvedApplication,
    plan: &Plan,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Submission {
    let mut conf = operators_conf(app, plan, options, diagnostics);
    let fixed = fixed_variables(app, plan, &conf);
    let executor = webhook::executor_template(app, plan.executor_template.clone(), &conf, &fixed, diagnostics);
    executor.apply_to(&mut conf);
    let template = conformed(executor.template, options, diagnostics);
    report_runtime(&plan.spark_version, options.kube_version, &conf, diagnostics);
    plan.submission(conf, template)
}

/// Variables that Spark gives executors from what is known before the run.
const FIXED: &[&str] =
    &["SPARK_USER", "SPARK_EXECUTOR_MEMORY", "SPARK_CLASSPATH", "SPARK_EXECUTOR_LIBRARY_PATH", "SPARK_LOCAL_DIRS"];

/// Of [`FIXED`] those whose values are known, if an entry of `executor.env` may refer to one: Spark sets them after the
/// template's, so a reference needs the value before. A driver and an executor are made to learn them.
fn fixed_variables(app: &ResolvedApplication, plan: &Plan, conf: &SparkConf) -> Vec<Node> {
    let env = app.spec.executor.as_ref().and_then(|executor| executor.env.as_deref()).unwrap_or_default();
    let refers = |name: &String| FIXED.contains(&name.as_str());
    if !env.iter().any(|entry| env::references(entry).iter().any(refers)) {
        return Vec::new();
    }
    // What is wrong is said when they are made for good.
    let mut scratch = Diagnostics::new();
    let submission = plan.submission(conf.clone(), plan.executor_template.clone());
    let Some(spark) = pod::driver(&submission, &mut scratch) else { return Vec::new() };
    let driver = webhook::driver(app, spark.pod, &mut scratch);
    let Some(container) = driver.get("spec").and_then(spark_container) else { return Vec::new() };
    let driver = RunningDriver::of(container, None);
    let request = ExecutorRequest {
        submission: &submission,
        system_properties: &spark.system_properties,
        driver: &driver,
        count: 1,
    };
    let made = pod::executor(&request, &mut scratch);
    let executor = made.as_ref().and_then(|made| made.pods.first()).and_then(|pod| pod.get("spec"));
    let variables = executor.and_then(spark_container).and_then(|container| container.get("env"));
    let variables = variables.and_then(Node::as_sequence).unwrap_or_default();
    let is_known = |entry: &&Node| {
        let value = entry.str_at(&["value"]);
        FIXED.contains(&env::name(entry)) && value.is_some_and(|value| !value.contains('$') && !has_placeholder(value))
    };
    variables.iter().filter(is_known).cloned().collect()
}

/// What Spark would get from an operator whose webhook does not answer.
pub(crate) fn submission_without_webhook(
    app: &ResolvedApplication,
    plan: &Plan,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Submission {
    let conf = operators_conf(app, plan, options, diagnostics);
    let template = conformed(plan.executor_template.clone(), options, diagnostics);
    plan.submission(conf, template)
}

/// The confs that the operator hands to spark-submit, with or without its webhook.
fn operators_conf(
    app: &ResolvedApplication,
    plan: &Plan,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> SparkConf {
    let mut conf = plan.conf.clone();
    batch_scheduler::apply(app, &options.operator, &mut conf, diagnostics);
    if options.rbac == Some(DriverAccount::Own) {
        own_account(app, plan, &mut conf, diagnostics);
    }
    if options.operator.launched_label {
        for role in ["driver", "executor"] {
            let key = format!("spark.kubernetes.{role}.label.{LAUNCHED_LABEL}");
            conf.set(key, "true", rule::option("operator.launchedLabel"));
        }
    }
    conf
}

/// Gives a driver that names no account one of its own, so that no other pod gets its permissions.
fn own_account(app: &ResolvedApplication, plan: &Plan, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let path = app.spec_path().key("driver").key("serviceAccount");
    match rbac::driver_account(conf, plan.driver_template.as_ref()) {
        Some(named) if named.as_str() == Some(rbac::NAMESPACE_DEFAULT) => {
            diagnostics.push(rbac::shared_account_note(path).at(&named.origin));
        }
        Some(_) => {}
        None => {
            let name = names::limited(&app.name, "driver");
            diagnostics.push(rbac::own_account_note(&name, path).at(driver_origin(app)));
            conf.set(rbac::DRIVER_ACCOUNT, name, Origin::derived(Stage::Config, "rbac", [app.name.origin.clone()]));
        }
    }
}

/// Where the driver is written, else the spec.
fn driver_origin(app: &ResolvedApplication) -> Origin {
    let spec = app.document.at_path(&app.spec_path());
    let written = spec.and_then(|spec| spec.get("driver")).or(spec);
    written.map(|node| node.origin.clone()).unwrap_or_default()
}

fn conformed(template: Option<Node>, options: &Options, diagnostics: &mut Diagnostics) -> Option<Node> {
    template.map(|mut template| {
        kube::conform_template(&mut template, options.kube_version, options.on_unsupported, diagnostics);
        template
    })
}

/// What the driver will create for its executors.
#[derive(Debug, Default)]
pub(crate) struct ExecutorObjects {
    /// What is shown.
    pub shown: Vec<Node>,
    /// What is looked at only: there may be no executor at first, or nobody asked to see one.
    pub examined: Vec<Node>,
}

/// The executor pods, their claims and their ConfigMap, as the driver in `container` will create them. One at least is
/// made in every mode, for what there is to say about it: nobody is told once the driver runs.
pub(crate) fn objects(
    submission: &Submission,
    conf: &SparkConf,
    container: &Node,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> ExecutorObjects {
    let driver = RunningDriver::of(container, None);
    let initial = pod::initial_executors(conf);
    let is_shown = options.executors == Executors::Preview;
    let count = if is_shown { initial.max(1) } else { 1 };
    let request = ExecutorRequest { submission, system_properties: conf, driver: &driver, count };
    let mut found = Diagnostics::new();
    let made = pod::executor(&request, &mut found);
    found.into_iter().for_each(|one| diagnostics.push(lost(one, options.on_unsupported)));
    let Some(made) = made else { return ExecutorObjects::default() };
    let pods = made.pods.into_iter().chain(made.claims);
    let common = made.config_map.into_iter().chain(made.controller);
    if !is_shown {
        ExecutorObjects { shown: Vec::new(), examined: common.chain(pods).collect() }
    } else if initial == 0 {
        ExecutorObjects { shown: common.collect(), examined: pods.collect() }
    } else {
        ExecutorObjects { shown: common.chain(pods).collect(), examined: Vec::new() }
    }
}

/// What Spark loses of the template is as bad as what the target lacks.
fn lost(mut found: Diagnostic, on_unsupported: OnUnsupported) -> Diagnostic {
    let is_error = match found.code {
        SECURITY_UNSUPPORTED => on_unsupported != OnUnsupported::Keep,
        TEMPLATE_FIELD_DROPPED => on_unsupported == OnUnsupported::Error,
        _ => return found,
    };
    if is_error {
        found.severity = Severity::Error;
    }
    found
}
