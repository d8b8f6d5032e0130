//! `spark-exec-<hash>-conf-map`: the driver's configuration files, handed on to the executors.

use super::{KubernetesConf, owner_reference};
use crate::spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL};
use crate::{
    map,
    spark::{Behaviour, SparkConf, names, properties},
    tree::{Mapping, Node, Origin, Stage},
};

const RULE: &str = "KubernetesClusterSchedulerBackend.setUpExecutorConfigMap";
const NAMESPACE: &str = "spark.kubernetes.namespace";

/// `KubernetesClientUtils.configMapNameExecutor`.
#[must_use]
pub(crate) fn executor_config_map_name(conf: &KubernetesConf<'_>) -> Node {
    let identity = &conf.submission.identity;
    let name = names::config_map_name(&format!("spark-exec-{}", identity.executor_conf_hash));
    Node::from(name).at(Origin::derived(Stage::FeatureStep, RULE, [identity.origin.clone()]))
}

/// The names of the files in the driver's `SPARK_CONF_DIR`, as the recordings show it: from 3.3 with a file for
/// the key `spark.kubernetes.namespace` of the driver's `ConfigMap`.
fn file_names(conf: &KubernetesConf<'_>) -> Vec<String> {
    if conf.driver.is_some_and(|driver| !driver.has_own_conf_dir) {
        return Vec::new();
    }
    let mut names: Vec<String> = conf.submission.conf_dir.iter().map(|file| file.name.clone()).collect();
    if conf.has(Behaviour::NamespaceInConfigMap) {
        names.push(NAMESPACE.to_owned());
    }
    names.sort();
    names
}

/// `KubernetesClientUtils.buildKeyToPathObjects`: the volume's items.
#[must_use]
pub(crate) fn conf_map_items(conf: &KubernetesConf<'_>) -> Vec<Node> {
    let item = |name: String| map! { "key" => &name, "mode" => 420, "path" => &name };
    file_names(conf).into_iter().map(item).collect()
}

/// The `ConfigMap` itself.
#[must_use]
pub(crate) fn executor_config_map(conf: &KubernetesConf<'_>) -> Node {
    let name = executor_config_map_name(conf);
    let mut data: Mapping =
        conf.submission.conf_dir.iter().map(|file| ((&file.name).into(), (&file.text).into())).collect();
    let mut metadata = Mapping::new();
    metadata.insert("labels", map! { APP_SELECTOR_LABEL => conf.app_id_node(), ROLE_LABEL => "executor" });
    metadata.insert("name", name.clone());
    if conf.has(Behaviour::NamespaceInConfigMap) {
        let namespace = conf.namespace();
        let mut properties = SparkConf::new();
        properties.set(NAMESPACE, namespace.as_str().unwrap_or_default(), &namespace.origin);
        data.insert(NAMESPACE, namespace.clone());
        let comment = name.as_str().filter(|_| conf.submission.dated_properties);
        let properties = properties::write(&properties, comment);
        data.insert("spark.properties", Node::from(properties).at(namespace.origin.clone()));
        metadata.insert("namespace", namespace);
    }
    metadata.insert("ownerReferences", vec![owner_reference(conf.driver_pod_name())]);
    let mut object = Mapping::new();
    object.insert("apiVersion", "v1");
    object.insert("kind", "ConfigMap");
    object.insert("metadata", Node::new(metadata));
    object.insert("data", Node::new(data));
    if conf.has(Behaviour::ImmutableConfigMaps) {
        object.insert("immutable", true);
    }
    Node::new(object).stamped(&Origin::derived(Stage::FeatureStep, RULE, []))
}
