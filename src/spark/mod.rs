//! What Apache Spark knows: its versions, confs, sizes and times, and what it makes of a submission.

pub mod behaviour;
pub mod conf;
pub mod conf_keys;
pub mod memory;
pub mod names;
pub mod permissions;
pub mod pod;
pub mod properties;
pub mod runtime;
pub mod size;
pub mod submission;
pub mod submit;
pub mod submit_rules;
pub mod time;
pub mod version;

pub use behaviour::{BEHAVIOURS, Behaviour, BehaviourRow};
pub use conf::{ConfEntry, SparkConf};
pub use runtime::{
    OnDemandClaims, RUNTIME_CONFS, RUNTIME_EFFECTS, RuntimeConf, RuntimeEffect, report_runtime, runtime_confs,
};
pub use submission::{ConfFile, Identity, LocalFile, ResourceType, Submission};
pub use version::{Numbers, RECORDED, Version};
