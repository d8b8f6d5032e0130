//! Names by which the tool finds its own files among others.

use crate::tree::Node;

/// The file that marks a folder as our own output; a walk passes it by.
pub(crate) const MARKER: &str = ".spark-render-tree";
/// `apiVersion` of the configuration.
pub(crate) const API_VERSION: &str = "spark-render.io/v1alpha1";
/// `kind` of the configuration.
pub(crate) const KIND: &str = "SparkRender";
/// The file name under which a configuration is found in an input directory.
pub(crate) const FILE_NAME: &str = "spark-render.yaml";

/// `kind` of a baseline of `check`.
pub(crate) const BASELINE: &str = "CheckBaseline";

/// Whether `node` is meant to be a configuration.
#[must_use]
pub(crate) fn is_config(node: &Node) -> bool {
    node.str_at(&["kind"]) == Some(KIND)
        && node.str_at(&["apiVersion"]).is_some_and(|version| version.starts_with("spark-render.io/"))
}
