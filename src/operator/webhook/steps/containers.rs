//! `initContainers` and `sidecars`: appended unless a container of that name and image is there already.

use super::{
    list_origin,
    volumes::{LOCAL_DIR_PREFIX, has_volume, spec_volume},
};
use crate::{
    operator::webhook::mutation::{Mutation, Target, carried},
    tree::{Diagnostic, Node, Origin},
};

/// `initContainers`.
pub fn init_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.init_containers.as_ref())
}

/// `addInitContainers`.
pub fn init(mutation: &Mutation<'_>, target: &mut Target<'_>) {
    append(mutation, target, "initContainers", "initContainers", mutation.fields.init_containers.as_ref());
}

/// `sidecars`.
pub fn sidecars_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.sidecars.as_ref())
}

/// `addSidecarContainers`.
pub fn sidecars(mutation: &Mutation<'_>, target: &mut Target<'_>) {
    append(mutation, target, "sidecars", "containers", mutation.fields.sidecars.as_ref());
}

fn append(
    mutation: &Mutation<'_>,
    target: &mut Target<'_>,
    rule: &'static str,
    list: &'static str,
    items: Option<&Vec<Node>>,
) {
    for (index, item) in items.into_iter().flatten().enumerate() {
        let same = |other: &Node| {
            other.str_at(&["name"]) == item.str_at(&["name"]) && other.str_at(&["image"]) == item.str_at(&["image"])
        };
        if let Some(twin) = target.spec_list(list).iter().find(|other| same(other)).cloned() {
            if &twin != item {
                target.report(
                    Diagnostic::warning(
                        "overruled-field",
                        format!(
                            "container `{}` is left out: the pod has one with this name and image",
                            item.str_at(&["name"]).unwrap_or_default()
                        ),
                    )
                    .field(mutation.field(rule).index(index))
                    .at(&item.origin)
                    .label(&twin.origin, "given here")
                    .hint("describe the container in one place only"),
                );
            }
            continue;
        }
        add_volumes(mutation, target, rule, index, item);
        target.spec_list(list).push(carried(item, rule));
    }
    if target.spec_list(list).is_empty() {
        target.spec().remove(list);
    }
}

/// A sidecar may mount a volume of `spec.volumes` that Spark's container does not mount. The operator does not
/// add it and the API server refuses the pod.
fn add_volumes(mutation: &Mutation<'_>, target: &mut Target<'_>, rule: &'static str, index: usize, item: &Node) {
    for mount in item.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default() {
        let Some(name) = mount.str_at(&["name"]) else { continue };
        // Spark adds a local directory that its own container mounts.
        let mounted =
            mutation.fields.volume_mounts.as_ref().into_iter().flatten().any(|own| own.str_at(&["name"]) == Some(name));
        if has_volume(&target.pod, name) || (mounted && name.starts_with(LOCAL_DIR_PREFIX)) {
            continue;
        }
        if let Some(volume) = spec_volume(mutation, name) {
            target.spec_list("volumes").push(carried(volume, "volumes"));
            target.report(
                Diagnostic::warning(
                    "operator-differs",
                    format!(
                        "volume `{name}` is added for a container of `{rule}`; the operator adds only volumes that \
                         `{}` mounts, and the pod is refused",
                        mutation.field("volumeMounts")
                    ),
                )
                .field(mutation.field(rule).index(index))
                .at(&mount.origin)
                .hint(format!("mount `{name}` in `{}` too", mutation.field("volumeMounts"))),
            );
        }
    }
}
