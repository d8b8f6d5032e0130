//! `HadoopConfDriverFeatureStep`: the submitter's Hadoop configuration, or a ConfigMap that has one.

use crate::{
    map, seq,
    spark::{
        Behaviour,
        pod::{Build, FeatureStep, KubernetesConf, config_map, refused},
    },
    tree::{Diagnostics, Mapping, Node},
};

const NAME: &str = "HadoopConfDriverFeatureStep";
const CONFIG_MAP: &str = "spark.kubernetes.hadoop.configMapName";
const MOUNT: &str = "/opt/hadoop/conf";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let existing = conf.conf.node(CONFIG_MAP);
    let files = &conf.submission.hadoop_conf_dir;
    if existing.is_some() && files.is_some() {
        diagnostics.push(
            refused(conf, CONFIG_MAP, format!("both `HADOOP_CONF_DIR` and conf `{CONFIG_MAP}` are given"))
                .hint("keep one of them"),
        );
    }
    let (name, source) = match (files, existing) {
        (Some(files), _) => {
            let name = conf.prefixed_name("-hadoop-config", NAME);
            let items = files.iter().map(|file| map! { "key" => &file.name, "path" => &file.name }).collect::<Vec<_>>();
            let data: Mapping = files.iter().map(|file| ((&file.name).into(), (&file.text).into())).collect();
            build.resources.push(config_map::named(conf, name.clone(), data));
            let mut source = map! { "name" => name.clone() };
            if !items.is_empty() {
                source.as_mapping_mut().expect("made by map!").insert("items", items);
            }
            (name, source)
        }
        (None, Some(existing)) => (existing.clone(), map! { "name" => existing }),
        (None, None) => return,
    };
    build.pod.add_volume(map! { "configMap" => source, "name" => "hadoop-properties" });
    build.pod.add_volume_mount(map! { "mountPath" => MOUNT, "name" => "hadoop-properties" });
    build.pod.add_env("HADOOP_CONF_DIR", MOUNT);
    if conf.has(Behaviour::ExecutorHadoopConfigMap) {
        let key = "spark.kubernetes.executor.hadoopConfigMapName";
        build.system_properties.set(key, name.as_str().unwrap_or_default(), &name.origin);
    }
}

/// Items of a ConfigMap volume with one file.
pub(crate) fn single_item(name: &str) -> Node {
    seq![map! { "key" => Node::text(name), "path" => Node::text(name) }]
}
