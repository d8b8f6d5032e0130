//! The feature steps, a file for each of Spark's classes.

pub mod basic_driver;
pub mod basic_executor;
pub mod driver_command;
pub mod driver_credentials;
pub mod driver_service;
pub mod env_secrets;
pub mod executor_credentials;
pub mod hadoop_conf_driver;
pub mod hadoop_conf_executor;
pub mod kerberos_conf_driver;
pub mod local_dirs;
pub mod mount_secrets;
pub mod mount_volumes;
pub mod network_policy;
pub mod pod_template_config_map;
pub mod volcano;
