//! Seccomp and AppArmor profiles: fields where the target has them, annotations before.

use super::{
    Feature, Version,
    pods::{CONTAINER_LISTS, each_container},
};
use crate::tree::{Diagnostic, Mapping, Node, Origin, Place, Stage};

/// How a kind of profile is written in both forms.
struct Profile {
    /// The field of `securityContext`.
    field: &'static str,
    /// First minor that has the field.
    since: Feature,
    /// The annotation for the whole pod, if there is one.
    pod_annotation: Option<&'static str>,
    /// What the annotation of a container begins with; the container's name follows.
    container_annotation: &'static str,
}

/// Seccomp: annotations are ignored from 1.27; AppArmor: deprecated from 1.30 (KEP-24).
const PROFILES: [Profile; 2] = [
    Profile {
        field: "seccompProfile",
        since: Feature::SeccompProfile,
        pod_annotation: Some("seccomp.security.alpha.kubernetes.io/pod"),
        container_annotation: "container.seccomp.security.alpha.kubernetes.io/",
    },
    Profile {
        field: "appArmorProfile",
        since: Feature::AppArmorProfile,
        pod_annotation: None,
        container_annotation: "container.apparmor.security.beta.kubernetes.io/",
    },
];

/// Writes the profiles of a pod (a node with `metadata` and `spec`) in the form that `target` honours.
pub(crate) fn tailor_profiles(template: &mut Node, place: &Place<'_>, target: Version, found: &mut Vec<Diagnostic>) {
    for profile in &PROFILES {
        if target.has(profile.since) {
            annotations_to_fields(template, place, profile, target, found);
        } else {
            fields_to_annotations(template, place, profile, target, found);
        }
    }
}

fn replaced(place: &Place<'_>, origin: &Origin, message: String) -> Diagnostic {
    Diagnostic::note("security-profile-moved", message).field(place.path()).at(origin)
}

fn take_profile(context: &mut Mapping, field: &str) -> Option<Node> {
    context.get_mut("securityContext")?.as_mapping_mut()?.remove(field)
}

fn fields_to_annotations(
    template: &mut Node,
    place: &Place<'_>,
    profile: &Profile,
    target: Version,
    found: &mut Vec<Diagnostic>,
) {
    let mut annotations: Vec<(String, Node)> = Vec::new();
    let Some(spec) = template.get_mut("spec") else { return };
    let spec_place = place.key("spec");
    let mut moved = |place: &Place<'_>, value: &Node, key: &str, text: &str| {
        let since = profile.since.since();
        let context = place.key("securityContext");
        found.push(replaced(
            &context.key(profile.field),
            &value.origin,
            format!("`{}` came with Kubernetes {since}; for {target} annotation `{key}` says `{text}`", profile.field),
        ));
    };
    let origin_of = |value: &Node| Origin::derived(Stage::Tailor, "security-profile-moved", [value.origin.clone()]);

    let mut for_all = None;
    if let Some(mapping) = spec.as_mapping_mut()
        && let Some(text) =
            mapping.get("securityContext").and_then(|context| context.get(profile.field)).and_then(to_annotation)
        && let Some(value) = take_profile(mapping, profile.field)
    {
        if let Some(key) = profile.pod_annotation {
            moved(&spec_place, &value, key, &text);
            annotations.push((key.to_owned(), Node::from(text).at(origin_of(&value))));
        } else {
            moved(&spec_place, &value, &format!("{}*", profile.container_annotation), &text);
            for_all = Some((text, value));
        }
    }
    each_container(spec, &spec_place, |container, place| {
        let Some(name) = container.get("name").and_then(Node::as_str).map(str::to_owned) else { return };
        let key = format!("{}{name}", profile.container_annotation);
        let own = container
            .get("securityContext")
            .and_then(|context| context.get(profile.field))
            .and_then(to_annotation)
            .and_then(|text| Some((text, take_profile(container, profile.field)?)));
        if let Some((text, value)) = own {
            moved(place, &value, &key, &text);
            annotations.push((key, Node::from(text).at(origin_of(&value))));
        } else if let Some((text, value)) = &for_all {
            annotations.push((key, Node::from(text).at(origin_of(value))));
        }
    });
    if annotations.is_empty() {
        return;
    }
    let target = template.mapping_at("metadata");
    target.insert_if_absent("annotations", Node::new(Mapping::new()).at(&annotations[0].1.origin));
    if let Some(present) = target.get_mut("annotations").and_then(Node::as_mapping_mut) {
        for (key, value) in annotations {
            present.insert(key, value);
        }
    }
}

fn annotations_to_fields(
    template: &mut Node,
    place: &Place<'_>,
    profile: &Profile,
    target: Version,
    found: &mut Vec<Diagnostic>,
) {
    let Some(annotations) = template.at_keys(&["metadata", "annotations"]).and_then(Node::as_mapping) else { return };
    let ours = |key: &str| Some(key) == profile.pod_annotation || key.starts_with(profile.container_annotation);
    let keys: Vec<String> = annotations.keys().filter(|key| ours(key)).map(str::to_owned).collect();
    let metadata_place = place.key("metadata");
    let annotations_place = metadata_place.key("annotations");
    let spec_place = place.key("spec");
    for key in keys {
        let value =
            template.at_keys(&["metadata", "annotations"]).and_then(|all| all.get(&key)).cloned().unwrap_or_default();
        let here = annotations_place.key(&key);
        let Some(field) = from_annotation(&value) else {
            found.push(
                Diagnostic::warning(
                    "security-unsupported",
                    format!("annotation `{key}` names no profile that is understood"),
                )
                .field(here.path())
                .at(&value.origin)
                .hint(format!("set `securityContext.{}`, which Kubernetes {target} has", profile.field)),
            );
            continue;
        };
        let Some(spec) = template.get_mut("spec") else { return };
        let mut outcome = None;
        if Some(key.as_str()) == profile.pod_annotation {
            outcome = spec.as_mapping_mut().map(|spec| set_profile(spec, profile.field, field));
        } else {
            let wanted = &key[profile.container_annotation.len()..];
            let mut field = Some(field);
            each_container(spec, &spec_place, |container, _| {
                if container.get("name").and_then(Node::as_str) == Some(wanted)
                    && let Some(field) = field.take()
                {
                    outcome = Some(set_profile(container, profile.field, field));
                }
            });
        }
        match outcome {
            // Without such a container the annotation never had an effect.
            None => {}
            Some(false) => found.push(
                Diagnostic::error(
                    "security-unsupported",
                    format!("annotation `{key}` and `securityContext.{}` name different profiles", profile.field),
                )
                .field(here.path())
                .at(&value.origin)
                .hint("remove the annotation"),
            ),
            Some(true) => {
                found.push(replaced(
                    &here,
                    &value.origin,
                    format!(
                        "annotation `{key}` is written as `securityContext.{}`, which Kubernetes {target} has",
                        profile.field
                    ),
                ));
                remove_annotation(template, &key);
            }
        }
    }
}

/// Sets the profile; false where another one is set already.
fn set_profile(context: &mut Mapping, field: &'static str, value: Node) -> bool {
    context.insert_if_absent("securityContext", Node::new(Mapping::new()).at(&value.origin));
    let Some(context) = context.get_mut("securityContext").and_then(Node::as_mapping_mut) else { return false };
    if let Some(present) = context.get(field) {
        return *present == value;
    }
    context.insert(field, value);
    true
}

fn remove_annotation(template: &mut Node, key: &str) {
    let Some(metadata) = template.get_mut("metadata").and_then(Node::as_mapping_mut) else { return };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Node::as_mapping_mut) else { return };
    annotations.remove(key);
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// What the annotation `key` of a pod says if it says the same as the fields of its `spec`; nothing if they name no profile.
pub(crate) fn annotation_of(spec: &Node, key: &str) -> Option<String> {
    let is_meant =
        |profile: &&Profile| Some(key) == profile.pod_annotation || key.starts_with(profile.container_annotation);
    let profile = PROFILES.iter().find(is_meant)?;
    let said = |holder: &Node| holder.at_keys(&["securityContext", profile.field]).and_then(to_annotation);
    let Some(name) = key.strip_prefix(profile.container_annotation) else { return said(spec) };
    let mut containers = CONTAINER_LISTS.iter().filter_map(|list| spec.get(list)?.as_sequence()).flatten();
    let container = containers.find(|container| container.str_at(&["name"]) == Some(name))?;
    said(container).or_else(|| said(spec))
}

/// `runtime/default`, `unconfined` or `localhost/<profile>`, as both annotations have it.
fn to_annotation(field: &Node) -> Option<String> {
    match field.str_at(&["type"])? {
        "RuntimeDefault" => Some("runtime/default".to_owned()),
        "Unconfined" => Some("unconfined".to_owned()),
        "Localhost" => Some(format!("localhost/{}", field.str_at(&["localhostProfile"])?)),
        _ => None,
    }
}

fn from_annotation(value: &Node) -> Option<Node> {
    let origin = Origin::derived(Stage::Tailor, "security-profile-moved", [value.origin.clone()]);
    let text = value.as_str()?;
    let (kind, profile) = match text {
        "runtime/default" | "docker/default" => ("RuntimeDefault", None),
        "unconfined" => ("Unconfined", None),
        _ => ("Localhost", Some(text.strip_prefix("localhost/")?)),
    };
    let mut field = Mapping::new();
    field.insert("type", Node::from(kind).at(&origin));
    if let Some(profile) = profile {
        field.insert("localhostProfile", Node::text(profile).at(&origin));
    }
    Some(Node::new(field).at(origin))
}
