//! What Apache Spark knows: its versions, confs, sizes and times, and what it makes of a submission.

pub(crate) mod behaviour;
pub(crate) mod conf;
pub(crate) mod conf_keys;
pub(crate) mod memory;
pub(crate) mod names;
pub(crate) mod permissions;
pub(crate) mod pod;
pub(crate) mod properties;
pub(crate) mod runtime;
pub(crate) mod size;
pub(crate) mod submission;
pub(crate) mod submit;
pub(crate) mod submit_rules;
pub(crate) mod time;
pub(crate) mod version;

pub(crate) use behaviour::{BEHAVIOURS, Behaviour};
pub(crate) use conf::ConfEntry;
pub use conf::SparkConf;
pub(crate) use runtime::{RUNTIME_CONFS, RUNTIME_EFFECTS, report_runtime, runtime_confs};
pub use submission::Submission;
pub(crate) use submission::{ConfFile, Identity, LocalFile, ResourceType};
pub(crate) use version::Numbers;
pub use version::{RECORDED, Version};
