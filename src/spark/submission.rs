//! Everything that a spark-submit in cluster mode knows when it starts to build.

use super::{SparkConf, Version};
use crate::tree::{Node, Origin, Sourced};

/// The names that Spark draws at random; we derive them from content, so the same input has the same names.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `spark.app.id`: `spark-` and 32 hex digits (or, in `render`'s per-run form, `spark-$(POD_UID)`).
    pub app_id: Sourced<String>,
    /// 16 hex digits after the sanitised application name: `KubernetesUtils.uniqueID` in the resource prefix.
    pub prefix_hash: String,
    /// 16 hex digits of the executors' prefix, drawn anew inside the driver.
    pub executor_prefix_hash: String,
    /// 16 hex digits of `spark-drv-<hash>-conf-map`.
    pub driver_conf_hash: String,
    /// 16 hex digits of `spark-exec-<hash>-conf-map`.
    pub executor_conf_hash: String,
    /// 16 hex digits of the fallback Service name, when the prefix is too long.
    pub service_hash: String,
    /// The UUID of the default local directory `/var/data/spark-<uuid>`.
    pub local_dir_uuid: String,
    /// The UUID of upload directories `spark-upload-<uuid>`.
    pub upload_uuid: String,
    /// What all but the application id were made from.
    pub origin: Origin,
}

/// A file of the submitter's `SPARK_CONF_DIR` or `HADOOP_CONF_DIR`.
#[derive(Debug, Clone)]
pub struct ConfFile {
    /// File name without directory.
    pub name: String,
    /// Content; files that are not UTF-8 were left out by the caller (as Spark does).
    pub text: String,
}

/// A file on the submitter's machine that a conf names (krb5.conf, keytab, CA certificate, token).
#[derive(Debug, Clone)]
pub struct LocalFile {
    /// The conf key that names it.
    pub conf_key: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// `spark.kubernetes.resource.type`: what the main application file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceType {
    /// A jar, or no file at all (`spark-internal`).
    Java,
    /// A `.py` file.
    Python,
    /// A `.R` or `.r` file.
    R,
}

impl ResourceType {
    /// The conf's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Java => "java",
            Self::Python => "python",
            Self::R => "r",
        }
    }

    /// The class that runs it, where it is Spark's own.
    #[must_use]
    pub fn runner_class(self) -> Option<&'static str> {
        match self {
            Self::Java => None,
            Self::Python => Some("org.apache.spark.deploy.PythonRunner"),
            Self::R => Some("org.apache.spark.deploy.RRunner"),
        }
    }
}

/// The input of this stage.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Spark's version.
    pub spark_version: Version,
    /// Who asks for that version.
    pub version_origin: Origin,
    /// All confs in force, flags included.
    pub conf: SparkConf,
    /// `--class`; Python and R applications get Spark's own runner classes.
    pub main_class: Option<Sourced<String>>,
    /// The main application file.
    pub primary_resource: Sourced<String>,
    /// Its arguments, verbatim.
    pub arguments: Vec<Sourced<String>>,
    /// `--proxy-user`.
    pub proxy_user: Option<Sourced<String>>,
    /// `SPARK_USER`: the submitting user.
    pub spark_user: Sourced<String>,
    /// `SPARK_LOCAL_DIRS` of the submitter's environment, if it is set.
    pub local_dirs: Option<Sourced<String>>,
    /// Names that Spark would draw.
    pub identity: Identity,
    /// Files of `SPARK_CONF_DIR`, already filtered.
    pub conf_dir: Vec<ConfFile>,
    /// Files of `HADOOP_CONF_DIR`, if it is set.
    pub hadoop_conf_dir: Option<Vec<ConfFile>>,
    /// Files that confs name.
    pub local_files: Vec<LocalFile>,
    /// Whether spark.properties is written as Spark writes it, with two comment lines, the second of them a date. If
    /// not, the driver's ConfigMap has no text yet: [`crate::render::assembly::assemble`] has the last word on the confs.
    pub dated_properties: bool,
    /// `spark.kubernetes.driver.podTemplateFile`, parsed.
    pub driver_template: Option<Node>,
    /// `spark.kubernetes.executor.podTemplateFile`, parsed.
    pub executor_template: Option<Node>,
    /// `spark.kubernetes.scheduler.volcano.podGroupTemplateFile`, parsed.
    pub pod_group_template: Option<Node>,
}

impl Submission {
    /// What the main application file is, as `SparkSubmit.isPython` and `isR` tell by its ending.
    #[must_use]
    pub fn resource_type(&self) -> ResourceType {
        let resource = self.primary_resource.value.as_str();
        match resource.rsplit_once('.').map(|(_, extension)| extension) {
            Some("py") => ResourceType::Python,
            Some("R" | "r") => ResourceType::R,
            _ => ResourceType::Java,
        }
    }
}
