//! `HadoopConfExecutorFeatureStep`: executors read the driver's Hadoop configuration (Spark 3.5 and later).

use crate::{
    map,
    spark::pod::{Build, KubernetesConf},
    tree::{Diagnostics, Origin, Stage},
};

/// The conf by which the driver learns the name of the Hadoop `ConfigMap`.
const CONFIG_MAP_NAME: &str = "spark.kubernetes.executor.hadoopConfigMapName";

/// Mounts the Hadoop `ConfigMap` and points `HADOOP_CONF_DIR` at it.
pub(crate) fn configure(conf: &KubernetesConf<'_>, build: &mut Build, _: &mut Diagnostics) {
    let Some(name) = conf.first_node(&[CONFIG_MAP_NAME]) else { return };
    let origin = Origin::derived(Stage::FeatureStep, "HadoopConfExecutorFeatureStep", [name.origin.clone()]);
    let volume = map! { "configMap" => map! { "name" => name }, "name" => "hadoop-properties" };
    build.pod.add_volume(volume.stamped(&origin));
    let mount = map! { "mountPath" => "/opt/hadoop/conf", "name" => "hadoop-properties" };
    build.pod.add_volume_mount(mount.stamped(&origin));
    build.pod.add_env("HADOOP_CONF_DIR", "/opt/hadoop/conf");
}
