//! `KubernetesClientUtils.buildConfigMap` and the driver's ConfigMap.

use super::{KubernetesConf, SparkPod};
use crate::spark::names::SPARK_CONF_DIR;
use crate::{
    map,
    spark::{Behaviour, SparkConf, names, properties},
    tree::{Mapping, Node},
};

/// A ConfigMap of a feature step.
#[must_use]
pub(crate) fn named(conf: &KubernetesConf<'_>, name: Node, data: Mapping) -> Node {
    let mut config_map = map! {
        "apiVersion" => "v1",
        "kind" => "ConfigMap",
        "metadata" => map! { "name" => name },
        "data" => data,
    };
    if conf.has(Behaviour::ImmutableConfigMaps) {
        config_map.as_mapping_mut().expect("made by map!").insert("immutable", true);
    }
    config_map
}

/// The driver's ConfigMap: spark.properties and the files of the submitter's conf directory.
#[must_use]
pub(crate) fn driver(conf: &KubernetesConf<'_>, system_properties: &SparkConf) -> Node {
    let submission = conf.submission;
    let name = names::config_map_name(&format!("spark-drv-{}", submission.identity.driver_conf_hash));
    let mut data: Mapping = submission.conf_dir.iter().map(|file| ((&file.name).into(), (&file.text).into())).collect();
    let properties = submission.dated_properties.then(|| properties::write(system_properties, Some(&name)));
    data.insert("spark.properties", properties.unwrap_or_default());
    if conf.has(Behaviour::NamespaceInConfigMap) {
        data.insert("spark.kubernetes.namespace", conf.namespace());
    }
    data.sort();
    let mut config_map = named(conf, Node::from(name), data);
    let metadata = config_map.mapping_at("metadata");
    metadata.insert("namespace", conf.namespace());
    if !conf.has(Behaviour::EmptyMapsOmitted) {
        metadata.insert("labels", Mapping::new());
    }
    config_map
}

/// Mounts the ConfigMap `config_map` as the driver's `SPARK_CONF_DIR`.
pub(crate) fn mount(pod: &mut SparkPod, config_map: &Node) {
    let mut keys: Vec<&str> =
        config_map.get("data").and_then(Node::as_mapping).into_iter().flat_map(Mapping::keys).collect();
    keys.retain(|key| *key != "spark.kubernetes.namespace");
    keys.sort_unstable();
    let items: Vec<Node> = keys
        .into_iter()
        .map(|key| map! { "key" => Node::text(key), "mode" => 420, "path" => Node::text(key) })
        .collect();
    let name = config_map.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
    pod.add_env("SPARK_CONF_DIR", SPARK_CONF_DIR);
    pod.add_volume_mount(map! { "mountPath" => SPARK_CONF_DIR, "name" => "spark-conf-volume-driver" });
    pod.add_volume(map! {
        "configMap" => map! { "items" => items, "name" => name },
        "name" => "spark-conf-volume-driver",
    });
}
