//! The driver's objects as Spark makes them, told apart: what the passes of this stage work on.

use crate::tree::Node;

/// The volume through which the driver reads `spark.properties` (`Constants.SPARK_CONF_VOLUME_DRIVER`).
const CONF_VOLUME: &str = "spark-conf-volume-driver";
/// The volume through which the driver reads the executor template (`Constants.POD_TEMPLATE_VOLUME`).
const POD_TEMPLATE_VOLUME: &str = "pod-template-volume";

/// What Spark creates for a driver.
#[derive(Debug, Clone)]
pub(crate) struct DriverObjects {
    /// The driver Pod.
    pub(crate) pod: Node,
    /// The headless Service.
    pub(crate) service: Option<Node>,
    /// The ConfigMap with `spark.properties`.
    pub(crate) config_map: Option<Node>,
    /// The ConfigMap with the executor template.
    pub(crate) pod_template: Option<Node>,
    /// Everything else, in Spark's order.
    pub(crate) others: Vec<Node>,
}

impl DriverObjects {
    /// Sorts `objects` by what the pod uses them for.
    pub(crate) fn new(pod: Node, objects: Vec<Node>) -> Self {
        let config_map_name = volume_config_map(&pod, CONF_VOLUME);
        let template_name = volume_config_map(&pod, POD_TEMPLATE_VOLUME);
        let mut parts = Self { pod, service: None, config_map: None, pod_template: None, others: Vec::new() };
        for object in objects {
            let name = object.str_at(&["metadata", "name"]);
            match object.str_at(&["kind"]) {
                Some("Service") if parts.service.is_none() => parts.service = Some(object),
                Some("ConfigMap") if name.is_some() && name == config_map_name.as_deref() => {
                    parts.config_map = Some(object);
                }
                Some("ConfigMap") if name.is_some() && name == template_name.as_deref() => {
                    parts.pod_template = Some(object);
                }
                _ => parts.others.push(object),
            }
        }
        parts
    }

    /// All objects but the Pod, for passes that treat them alike.
    pub(crate) fn objects_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.service.iter_mut().chain(&mut self.config_map).chain(&mut self.pod_template).chain(&mut self.others)
    }

    /// The Pod and all other objects.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        std::iter::once(&mut self.pod).chain(
            self.service.iter_mut().chain(&mut self.config_map).chain(&mut self.pod_template).chain(&mut self.others),
        )
    }
}

fn volume_config_map(pod: &Node, volume: &str) -> Option<String> {
    pod.at_keys(&["spec", "volumes"])?
        .as_sequence()?
        .iter()
        .find(|item| item.str_at(&["name"]) == Some(volume))?
        .str_at(&["configMap", "name"])
        .map(str::to_owned)
}

/// The place of Spark's container among a pod's containers: the one that mounts Spark's configuration, else the
/// one that Spark names, else the last (Spark puts its own last).
pub(crate) fn spark_container_index(spec: &Node) -> Option<usize> {
    let containers = spec.get("containers")?.as_sequence()?;
    let mounts_conf = |container: &Node| {
        container
            .get("volumeMounts")
            .and_then(Node::as_sequence)
            .is_some_and(|mounts| mounts.iter().any(|mount| mount.str_at(&["name"]) == Some(CONF_VOLUME)))
    };
    containers
        .iter()
        .position(mounts_conf)
        .or_else(|| containers.iter().position(|item| item.str_at(&["name"]) == Some("spark-kubernetes-driver")))
        .or_else(|| containers.len().checked_sub(1))
}

/// Spark's container of a pod's `spec`.
pub(crate) fn spark_container(spec: &Node) -> Option<&Node> {
    spec.get("containers")?.as_sequence()?.get(spark_container_index(spec)?)
}

/// The same, to change it.
pub(crate) fn spark_container_mut(spec: &mut Node) -> Option<&mut Node> {
    let index = spark_container_index(spec)?;
    spec.get_mut("containers")?.as_sequence_mut()?.get_mut(index)
}
