//! Spark configuration: the map itself, Spark's versions and what differs between them, and the plan that
//! turns an application into confs.

mod behaviour;
mod plan;
mod spark_conf;
mod spark_version;
pub mod submit_rules;

pub use behaviour::{BEHAVIOURS, Behaviour, BehaviourRow};
pub use plan::{CODES, Plan, PlanOptions, plan, template_files};
pub use spark_conf::{ConfEntry, SparkConf};
pub use spark_version::{RECORDED, SparkVersion};
