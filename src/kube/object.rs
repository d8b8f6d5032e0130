//! An object of the output, and how it came there.

use crate::tree::Node;

/// Why an object is in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// Made by us: tailored and validated for the target.
    Rendered,
    /// An executor Pod as the driver will create it: shown and validated, never tailored, never written to trees.
    Preview,
    /// The same where it is not to be shown: validated for what there is to say about it, and left out.
    Examined,
    /// Another object of the input: its values are not touched.
    PassedThrough,
}

/// One Kubernetes object of the output.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The object.
    pub object: Node,
    /// Why it is here.
    pub provenance: Provenance,
}

impl Manifest {
    /// An object that we made.
    #[must_use]
    pub fn rendered(object: Node) -> Self {
        Self { object, provenance: Provenance::Rendered }
    }

    /// An object as the driver will create it.
    #[must_use]
    pub fn preview(object: Node) -> Self {
        Self { object, provenance: Provenance::Preview }
    }

    /// An object as the driver will create it, which is not shown.
    #[must_use]
    pub fn examined(object: Node) -> Self {
        Self { object, provenance: Provenance::Examined }
    }

    /// An object of the input that is not ours.
    #[must_use]
    pub fn passed_through(object: Node) -> Self {
        Self { object, provenance: Provenance::PassedThrough }
    }

    /// `kind`, or the empty string.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.object.str_at(&["kind"]).unwrap_or_default()
    }

    /// `apiVersion`, or the empty string.
    #[must_use]
    pub fn api_version(&self) -> &str {
        self.object.str_at(&["apiVersion"]).unwrap_or_default()
    }

    /// `metadata.name`, or the empty string.
    #[must_use]
    pub fn name(&self) -> &str {
        self.object.str_at(&["metadata", "name"]).unwrap_or_default()
    }

    /// `metadata.namespace`, if there is one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.object.str_at(&["metadata", "namespace"])
    }
}
