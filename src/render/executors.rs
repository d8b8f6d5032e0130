//! The executors' track: their pod template with everything that the webhook would have added, made for the target
//! before the driver mounts it, and the executors that will come of it.

use super::{Executors, Options};
use crate::{
    kube::{self, OnUnsupported, SECURITY_UNSUPPORTED},
    operator::{Plan, companions::batch_scheduler, resolve::ResolvedApplication, webhook},
    spark::{
        SparkConf, Submission,
        pod::{self, ExecutorRequest, RunningDriver, TEMPLATE_FIELD_DROPPED},
        report_runtime,
    },
    tree::{Diagnostic, Diagnostics, Node, Severity},
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
    conf
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
