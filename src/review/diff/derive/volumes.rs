//! Volumes that Spark numbers: `spark-local-dir-1` and so on. A mount follows where it has the same volume under
//! another number.

use std::collections::BTreeMap;

use super::texts;
use crate::{
    review::diff::{self, ObjectChange, Step},
    tree::Node,
};

/// Marks mounts whose volume has another number and is the same otherwise.
pub(super) fn mark(object: &mut ObjectChange) {
    let renumbered = |place: &usize| {
        let field = &object.fields[*place];
        let is_mount = matches!(field.path.0.as_slice(),
            [.., Step::Key(list), Step::Item { .. }, Step::Key(name)] if list == "volumeMounts" && name == "name");
        is_mount && texts(field).is_some_and(|(old, new)| base(old).is_some() && base(old) == base(new))
    };
    let mounts: Vec<usize> = (0..object.fields.len()).filter(renumbered).collect();
    if mounts.is_empty() {
        return;
    }
    let (Some(old), Some(new)) = diff::sides(object) else { return };
    for place in mounts {
        let field = &mut object.fields[place];
        let Some((old_name, new_name)) = texts(field) else { continue };
        let (Some(old_pod), Some(new_pod)) = (pod(&old, &field.path.0), pod(&new, &field.path.0)) else { continue };
        let before = volume(old_pod, old_name);
        field.follows |= before.is_some()
            && before == volume(new_pod, new_name)
            && are_shared_alike((old_pod, old_name), (new_pod, new_name));
    }
}

/// Whether every mount of the one volume became a mount of the other, as far as both sides have it: containers share
/// what they shared.
fn are_shared_alike(old: (&Node, &str), new: (&Node, &str)) -> bool {
    let (before, after) = (mounts(old.0), mounts(new.0));
    let both = before.iter().filter_map(|(place, volume)| Some((*volume, *after.get(place)?)));
    both.into_iter().all(|(before, after)| (before == old.1) == (after == new.1))
}

/// The volumes that containers mount: by container and path.
fn mounts(pod: &Node) -> BTreeMap<(&str, &str), &str> {
    let lists = ["containers", "initContainers"].into_iter().filter_map(|list| pod.get(list)?.as_sequence());
    let mounts = lists.flatten().flat_map(|container| {
        let name = container.str_at(&["name"]).unwrap_or_default();
        let mounts = container.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default();
        mounts.iter().filter_map(move |mount| Some(((name, mount.str_at(&["mountPath"])?), mount.str_at(&["name"])?)))
    });
    mounts.collect()
}

/// A name without its number.
fn base(name: &str) -> Option<&str> {
    let (base, number) = name.rsplit_once('-')?;
    number.parse::<usize>().is_ok().then_some(base)
}

/// The pod's spec that a mount is in.
fn pod<'a>(object: &'a Node, mount: &[Step]) -> Option<&'a Node> {
    let containers = mount
        .iter()
        .position(|step| matches!(step, Step::Key(key) if matches!(key.as_str(), "containers" | "initContainers")))?;
    mount[..containers].iter().try_fold(object, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Item { .. } => None,
    })
}

/// A volume without its name.
fn volume(pod: &Node, name: &str) -> Option<Node> {
    let volumes = pod.get("volumes")?.as_sequence()?;
    let mut volume = volumes.iter().find(|volume| volume.str_at(&["name"]) == Some(name))?.clone();
    volume.as_mapping_mut()?.remove("name");
    Some(volume)
}
