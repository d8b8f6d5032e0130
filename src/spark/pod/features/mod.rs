//! The feature steps, a file for each of Spark's classes.

pub(crate) mod basic_driver;
pub(crate) mod basic_executor;
pub(crate) mod driver_command;
pub(crate) mod driver_credentials;
pub(crate) mod driver_service;
pub(crate) mod env_secrets;
pub(crate) mod executor_credentials;
pub(crate) mod hadoop_conf_driver;
pub(crate) mod hadoop_conf_executor;
pub(crate) mod kerberos_conf_driver;
pub(crate) mod local_dirs;
pub(crate) mod mount_secrets;
pub(crate) mod mount_volumes;
pub(crate) mod network_policy;
pub(crate) mod pod_template_config_map;
pub(crate) mod volcano;
