//! The executor's part of `VolcanoFeatureStep`, and other steps that users name.

use crate::{
    conf::Behaviour,
    diagnostics::{Diagnostic, Diagnostics},
    node::{Mapping, Node, Origin, Stage},
    pod::{Build, FEATURES_PACKAGE, KubernetesConf, refused},
};

const STEP: &str = "VolcanoFeatureStep";
const STEPS: &str = "spark.kubernetes.executor.pod.featureSteps";

/// Runs the steps that the user names behind Spark's own. Volcano's puts the pod into the application's group.
pub fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    if !conf.has(Behaviour::CustomFeatureSteps) {
        return;
    }
    for class in conf.list(STEPS) {
        let own = class.strip_prefix(FEATURES_PACKAGE);
        if own == Some(STEP) && conf.has(Behaviour::VolcanoFeatureStep) {
            let origin = Origin::derived(Stage::FeatureStep, STEP, [conf.origin(STEPS)]);
            let group = Node::from(format!("{}-podgroup", conf.app_id())).at(origin);
            let annotation: Mapping = [("scheduling.k8s.io/group-name".into(), group)].into_iter().collect();
            build.pod.add_to_metadata("annotations", annotation);
        } else if own.is_some() {
            let message = format!("Spark {} cannot make the executor feature step `{class}`", conf.version());
            diagnostics.push(refused(conf, STEPS, message).hint("remove the step"));
        } else {
            diagnostics.push(
                Diagnostic::warning("custom-feature-step", format!("the class `{class}` changes the executor pods"))
                    .at(conf.origin(STEPS))
                    .hint("expect the pods to differ from the preview"),
            );
        }
    }
}
