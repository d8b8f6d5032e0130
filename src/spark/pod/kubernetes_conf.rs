//! `org.apache.spark.deploy.k8s.KubernetesConf`: the confs seen from the driver or from one executor.

use std::cell::OnceCell;

use super::{RunningDriver, refused};
use crate::spark::Behaviour;
use crate::spark::SparkConf;
use crate::spark::Submission;
use crate::spark::Version;
use crate::spark::names;
use crate::spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL};
use crate::tree::Diagnostics;
use crate::tree::Key;
use crate::tree::Mapping;
use crate::tree::Node;
use crate::tree::Origin;
use crate::tree::Stage;

/// Whose pod is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The driver.
    Driver,
    /// An executor.
    Executor {
        /// `1`, `2`, … (or `EXECID` in a StatefulSet's template).
        id: String,
    },
}

impl Role {
    /// `driver` or `executor`, as in conf keys and in the label `spark-role`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Executor { .. } => "executor",
        }
    }
}

/// `spark.kubernetes.<role>.<rest>`, a constant.
macro_rules! role_key {
    ($conf:expr, $rest:literal) => {
        match $conf.role {
            $crate::spark::pod::Role::Driver => concat!("spark.kubernetes.driver.", $rest),
            $crate::spark::pod::Role::Executor { .. } => concat!("spark.kubernetes.executor.", $rest),
        }
    };
}
pub(crate) use role_key;

/// The view that feature steps have.
#[derive(Debug, Clone)]
pub struct KubernetesConf<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The confs in force: the submitter's for the driver, spark.properties for executors.
    pub conf: &'a SparkConf,
    /// Whose pod is built.
    pub role: Role,
    /// `SPARK_LOCAL_DIRS` of the building process: of the submitter for the driver, of the driver for executors.
    pub local_dirs: Option<(String, Origin)>,
    /// The driver that makes the executor; none for the driver itself.
    pub driver: Option<&'a RunningDriver>,
    /// [`KubernetesConf::resource_name_prefix`], made when it is first asked for.
    prefix: OnceCell<String>,
    /// [`KubernetesConf::labels`], likewise.
    labels: OnceCell<Mapping>,
}

impl<'a> KubernetesConf<'a> {
    /// The driver's view.
    #[must_use]
    pub fn driver(submission: &'a Submission) -> Self {
        let local_dirs = submission.local_dirs.as_ref().map(|dirs| (dirs.value.clone(), dirs.origin.clone()));
        Self {
            submission,
            conf: &submission.conf,
            role: Role::Driver,
            local_dirs,
            driver: None,
            prefix: OnceCell::new(),
            labels: OnceCell::new(),
        }
    }

    /// The view of the executor `id` from within `driver`, which runs with `system_properties`.
    #[must_use]
    pub fn executor(
        submission: &'a Submission,
        system_properties: &'a SparkConf,
        id: impl Into<String>,
        driver: &'a RunningDriver,
    ) -> Self {
        let local_dirs = driver.local_dirs.clone();
        Self {
            submission,
            conf: system_properties,
            role: Role::Executor { id: id.into() },
            local_dirs,
            driver: Some(driver),
            prefix: OnceCell::new(),
            labels: OnceCell::new(),
        }
    }

    /// Spark's version.
    #[must_use]
    pub fn version(&self) -> &'a Version {
        &self.submission.spark_version
    }

    /// Whether this Spark behaves so.
    #[must_use]
    pub fn has(&self, behaviour: Behaviour) -> bool {
        self.version().has(behaviour)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.conf.get(key)
    }

    /// Whether `key` is set.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.conf.contains(key)
    }

    /// The origin of a value made from `key`.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        self.conf.origin(key)
    }

    /// The origin of a name that is a part of `key`.
    #[must_use]
    pub fn key_origin(&self, key: &str) -> Origin {
        self.conf.key_origin(key)
    }

    /// The value of `key` as a node, or `default` with the origin of an absent key.
    #[must_use]
    pub fn node_or(&self, key: &str, default: &'static str) -> Node {
        self.conf.node(key).unwrap_or_else(|| Node::from(default).at(self.origin(key)))
    }

    /// The first of `keys` that is set, as a node.
    #[must_use]
    pub fn first_node(&self, keys: &[&str]) -> Option<Node> {
        keys.iter().find_map(|key| self.conf.node(key))
    }

    /// `toBoolean` of `key`: `true` or `false` in any case; anything else is refused.
    pub fn boolean(&self, key: &str, default: bool, diagnostics: &mut Diagnostics) -> bool {
        let Some(text) = self.get(key) else { return default };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => {
                diagnostics.push(
                    refused(self, key, format!("`{text}` is no boolean, in conf `{key}`"))
                        .hint("write `true` or `false`"),
                );
                default
            }
        }
    }

    /// `toInt` of `key`; anything else is refused.
    pub fn integer(&self, key: &str, default: i64, diagnostics: &mut Diagnostics) -> i64 {
        match self.get(key) {
            Some(text) => self.read_integer(key, text, default, diagnostics),
            None => default,
        }
    }

    /// [`KubernetesConf::integer`] as a node with the origin of `key`.
    pub fn integer_node(&self, key: &str, default: i64, diagnostics: &mut Diagnostics) -> Node {
        match self.conf.node(key) {
            Some(text) => {
                let number = self.read_integer(key, text.as_str().unwrap_or_default(), default, diagnostics);
                Node::from(number).at(text.origin)
            }
            None => Node::from(default).at(self.origin(key)),
        }
    }

    fn read_integer(&self, key: &str, text: &str, default: i64, diagnostics: &mut Diagnostics) -> i64 {
        if let Ok(number) = text.trim().parse::<i32>() {
            return number.into();
        }
        diagnostics
            .push(refused(self, key, format!("`{text}` is no integer, in conf `{key}`")).hint("write a whole number"));
        default
    }

    /// The entries of a comma-separated conf, trimmed, empty ones left out.
    #[must_use]
    pub fn list(&self, key: &str) -> Vec<&'a str> {
        let Some(items) = self.get(key) else { return Vec::new() };
        items.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// `KubernetesUtils.parsePrefixedKeyValuePairs`: the confs below `prefix`, by key.
    #[must_use]
    pub fn prefixed(&self, prefix: &str) -> Mapping {
        let mut entries = Mapping::new();
        // No two confs have the same key.
        self.conf.nodes_with_prefix(prefix).for_each(|(rest, node)| entries.push(Key::of(rest), node));
        entries
    }

    /// `spark.kubernetes.namespace`, else `default`.
    #[must_use]
    pub fn namespace(&self) -> Node {
        self.node_or("spark.kubernetes.namespace", "default")
    }

    /// `spark.app.id`: drawn by Spark, whatever the user says.
    #[must_use]
    pub fn app_id(&self) -> &'a str {
        &self.submission.identity.app_id.value
    }

    /// [`KubernetesConf::app_id`] with what it was drawn from.
    #[must_use]
    pub fn app_id_node(&self) -> Node {
        let id = &self.submission.identity.app_id;
        Node::from(&id.value).at(&id.origin)
    }

    /// `spark.app.name`, else `spark`.
    #[must_use]
    pub fn app_name(&self) -> &'a str {
        self.get("spark.app.name").unwrap_or("spark")
    }

    /// The stem of the role's object names: drawn for the driver; for executors
    /// `spark.kubernetes.executor.podNamePrefix`, else drawn anew.
    #[must_use]
    pub fn resource_name_prefix(&self) -> String {
        let identity = &self.submission.identity;
        let prefix = self.prefix.get_or_init(|| match self.role {
            Role::Driver => names::resource_name_prefix(self.app_name(), &identity.prefix_hash, self.version()),
            Role::Executor { .. } => match self.get("spark.kubernetes.executor.podNamePrefix") {
                Some(prefix) => prefix.to_owned(),
                None => names::resource_name_prefix(self.app_name(), &identity.executor_prefix_hash, self.version()),
            },
        });
        prefix.clone()
    }

    /// What [`KubernetesConf::resource_name_prefix`] is made from.
    #[must_use]
    pub fn resource_name_origin(&self) -> Origin {
        const PREFIX: &str = "spark.kubernetes.executor.podNamePrefix";
        let given = matches!(self.role, Role::Executor { .. }) && self.contains(PREFIX);
        self.origin(if given { PREFIX } else { "spark.app.name" })
    }

    /// `rest` behind the resource name prefix, as a node that follows the application's name.
    #[must_use]
    pub fn prefixed_name(&self, rest: &str, step: &'static str) -> Node {
        let origin = Origin::derived(Stage::FeatureStep, step, [self.resource_name_origin()]);
        Node::from(self.resource_name_prefix() + rest).at(origin)
    }

    /// The driver pod's name: `spark.kubernetes.driver.pod.name`, else `<prefix>-driver`.
    #[must_use]
    pub fn driver_pod_name(&self) -> Node {
        const KEY: &str = "spark.kubernetes.driver.pod.name";
        self.conf.node(KEY).unwrap_or_else(|| self.prefixed_name("-driver", "BasicDriverFeatureStep"))
    }

    /// The labels that Spark sets itself, in Spark's order.
    #[must_use]
    pub fn preset_labels(&self) -> Mapping {
        let named = self.has(Behaviour::VersionAndNameLabels);
        let mut labels = Mapping::new();
        if named {
            labels.push("spark-version", Node::from(&self.version().asked).at(self.version_origin()));
        }
        if let Role::Executor { id } = &self.role {
            labels.push("spark-exec-id", id);
        }
        labels.push(APP_SELECTOR_LABEL, self.app_id_node());
        if named {
            let origin = self.origin("spark.app.name");
            labels.push("spark-app-name", Node::from(names::app_name_label(self.app_name())).at(origin));
        }
        labels.push(ROLE_LABEL, self.role.word());
        if matches!(self.role, Role::Executor { .. }) {
            labels.push("spark-exec-resourceprofile-id", "0");
        }
        labels
    }

    /// All labels of the role's pod; a user's label of a reserved name is refused when they are first asked for.
    pub fn labels(&self, diagnostics: &mut Diagnostics) -> &Mapping {
        self.labels.get_or_init(|| self.make_labels(diagnostics))
    }

    fn make_labels(&self, diagnostics: &mut Diagnostics) -> Mapping {
        let prefix = role_key!(self, "label.");
        let mut labels = self.prefixed(prefix);
        if self.has(Behaviour::IdsInLabels) {
            self.substitute_ids(&mut labels);
        }
        for (key, value) in self.preset_labels() {
            if let Some(label) = labels.get_mut(&key.text) {
                let message = format!("label `{}` is Spark's own, so Spark refuses conf `{prefix}{0}`", key.text);
                diagnostics.push(
                    refused(self, &format!("{prefix}{}", key.text), message)
                        .hint("remove the conf or rename the label"),
                );
                *label = value;
            } else {
                labels.push(key, value);
            }
        }
        labels
    }

    /// The annotations of the role's pod.
    #[must_use]
    pub fn annotations(&self) -> Mapping {
        let mut annotations = self.prefixed(role_key!(self, "annotation."));
        if self.has(Behaviour::IdsInAnnotations) {
            self.substitute_ids(&mut annotations);
        }
        annotations
    }

    /// `Utils.substituteAppNExecIds` on every value; the driver's executor id is empty.
    fn substitute_ids(&self, values: &mut Mapping) {
        for value in values.values_mut() {
            if let Some(text) = value.as_str().filter(|text| text.contains("{{")) {
                *value = Node::from(self.substitute(text)).at(self.substituted(text, &value.origin));
            }
        }
    }

    /// `Utils.substituteAppNExecIds`.
    #[must_use]
    pub fn substitute(&self, text: &str) -> String {
        let executor_id = match &self.role {
            Role::Driver => "",
            Role::Executor { id } => id,
        };
        text.replace("{{APP_ID}}", self.app_id()).replace("{{EXECUTOR_ID}}", executor_id)
    }

    /// The origin of a text in which [`KubernetesConf::substitute`] was at work.
    #[must_use]
    pub fn substituted(&self, text: &str, origin: &Origin) -> Origin {
        if !text.contains("{{APP_ID}}") {
            return origin.clone();
        }
        let inputs = [origin.clone(), self.submission.identity.app_id.origin.clone()];
        Origin::derived(Stage::FeatureStep, "substituteAppNExecIds", inputs)
    }

    fn version_origin(&self) -> Origin {
        Origin::derived(Stage::FeatureStep, "spark-version", [self.submission.version_origin.clone()])
    }

    /// The user's environment: `spark.kubernetes.driverEnv.*` or `spark.executorEnv.*`.
    #[must_use]
    pub fn environment(&self) -> Mapping {
        self.prefixed(self.environment_prefix())
    }

    /// The name of a variable of [`KubernetesConf::environment`].
    #[must_use]
    pub fn environment_name(&self, name: &str) -> Node {
        Node::text(name).at(self.key_origin(&[self.environment_prefix(), name].concat()))
    }

    fn environment_prefix(&self) -> &'static str {
        match self.role {
            Role::Driver => "spark.kubernetes.driverEnv.",
            Role::Executor { .. } => "spark.executorEnv.",
        }
    }

    /// `nodeSelector`: the common one and, from 3.3, the role's.
    #[must_use]
    pub fn node_selector(&self) -> Mapping {
        let mut selector = self.prefixed("spark.kubernetes.node.selector.");
        if self.has(Behaviour::RoleNodeSelector) {
            selector.extend(self.prefixed(role_key!(self, "node.selector.")));
        }
        selector
    }

    /// `schedulerName`: the role's, else (from 3.3) the common one.
    #[must_use]
    pub fn scheduler_name(&self) -> Option<Node> {
        let own = match self.role {
            Role::Driver => Behaviour::SchedulerName,
            Role::Executor { .. } => Behaviour::ExecutorSchedulerName,
        };
        let keys =
            [(own, role_key!(self, "scheduler.name")), (Behaviour::SchedulerName, "spark.kubernetes.scheduler.name")];
        keys.into_iter().filter(|(behaviour, _)| self.has(*behaviour)).find_map(|(_, key)| self.conf.node(key))
    }

    /// The role's image; without one Spark refuses.
    pub fn image(&self, diagnostics: &mut Diagnostics) -> Option<Node> {
        let key = role_key!(self, "container.image");
        let mut image = self.first_node(&[key, "spark.kubernetes.container.image"]);
        if self.has(Behaviour::VersionInImage)
            && let Some(image) = &mut image
            && let Some(text) = image.as_str().filter(|text| text.contains("{{SPARK_VERSION}}"))
        {
            let text = text.replace("{{SPARK_VERSION}}", &self.version().asked);
            let inputs = [image.origin.clone(), self.version_origin()];
            *image = Node::from(text).at(Origin::derived(Stage::FeatureStep, "SPARK_VERSION", inputs));
        }
        if image.is_none() {
            let word = self.role.word();
            diagnostics.push(
                refused(self, key, format!("no image is given for the {word}"))
                    .hint(format!("set `spark.kubernetes.container.image` or `{key}`")),
            );
        }
        image
    }

    /// `imagePullPolicy`: `IfNotPresent` unless set.
    pub fn image_pull_policy(&self, diagnostics: &mut Diagnostics) -> Node {
        const KEY: &str = "spark.kubernetes.container.image.pullPolicy";
        let policy = self.node_or(KEY, "IfNotPresent");
        let text = policy.as_str().unwrap_or_default();
        if !matches!(text, "Always" | "Never" | "IfNotPresent") {
            diagnostics.push(
                refused(self, KEY, format!("`{text}` is no image pull policy"))
                    .hint("write `Always`, `Never` or `IfNotPresent`"),
            );
        }
        policy
    }

    /// `imagePullSecrets` of `spark.kubernetes.container.image.pullSecrets`.
    #[must_use]
    pub fn image_pull_secrets(&self) -> Vec<Node> {
        const KEY: &str = "spark.kubernetes.container.image.pullSecrets";
        let names = self.list(KEY);
        if names.is_empty() {
            return Vec::new();
        }
        let origin = self.origin(KEY);
        names.into_iter().map(|name| crate::map! { "name" => Node::text(name) }.stamped(&origin)).collect()
    }

    /// Whether the application is Python or R, by its main file.
    #[must_use]
    pub fn is_non_jvm(&self) -> bool {
        !matches!(self.submission.resource_type(), crate::spark::ResourceType::Java)
    }

    /// The content of the local file that `key` names, if the caller read it.
    #[must_use]
    pub fn local_file(&self, key: &str) -> Option<&'a [u8]> {
        self.submission.local_files.iter().find(|file| file.conf_key == key).map(|file| file.bytes.as_slice())
    }
}
