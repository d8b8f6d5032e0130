//! The driver's two ConfigMaps end in a hash of their data and are immutable: a running driver re-reads the
//! executor template for every executor and must keep what it started with, and a changed conf must change the
//! Pod or Job that refers to it. `nameSuffix: hash` does the same for Pod and Job.

use std::collections::BTreeSet;

use super::{per_run::EXECUTOR_PREFIX_LENGTH, stable_names};
use crate::{
    conf::SparkConf,
    manifest::{names, parts::Parts, rule},
    map,
    node::{Node, Origin, Span},
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
    let executors_are_ours = conf.get(PREFIX) == Some(application);
    // The application id is in the content, and follows all that the hash follows.
    let app_id = conf.origin("spark.app.id");
    let of = |old: Origin| rule::render("nameSuffix", [rule::option("nameSuffix"), old, app_id.clone()]);
    let old = parts.pod.at_keys(&["metadata", "name"]).map(|name| name.origin.clone()).unwrap_or_default();
    parts.pod.mapping_at("metadata").insert("name", Node::from(&new).at(of(old)));
    let mut rename = |key: &str, name: String| {
        if let Some(entry) = conf.entry(key) {
            let origin = of(entry.origin.clone());
            conf.set(key, name, origin);
        }
    };
    rename("spark.kubernetes.driver.pod.name", new);
    // The executors of the pod that this one replaces may still be there.
    if executors_are_ours && executors.len() <= EXECUTOR_PREFIX_LENGTH {
        rename(PREFIX, executors);
    }
}

/// Renames a Job to `<name>-<hash of its content>`; its ConfigMaps' names, and with them their data, are part of it.
pub(in crate::manifest) fn name_job(job: &mut Node) {
    let Some(old) = job.str_at(&["metadata", "name"]).map(str::to_owned) else { return };
    let new = format!("{old}-{}", names::content_hash(job));
    let places: BTreeSet<Span> = job.origins().iter().flat_map(Origin::spans).collect();
    let places = places.into_iter().map(Origin::Source);
    let origin = rule::render("nameSuffix", std::iter::once(rule::option("nameSuffix")).chain(places));
    job.mapping_at("metadata").insert("name", Node::from(new).at(origin));
}
