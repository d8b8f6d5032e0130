//! `org.apache.spark.deploy.k8s.SparkPod`: a pod and, apart from it, the container that runs Spark.

use crate::{
    map, seq,
    tree::{Mapping, Node, Origin},
};

/// A pod under construction. `pod` holds all containers but Spark's; they are joined at the end, Spark's last.
#[derive(Debug, Clone)]
pub struct SparkPod {
    pod: Node,
    container: Node,
    /// The step that runs: what is added has its origin at once.
    step: Origin,
    /// Whether the step changed anything in another way, so that all has to be looked through for values without an
    /// origin. Most steps do not, and doing so after each of them was a fifth of the work of building a driver.
    changed: bool,
}

impl SparkPod {
    /// A pod with a `spec`, and Spark's container, which is not among the pod's.
    #[must_use]
    pub fn new(pod: Node, container: Node) -> Self {
        Self { pod, container, step: Origin::Unknown, changed: true }
    }

    /// What is made from now on comes from `step`.
    pub fn start_step(&mut self, step: &Origin) {
        self.step = step.clone();
    }

    /// Gives the origin of the step to every value that has none yet.
    pub fn end_step(&mut self) {
        if std::mem::take(&mut self.changed) {
            self.pod.stamp(&self.step);
            self.container.stamp(&self.step);
        }
    }

    /// `SparkPod.initialPod()`: no template.
    #[must_use]
    pub fn initial() -> Self {
        let pod = map! {
            "apiVersion" => "v1",
            "kind" => "Pod",
            "metadata" => map! {},
            "spec" => map! { "containers" => seq![] },
        };
        Self::new(pod, map! {})
    }

    /// Spark's container.
    #[must_use]
    pub fn container(&self) -> &Node {
        &self.container
    }

    /// Spark's container for change.
    pub fn container_mut(&mut self) -> &mut Node {
        self.changed = true;
        &mut self.container
    }

    /// The pod without Spark's container for change.
    pub fn pod_mut(&mut self) -> &mut Node {
        self.changed = true;
        &mut self.pod
    }

    /// The pod's metadata for change.
    pub fn metadata(&mut self) -> &mut Mapping {
        self.pod_mut().mapping_at("metadata")
    }

    /// The pod's spec for change.
    pub fn spec(&mut self) -> &mut Node {
        self.pod_mut().get_mut("spec").expect("pods have a spec")
    }

    /// Adds labels or annotations (`field`) to the metadata; a later value wins.
    pub fn add_to_metadata(&mut self, field: &str, entries: Mapping) {
        self.metadata();
        let metadata = self.pod.get_mut("metadata").expect("made by the line above");
        metadata.mapping_at(field).extend(entries);
    }

    /// Adds a volume to the pod.
    pub fn add_volume(&mut self, volume: Node) {
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        add(spec, "volumes", [volume], &self.step);
    }

    /// Adds a mount to Spark's container.
    pub fn add_volume_mount(&mut self, mount: Node) {
        add(&mut self.container, "volumeMounts", [mount], &self.step);
    }

    /// Adds a variable to Spark's container. An earlier one of the same name stays, as in Spark.
    pub fn add_env(&mut self, name: impl Into<Node>, value: impl Into<Node>) {
        add(&mut self.container, "env", [map! { "name" => name, "value" => value }], &self.step);
    }

    /// Adds a variable that is read from elsewhere to Spark's container.
    pub fn add_env_from(&mut self, name: impl Into<Node>, value_from: Node) {
        add(&mut self.container, "env", [map! { "name" => name, "valueFrom" => value_from }], &self.step);
    }

    /// Adds arguments to those of Spark's container.
    pub fn add_args(&mut self, args: Vec<Node>) {
        add(&mut self.container, "args", args, &self.step);
    }

    /// Joins Spark's container, last, to the others.
    #[must_use]
    pub fn joined(mut self) -> Node {
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        spec.sequence_at("containers").push(self.container);
        self.pod
    }
}

/// Adds `items` to the list `field`; they, and the list if it is new, come from `step` where they have no other origin.
fn add(parent: &mut Node, field: &str, items: impl IntoIterator<Item = Node>, step: &Origin) {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return;
    }
    parent.sequence_at(field).extend(items.map(|item| item.stamped(step)));
    let list = parent.get_mut(field).expect("items were added to it");
    if list.origin.is_unknown() {
        list.origin = step.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Stage;

    fn step(name: &'static str) -> Origin {
        Origin::derived(Stage::FeatureStep, name, [])
    }

    fn steps(node: &Node, names: &mut Vec<String>) {
        if let Origin::Derived(derivation) = &node.origin {
            names.push(derivation.rule.to_string());
        } else {
            names.push("?".to_owned());
        }
        let items = node.as_sequence().unwrap_or_default().iter();
        items.chain(node.as_mapping().into_iter().flat_map(Mapping::values)).for_each(|child| steps(child, names));
    }

    #[test]
    fn each_value_has_the_origin_of_the_step_that_made_it() {
        let mut pod = SparkPod::initial();
        pod.start_step(&step("first"));
        pod.add_env("A", "a");
        pod.end_step();
        pod.start_step(&step("second"));
        pod.add_env("B", "b");
        pod.add_args(vec!["driver".into()]);
        pod.add_volume(map! { "name" => "v" });
        pod.add_volume_mount(map! { "name" => "v" });
        pod.end_step();
        pod.start_step(&step("third"));
        pod.container_mut().mapping_at("resources");
        pod.spec().sequence_at("volumes").insert(0, map! {});
        pod.end_step();
        let mut names = Vec::new();
        let joined = pod.joined();
        let at = |path: &[&str]| joined.at_keys(path).unwrap();
        steps(at(&["spec", "volumes"]), &mut names);
        assert_eq!(names, ["second", "third", "second", "second"]);
        names.clear();
        steps(&at(&["spec", "containers"]).as_sequence().unwrap()[0], &mut names);
        let env = ["first", "first", "first", "first", "second", "second", "second"];
        let mounts = ["second", "second", "second"];
        assert_eq!(names, [&["first"][..], &env, &mounts, &["second", "second"], &["third"]].concat());
    }
}
