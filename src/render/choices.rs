//! Choices of the configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a SparkApplication becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A bare driver Pod, as Spark makes it.
    Pod,
    /// A Job whose pods are drivers.
    Job,
    /// A Pod where `restartPolicy.type` is Never, else a Job where one can be made.
    #[default]
    Auto,
    /// The same SparkApplication, rewritten so that the operator's webhook has nothing left to do.
    SparkApplication,
}

/// Whether executor pods are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Executors {
    /// Only as the pod template that the driver uses.
    #[default]
    Template,
    /// Also as the pods that the driver will create, for review.
    Preview,
}

/// Which account a driver without one gets when its permissions are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DriverAccount {
    /// One of its own.
    #[default]
    Own,
    /// The namespace's `default`, with which every pod there gets the permissions.
    Default,
}

/// Whether names of Pod and Job carry a hash of their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NameSuffix {
    /// Stable names.
    #[default]
    None,
    /// Names change with the content.
    Hash,
}

/// What becomes of `timeToLiveSeconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TtlPolicy {
    /// Dropped with a warning: a GitOps host would start the job again.
    #[default]
    Drop,
    /// Becomes `ttlSecondsAfterFinished` of the Job.
    Keep,
}
