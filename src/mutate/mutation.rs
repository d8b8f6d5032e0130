//! What every step gets: the application's fields to read, and the pod to change.

use super::role::{Role, RoleFields};
use crate::{
    conf::SparkVersion,
    diagnostics::{Diagnostic, Diagnostics},
    node::{FieldPath, Mapping, Node, Origin, Stage, Value},
    resolve::ResolvedApplication,
};

/// The fields that a mutation reads.
pub struct Mutation<'a> {
    /// The application.
    pub app: &'a ResolvedApplication,
    /// Whose pod.
    pub role: Role,
    /// The role's fields.
    pub fields: RoleFields<'a>,
    /// Whether Spark mounts its own configuration at [`SPARK_CONF_DIR`].
    pub spark_mounts_conf: bool,
}

/// Where Spark mounts its configuration (`Constants.SPARK_CONF_DIR_INTERNAL`).
pub const SPARK_CONF_DIR: &str = "/opt/spark/conf";

impl<'a> Mutation<'a> {
    /// The mutation of `role`'s pod.
    #[must_use]
    pub fn new(app: &'a ResolvedApplication, role: Role) -> Self {
        let fields = match role {
            Role::Driver => app.spec.driver.as_ref().map(RoleFields::from),
            Role::Executor => app.spec.executor.as_ref().map(RoleFields::from),
        };
        Self { app, role, fields: fields.unwrap_or_default(), spark_mounts_conf: true }
    }

    /// The version of Spark that builds the executors.
    #[must_use]
    pub fn version(&self) -> &'a SparkVersion {
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
pub struct Target<'t> {
    /// A Pod, or a pod template.
    pub pod: Node,
    /// Where Spark's container is. Steps append containers, so the place does not change.
    pub container: usize,
    /// What the steps have to say.
    pub diagnostics: &'t mut Diagnostics,
}

impl Target<'_> {
    /// `spec`.
    pub fn spec(&mut self) -> &mut Mapping {
        self.pod.mapping_at("spec")
    }

    /// Spark's container.
    pub fn container(&mut self) -> &mut Node {
        let index = self.container;
        self.pod
            .get_mut("spec")
            .and_then(|spec| spec.get_mut("containers"))
            .and_then(|containers| containers.as_sequence_mut()?.get_mut(index))
            .expect("the container was found before the first step")
    }

    /// The list `key` of Spark's container, made if it is absent.
    pub fn container_list(&mut self, key: &str) -> &mut Vec<Node> {
        self.container().sequence_at(key)
    }

    /// The list `key` of the pod's spec, made if it is absent.
    pub fn spec_list(&mut self, key: &str) -> &mut Vec<Node> {
        self.spec();
        self.pod.get_mut("spec").expect("made above").sequence_at(key)
    }

    /// Whether a mount at `path` has to be left out, which is reported: Spark's own configuration is there, and
    /// the API server refuses a pod with two mounts at one path.
    pub fn conf_dir_is_taken(&mut self, mutation: &Mutation<'_>, path: &Node, name: &str, field: FieldPath) -> bool {
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
                .field(field)
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

/// The origin of a value that the webhook makes from `input`.
pub fn webhook(rule: &'static str, input: &Origin) -> Origin {
    Origin::derived(Stage::Webhook, rule, [input.clone()])
}

/// `node` as the webhook copies it: every value keeps its own place below the step's name.
pub fn carried(node: &Node, rule: &'static str) -> Node {
    let value = match &node.value {
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| carried(item, rule)).collect()),
        Value::Mapping(mapping) => {
            Value::Mapping(mapping.entries().map(|(key, value)| (key.clone(), carried(value, rule))).collect())
        }
        scalar => scalar.clone(),
    };
    Node::new(value).at(webhook(rule, &node.origin))
}
