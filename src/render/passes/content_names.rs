//! The driver's two ConfigMaps end in a hash of their data and are immutable: a running driver re-reads the
//! executor template for every executor and must keep what it started with, and a changed conf must change the
//! Pod or Job that refers to it. `nameSuffix: hash` does the same for Pod and Job.

use std::collections::BTreeSet;

use super::{
    per_run::EXECUTOR_PREFIX_LENGTH,
    stable_names::{self, Renames},
};
use crate::{
    operator::{names, rule},
    render::driver_objects::DriverObjects,
    spark::{SparkConf, properties},
    tree::{Mapping, Node, Origin, Span},
};

/// Names the ConfigMaps of `parts` after their data and follows in the pod's volumes.
pub(crate) fn name_config_maps(parts: &mut DriverObjects) {
    let immutable = Node::from(true).at(rule::render("content-hash", []));
    let mut renames = Renames::default();
    for config_map in parts.config_map.iter_mut().chain(&mut parts.pod_template) {
        let Some(new) = content_name(config_map) else { continue };
        if let Some(object) = config_map.as_mapping_mut() {
            object.insert("immutable", immutable.clone());
        }
        renames.rename(config_map, new);
    }
    stable_names::rename_volumes(&mut parts.pod, &renames);
}

/// `<name>-<hash of the data>`.
fn content_name(config_map: &Node) -> Option<Node> {
    let old = config_map.at_keys(&["metadata", "name"])?;
    let (data, binary) = (config_map.get("data"), config_map.get("binaryData"));
    let absent = Node::default();
    let hash = names::entries_hash(&[("data", data.unwrap_or(&absent)), ("binaryData", binary.unwrap_or(&absent))]);
    let values = data.and_then(Node::as_mapping).into_iter().flat_map(Mapping::values);
    let origins = std::iter::once(old).chain(values).map(|node| node.origin.clone());
    Some(Node::from(format!("{}-{hash}", old.as_str()?)).at(rule::render("content-hash", origins)))
}

fn data(config_map: Option<&Node>) -> Option<&Node> {
    config_map?.get("data")
}

/// What the names of executors begin with.
const PREFIX: &str = "spark.kubernetes.executor.podNamePrefix";

/// Renames the driver Pod to `<name>-<hash of its content>`, and what the confs say of it. Returns the hash.
pub(crate) fn name_pod(parts: &mut DriverObjects, conf: &mut SparkConf, application: &str) -> Option<Node> {
    let old = parts.pod.str_at(&["metadata", "name"]).map(str::to_owned)?;
    let absent = Node::default();
    let hash = names::entries_hash(&[
        ("pod", &parts.pod),
        ("conf", &Node::from(properties::write(conf, None))),
        ("files", data(parts.config_map.as_ref()).unwrap_or(&absent)),
        ("template", data(parts.pod_template.as_ref()).unwrap_or(&absent)),
    ]);
    let new = format!("{old}-{hash}");
    let executors = format!("{application}-{hash}");
    let executors_are_ours = conf.get(PREFIX) == Some(application);
    // The application id is in the content, and follows all that the hash follows.
    let app_id = conf.origin("spark.app.id");
    let of = |old: Origin| rule::render("nameSuffix", [rule::option("nameSuffix"), old, app_id.clone()]);
    let old = parts.pod.at_keys(&["metadata", "name"]).map(|name| name.origin.clone()).unwrap_or_default();
    parts.pod.mapping_at("metadata").insert("name", Node::from(&new).at(of(old)));
    let mut rename = |key: &'static str, name: String| {
        if let Some(entry) = conf.entry(key) {
            let origin = of(entry.origin().clone());
            conf.set(key, name, origin);
        }
    };
    rename("spark.kubernetes.driver.pod.name", new);
    // The executors of the pod that this one replaces may still be there.
    if executors_are_ours && executors.len() <= EXECUTOR_PREFIX_LENGTH {
        rename(PREFIX, executors);
    }
    Some(Node::from(hash).at(app_id))
}

/// Renames a Job to `<name>-<hash of its content>`; its ConfigMaps' names, and with them their data, are part of it.
pub(crate) fn name_job(job: &mut Node) {
    let Some(old) = job.str_at(&["metadata", "name"]).map(str::to_owned) else { return };
    let new = format!("{old}-{}", names::content_hash(job));
    let places: BTreeSet<Span> = job.origins().iter().flat_map(Origin::spans).collect();
    let places = places.into_iter().map(Origin::Source);
    let origin = rule::render("nameSuffix", std::iter::once(rule::option("nameSuffix")).chain(places));
    job.mapping_at("metadata").insert("name", Node::from(new).at(origin));
}
