//! `KubernetesFeatureConfigStep`: one row per step, a function that adds to the pod under construction.

use super::{KubernetesConf, SparkPod, kubernetes_conf::role_key};
use crate::{
    spark::{Behaviour, SparkConf},
    tree::{Diagnostics, Node, Origin, Stage},
};

/// The package of Spark's own steps, for `excludedFeatureSteps` and `featureSteps`.
pub(crate) const FEATURES_PACKAGE: &str = "org.apache.spark.deploy.k8s.features.";

/// A step under the simple name of Spark's class.
#[derive(Debug, Clone, Copy)]
pub struct FeatureStep {
    /// `BasicDriverFeatureStep`.
    pub name: &'static str,
    /// The difference between versions that brought it, if any.
    pub needs: Option<Behaviour>,
    /// What it does. Values of unknown origin are stamped with the step's afterwards.
    pub configure: fn(&KubernetesConf<'_>, &mut Build, &mut Diagnostics),
}

/// What the fold over the steps makes: `KubernetesDriverSpec`, or `KubernetesExecutorSpec`.
#[derive(Debug, Clone)]
pub struct Build {
    /// The pod so far.
    pub pod: SparkPod,
    /// Objects that are sent before the pod. Steps add to them and leave those of other steps alone.
    pub pre_resources: Vec<Node>,
    /// Objects that are sent after the pod, likewise.
    pub resources: Vec<Node>,
    /// The confs with which the driver will run.
    pub system_properties: SparkConf,
}

impl Build {
    /// A start from `pod` and the confs in force.
    #[must_use]
    pub fn new(pod: SparkPod, system_properties: SparkConf) -> Self {
        Self { pod, pre_resources: Vec::new(), resources: Vec::new(), system_properties }
    }
}

/// Runs `steps` in order, without those that this Spark does not have or that the user excludes.
pub(crate) fn fold(steps: &[FeatureStep], conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let excluded = if conf.has(Behaviour::ExcludedFeatureSteps) {
        conf.list(role_key!(conf, "pod.excludedFeatureSteps"))
    } else {
        Vec::new()
    };
    for step in steps {
        if step.needs.is_some_and(|behaviour| !conf.has(behaviour))
            || excluded.iter().any(|class| class.strip_prefix(FEATURES_PACKAGE) == Some(step.name))
        {
            continue;
        }
        run(step, conf, build, diagnostics);
    }
}

/// Runs one step; what it makes has its origin.
pub(crate) fn run(step: &FeatureStep, conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let (before, before_pod) = (build.resources.len(), build.pre_resources.len());
    let origin = Origin::derived(Stage::FeatureStep, step.name, []);
    build.pod.start_step(&origin);
    (step.configure)(conf, build, diagnostics);
    build.pod.end_step();
    let objects = build.resources[before..].iter_mut().chain(&mut build.pre_resources[before_pod..]);
    objects.for_each(|object| object.stamp(&origin));
}
