//! `spark.properties` of a rendered application: without the date and the submission's time, with the stable
//! names, and for runs that name themselves without the names that the arguments give.

use super::stable_names::Renames;
use crate::{
    operator::rule,
    spark::{SparkConf, properties},
    tree::{Key, Node},
};

/// The key of the properties in the driver's ConfigMap (`Constants.SPARK_CONF_FILE_NAME`).
const SPARK_PROPERTIES: &str = "spark.properties";

/// The driver's address: its Service and namespace.
const DRIVER_HOST: &str = "spark.driver.host";

/// Confs that differ for each run; `--conf` arguments give them there.
const PER_RUN: &[&str] =
    &["spark.app.id", DRIVER_HOST, "spark.kubernetes.driver.pod.name", "spark.kubernetes.executor.podNamePrefix"];

/// Where Spark keeps the namespace in the driver's ConfigMap, beside the properties; nobody reads it there.
const NAMESPACE_KEY: &str = "spark.kubernetes.namespace";

/// Gives `key` another value, if it is there.
pub(crate) fn replace(conf: &mut SparkConf, key: &str, value: &str, reason: &'static str) {
    if let Some(entry) = conf.entry(key)
        && entry.value != value
    {
        let origin = rule::render(reason, [entry.origin().clone()]);
        conf.set(Key::of(key), value, origin);
    }
}

/// Makes the confs independent of Spark's random names and of time.
pub(crate) fn normalise(conf: &mut SparkConf, renames: &Renames) {
    conf.remove("spark.app.submitTime");
    rename(conf, renames);
}

/// Follows `renames` in the confs that name an object, and in the driver's address.
pub(crate) fn rename(conf: &mut SparkConf, renames: &Renames) {
    let find = |old: &str| renames.iter().find(|(name, _)| *name == old).map(|(_, new)| new);
    let mut changes = Vec::new();
    for (key, entry) in conf.iter() {
        // The driver's address is the name of its Service, a dot and more.
        let (name, rest) = match entry.value.split_once('.') {
            Some((service, _)) if key == DRIVER_HOST => entry.value.split_at(service.len()),
            _ => (entry.value.as_str(), ""),
        };
        if let Some(new) = find(name) {
            let origin = rule::render("stable-names", [entry.origin().clone(), new.origin.clone()]);
            changes.push((key.to_owned(), format!("{}{rest}", new.as_str().unwrap_or_default()), origin));
        }
    }
    for (key, new, origin) in changes {
        if conf.get(&key) != Some(new.as_str()) {
            conf.set(Key::of(&key), new, origin);
        }
    }
}

/// Takes out what the arguments give for each run.
pub(crate) fn leave_out_per_run(conf: &mut SparkConf) {
    for key in PER_RUN {
        conf.remove(key);
    }
}

/// Takes out what the arguments of a driver give that a host may rename or move.
pub(crate) fn leave_out_renamed(conf: &mut SparkConf, keys: &[&str], config_map: Option<&mut Node>) {
    for key in keys {
        conf.remove(key);
    }
    let data = config_map.and_then(|config_map| config_map.get_mut("data")).and_then(Node::as_mapping_mut);
    if let Some(data) = data {
        data.remove(NAMESPACE_KEY);
    }
}

/// Writes the confs into the driver's ConfigMap.
pub(crate) fn write(conf: &SparkConf, config_map: &mut Node) {
    let text = Node::from(properties::write(conf, None)).at(rule::render(SPARK_PROPERTIES, conf.origins()));
    config_map.mapping_at("data").insert(SPARK_PROPERTIES, text);
}
