//! Custom resources of the default resource profile: `spark.executor.resource.<name>.{amount,vendor}`.

use crate::{
    conf::SparkConf,
    node::{Node, Origin, Stage},
};

const PREFIX: &str = "spark.executor.resource.";

/// The names with an amount above zero (`ResourceUtils.parseAllResourceRequests`).
pub fn names(conf: &SparkConf) -> impl Iterator<Item = &str> {
    conf.with_prefix(PREFIX).filter_map(|(rest, entry)| {
        let name = rest.strip_suffix(".amount")?;
        (entry.value.trim().parse::<i64>() != Ok(0)).then_some(name)
    })
}

/// Resource keys with their amounts, for the limits of the container: `nvidia.com/gpu: "2"`.
pub fn limits(conf: &SparkConf) -> impl Iterator<Item = (String, Node)> {
    names(conf).filter_map(move |name| {
        let vendor_key = format!("{PREFIX}{name}.vendor");
        let amount_key = format!("{PREFIX}{name}.amount");
        let key = format!("{}/{name}", conf.get(&vendor_key)?);
        let origins = [conf.origin(&amount_key), conf.origin(&vendor_key)];
        let amount = Node::from(conf.get(&amount_key)?);
        Some((key, amount.at(Origin::derived(Stage::FeatureStep, "BasicExecutorFeatureStep", origins))))
    })
}
