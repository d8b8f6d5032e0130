//! `volumeMounts` and the entries of `spec.volumes` that they name.

use super::list_origin;
use crate::{
    operator::webhook::mutation::{Mutation, Target, carried},
    tree::{Diagnostic, Node, Origin},
};

/// Volumes with this prefix become confs, so that Spark uses them as local directories (operator.md 2.3).
pub const LOCAL_DIR_PREFIX: &str = "spark-local-dir-";

/// `volumeMounts`.
pub fn given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.volume_mounts.as_ref())
}

/// The place of the first mount that the webhook adds: local directories go by conf, and a mount without a volume goes
/// nowhere.
pub fn added(mutation: &Mutation<'_>) -> Option<Origin> {
    let is_added = |mount: &&Node| {
        mount
            .str_at(&["name"])
            .is_some_and(|name| !name.starts_with(LOCAL_DIR_PREFIX) && spec_volume(mutation, name).is_some())
    };
    mutation.fields.volume_mounts.as_ref().into_iter().flatten().find(is_added).map(|mount| mount.origin.clone())
}

/// `addVolumes`. The operator drops a mount whose volume is not in `spec.volumes`, without a word.
pub fn apply(mutation: &Mutation<'_>, target: &mut Target<'_>) {
    let rule = "volumeMounts";
    let mut added: Vec<&str> = Vec::new();
    for (index, mount) in mutation.fields.volume_mounts.as_ref().into_iter().flatten().enumerate() {
        let Some(name) = mount.str_at(&["name"]) else { continue };
        if name.starts_with(LOCAL_DIR_PREFIX) {
            continue;
        }
        let path = mount.get("mountPath").cloned().unwrap_or_default();
        if target.conf_dir_is_taken(mutation, &path, name, (rule, index)) {
            continue;
        }
        if let Some(volume) = spec_volume(mutation, name) {
            if !added.contains(&name) {
                added.push(name);
                target.spec_list("volumes").push(carried(volume, "volumes"));
            }
        } else {
            let path = mutation.field(rule).index(index);
            if !has_volume(&target.pod, name) {
                target.report(
                    Diagnostic::warning(
                        "volume-not-found",
                        format!("the mount of `{name}` is dropped: `spec.volumes` has no such volume"),
                    )
                    .field(path)
                    .at(&mount.origin)
                    .hint(format!(
                        "add `{name}` to `spec.volumes`, or remove the mount; the operator drops it silently"
                    )),
                );
                continue;
            }
            target.report(
                Diagnostic::warning(
                    "operator-differs",
                    format!("`{name}` is mounted from the pod template; the operator drops a mount whose volume is not in `spec.volumes`"),
                )
                .field(path)
                .at(&mount.origin)
                .hint("mount it in the pod template"),
            );
        }
        target.container_list(rule).push(carried(mount, rule));
    }
}

/// The entry of `spec.volumes` with this name.
pub fn spec_volume<'a>(mutation: &Mutation<'a>, name: &str) -> Option<&'a Node> {
    mutation.app.spec.volumes.iter().flatten().find(|volume| volume.str_at(&["name"]) == Some(name))
}

/// Whether the pod has a volume with this name.
pub fn has_volume(pod: &Node, name: &str) -> bool {
    volumes(pod).any(|volume| volume == name)
}

/// The names of the pod's volumes.
pub fn volumes(pod: &Node) -> impl Iterator<Item = &str> + Clone {
    let volumes = pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default();
    volumes.iter().filter_map(|volume| volume.str_at(&["name"]))
}
