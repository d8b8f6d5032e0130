//! The executor pod template: what the webhook would have added to each executor, for Spark in the driver to
//! build executors from.

use super::{
    base_template, executor_confs, executor_env,
    mutation::{MutatedPod, Mutation},
    role::PodRole,
    step, unique, without_templates,
};
use crate::{
    kube::annotations::DEFAULT_CONTAINER,
    map,
    operator::{resolve::ResolvedApplication, rule},
    spark::SparkConf,
    tree::{Diagnostics, Mapping, Node, Origin, Stage, Value},
};

/// Where the driver finds the template (`Constants.scala`: `EXECUTOR_POD_SPEC_TEMPLATE_MOUNTPATH`).
pub(super) const TEMPLATE_PATH: &str = "/opt/spark/pod-template/pod-spec-template.yml";
const TEMPLATE_FILE_KEY: &str = "spark.kubernetes.executor.podTemplateFile";
const CONTAINER_NAME_KEY: &str = "spark.kubernetes.executor.podTemplateContainerName";

/// A conf that carries what the template cannot.
#[derive(Debug, Clone)]
pub struct ConfChange {
    /// The conf's key.
    pub key: String,
    /// The value to set, or `None` to remove the conf.
    pub value: Option<String>,
    /// The field that wants it.
    pub origin: Origin,
}

impl ConfChange {
    /// Sets `key`.
    pub(crate) fn set(key: impl Into<String>, value: impl Into<String>, origin: Origin) -> Self {
        Self { key: key.into(), value: Some(value.into()), origin }
    }

    /// Removes `key`.
    pub(crate) fn remove(key: impl Into<String>, origin: Origin) -> Self {
        Self { key: key.into(), value: None, origin }
    }
}

/// How executors get what the webhook would have given them.
#[derive(Debug, Clone, Default)]
pub struct ExecutorTemplate {
    /// The pod template, if there is anything in it.
    pub template: Option<Node>,
    /// Confs to change, in order.
    pub confs: Vec<ConfChange>,
}

impl ExecutorTemplate {
    /// Changes the confs.
    pub fn apply_to(&self, conf: &mut SparkConf) {
        for change in &self.confs {
            match &change.value {
                Some(value) => conf.set(&change.key, value, &change.origin),
                None => {
                    conf.remove(&change.key);
                }
            }
        }
    }
}

/// Makes the template of `app`'s executors from `base` (`spec.executor.template`, or the file of a
/// `podTemplateFile` conf). `conf` are the confs as planned, `fixed` those of Spark's own variables whose values are known
/// before the run.
#[must_use]
pub fn executor_template(
    app: &ResolvedApplication,
    base: Option<Node>,
    conf: &SparkConf,
    fixed: &[Node],
    diagnostics: &mut Diagnostics,
) -> ExecutorTemplate {
    let mut mutation = Mutation::new(app, PodRole::Executor);
    mutation.spark_mounts_conf = conf.get("spark.kubernetes.executor.disableConfigMap") != Some("true");
    if !app.spark_version.reads_pod_templates() {
        return without_templates::executor_confs(&mutation, base.as_ref(), conf, diagnostics);
    }
    let has_base = base.is_some();
    let skeleton_origin = Origin::derived(Stage::Operator, "spec.executor", [app.origin.clone()]);
    let pod = as_pod(base, &skeleton_origin);
    let container = find_container(&pod, conf.get(CONTAINER_NAME_KEY));
    let skeleton = (!has_base).then(|| pod.clone());
    let containers = pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default();
    let others = containers.iter().enumerate().filter(|(index, _)| *index != container).map(|(_, other)| other);
    super::operators_choice(&mutation, &containers[container], others, diagnostics);
    if has_base {
        base_template::overwritten(&mutation, &pod, container, conf, diagnostics);
    }
    let mut target = MutatedPod::new(pod, container, diagnostics);
    let template_env = target.container().get("env").and_then(Node::as_sequence).map_or(0, <[Node]>::len);

    let given = step::run(&mutation, &mut target);
    let mut confs = executor_env::settle(&mutation, &mut target, template_env, conf, fixed);
    unique::lists(&mutation, &mut target);
    confs.extend(executor_confs::beside_the_template(&mutation, &target.pod, conf, target.diagnostics));

    let mut pod = target.pod;
    name_default_container(&mut pod, container);
    if skeleton.is_some_and(|skeleton| skeleton == pod) {
        return ExecutorTemplate { template: None, confs };
    }
    pod.stamp(&skeleton_origin);
    let origin = if has_base {
        pod.origin.clone()
    } else {
        // Each of the fields is reason enough for a template.
        Origin::derived(Stage::Operator, "spec.executor", given)
    };
    if !conf.contains(TEMPLATE_FILE_KEY) {
        confs.push(ConfChange::set(TEMPLATE_FILE_KEY, TEMPLATE_PATH, origin.clone()));
    }
    if !has_base && !conf.contains(CONTAINER_NAME_KEY) {
        confs.push(ConfChange::set(CONTAINER_NAME_KEY, PodRole::Executor.container_name(), origin));
    }
    ExecutorTemplate { template: Some(pod), confs }
}

/// Spark puts its container behind the others of a template, where the webhook appends the others to Spark's.
fn name_default_container(pod: &mut Node, container: usize) {
    let containers = pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default();
    let Some(first) = containers.iter().enumerate().find(|(index, _)| *index != container) else { return };
    let name = containers[container].get("name").filter(|name| name.as_str().is_some_and(|name| !name.is_empty()));
    let name = name.cloned().unwrap_or_else(|| Node::from(PodRole::Executor.container_name()));
    let origin = rule::render("default-container", [first.1.origin.clone(), name.origin.clone()]);
    let annotations = pod.mapping_at("metadata");
    annotations.insert_if_absent("annotations", Node::new(Mapping::new()).at(&origin));
    if let Some(annotations) = annotations.get_mut("annotations").and_then(Node::as_mapping_mut) {
        annotations.insert_if_absent(DEFAULT_CONTAINER, name.at(origin));
    }
    pod.as_mapping_mut().expect("pods are mappings").put_first(&["apiVersion", "kind", "metadata"]);
}

/// A template as a Pod with at least one container, as Spark reads it.
fn as_pod(base: Option<Node>, skeleton: &Origin) -> Node {
    let mut pod = map! { "apiVersion" => "v1", "kind" => "Pod" };
    if let Some(base) = base {
        pod.origin = base.origin;
        if let Value::Mapping(fields) = base.value {
            let entries: Vec<_> = fields.into_iter().collect();
            let target = pod.as_mapping_mut().expect("made as a mapping");
            for (key, value) in entries {
                target.insert(key, value);
            }
        }
    }
    pod.mapping_at("spec");
    let containers = pod.get_mut("spec").expect("made above").sequence_at("containers");
    if containers.is_empty() {
        containers.push(map! { "name" => PodRole::Executor.container_name() });
    }
    pod.stamp(skeleton);
    pod
}

/// `KubernetesUtils.selectSparkContainer`: the container that the conf names, else the first.
fn find_container(pod: &Node, name: Option<&str>) -> usize {
    let containers = pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default();
    let named = |container: &Node| name.is_some() && container.str_at(&["name"]) == name;
    containers.iter().position(named).unwrap_or(0)
}
