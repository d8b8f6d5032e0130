//! Spark puts a random hash into the names of the driver's companions; rendered ones are named after the
//! application alone, here and wherever the pod or `spark.properties` refers to them.

use crate::{
    api::Sourced,
    manifest::{names, parts::Parts, rule},
    node::{Node, Origin},
};

/// Old and new names, in the order of the objects.
#[derive(Debug, Default)]
pub(in crate::manifest) struct Renames(Vec<(String, String)>);

impl Renames {
    /// The new name of the object that Spark called `old`.
    pub(in crate::manifest) fn get(&self, old: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == old).map(|(_, new)| new.as_str())
    }

    /// Remembers that `old` is now called `new`.
    pub(in crate::manifest) fn add(&mut self, old: String, new: String) {
        self.0.push((old, new));
    }
}

/// Renames every object whose name begins with Spark's resource prefix, and the references in the pod's volumes.
pub(in crate::manifest) fn apply(parts: &mut Parts, application: &Sourced<String>, resource_prefix: &str) -> Renames {
    let origin = rule::render("stable-names", [application.origin.clone()]);
    let mut renames = Renames::default();
    let prefix = format!("{resource_prefix}-");
    let mut rename = |object: &mut Node, new: Option<String>| {
        let Some(old) = object.str_at(&["metadata", "name"]).map(str::to_owned) else { return };
        let new = new.or_else(|| Some(names::limited(application, old.strip_prefix(&prefix)?)));
        if let Some(new) = new {
            object.mapping_at("metadata").insert("name", Node::from(&new).at(origin.clone()));
            renames.add(old, new);
        }
    };
    if let Some(service) = &mut parts.service {
        rename(service, Some(names::limited(application, "driver-svc")));
    }
    if let Some(config_map) = &mut parts.config_map {
        rename(config_map, Some(format!("{}-driver-conf-map", application.value)));
    }
    if let Some(pod_template) = &mut parts.pod_template {
        rename(pod_template, Some(format!("{}-driver-podspec-conf-map", application.value)));
    }
    for other in &mut parts.others {
        rename(other, None);
    }
    rename_volumes(&mut parts.pod, &renames, &origin);
    renames
}

/// Follows renamed ConfigMaps, Secrets and claims in the volumes of `pod`.
pub(in crate::manifest) fn rename_volumes(pod: &mut Node, renames: &Renames, origin: &Origin) {
    let volumes = pod.get_mut("spec").and_then(|spec| spec.get_mut("volumes")).and_then(Node::as_sequence_mut);
    for volume in volumes.into_iter().flatten() {
        for (source, field) in [("configMap", "name"), ("secret", "secretName"), ("persistentVolumeClaim", "claimName")]
        {
            let reference = volume.get_mut(source).and_then(|source| source.get_mut(field));
            if let Some(reference) = reference
                && let Some(new) = reference.as_str().and_then(|old| renames.get(old))
            {
                *reference = Node::text(new).at(origin.clone());
            }
        }
    }
}
