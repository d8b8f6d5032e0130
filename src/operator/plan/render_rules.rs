//! Confs that `render` sets although neither the application nor the operator does (DESIGN section 3).

use super::Context;
use crate::{
    spark::{Behaviour, SparkConf},
    tree::{Diagnostic, Diagnostics, Origin, Stage},
};

/// From this minor on access mode `ReadWriteOncePod` works (beta, on by default).
const READ_WRITE_ONCE_POD_MINOR: u32 = 27;

/// Sets them, except where the user did.
pub(crate) fn apply(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    keep_service(context, conf);
    executor_names(context, conf);
    access_mode(context, conf, diagnostics);
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

/// Spark 4 asks for `ReadWriteOncePod` claims, which older clusters do not know. The driver makes those of
/// executors at run time, so a conf has to say it.
fn access_mode(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(minor) = context.options.kube_minor.filter(|minor| *minor < READ_WRITE_ONCE_POD_MINOR) else { return };
    let key = "spark.kubernetes.legacy.useReadWriteOnceAccessMode";
    if !context.version.has(Behaviour::ReadWriteOncePod) || conf.contains(key) {
        return;
    }
    let on_demand = ["driver", "executor"].into_iter().find_map(|role| {
        let prefix = ["spark.kubernetes.", role, ".volumes.persistentVolumeClaim."].concat();
        let mut claims = conf.with_prefix(&prefix);
        let claim = claims.find(|(rest, entry)| rest.ends_with(".options.claimName") && entry.value == "OnDemand");
        claim.map(|(_, entry)| entry.origin().clone())
    });
    let Some(claim) = on_demand else { return };
    conf.set(key, "true", Origin::derived(Stage::Tailor, "read-write-once-pod", [claim.clone()]));
    diagnostics.push(
        Diagnostic::warning(
            "read-write-once-pod",
            format!("Kubernetes 1.{minor} has no access mode ReadWriteOncePod, so claims are made ReadWriteOnce"),
        )
        .at(claim)
        .hint(format!("set `{key}: \"true\"` yourself to say so")),
    );
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
