//! Where the pod is inside an object, and its containers.

use crate::tree::{Mapping, Node, Place};

/// The keys that lead from an object of `kind` to its pod (metadata and spec).
pub(crate) fn template_keys(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "Pod" => &[],
        "PodTemplate" => &["template"],
        "Job" | "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" => &["spec", "template"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => return None,
    })
}

/// Runs `body` on the pod inside `object`, if there is one.
pub(crate) fn with_template<T>(object: &mut Node, body: impl FnOnce(&mut Node, &Place<'_>) -> T) -> Option<T> {
    fn descend<T>(
        node: &mut Node,
        keys: &[&str],
        place: &Place<'_>,
        body: impl FnOnce(&mut Node, &Place<'_>) -> T,
    ) -> Option<T> {
        match keys {
            [] => Some(body(node, place)),
            [key, rest @ ..] => descend(node.get_mut(key)?, rest, &place.key(key), body),
        }
    }
    let keys = template_keys(object.str_at(&["kind"]).unwrap_or_default())?;
    descend(object, keys, &Place::Root, body)
}

/// The lists of a pod spec that hold containers.
pub(crate) const CONTAINER_LISTS: [&str; 2] = ["initContainers", "containers"];

/// Runs `body` on every container of a pod spec.
pub(crate) fn each_container(spec: &mut Node, place: &Place<'_>, mut body: impl FnMut(&mut Mapping, &Place<'_>)) {
    for list in CONTAINER_LISTS {
        let place = place.key(list);
        let Some(containers) = spec.get_mut(list).and_then(Node::as_sequence_mut) else { continue };
        for (index, container) in containers.iter_mut().enumerate() {
            if let Some(container) = container.as_mapping_mut() {
                body(container, &place.index(index));
            }
        }
    }
}
