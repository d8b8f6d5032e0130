//! Spark puts a random hash into the names of the driver's companions; rendered ones are named after the
//! application alone, here and wherever the pod or `spark.properties` refers to them.

use smol_str::SmolStr;

use crate::{
    operator::{names, rule},
    render::driver_objects::DriverObjects,
    tree::{Mapping, Node, Sourced},
};

/// Objects with other names than Spark gave them, in the order of the objects.
#[derive(Debug, Default)]
pub(crate) struct Renames(Vec<Rename>);

#[derive(Debug)]
struct Rename {
    kind: SmolStr,
    old: Node,
    new: Node,
}

impl Renames {
    /// The new name of the `kind` that was called `old`.
    fn get(&self, kind: &str, old: &str) -> Option<&Node> {
        self.0.iter().find(|one| one.kind == kind && one.old.as_str() == Some(old)).map(|one| &one.new)
    }

    /// The text of each old name, and the new one.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().filter_map(|one| Some((one.old.as_str()?, &one.new)))
    }

    /// Gives `object` the name `new`, and remembers what it was called.
    pub(crate) fn rename(&mut self, object: &mut Node, new: Node) {
        let kind = SmolStr::new(object.str_at(&["kind"]).unwrap_or_default());
        let old = object.mapping_at("metadata").insert("name", new.clone());
        self.0.extend(old.map(|old| Rename { kind, old, new }));
    }
}

/// Renames every object whose name begins with Spark's resource prefix, and the references in the pod's volumes.
pub(crate) fn apply(parts: &mut DriverObjects, application: &Sourced<String>, resource_prefix: &str) -> Renames {
    let origin = rule::render("stable-names", [application.origin.clone()]);
    let mut renames = Renames::default();
    let mut rename = |object: &mut Node, new: String| renames.rename(object, Node::from(new).at(origin.clone()));
    if let Some(service) = &mut parts.service {
        rename(service, names::limited(application, "driver-svc"));
    }
    if let Some(config_map) = &mut parts.config_map {
        rename(config_map, format!("{}-driver-conf-map", application.value));
    }
    if let Some(pod_template) = &mut parts.pod_template {
        rename(pod_template, format!("{}-driver-podspec-conf-map", application.value));
    }
    for other in &mut parts.others {
        let old = other.str_at(&["metadata", "name"]);
        let suffix = old.and_then(|old| old.strip_prefix(resource_prefix)?.strip_prefix('-'));
        if let Some(new) = suffix.map(|suffix| names::limited(application, suffix)) {
            rename(other, new);
        }
    }
    rename_volumes(&mut parts.pod, &renames);
    renames
}

/// Follows renamed ConfigMaps, Secrets and claims in the volumes of `pod`; what the user calls by such a name is of
/// another kind, and stays.
pub(crate) fn rename_volumes(pod: &mut Node, renames: &Renames) {
    let volumes = pod.get_mut("spec").and_then(|spec| spec.get_mut("volumes")).and_then(Node::as_sequence_mut);
    let sources = volumes.into_iter().flatten().filter_map(Node::as_mapping_mut).flat_map(Mapping::iter_mut);
    for (source, node) in sources {
        let (kind, field) = match source {
            "configMap" => ("ConfigMap", "name"),
            "secret" => ("Secret", "secretName"),
            "persistentVolumeClaim" => ("PersistentVolumeClaim", "claimName"),
            _ => continue,
        };
        if let Some(reference) = node.get_mut(field)
            && let Some(new) = reference.as_str().and_then(|old| renames.get(kind, old))
        {
            *reference = new.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Renames, rename_volumes};
    use crate::{map, seq, tree::Node};

    #[test]
    fn only_volumes_of_the_renamed_kind_follow() {
        let volumes = |config_map: &'static str| {
            seq![
                map! { "name" => "a", "configMap" => map! { "name" => config_map } },
                map! { "name" => "b", "secret" => map! { "secretName" => "pi-1-conf" } },
                map! { "name" => "c", "persistentVolumeClaim" => map! { "claimName" => "pi-1-conf" } },
                map! { "name" => "d", "configMap" => map! { "name" => "another" } }
            ]
        };
        let mut renames = Renames::default();
        let mut object = map! { "kind" => "ConfigMap", "metadata" => map! { "name" => "pi-1-conf" } };
        renames.rename(&mut object, Node::from("pi-conf"));
        let mut pod = map! { "spec" => map! { "volumes" => volumes("pi-1-conf") } };
        rename_volumes(&mut pod, &renames);
        assert_eq!(pod, map! { "spec" => map! { "volumes" => volumes("pi-conf") } });
        assert_eq!(object.str_at(&["metadata", "name"]), Some("pi-conf"));
    }
}
