//! The feature steps, a file for each of Spark's classes.

pub mod basic_executor;
pub mod env_secrets;
pub mod executor_credentials;
pub mod hadoop_conf_executor;
pub mod local_dirs;
pub mod mount_secrets;
pub mod mount_volumes;
pub mod volcano_executor;
