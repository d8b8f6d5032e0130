//! The executors' track: their pod template with everything that the webhook would have added, made for the target
//! before the driver mounts it, and the executors that will come of it.

use super::Options;
use crate::{
    kube,
    operator::{Plan, companions::batch_scheduler, names::LAUNCHED_LABEL, resolve::ResolvedApplication, rule, webhook},
    spark::{
        SparkConf, Submission,
        pod::{self, ExecutorRequest, RunningDriver},
        report_runtime,
    },
    tree::{Diagnostics, Node},
};

/// What Spark gets: the plan, with confs and template that carry what the webhook would do to executors.
pub(crate) fn submission(
    app: &ResolvedApplication,
    plan: &Plan,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Submission {
    let mut conf = operators_conf(app, plan, options, diagnostics);
    let executor = webhook::executor_template(app, plan.executor_template.clone(), &conf, diagnostics);
    executor.apply_to(&mut conf);
    let template = conformed(executor.template, options, diagnostics);
    report_runtime(&plan.spark_version, options.kube_version, &conf, diagnostics);
    plan.submission(conf, template)
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
    if options.operator.launched_label {
        for role in ["driver", "executor"] {
            let key = format!("spark.kubernetes.{role}.label.{LAUNCHED_LABEL}");
            conf.set(key, "true", rule::option("operator.launchedLabel"));
        }
    }
    conf
}

fn conformed(template: Option<Node>, options: &Options, diagnostics: &mut Diagnostics) -> Option<Node> {
    template.map(|mut template| {
        kube::conform_template(&mut template, options.kube_version, options.on_unsupported, diagnostics);
        template
    })
}

/// The executor pods, their claims and their ConfigMap, as the driver in `container` will create them.
pub(crate) fn previews(
    submission: &Submission,
    conf: &SparkConf,
    container: &Node,
    diagnostics: &mut Diagnostics,
) -> Vec<Node> {
    let driver = RunningDriver::of(container, None);
    let count = pod::initial_executors(conf);
    let request = ExecutorRequest { submission, system_properties: conf, driver: &driver, count };
    let Some(executors) = pod::executor(&request, diagnostics) else { return Vec::new() };
    executors.config_map.into_iter().chain(executors.controller).chain(executors.pods).chain(executors.claims).collect()
}
