//! `spark.properties` of a rendered application: sorted, without the date and the submission's time, with the
//! stable names, and for runs that name themselves without the names that the arguments give.

use super::stable_names::Renames;
use crate::{
    manifest::{rule, spark_properties::SparkProperties},
    node::Node,
};

/// The key of the properties in the driver's ConfigMap (`Constants.SPARK_CONF_FILE_NAME`).
const SPARK_PROPERTIES: &str = "spark.properties";

/// Confs that differ for each run; `--conf` arguments give them there.
const PER_RUN: &[&str] = &[
    "spark.app.id",
    "spark.driver.host",
    "spark.kubernetes.driver.pod.name",
    "spark.kubernetes.executor.podNamePrefix",
];

/// Rewrites the text of `config_map` with `change`.
pub(in crate::manifest) fn edit(
    config_map: &mut Node,
    reason: &'static str,
    change: impl FnOnce(&mut SparkProperties),
) {
    let Some(text) = config_map.get_mut("data").and_then(|data| data.get_mut(SPARK_PROPERTIES)) else { return };
    let mut properties = SparkProperties::parse(text.as_str().unwrap_or_default());
    change(&mut properties);
    let origin = rule::render(reason, [text.origin.clone()]);
    *text = Node::from(properties.to_string()).at(origin);
}

/// Makes the text independent of Spark's random names, of time and of hash order.
pub(in crate::manifest) fn normalise(config_map: &mut Node, renames: &Renames) {
    edit(config_map, "spark.properties", |properties| {
        properties.entries.remove("spark.app.submitTime");
        for (key, value) in &mut properties.entries {
            if key == "spark.driver.host" {
                if let Some((service, rest)) = value.split_once('.')
                    && let Some(new) = renames.get(service)
                {
                    *value = format!("{new}.{rest}");
                }
            } else if let Some(new) = renames.get(value) {
                new.clone_into(value);
            }
        }
    });
}

/// Takes out what the arguments give for each run.
pub(in crate::manifest) fn leave_out_per_run(config_map: &mut Node) {
    edit(config_map, "per-run-identity", |properties| {
        for key in PER_RUN {
            properties.entries.remove(*key);
        }
    });
}
