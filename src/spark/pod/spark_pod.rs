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
    unstamped: Unstamped,
}

/// What may be of unknown origin yet. Most steps add a volume, a mount and a variable at most, or nothing: to look
/// through all of the pod after each of them was a fifth of the work of building a driver.
#[derive(Debug, Clone, Default)]
struct Unstamped {
    /// Anything.
    all: bool,
    /// The last volumes, so many.
    volumes: usize,
    /// The last mounts of Spark's container.
    mounts: usize,
    /// The last variables of Spark's container.
    env: usize,
    /// The last arguments of Spark's container.
    args: usize,
}

impl SparkPod {
    /// A pod with a `spec`, and Spark's container, which is not among the pod's.
    #[must_use]
    pub fn new(pod: Node, container: Node) -> Self {
        Self { pod, container, unstamped: Unstamped { all: true, ..Unstamped::default() } }
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
        self.unstamped.all = true;
        &mut self.container
    }

    /// The pod without Spark's container for change.
    pub fn pod_mut(&mut self) -> &mut Node {
        self.unstamped.all = true;
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
        self.unstamped.volumes += 1;
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        spec.sequence_at("volumes").push(volume);
    }

    /// Adds a mount to Spark's container.
    pub fn add_volume_mount(&mut self, mount: Node) {
        self.unstamped.mounts += 1;
        self.container.sequence_at("volumeMounts").push(mount);
    }

    /// Adds a variable to Spark's container. An earlier one of the same name stays, as in Spark.
    pub fn add_env(&mut self, name: impl Into<Node>, value: impl Into<Node>) {
        self.unstamped.env += 1;
        self.container.sequence_at("env").push(map! { "name" => name, "value" => value });
    }

    /// Adds a variable that is read from elsewhere to Spark's container.
    pub fn add_env_from(&mut self, name: impl Into<Node>, value_from: Node) {
        self.unstamped.env += 1;
        self.container.sequence_at("env").push(map! { "name" => name, "valueFrom" => value_from });
    }

    /// Adds arguments to those of Spark's container.
    pub fn add_args(&mut self, args: Vec<Node>) {
        self.unstamped.args += args.len();
        self.container.sequence_at("args").extend(args);
    }

    /// Whether nothing was added or changed since [`SparkPod::stamp`].
    #[must_use]
    pub fn is_stamped(&self) -> bool {
        let Unstamped { all, volumes, mounts, env, args } = self.unstamped;
        !all && volumes + mounts + env + args == 0
    }

    /// Gives `origin` to every value that has none yet.
    pub fn stamp(&mut self, origin: &Origin) {
        let Unstamped { all, volumes, mounts, env, args } = std::mem::take(&mut self.unstamped);
        if all {
            self.pod.stamp(origin);
            self.container.stamp(origin);
            return;
        }
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        stamp_last(spec, "volumes", volumes, origin);
        stamp_last(&mut self.container, "volumeMounts", mounts, origin);
        stamp_last(&mut self.container, "env", env, origin);
        stamp_last(&mut self.container, "args", args, origin);
    }

    /// Joins Spark's container, last, to the others.
    #[must_use]
    pub fn joined(mut self) -> Node {
        let spec = self.pod.get_mut("spec").expect("pods have a spec");
        spec.sequence_at("containers").push(self.container);
        self.pod
    }
}

/// Stamps the last `count` items of the list `field`, and the list itself.
fn stamp_last(parent: &mut Node, field: &str, count: usize, origin: &Origin) {
    if count == 0 {
        return;
    }
    let list = parent.get_mut(field).expect("items were added to it");
    if list.origin.is_unknown() {
        list.origin = origin.clone();
    }
    let items = list.as_sequence_mut().expect("items were added to it");
    let added = items.len() - count;
    items[added..].iter_mut().for_each(|item| item.stamp(origin));
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
        pod.add_env("A", "a");
        pod.stamp(&step("first"));
        assert!(pod.is_stamped());
        pod.add_env("B", "b");
        pod.add_args(vec!["driver".into()]);
        pod.add_volume(map! { "name" => "v" });
        pod.add_volume_mount(map! { "name" => "v" });
        assert!(!pod.is_stamped());
        pod.stamp(&step("second"));
        pod.container_mut().mapping_at("resources");
        pod.spec().sequence_at("volumes").insert(0, map! {});
        pod.stamp(&step("third"));
        assert!(pod.is_stamped());
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
