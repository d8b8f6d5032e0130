//! `org.apache.spark.deploy.k8s.SparkPod`: a pod and, apart from it, the container that runs Spark.

use crate::{
    map,
    node::{Mapping, Node},
    seq,
};

/// A pod under construction. `pod` holds all containers but Spark's; they are joined at the end, Spark's last.
#[derive(Debug, Clone)]
pub struct SparkPod {
    /// The Pod without Spark's container.
    pub pod: Node,
    /// Spark's container.
    pub container: Node,
}

impl SparkPod {
    /// `SparkPod.initialPod()`: no template.
    #[must_use]
    pub fn initial() -> Self {
        Self {
            pod: map! {
                "apiVersion" => "v1",
                "kind" => "Pod",
                "metadata" => map! {},
                "spec" => map! { "containers" => seq![] },
            },
            container: map! {},
        }
    }

    /// The pod's metadata.
    pub fn metadata(&mut self) -> &mut Mapping {
        self.pod.mapping_at("metadata")
    }

    /// The pod's spec.
    pub fn spec(&mut self) -> &mut Node {
        self.pod.mapping_at("spec");
        self.pod.get_mut("spec").expect("made by the line above")
    }

    /// Adds labels or annotations (`field`) to the metadata; a later value wins.
    pub fn add_to_metadata(&mut self, field: &str, entries: Mapping) {
        self.metadata();
        let metadata = self.pod.get_mut("metadata").expect("made by the line above");
        let target = metadata.mapping_at(field);
        for (key, value) in entries {
            target.insert(key, value);
        }
    }

    /// Adds a volume to the pod.
    pub fn add_volume(&mut self, volume: Node) {
        self.spec().sequence_at("volumes").push(volume);
    }

    /// Adds a mount to Spark's container.
    pub fn add_volume_mount(&mut self, mount: Node) {
        self.container.sequence_at("volumeMounts").push(mount);
    }

    /// Adds a variable to Spark's container. An earlier one of the same name stays, as in Spark.
    pub fn add_env(&mut self, name: impl Into<Node>, value: impl Into<Node>) {
        self.container.sequence_at("env").push(map! { "name" => name.into(), "value" => value.into() });
    }

    /// Adds a variable that is read from elsewhere to Spark's container.
    pub fn add_env_from(&mut self, name: impl Into<Node>, value_from: Node) {
        self.container.sequence_at("env").push(map! { "name" => name.into(), "valueFrom" => value_from });
    }

    /// Joins Spark's container, last, to the others.
    #[must_use]
    pub fn joined(mut self) -> Node {
        let container = std::mem::take(&mut self.container);
        self.spec().sequence_at("containers").push(container);
        self.pod
    }
}
