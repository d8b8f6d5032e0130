//! At its end a driver deletes all Services and PersistentVolumeClaims labelled with its application id (Spark ≥
//! 3.2). Rendered ones belong to git, so they do without that label.

use crate::{spark::names::APP_SELECTOR_LABEL, tree::Node};

/// Takes the label off Services and PersistentVolumeClaims.
pub(crate) fn apply(object: &mut Node) {
    if !matches!(object.str_at(&["kind"]), Some("Service" | "PersistentVolumeClaim")) {
        return;
    }
    let labels = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    if let Some(labels) = labels.and_then(Node::as_mapping_mut) {
        labels.remove(APP_SELECTOR_LABEL);
    }
}
