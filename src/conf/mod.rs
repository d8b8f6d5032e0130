//! Spark configuration: the map itself, Spark's versions and what differs between them, and the plan that
//! turns an application into confs.

mod behaviour;
mod spark_conf;
mod spark_version;

pub use behaviour::{BEHAVIOURS, Behaviour, BehaviourRow};
pub use spark_conf::{ConfEntry, SparkConf};
pub use spark_version::SparkVersion;

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];
