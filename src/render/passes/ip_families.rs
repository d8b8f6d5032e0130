//! Spark writes `ipFamilies: [IPv4]` and `SingleStack` into its Service from 3.4 on, asked or not. API servers
//! before 1.21 refuse the fields, and on a cluster of another family they are wrong: they stay only where the
//! user's confs ask for them. Spark's single default family goes too where only a policy is asked for: a server adds the
//! second family of `PreferDualStack` to the Service, and refuses an apply that takes it away.

use crate::{spark::SparkConf, tree::Node};

/// The confs that set the fields (`DriverServiceFeatureStep`).
const FAMILIES: &str = "spark.kubernetes.driver.service.ipFamilies";
const POLICY: &str = "spark.kubernetes.driver.service.ipFamilyPolicy";

/// Removes the families that nobody asked for from a Service.
pub(crate) fn apply(service: &mut Node, conf: &SparkConf) {
    let Some(spec) = service.get_mut("spec").and_then(Node::as_mapping_mut) else { return };
    if !conf.contains(FAMILIES) {
        spec.remove("ipFamilies");
        if !conf.contains(POLICY) {
            spec.remove("ipFamilyPolicy");
        }
    }
}
