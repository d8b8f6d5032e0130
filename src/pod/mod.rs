//! What real Spark makes: feature steps under the names of Spark's own classes, folded over a [`SparkPod`].
//!
//! A feature step never knows which command runs: `submit` and `render` differ only by the confs and
//! identities that they put into [`Submission`], and by passes after this stage.

mod feature_step;
pub mod features;
mod kubernetes_conf;
pub mod memory;
pub mod names;
pub mod pod_template;
pub mod quantity;
mod refusal;
mod spark_pod;
mod submission;
pub mod volumes;

pub use feature_step::{Build, FEATURES_PACKAGE, FeatureStep, fold, run as run_step};
pub use kubernetes_conf::{KubernetesConf, Role};
pub use refusal::{REFUSED_BY_SPARK, refused};
pub use spark_pod::SparkPod;
pub use submission::{ConfFile, Identity, LocalFile, ResourceType, Submission};
pub use volumes::{VolumeSource, VolumeSpec};

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[CodeDoc {
    code: REFUSED_BY_SPARK,
    summary: "Spark itself refuses this submission",
    explanation: "Spark's own code checks the confs when an application is submitted and stops with an exception. \
                  The same submission would fail in a cluster, so nothing is rendered. The message names the conf \
                  and what is wrong with it.",
}];
