//! The feature steps, a file for each of Spark's classes.

pub mod env_secrets;
pub mod local_dirs;
pub mod mount_secrets;
pub mod mount_volumes;
