//! What Spark itself refuses ends in an error with the same reason and a better message.

use super::KubernetesConf;
use crate::tree::Diagnostic;

/// The code of everything that Spark would throw at submission.
pub(crate) const REFUSED_BY_SPARK: &str = "refused-by-spark";

/// An error about the conf `key`, at the place that sets it.
#[must_use]
pub(crate) fn refused(conf: &KubernetesConf<'_>, key: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(REFUSED_BY_SPARK, message).at(conf.origin(key))
}
