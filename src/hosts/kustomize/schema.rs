//! What kustomize does not know about custom resources by itself: which fields name other objects, which hold images,
//! and which lists a patch merges.

use serde_json::{Value, json};

use crate::{
    hosts::krm::name_reference_paths,
    map,
    operator::{
        GROUP,
        fields::{self, SPARK_APPLICATION, Shape},
    },
    text::write::yaml,
    tree::{Node, Value as Tree},
};

/// Kind, version, and where the application's spec is.
const KINDS: &[(&str, &str, &str)] =
    &[("SparkApplication", "v1beta2", "spec"), ("ScheduledSparkApplication", "v1beta2", "spec/template")];
/// Lists of Kubernetes types, and the key by which their items are told apart (as in pods).
const LISTS: &[(&str, &str)] = &[
    ("EnvVar", "name"),
    ("VolumeMount", "mountPath"),
    ("Container", "name"),
    ("Volume", "name"),
    ("HostAlias", "ip"),
    ("NamePath", "name"),
    ("SecretInfo", "name"),
    ("Port", "name"),
];

/// The paths of images. kustomize finds `initContainers` and `containers` by itself, wherever they stand.
fn images() -> impl Iterator<Item = String> {
    let fields = fields::all().iter().filter(|field| field.kind == SPARK_APPLICATION);
    fields.filter_map(|field| {
        let path = field.path.strip_prefix("spec.")?.replace('.', "/");
        match field.shape.object() {
            None if field.names == Some("Image") => Some(path),
            Some("Container") if field.name != "initContainers" => Some(format!("{path}/image")),
            _ => None,
        }
    })
}

/// `configurations`: name references and images.
pub(crate) fn configurations() -> String {
    let spec = |kind: &'static str, path: String| map! { "group" => GROUP, "kind" => kind, "path" => path };
    let references: Vec<Node> = name_reference_paths()
        .into_iter()
        .map(|(kind, paths)| {
            let specs = KINDS
                .iter()
                .flat_map(|(name, _, prefix)| paths.iter().map(move |path| (name, format!("{prefix}/{path}"))));
            let specs: Vec<Node> = specs.map(|(name, path)| spec(name, path)).collect();
            map! { "kind" => kind, "version" => "v1", "fieldSpecs" => Tree::Sequence(specs) }
        })
        .collect();
    let images: Vec<Node> = KINDS
        .iter()
        .flat_map(|(name, _, prefix)| images().map(move |path| (name, format!("{prefix}/{path}"))))
        .map(|(name, path)| spec(name, path))
        .collect();
    let mut text = String::new();
    yaml::write(&map! { "nameReference" => references, "images" => images }, &mut text);
    text
}

/// `openapi`: the lists that patches merge instead of replacing them.
pub(crate) fn openapi() -> String {
    let list = |key: &str| {
        json!({
            "type": "array",
            "items": { "type": "object" },
            "x-kubernetes-patch-merge-key": key,
            "x-kubernetes-patch-strategy": "merge",
        })
    };
    // The lists that are fields of the object type `owner`.
    let lists = |owner: &str| -> serde_json::Map<String, Value> {
        let lists = fields::of_type(owner).iter().filter(|field| matches!(field.shape, Shape::Array(_)));
        lists
            .filter_map(|field| {
                let (_, key) = LISTS.iter().find(|(item, _)| field.shape.object() == Some(item))?;
                Some((field.name.to_owned(), list(key)))
            })
            .collect()
    };
    let mut properties = lists("SparkApplicationSpec");
    for (role, owner) in [("driver", "DriverSpec"), ("executor", "ExecutorSpec")] {
        properties.insert(role.to_owned(), json!({ "type": "object", "properties": lists(owner) }));
    }
    let spec = json!({ "type": "object", "properties": properties });
    let definitions: serde_json::Map<String, Value> = KINDS
        .iter()
        .map(|(kind, version, prefix)| {
            let spec = if prefix.contains('/') {
                json!({ "type": "object", "properties": { "template": spec } })
            } else {
                spec.clone()
            };
            let definition = json!({
                "type": "object",
                "x-kubernetes-group-version-kind": [{ "group": GROUP, "version": version, "kind": kind }],
                "properties": { "spec": spec },
            });
            (format!("io.k8s.sparkoperator.{version}.{kind}"), definition)
        })
        .collect();
    format!("{:#}\n", json!({ "definitions": definitions }))
}
