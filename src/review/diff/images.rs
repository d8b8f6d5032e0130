//! The images of Spark's containers that are the same on both sides: another Spark version does not change them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    operator::{names::APP_NAME_LABEL, webhook::PodRole},
    tree::Node,
};

/// Where an object that makes pods has their template.
const PODS: &[&[&str]] = &[&[], &["spec", "template"], &["spec", "jobTemplate", "spec", "template"]];

type Application<'a> = (&'a str, &'a str);

/// The images that applications have on both sides and no other, with the number of those applications.
pub(crate) fn kept(old: &[Node], new: &[Node]) -> BTreeMap<String, usize> {
    let (old, new) = (of(old), of(new));
    let mut kept = BTreeMap::new();
    for (application, images) in &new {
        if old.get(application) == Some(images) {
            images.iter().for_each(|image| *kept.entry((*image).to_owned()).or_default() += 1);
        }
    }
    kept
}

fn of(objects: &[Node]) -> BTreeMap<Application<'_>, BTreeSet<&str>> {
    let mut images: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for object in objects {
        let namespace = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
        for pod in PODS.iter().filter_map(|path| object.at_keys(path)) {
            let Some(name) = pod.str_at(&["metadata", "labels", APP_NAME_LABEL]) else { continue };
            let containers = pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence);
            for container in containers.into_iter().flatten().filter(|container| is_spark(container)) {
                images.entry((namespace, name)).or_default().extend(container.str_at(&["image"]));
            }
        }
    }
    images
}

fn is_spark(container: &Node) -> bool {
    let name = container.str_at(&["name"]);
    [PodRole::Driver, PodRole::Executor].iter().any(|role| name == Some(role.container_name()))
}
