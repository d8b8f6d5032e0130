//! Which apiVersion a kind has in a target, and the changes of shape that come with it.

use super::{API_CHOICES, Feature, Version, minors::Minors, schema};
use crate::{
    map,
    tree::{Diagnostic, Key, Mapping, Node, Origin, Place, Stage, Value},
};

/// One conversion under way.
pub(crate) struct Conversion<'a> {
    target: Version,
    /// Whether the new apiVersion is the kind's newest one.
    to_newest: bool,
    found: &'a mut Vec<Diagnostic>,
}

/// Gives `object` the apiVersion and shape that `target` serves.
pub(crate) fn choose_api_version(object: &mut Node, target: Version, found: &mut Vec<Diagnostic>) {
    let Some(kind) = object.str_at(&["kind"]) else { return };
    let Some(choice) = API_CHOICES.iter().find(|choice| choice.kind == kind) else { return };
    let Some(old) = object.get("apiVersion") else { return };
    let old_text = old.as_str().unwrap_or_default().to_owned();
    let new = choice.version(target);
    if old_text != new {
        if !choice.reads(&old_text) {
            return;
        }
        let origin = Origin::noted(
            Stage::Tailor,
            "api-version-changed",
            format!("`{old_text}` for the newest Kubernetes"),
            [old.origin.clone()],
        );
        found.push(
            Diagnostic::note(
                "api-version-changed",
                format!("`{kind}` is written as `{new}` for Kubernetes {target}, in place of `{old_text}`"),
            )
            .field(Place::Root.key("apiVersion").path())
            .at(&old.origin),
        );
        object.as_mapping_mut().expect("it has a kind").insert("apiVersion", Node::from(new).at(origin));
        let to_newest = new == choice.versions[0].1;
        (choice.convert)(object, &mut Conversion { target, to_newest, found });
    }
    if choice.kind == "Ingress" && !target.has(Feature::IngressClassName) {
        class_to_annotation(object);
    }
}

/// Moves the value under `from` to `to`, at the same place in the order.
fn rename(mapping: &mut Mapping, from: &str, to: &str) {
    if mapping.contains_key(from) {
        let entries = std::mem::take(mapping);
        *mapping = entries
            .into_iter()
            .map(
                |(key, value)| {
                    if key.text == from { (Key { text: to.into(), span: key.span }, value) } else { (key, value) }
                },
            )
            .collect();
    }
}

pub(crate) fn ingress(object: &mut Node, change: &mut Conversion<'_>) {
    let Some(spec) = object.get_mut("spec").and_then(Node::as_mapping_mut) else { return };
    let (from, to) = if change.to_newest { ("backend", "defaultBackend") } else { ("defaultBackend", "backend") };
    rename(spec, from, to);
    let convert = if change.to_newest { backend_to_v1 } else { backend_to_v1beta1 };
    if let Some(backend) = spec.get_mut(to) {
        convert(backend);
    }
    for rule in spec.get_mut("rules").and_then(Node::as_sequence_mut).into_iter().flatten() {
        let paths = rule.get_mut("http").and_then(|http| http.get_mut("paths")).and_then(Node::as_sequence_mut);
        for path in paths.into_iter().flatten() {
            if let Some(backend) = path.get_mut("backend") {
                convert(backend);
            }
            if change.to_newest {
                let origin = Origin::derived(Stage::Tailor, "api-version-changed", [path.origin.clone()]);
                if let Some(path) = path.as_mapping_mut() {
                    path.insert_if_absent("pathType", Node::from("ImplementationSpecific").at(origin));
                }
            }
        }
    }
}

fn backend_to_v1beta1(backend: &mut Node) {
    let Some(mapping) = backend.as_mapping_mut() else { return };
    let Some(service) = mapping.remove("service") else { return };
    if let Some(name) = service.get("name") {
        mapping.insert("serviceName", name.clone());
    }
    if let Some(port) = service.get("port").and_then(|port| port.get("number").or_else(|| port.get("name"))) {
        mapping.insert("servicePort", port.clone());
    }
}

fn backend_to_v1(backend: &mut Node) {
    let origin = Origin::derived(Stage::Tailor, "api-version-changed", [backend.origin.clone()]);
    let Some(mapping) = backend.as_mapping_mut() else { return };
    let mut service = Mapping::new();
    if let Some(name) = mapping.remove("serviceName") {
        service.insert("name", name);
    }
    if let Some(port) = mapping.remove("servicePort") {
        let key = if port.as_str().is_some() { "name" } else { "number" };
        service.insert("port", map! { key => port }.at(&origin));
    }
    if !service.is_empty() {
        mapping.insert("service", Node::new(service).at(origin));
    }
}

pub(crate) fn pod_disruption_budget(object: &mut Node, change: &mut Conversion<'_>) {
    let selector = object.at_keys(&["spec", "selector"]);
    let is_empty = selector.is_some_and(|selector| selector.as_mapping().is_some_and(Mapping::is_empty));
    if is_empty {
        let path = Place::Root;
        let spec = path.key("spec");
        change.found.push(
            Diagnostic::warning(
                "unsupported-value",
                format!(
                    "an empty `selector` means all pods in policy/v1 and none in policy/v1beta1 (Kubernetes {})",
                    change.target
                ),
            )
            .field(spec.key("selector").path())
            .at(selector.map_or(&Origin::Unknown, |selector| &selector.origin))
            .hint("select the pods by a label"),
        );
    }
}

pub(crate) fn webhook_configuration(object: &mut Node, _: &mut Conversion<'_>) {
    for webhook in object.get_mut("webhooks").and_then(Node::as_sequence_mut).into_iter().flatten() {
        let origin = Origin::derived(Stage::Tailor, "api-version-changed", [webhook.origin.clone()]);
        let Value::Mapping(webhook) = &mut webhook.value else { continue };
        webhook.insert_if_absent("failurePolicy", Node::from("Ignore").at(&origin));
        webhook.insert_if_absent("matchPolicy", Node::from("Exact").at(&origin));
        webhook.insert_if_absent("timeoutSeconds", Node::from(30).at(&origin));
        webhook.insert_if_absent("sideEffects", Node::from("NoneOnDryRun").at(&origin));
        webhook.insert_if_absent(
            "admissionReviewVersions",
            Node::from(vec![Node::from("v1beta1").at(&origin)]).at(&origin),
        );
    }
}

/// Before 1.18 the class is an annotation.
fn class_to_annotation(object: &mut Node) {
    let Some(spec) = object.get_mut("spec").and_then(Node::as_mapping_mut) else { return };
    let Some(class) = spec.remove("ingressClassName") else { return };
    let origin = Origin::derived(Stage::Tailor, "unsupported-field", [class.origin.clone()]);
    let metadata = object.mapping_at("metadata");
    metadata.insert_if_absent("annotations", Node::new(Mapping::new()).at(&origin));
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) {
        annotations.insert_if_absent("kubernetes.io/ingress.class", Node::new(class.value).at(origin));
    }
}

/// Why `api_version` is no good in `target`, and what is.
pub(crate) fn not_served(api_version: &str, kind: &str, served: Minors, target: Version) -> Diagnostic {
    let when = match (served.first(), served.last()) {
        (_, Some(last)) if target.minor() > last => format!("it was removed after 1.{last}"),
        (Some(first), _) => format!("it came with 1.{first}"),
        _ => "no version serves it".to_owned(),
    };
    let mut others = schema::served_versions(api_version, kind, target);
    if let Some(choice) = API_CHOICES.iter().find(|choice| choice.kind == kind) {
        others = vec![choice.version(target)];
    }
    let diagnostic = Diagnostic::error(
        "api-not-served",
        format!("`{api_version}` `{kind}` is not served by Kubernetes {target}: {when}"),
    )
    .field(Place::Root.key("apiVersion").path());
    match others.last() {
        Some(other) => diagnostic.hint(format!("use `{other}`")),
        None => diagnostic.hint(match served.first() {
            Some(first) if first > target.minor() => format!("target Kubernetes 1.{first} or later"),
            _ => "leave the object out".to_owned(),
        }),
    }
}
