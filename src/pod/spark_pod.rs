//! `org.apache.spark.deploy.k8s.SparkPod`: a pod and, apart from it, the container that runs Spark.

use crate::{map, node::Node, seq};

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
}
