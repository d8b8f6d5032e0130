//! What every step gets: the application's fields to read, and the pod to change.

use std::sync::LazyLock;

use super::role::PodRole;
use crate::spark::names::SPARK_CONF_DIR;
use crate::{
    operator::{api::v1beta2::SparkPodSpec, resolve::ResolvedApplication},
    spark,
    tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Origin, Stage, Value},
};

/// The fields that a mutation reads.
pub struct Mutation<'a> {
    /// The application.
    pub app: &'a ResolvedApplication,
    /// Whose pod.
    pub role: PodRole,
    /// The role's fields.
    pub fields: &'a SparkPodSpec,
    /// Whether Spark mounts its own configuration at [`SPARK_CONF_DIR`].
    pub spark_mounts_conf: bool,
}

impl<'a> Mutation<'a> {
    /// The mutation of `role`'s pod.
    #[must_use]
    pub fn new(app: &'a ResolvedApplication, role: PodRole) -> Self {
        static NONE: LazyLock<SparkPodSpec> = LazyLock::new(SparkPodSpec::default);
        let fields = match role {
            PodRole::Driver => app.spec.driver.as_ref().map(|driver| &driver.shared),
            PodRole::Executor => app.spec.executor.as_ref().map(|executor| &executor.shared),
        };
        Self { app, role, fields: fields.unwrap_or(&NONE), spark_mounts_conf: true }
    }

    /// The version of Spark that builds the executors.
    #[must_use]
    pub fn version(&self) -> &'a spark::Version {
        &self.app.spark_version.value
    }

    /// The path of a field of the application's spec, for messages.
    #[must_use]
    pub fn spec_field(&self, name: &str) -> FieldPath {
        name.split('.').fold(self.app.spec_path(), |path, key| path.key(key))
    }

    /// The path of a field of the role, for messages.
    #[must_use]
    pub fn field(&self, name: &str) -> FieldPath {
        self.spec_field(self.role.key()).key(name)
    }
}

/// The pod under mutation.
pub struct MutatedPod<'t> {
    /// A Pod, or a pod template.
    pub pod: Node,
    /// Where Spark's container is. Steps append containers, so the place does not change.
    pub container: usize,
    /// The origin of what the step at work adds, unless it knows better.
    pub origin: Origin,
    /// What the steps have to say.
    pub diagnostics: &'t mut Diagnostics,
}

impl<'t> MutatedPod<'t> {
    /// The pod before the first step.
    pub fn new(pod: Node, container: usize, diagnostics: &'t mut Diagnostics) -> Self {
        Self { pod, container, origin: Origin::Unknown, diagnostics }
    }

    /// `spec`.
    pub fn spec(&mut self) -> &mut Mapping {
        self.pod.mapping_at("spec")
    }

    /// Spark's container.
    pub fn container(&mut self) -> &mut Node {
        container(&mut self.pod, self.container)
    }

    /// The list `key` of Spark's container, made if it is absent.
    pub fn container_list(&mut self, key: &'static str) -> &mut Vec<Node> {
        list(container(&mut self.pod, self.container), key, &self.origin)
    }

    /// The list `key` of the pod's spec, made if it is absent.
    pub fn spec_list(&mut self, key: &'static str) -> &mut Vec<Node> {
        list(self.pod.get_mut("spec").expect("pods have a spec"), key, &self.origin)
    }

    /// `nodeSelector`, made if it is absent.
    pub fn node_selector(&mut self) -> &mut Mapping {
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        mapping(spec, "nodeSelector", &self.origin).as_mapping_mut().expect("made as a mapping")
    }

    /// `resources.limits` of Spark's container, made if they are absent.
    pub fn limits(&mut self) -> &mut Mapping {
        let resources = mapping(container(&mut self.pod, self.container), "resources", &self.origin);
        mapping(resources, "limits", &self.origin).as_mapping_mut().expect("made as a mapping")
    }

    /// A value that the step at work adds.
    pub fn made(&self, value: impl Into<Node>) -> Node {
        value.into().stamped(&self.origin)
    }

    /// Whether a mount at `path` has to be left out, which is reported: Spark's own configuration is there, and
    /// the API server refuses a pod with two mounts at one path.
    pub fn conf_dir_is_taken(
        &mut self,
        mutation: &Mutation<'_>,
        path: &Node,
        name: &str,
        (field, index): (&str, usize),
    ) -> bool {
        let taken = mutation.spark_mounts_conf
            && path.as_str().is_some_and(|path| path.trim_end_matches('/') == SPARK_CONF_DIR);
        if taken {
            self.report(
                Diagnostic::warning(
                    "duplicate-mount-path",
                    format!(
                        "the mount of `{name}` is left out: Spark mounts its own configuration at `{SPARK_CONF_DIR}`"
                    ),
                )
                .field(mutation.field(field).index(index))
                .at(&path.origin)
                .hint("mount it elsewhere, or single files by `subPath`, such as `/opt/spark/conf/log4j2.properties`"),
            );
        }
        taken
    }

    /// Reports.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// Spark's container.
fn container(pod: &mut Node, index: usize) -> &mut Node {
    pod.get_mut("spec")
        .and_then(|spec| spec.get_mut("containers"))
        .and_then(|containers| containers.as_sequence_mut()?.get_mut(index))
        .expect("the container was found before the first step")
}

fn list<'n>(parent: &'n mut Node, key: &'static str, origin: &Origin) -> &'n mut Vec<Node> {
    child(parent, key, || Value::Sequence(Vec::new()), origin).as_sequence_mut().expect("Kubernetes has a list here")
}

fn mapping<'n>(parent: &'n mut Node, key: &'static str, origin: &Origin) -> &'n mut Node {
    child(parent, key, || Value::Mapping(Mapping::new()), origin)
}

/// The value under `key`, made from `origin` if it is absent or null.
fn child<'n>(parent: &'n mut Node, key: &'static str, empty: fn() -> Value, origin: &Origin) -> &'n mut Node {
    let parent = parent.as_mapping_mut().expect("only mappings have children");
    let child = parent.get_or_insert_with(key, Node::default);
    if child.is_null() {
        *child = Node::new(empty()).at(origin);
    }
    child
}

/// The origin of a value that the webhook makes from `input`.
pub(super) fn webhook(rule: &'static str, input: &Origin) -> Origin {
    Origin::derived(Stage::Webhook, rule, [input.clone()])
}

/// `node` as the webhook copies it: every value keeps its own place below the step's name.
pub(super) fn carried(node: &Node, rule: &'static str) -> Node {
    let mut copy = node.clone();
    carry(&mut copy, rule);
    copy
}

fn carry(node: &mut Node, rule: &'static str) {
    node.origin = webhook(rule, &node.origin);
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| carry(item, rule)),
        Value::Mapping(mapping) => mapping.values_mut().for_each(|value| carry(value, rule)),
        _ => {}
    }
}
