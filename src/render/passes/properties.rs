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
    let names: Vec<(&str, &str)> = renames.iter().collect();
    let name = |old: &str| names.iter().find(|(name, _)| *name == old).map(|(_, new)| *new);
    let renamed = conf.iter().filter_map(|(key, entry)| name(&entry.value).map(|new| (key.to_owned(), new.to_owned())));
    let mut changes: Vec<(String, String)> = renamed.collect();
    let host = conf.get(DRIVER_HOST).and_then(|host| host.split_once('.'));
    let host = host.and_then(|(service, rest)| Some(format!("{}.{rest}", name(service)?)));
    changes.extend(host.map(|host| (DRIVER_HOST.to_owned(), host)));
    for (key, new) in changes {
        replace(conf, &key, &new, "stable-names");
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
