//! What kustomize does not know about custom resources by itself: which fields name other objects, which hold images,
//! and which lists a patch merges.

use serde_json::{Value, json};

use crate::{
    hosts::krm::name_reference_paths,
    map,
    operator::GROUP,
    text::write::yaml,
    tree::{Node, Value as Tree},
};

/// Kind, version, and where the application's spec is.
const KINDS: &[(&str, &str, &str)] =
    &[("SparkApplication", "v1beta2", "spec"), ("ScheduledSparkApplication", "v1beta2", "spec/template")];
const IMAGES: &[&str] =
    &["image", "driver/image", "executor/image", "driver/sidecars/image", "executor/sidecars/image"];
/// Lists and the key by which their items are told apart (as in pods).
const LISTS: &[(&str, &str)] = &[
    ("env", "name"),
    ("volumeMounts", "mountPath"),
    ("initContainers", "name"),
    ("sidecars", "name"),
    ("configMaps", "name"),
    ("secrets", "name"),
    ("ports", "name"),
    ("hostAliases", "ip"),
];

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
        .flat_map(|(name, _, prefix)| IMAGES.iter().map(move |path| (name, format!("{prefix}/{path}"))))
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
    let role: Value =
        LISTS.iter().map(|(name, key)| ((*name).to_owned(), list(key))).collect::<serde_json::Map<_, _>>().into();
    let spec = json!({
        "type": "object",
        "properties": {
            "volumes": list("name"),
            "driver": { "type": "object", "properties": role },
            "executor": { "type": "object", "properties": role },
        },
    });
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
