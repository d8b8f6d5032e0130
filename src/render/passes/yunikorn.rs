//! One application of YuniKorn for the driver and the executors of a run that names itself. YuniKorn knows an application
//! by an annotation or label of its pods, else by Spark's `spark-app-selector`, which such a driver does not have.

use std::borrow::Cow;

use crate::{
    operator::{
        companions::batch_scheduler::{YUNIKORN, YUNIKORN_APP_ID, YUNIKORN_LABELS, YUNIKORN_POD_UID},
        resolve::ResolvedApplication,
        rule,
    },
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, Node},
};

/// Gives `pod` the run's id where YuniKorn schedules it and it has none, and returns the conf that gives it to executors.
/// An id of the user's own is handed on to executors that have none.
pub(super) fn one_application(
    pod: &mut Node,
    conf: &mut SparkConf,
    application: &ResolvedApplication,
    diagnostics: &mut Diagnostics,
) -> Option<(Cow<'static, str>, String)> {
    let scheduler = pod.at_keys(&["spec", "schedulerName"]).filter(|name| name.as_str() == Some(YUNIKORN))?;
    let origin = rule::render("yunikorn-application", [scheduler.origin.clone()]);
    let executors = |kind: &str, key: &str| format!("spark.kubernetes.executor.{kind}.{key}");
    let annotation = executors("annotation", YUNIKORN_APP_ID);
    let told =
        conf.contains(&annotation) || YUNIKORN_LABELS.iter().any(|label| conf.contains(&executors("label", label)));
    let of_driver = |kind: &str, key: &str| pod.at_keys(&["metadata", kind, key]).filter(|id| !id.is_null()).cloned();
    let own = of_driver("annotations", YUNIKORN_APP_ID);
    let own = own.or_else(|| YUNIKORN_LABELS.iter().find_map(|label| of_driver("labels", label)));
    if let Some(own) = own {
        if !told && let Some(id) = own.as_str() {
            conf.set(annotation, id, rule::render("yunikorn-application", [own.origin.clone()]));
        }
        return None;
    }
    // With the pod's uid this is the id that Spark gives the executors as `spark-app-selector`.
    let id = Node::from(format!("spark{YUNIKORN_POD_UID}")).at(origin);
    let scheduler = scheduler.origin.clone();
    pod.mapping_at("metadata").get_or_insert_with("annotations", || Node::new(crate::tree::Mapping::new()));
    pod.get_mut("metadata")?.mapping_at("annotations").insert(YUNIKORN_APP_ID, id);
    diagnostics.push(
        Diagnostic::note(
            "yunikorn-application",
            format!(
                "each run is an application of its own, by `{YUNIKORN_APP_ID}`, which YuniKorn 1.5 and later can read"
            ),
        )
        .field(application.spec_path())
        .at(scheduler)
        .hint(format!(
            "set `{YUNIKORN_APP_ID}` in the annotations of driver and executor yourself for an older YuniKorn"
        )),
    );
    (!told).then(|| (Cow::Owned(annotation), "spark-$(POD_UID)".to_owned()))
}
