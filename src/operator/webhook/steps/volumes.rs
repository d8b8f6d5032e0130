//! `volumeMounts` and the entries of `spec.volumes` that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::list_origin;
use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried},
    tree::{Diagnostic, Node, Origin},
};

/// Volumes with this prefix become confs, so that Spark uses them as local directories.
pub(crate) const LOCAL_DIR_PREFIX: &str = "spark-local-dir-";

/// `volumeMounts`.
pub(crate) fn given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.volume_mounts.as_ref())
}

/// The place of the first mount that the webhook adds: local directories go by conf, and a mount without a volume goes
/// nowhere.
pub(crate) fn added(mutation: &Mutation<'_>) -> Option<Origin> {
    let known = spec_volumes(mutation);
    let is_added = |mount: &&Node| {
        mount.str_at(&["name"]).is_some_and(|name| !name.starts_with(LOCAL_DIR_PREFIX) && known.contains_key(name))
    };
    mutation.fields.volume_mounts.as_ref().into_iter().flatten().find(is_added).map(|mount| mount.origin.clone())
}

/// `addVolumes`. The operator drops a mount whose volume is not in `spec.volumes`, without a word.
pub(crate) fn apply(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let rule = "volumeMounts";
    let mut added: BTreeSet<&str> = BTreeSet::new();
    let known = spec_volumes(mutation);
    let of_template: BTreeSet<String> = volumes(&target.pod).map(str::to_owned).collect();
    for (index, mount) in mutation.fields.volume_mounts.as_ref().into_iter().flatten().enumerate() {
        let Some(name) = mount.str_at(&["name"]) else { continue };
        if name.starts_with(LOCAL_DIR_PREFIX) {
            continue;
        }
        let path = mount.get("mountPath").cloned().unwrap_or_default();
        if target.conf_dir_is_taken(mutation, &path, name, (rule, index)) {
            continue;
        }
        if let Some(volume) = known.get(name) {
            if added.insert(name) {
                target.spec_list("volumes").push(carried(volume, "volumes"));
            }
        } else {
            let path = mutation.field(rule).index(index);
            if !of_template.contains(name) {
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

/// The entries of `spec.volumes` by name, of several with one name the first.
pub(crate) fn spec_volumes<'a>(mutation: &Mutation<'a>) -> BTreeMap<&'a str, &'a Node> {
    let volumes = mutation.app.spec.volumes.iter().flatten().rev();
    volumes.filter_map(|volume| Some((volume.str_at(&["name"])?, volume))).collect()
}

/// The names of the pod's volumes.
pub(crate) fn volumes(pod: &Node) -> impl Iterator<Item = &str> + Clone {
    let volumes = pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default();
    volumes.iter().filter_map(|volume| volume.str_at(&["name"]))
}
