//! Names of other objects in a resource, wherever Kubernetes or the operator reads a name, and the names that
//! kustomize has given those objects in the meantime: it changes names first, and references last, after all
//! transformers.

use std::{collections::BTreeMap, sync::LazyLock};

use super::annotation;
use crate::{
    operator::fields::{self, SPARK_APPLICATION, Shape},
    tree::{Node, Origin, Stage, Value},
};

/// The field that holds a name, as the field above it tells: parent, key, kind of the object.
const FIELDS: &[(&str, &str, &str)] = &[
    ("configMapKeyRef", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("configMap", "name", "ConfigMap"),
    ("secretKeyRef", "name", "Secret"),
    ("secretRef", "name", "Secret"),
    ("secret", "name", "Secret"),
    ("secret", "secretName", "Secret"),
    ("imagePullSecrets", "name", "Secret"),
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
];

/// Keys that hold a name wherever they stand.
const KEYS: &[(&str, &str)] = &[("serviceAccount", "ServiceAccount"), ("serviceAccountName", "ServiceAccount")];

/// The fields of the operator's resources that hold a name: the list that they are in, if any, key, kind.
static OPERATORS: LazyLock<Vec<(Option<&str>, &str, &str)>> = LazyLock::new(|| {
    // Lists of plain names, and the maps of keys of Secrets, are looked through below.
    let is_name = |field: &&fields::Field| field.shape == Shape::String && !field.path.contains('*');
    let naming = fields::all().iter().filter(is_name).filter(|field| field.names.is_some_and(|kind| kind != "Image"));
    let mut rows: Vec<_> = naming
        .map(|field| {
            let list = field.parent().and_then(|parent| parent.rsplit('.').next()?.strip_suffix("[]"));
            (list, field.name, field.names.unwrap_or_default())
        })
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
});

/// Endings of Spark confs that hold a name.
const CONFS: &[(&str, &str)] = &[
    (".serviceAccountName", "ServiceAccount"),
    ("spark.kubernetes.hadoop.configMapName", "ConfigMap"),
    ("spark.kubernetes.kerberos.krb5.configMapName", "ConfigMap"),
    ("spark.kubernetes.kerberos.tokenSecret.name", "Secret"),
    (".options.claimName", "PersistentVolumeClaim"),
];

/// A name of another object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    /// The object's kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
}

/// The references in a tree.
#[derive(Debug, Clone, Default)]
pub(super) struct References(pub Vec<Reference>);

impl References {
    /// Those of `node`.
    #[must_use]
    pub(super) fn of(node: &Node) -> Self {
        let mut found = Self::default();
        let mut copy = node.clone();
        visit(&mut copy, "", &mut |kind, name| {
            let name = name.as_str().unwrap_or_default().to_owned();
            found.0.push(Reference { kind, name });
            None
        });
        found
    }
}

/// The kind of object that the conf `key` names, if it names one.
#[must_use]
pub(crate) fn kind_of_conf(key: &str) -> Option<&'static str> {
    CONFS.iter().find(|(ending, _)| key.ends_with(ending)).map(|(_, kind)| *kind)
}

/// Calls `change` with each name and its kind; its answer takes the name's place.
fn visit(node: &mut Node, parent: &str, change: &mut dyn FnMut(&'static str, &Node) -> Option<Node>) {
    match &mut node.value {
        Value::Sequence(items) => {
            for item in items {
                if parent == "imagePullSecrets" && item.as_str().is_some() {
                    replace(item, "Secret", change);
                } else {
                    visit(item, parent, change);
                }
            }
        }
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter_mut() {
                let kind = match parent {
                    "sparkConf" => kind_of_conf(key),
                    // Any env variable: its own fields are those of a Secret's key.
                    "envSecretKeyRefs" => {
                        visit(value, "secretKeyRef", change);
                        continue;
                    }
                    _ => FIELDS
                        .iter()
                        .find(|(above, field, _)| *above == parent && *field == key)
                        .map(|(.., kind)| *kind)
                        .or_else(|| KEYS.iter().find(|(field, _)| *field == key).map(|(_, kind)| *kind))
                        .or_else(|| {
                            OPERATORS
                                .iter()
                                .find(|(list, field, _)| *field == key && list.is_none_or(|list| list == parent))
                                .map(|(.., kind)| *kind)
                        }),
                };
                match kind {
                    Some(kind) if value.as_str().is_some() => replace(value, kind, change),
                    _ => visit(value, key, change),
                }
            }
        }
        _ => {}
    }
}

fn replace(node: &mut Node, kind: &'static str, change: &mut dyn FnMut(&'static str, &Node) -> Option<Node>) {
    if let Some(new) = change(kind, node) {
        *node = new;
    }
}

/// An object whose name kustomize has changed, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Current {
    namespace: Option<String>,
    name: String,
    hashed: bool,
}

/// The objects that kustomize has renamed, by kind and former name.
#[derive(Debug, Clone, Default)]
pub struct Renamed {
    former: BTreeMap<(String, String), Vec<Current>>,
}

impl Renamed {
    /// Reads the bookkeeping of `items`.
    #[must_use]
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Node>) -> Self {
        let mut renamed = Self::default();
        for item in items {
            let (Some(kind), Some(name)) = (item.str_at(&["kind"]), item.str_at(&["metadata", "name"])) else {
                continue;
            };
            let hashed = annotation(item, "internal.config.kubernetes.io/needsHashSuffix") == Some("enabled");
            let current = Current {
                namespace: item.str_at(&["metadata", "namespace"]).map(str::to_owned),
                name: name.to_owned(),
                hashed,
            };
            let mut names: Vec<&str> = annotation(item, "internal.config.kubernetes.io/previousNames")
                .into_iter()
                .flat_map(|names| names.split(','))
                .collect();
            names.push(name);
            names.sort_unstable();
            names.dedup();
            for former in names {
                renamed.former.entry((kind.to_owned(), former.to_owned())).or_default().push(current.clone());
            }
        }
        renamed
    }

    /// The name of today, where exactly one object of the namespace had the name.
    fn current(&self, kind: &str, former: &str, namespace: Option<&str>) -> Option<&Current> {
        let candidates = self.former.get(&(kind.to_owned(), former.to_owned()))?;
        let mut near = candidates.iter().filter(|candidate| {
            candidate.namespace.is_none() || namespace.is_none() || candidate.namespace.as_deref() == namespace
        });
        near.next().filter(|_| near.next().is_none())
    }

    /// Objects whose names still get a hash.
    pub(crate) fn hashed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.former.iter().flat_map(|((kind, _), objects)| {
            objects.iter().filter(|object| object.hashed).map(move |object| (kind.as_str(), object.name.as_str()))
        })
    }
}

/// Lets the references of `resource` follow the objects that `renamed` knows.
pub fn follow(resource: &mut Node, renamed: &Renamed) {
    let namespace = resource.str_at(&["metadata", "namespace"]).map(str::to_owned);
    visit(resource, "", &mut |kind, name| {
        let current = renamed.current(kind, name.as_str()?, namespace.as_deref())?;
        (current.name != name.as_str()?).then(|| {
            let origin = Origin::derived(Stage::Config, "kustomize", [name.origin.clone()]);
            Node::from(&current.name).at(origin)
        })
    });
}

/// Where Kubernetes' own types, as far as fields of Spark resources have them, name other objects: type, kind of the
/// object, path below the field.
const IN_TYPES: &[(&str, &[(&str, &str)])] = &[
    ("EnvVar", &[("ConfigMap", "valueFrom/configMapKeyRef/name"), ("Secret", "valueFrom/secretKeyRef/name")]),
    ("EnvFromSource", &[("ConfigMap", "configMapRef/name"), ("Secret", "secretRef/name")]),
    ("Container", CONTAINER),
    ("Volume", VOLUME),
    ("PodTemplateSpec", &[("Secret", "spec/imagePullSecrets/name"), ("ServiceAccount", "spec/serviceAccountName")]),
];

const CONTAINER: &[(&str, &str)] = &[
    ("ConfigMap", "env/valueFrom/configMapKeyRef/name"),
    ("ConfigMap", "envFrom/configMapRef/name"),
    ("Secret", "env/valueFrom/secretKeyRef/name"),
    ("Secret", "envFrom/secretRef/name"),
];

const VOLUME: &[(&str, &str)] = &[
    ("ConfigMap", "configMap/name"),
    ("ConfigMap", "projected/sources/configMap/name"),
    ("Secret", "secret/secretName"),
    ("Secret", "projected/sources/secret/name"),
    ("PersistentVolumeClaim", "persistentVolumeClaim/claimName"),
];

/// The fields in which a SparkApplication names other objects, by kind of the object, for kustomize's `nameReference`:
/// those that the table of fields tells, and those inside of Kubernetes' own types. kustomize looks through lists by
/// itself, but not through maps or lists of plain names.
#[must_use]
pub(crate) fn name_reference_paths() -> BTreeMap<&'static str, Vec<String>> {
    let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for field in fields::all().iter().filter(|field| field.kind == SPARK_APPLICATION && !field.path.contains('*')) {
        let Some(path) = field.path.strip_prefix("spec.") else { continue };
        let path = path.replace("[]", "").replace('.', "/");
        if let (Some(kind), Shape::String) = (field.names.filter(|kind| *kind != "Image"), &field.shape) {
            paths.entry(kind).or_default().push(path.clone());
        }
        let name = field.shape.object().unwrap_or_default();
        for (kind, below) in IN_TYPES.iter().filter(|(known, _)| *known == name).flat_map(|(_, below)| *below) {
            paths.entry(kind).or_default().push(format!("{path}/{below}"));
        }
        if name == "PodTemplateSpec" {
            let lists = [("containers", CONTAINER), ("initContainers", CONTAINER), ("volumes", VOLUME)];
            for (list, below) in lists {
                for (kind, below) in below {
                    paths.entry(kind).or_default().push(format!("{path}/spec/{list}/{below}"));
                }
            }
        }
    }
    paths
}

/// A reference of a pod, for tests of the tables: every path above is one that [`References`] finds.
#[cfg(test)]
fn at_path(path: &str, name: &str) -> Node {
    const LISTS: &[&str] = &[
        "configMaps",
        "secrets",
        "env",
        "envFrom",
        "volumes",
        "sources",
        "containers",
        "initContainers",
        "sidecars",
        "imagePullSecrets",
    ];
    path.rsplit('/').fold(Node::text(name), |inner, key| {
        let inner = if LISTS.contains(&key) { Node::new(vec![inner]) } else { inner };
        crate::map! { crate::tree::Key::of(key) => inner }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn every_path_for_kustomize_is_a_reference_here() {
        for (kind, paths) in name_reference_paths() {
            for path in paths {
                let found = References::of(&map! { "spec" => at_path(&path, "x") });
                assert_eq!(found.0, [Reference { kind, name: "x".to_owned() }], "{path}");
            }
        }
    }

    #[test]
    fn references_follow_renamed_objects_of_the_namespace() {
        let config_map = |namespace: &'static str, name: &'static str| {
            map! {
                "kind" => "ConfigMap",
                "metadata" => map! {
                    "name" => name, "namespace" => namespace,
                    "annotations" => map! { "internal.config.kubernetes.io/previousNames" => "conf,conf" },
                },
            }
        };
        let renamed = Renamed::of(&[config_map("a", "dev-conf"), config_map("b", "other")]);
        let mut app = map! {
            "metadata" => map! { "namespace" => "a" },
            "spec" => map! {
                "sparkConfigMap" => "conf",
                "driver" => map! { "envFrom" => seq![map! { "configMapRef" => map! { "name" => "conf" } }] },
                "executor" => map! { "configMaps" => seq![map! { "name" => "unknown", "path" => "conf" }] },
            },
        };
        follow(&mut app, &renamed);
        let names: Vec<_> = References::of(&app).0.into_iter().map(|reference| reference.name).collect();
        assert_eq!(names, ["dev-conf", "dev-conf", "unknown"]);
    }
}
