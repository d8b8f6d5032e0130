//! `initContainers` and `sidecars`: appended unless a container of that name and image is there already.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    list_origin,
    volumes::{LOCAL_DIR_PREFIX, spec_volumes, volumes},
};
use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried},
    tree::{Diagnostic, Node, Origin},
};

/// `initContainers`.
pub(crate) fn init_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.init_containers.as_ref())
}

/// `addInitContainers`.
pub(crate) fn init(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    append(mutation, target, "initContainers", "initContainers", mutation.fields.init_containers.as_ref());
}

/// `sidecars`.
pub(crate) fn sidecars_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.sidecars.as_ref())
}

/// `addSidecarContainers`.
pub(crate) fn sidecars(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    append(mutation, target, "sidecars", "containers", mutation.fields.sidecars.as_ref());
}

fn append(
    mutation: &Mutation<'_>,
    target: &mut MutatedPod<'_>,
    rule: &'static str,
    list: &'static str,
    items: Option<&Vec<Node>>,
) {
    let identity = |item: &Node| ["name", "image"].map(|key| item.str_at(&[key]).map(str::to_owned));
    // The first of each name and image.
    let mut places = BTreeMap::new();
    for (place, item) in target.spec_list(list).iter().enumerate() {
        places.entry(identity(item)).or_insert(place);
    }
    let mut known = Volumes::of(mutation, target);
    for (index, item) in items.into_iter().flatten().enumerate() {
        let place = places.entry(identity(item)).or_insert(usize::MAX);
        if let Some(twin) = target.spec_list(list).get(*place).cloned() {
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
        known.add(mutation, target, (rule, index), item);
        let items = target.spec_list(list);
        *place = items.len();
        items.push(carried(item, rule));
    }
    if target.spec_list(list).is_empty() {
        target.spec().remove(list);
    }
}

/// The volumes that a sidecar may mount, by name.
struct Volumes<'a> {
    /// Of `spec.volumes`.
    known: BTreeMap<&'a str, &'a Node>,
    /// Of the pod.
    present: BTreeSet<String>,
    /// What the role's own container mounts.
    mounted: BTreeSet<&'a str>,
}

impl<'a> Volumes<'a> {
    fn of(mutation: &Mutation<'a>, target: &MutatedPod<'_>) -> Self {
        let mounts = mutation.fields.volume_mounts.as_ref().into_iter().flatten();
        Self {
            known: spec_volumes(mutation),
            present: volumes(&target.pod).map(str::to_owned).collect(),
            mounted: mounts.filter_map(|own| own.str_at(&["name"])).collect(),
        }
    }

    /// A sidecar may mount a volume of `spec.volumes` that Spark's container does not mount. The operator does not add
    /// it and the API server refuses the pod.
    fn add(&mut self, mutation: &Mutation<'_>, target: &mut MutatedPod<'_>, (rule, index): (&str, usize), item: &Node) {
        for mount in item.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default() {
            let Some(name) = mount.str_at(&["name"]) else { continue };
            // Spark adds a local directory that its own container mounts.
            let by_spark = name.starts_with(LOCAL_DIR_PREFIX) && self.mounted.contains(name);
            if by_spark || self.present.contains(name) {
                continue;
            }
            let Some(volume) = self.known.get(name) else { continue };
            self.present.insert(name.to_owned());
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
