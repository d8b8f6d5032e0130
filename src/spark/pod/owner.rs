//! `KubernetesUtils.addOwnerReference`: objects that go with a pod.

use crate::{map, tree::Node};

/// What stands where the API server would have put a pod's uid: known to nobody before the pod is made.
pub(crate) const UNKNOWN_UID: &str = "<pod-uid>";

/// A reference to the pod of `name`.
#[must_use]
pub(crate) fn owner_reference(name: Node) -> Node {
    map! { "apiVersion" => "v1", "kind" => "Pod", "controller" => true, "name" => name, "uid" => UNKNOWN_UID }
}
