//! Whose the Secret is. Two writers of one Secret undo each other's work for ever; so there is one owner, and
//! everybody else is told to keep off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    kube::annotations::{ARGOCD_IGNORED_POINTERS, ARGOCD_SYNC_OPTIONS, FLUX_PRUNE, FLUX_SSA},
    tree::{Mapping, Node},
};

/// Who may change the Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The committed, encrypted file is the truth; what is in the cluster follows it. Rotation is a commit.
    #[default]
    Git,
    /// The file is applied once; afterwards the cluster's Secret is the truth. Rotation begins with deleting it.
    Cluster,
}

impl Owner {
    /// `git` or `cluster`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Cluster => "cluster",
        }
    }
}

/// Annotations of the Secret: nobody deletes it by accident; and where the cluster owns it, Flux applies it only
/// if it is absent. Argo CD has no such option: it needs `ignoreDifferences` in the Application.
#[must_use]
pub(super) fn annotations(owner: Owner) -> Mapping {
    let rows: &[(&str, &str)] = match owner {
        Owner::Git => &[(ARGOCD_SYNC_OPTIONS, "Prune=false"), (FLUX_PRUNE, "Disabled")],
        Owner::Cluster => &[
            (ARGOCD_SYNC_OPTIONS, "Prune=false"),
            (ARGOCD_IGNORED_POINTERS, "/data"),
            (FLUX_PRUNE, "Disabled"),
            (FLUX_SSA, "IfNotPresent"),
        ],
    };
    rows.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

/// The owner that the annotations of a Secret speak of.
#[must_use]
pub(crate) fn annotated_owner(annotations: &Node) -> Owner {
    if annotations.str_at(&[FLUX_SSA]) == Some("IfNotPresent") { Owner::Cluster } else { Owner::Git }
}

/// The comment that the file carries beside an annotation.
#[must_use]
pub(crate) fn remark(annotation: &str) -> Option<&'static str> {
    (annotation == ARGOCD_IGNORED_POINTERS)
        .then_some("read by Argo CD 3.6 and later; earlier: ignoreDifferences in the Application")
}
