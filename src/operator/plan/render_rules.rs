//! Confs that `render` sets although neither the application nor the operator does (DESIGN section 3).

use super::Context;
use crate::{
    spark::{self, Behaviour, SparkConf},
    tree::{Diagnostic, Diagnostics, Origin, Stage},
};

/// Sets them, except where the user did.
pub(crate) fn apply(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    keep_service(context, conf);
    executor_names(context, conf);
    runtime_confs(context, conf, diagnostics);
    app_id(context, conf, diagnostics);
}

/// At its end a driver deletes the Services with its label; a rendered one must survive.
fn keep_service(context: &Context<'_>, conf: &mut SparkConf) {
    if context.version.has(Behaviour::SelectorLabelOnResources) {
        let key = "spark.kubernetes.driver.service.deleteOnTermination";
        conf.set_if_missing(key, "false", Origin::derived(Stage::Assemble, "keep-service", []));
    }
}

/// Executors are called after the application rather than after a random number, so previews show their names.
fn executor_names(context: &Context<'_>, conf: &mut SparkConf) {
    let name = &context.app.name;
    let origin = Origin::derived(Stage::Assemble, "executor-names", [name.origin.clone()]);
    conf.set_if_missing("spark.kubernetes.executor.podNamePrefix", &name.value, origin);
}

/// What the driver makes at run time is made fit for the target by confs, by table.
fn runtime_confs(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let target = context.options.kube_version;
    for row in spark::runtime_confs(context.version, target) {
        let Some(asked_by) = row.claims.asked_by(conf).filter(|_| !conf.contains(row.key)) else { continue };
        conf.set(row.key, row.value, Origin::derived(Stage::Tailor, row.code, [asked_by.clone()]));
        diagnostics.push(
            Diagnostic::warning(row.code, format!("Kubernetes {target} {}", row.warning))
                .at(asked_by)
                .hint(format!("set `{}: \"{}\"` yourself to say so", row.key, row.value)),
        );
    }
}

/// Spark draws the id itself, whatever the user says.
fn app_id(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let key = "spark.app.id";
    if let Some(entry) = conf.remove(key) {
        diagnostics.push(
            Diagnostic::warning("app-id", format!("Spark ignores `{key}` and draws an id itself"))
                .field(context.app.spec_path().key("sparkConf").key(key))
                .at(entry.origin())
                .hint("remove the conf"),
        );
    }
}
