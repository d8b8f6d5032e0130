//! What real Spark makes: feature steps under the names of Spark's own classes, folded over a [`SparkPod`].
//!
//! A feature step never knows which command runs: `submit` and `render` differ only by the confs and
//! identities that they put into [`Submission`], and by passes after this stage.

mod spark_pod;
mod submission;

pub use spark_pod::SparkPod;
pub use submission::{ConfFile, Identity, LocalFile, Submission};

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];
