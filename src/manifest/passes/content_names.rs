//! The driver's two ConfigMaps end in a hash of their data and are immutable: a running driver re-reads the
//! executor template for every executor and must keep what it started with, and a changed conf must change the
//! Pod or Job that refers to it. `nameSuffix: hash` does the same for Pod and Job.

use super::{per_run::EXECUTOR_PREFIX_LENGTH, properties, stable_names};
use crate::{
    conf::SparkConf,
    manifest::{names, parts::Parts, rule},
    map,
    node::{Node, Origin},
    pod::spark_properties,
};

/// Names the ConfigMaps of `parts` after their data and follows in the pod's volumes.
pub(in crate::manifest) fn name_config_maps(parts: &mut Parts) {
    for config_map in parts.config_map.iter_mut().chain(&mut parts.pod_template) {
        let Some(old) = config_map.str_at(&["metadata", "name"]).map(str::to_owned) else { continue };
        let data = map! {
            "data" => config_map.get("data").cloned().unwrap_or_default(),
            "binaryData" => config_map.get("binaryData").cloned().unwrap_or_default(),
        };
        let new = format!("{old}-{}", names::content_hash(&data));
        let name = config_map.at_keys(&["metadata", "name"]).map(|name| name.origin.clone());
        let origin = rule::render("content-hash", name.into_iter().chain(data_origins(config_map)));
        if let Some(object) = config_map.as_mapping_mut() {
            object.insert("immutable", Node::from(true).at(rule::render("content-hash", [])));
        }
        config_map.mapping_at("metadata").insert("name", Node::from(&new).at(origin.clone()));
        let mut renames = stable_names::Renames::default();
        renames.add(old, new);
        stable_names::rename_volumes(&mut parts.pod, &renames, &origin);
    }
}

fn data_origins(config_map: &Node) -> Vec<Origin> {
    let data = config_map.get("data").and_then(Node::as_mapping);
    data.into_iter().flat_map(|data| data.values().map(|value| value.origin.clone())).collect()
}

/// What the names of executors begin with.
const PREFIX: &str = "spark.kubernetes.executor.podNamePrefix";

/// Renames the driver Pod to `<name>-<hash of its content>`, and what the confs say of it.
pub(in crate::manifest) fn name_pod(parts: &mut Parts, conf: &mut SparkConf, application: &str) {
    let Some(old) = parts.pod.str_at(&["metadata", "name"]).map(str::to_owned) else { return };
    let data =
        |config_map: &Option<Node>| config_map.as_ref().and_then(|map| map.get("data")).cloned().unwrap_or_default();
    let content = map! {
        "pod" => parts.pod.clone(),
        "conf" => spark_properties::write(conf, None),
        "files" => data(&parts.config_map),
        "template" => data(&parts.pod_template),
    };
    let hash = names::content_hash(&content);
    let new = format!("{old}-{hash}");
    let executors = format!("{application}-{hash}");
    let origin = rule::render("nameSuffix", [rule::option("nameSuffix")]);
    parts.pod.mapping_at("metadata").insert("name", Node::from(&new).at(origin));
    properties::replace(conf, "spark.kubernetes.driver.pod.name", &new, "nameSuffix");
    // The executors of the pod that this one replaces may still be there.
    if conf.get(PREFIX) == Some(application) && executors.len() <= EXECUTOR_PREFIX_LENGTH {
        properties::replace(conf, PREFIX, &executors, "nameSuffix");
    }
}

/// Renames a Job to `<name>-<hash of its content>`; its ConfigMaps' names, and with them their data, are part of it.
pub(in crate::manifest) fn name_job(job: &mut Node) {
    let Some(old) = job.str_at(&["metadata", "name"]).map(str::to_owned) else { return };
    let new = format!("{old}-{}", names::content_hash(job));
    let origin = rule::render("nameSuffix", [rule::option("nameSuffix")]);
    job.mapping_at("metadata").insert("name", Node::from(new).at(origin));
}
