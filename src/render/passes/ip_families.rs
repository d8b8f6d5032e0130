//! Spark writes `ipFamilies: [IPv4]` and `SingleStack` into its Service from 3.4 on, asked or not. API servers
//! before 1.21 refuse the fields, and on a cluster of another family they are wrong: they stay only where the
//! user's confs ask for them.

use crate::{spark::SparkConf, tree::Node};

/// The confs and the fields that they set (`DriverServiceFeatureStep`).
const FIELDS: &[(&str, &str)] = &[
    ("spark.kubernetes.driver.service.ipFamilies", "ipFamilies"),
    ("spark.kubernetes.driver.service.ipFamilyPolicy", "ipFamilyPolicy"),
];

/// Removes the families that nobody asked for from a Service.
pub(crate) fn apply(service: &mut Node, conf: &SparkConf) {
    let asked = FIELDS.iter().any(|(key, _)| conf.contains(key));
    let Some(spec) = service.get_mut("spec").and_then(Node::as_mapping_mut) else { return };
    if !asked {
        for (_, field) in FIELDS {
            spec.remove(field);
        }
    }
}
