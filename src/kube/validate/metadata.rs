//! Names, labels, annotations, and the limits of ConfigMaps and Secrets.

use super::{Check, Mode, text_of};
use crate::{
    kube::{Feature, names},
    tree::{Mapping, Node, Place, Severity},
};

/// `MaxSecretSize` of ConfigMap and Secret: the sum of their values.
const DATA_LIMIT: usize = 1024 * 1024;
/// What the name of a Service has to be before it may begin with a digit.
const DNS1035: &str = "a DNS-1035 label: at most 63 characters, first a letter";
/// `TotalAnnotationSizeLimitB`.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// The name of an object, by the rule of its kind.
pub(crate) fn object_name(check: &mut Check<'_>, object: &Node) {
    if matches!(check.mode, Mode::Template(_)) {
        return;
    }
    let root = Place::Root;
    let Some(metadata) = object.get("metadata").filter(|node| !node.is_null()) else {
        return check.missing(object, "metadata", &root);
    };
    let place = root.key("metadata");
    let (Some(mapping), kind) = (metadata.as_mapping(), check.kind) else { return };
    if let Some(namespace) = mapping.get("namespace")
        && let Some(text) = namespace.as_str()
        && !names::is_dns_label(text)
    {
        invalid(check, "namespace", text, "a DNS label of at most 63 characters", namespace, &place.key("namespace"));
    }
    let Some(name) = mapping.get("name") else {
        if !mapping.contains_key("generateName") && kind != "PodTemplate" {
            check.missing(metadata, "name", &place);
        }
        return;
    };
    let Some(text) = name.as_str() else { return };
    let target = check.target;
    let digits = target.has(Feature::RelaxedServiceNames);
    let (fits, rule) = match kind {
        "Service" if digits => (names::is_dns_label(text), "a DNS label of at most 63 characters"),
        "Service" => (names::is_dns1035_label(text), DNS1035),
        "Namespace" => (names::is_dns_label(text), "a DNS label of at most 63 characters"),
        "CronJob" => (names::is_dns_subdomain(text) && text.len() <= 52, "a DNS subdomain of at most 52 characters"),
        "Job" => (
            names::is_dns_subdomain(text) && text.len() <= names::LABEL_LENGTH,
            "a DNS subdomain of at most 63 characters, since it becomes a label of the Job's pods",
        ),
        "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => {
            (names::is_path_segment(text), "a path segment: no `/`, no `%`, not `.` or `..`")
        }
        _ => (names::is_dns_subdomain(text), "a DNS subdomain of at most 253 characters"),
    };
    if !fits {
        let since = Feature::RelaxedServiceNames.since();
        let rule =
            if rule == DNS1035 { format!("{rule} (Kubernetes {since} and later allow a digit)") } else { rule.into() };
        invalid(check, "name", text, &rule, name, &place.key("name"));
    }
}

/// Reports a name that breaks `rule`.
pub(crate) fn invalid(check: &mut Check<'_>, what: &str, text: &str, rule: &str, node: &Node, place: &Place<'_>) {
    let shown: String =
        if text.len() > 80 { format!("{}…", &text[..text.floor_char_boundary(77)]) } else { text.to_owned() };
    let message = format!("{what} `{shown}` ({} characters) is not {rule}", text.chars().count());
    // A name that something else fills in later (`pi-{epoch}`) is no name yet: the application was told so.
    let unfilled = text.contains('{') && text.contains('}');
    let (severity, hint) = if unfilled {
        (Severity::Warning, "fill in the placeholder")
    } else {
        (Severity::Error, "choose another name")
    };
    check.push(severity, "kube-invalid-name", message, node, place).hints.push(hint.to_owned());
}

fn labels(check: &mut Check<'_>, labels: &Mapping, place: &Place<'_>) {
    for (key, value) in labels.iter() {
        if !names::is_qualified_name(key) {
            invalid(
                check,
                "label key",
                key,
                "a name of at most 63 characters, with or without `domain/`",
                value,
                &place.key(key),
            );
        }
        if let Some(text) = value.as_str()
            && !names::is_label_value(text)
        {
            let rule =
                "a label value: at most 63 of letters, digits, `-`, `_`, `.`, with a letter or digit at both ends";
            invalid(check, "label value", text, rule, value, &place.key(key));
        }
    }
}

/// Labels and annotations.
pub(crate) fn object_meta(check: &mut Check<'_>, _: &Node, metadata: &Mapping, place: &Place<'_>) {
    if let Some(all) = metadata.get("labels").and_then(Node::as_mapping) {
        labels(check, all, &place.key("labels"));
    }
    let Some(node) = metadata.get("annotations") else { return };
    let Some(annotations) = node.as_mapping() else { return };
    let place = place.key("annotations");
    let mut size = 0;
    for (key, value) in annotations.iter() {
        size += key.len() + value.as_str().map_or(0, str::len);
        let is_name = names::is_qualified_name(key)
            || key.bytes().any(|byte| byte.is_ascii_uppercase()) && names::is_qualified_name(&key.to_ascii_lowercase());
        if !is_name {
            invalid(
                check,
                "annotation key",
                key,
                "a name of at most 63 characters, with or without `domain/`",
                value,
                &place.key(key),
            );
        }
    }
    if size > ANNOTATIONS_LIMIT {
        let message = format!("annotations have {size} bytes; Kubernetes takes {ANNOTATIONS_LIMIT}");
        check
            .push(Severity::Error, "kube-too-large", message, node, &place)
            .hints
            .push("move the text into a ConfigMap".to_owned());
    }
}

/// Keys and values of `matchLabels`.
pub(crate) fn label_selector(check: &mut Check<'_>, _: &Node, selector: &Mapping, place: &Place<'_>) {
    if let Some(all) = selector.get("matchLabels").and_then(Node::as_mapping) {
        labels(check, all, &place.key("matchLabels"));
    }
}

/// A mapping of labels outside metadata (node and Service selectors).
pub(crate) fn selector(check: &mut Check<'_>, owner: &Mapping, key: &str, place: &Place<'_>) {
    if let Some(all) = owner.get(key).and_then(Node::as_mapping) {
        labels(check, all, &place.key(key));
    }
}

/// Keys of `data` and `binaryData`, and the sum of their values.
pub(crate) fn config_map(check: &mut Check<'_>, node: &Node, object: &Mapping, place: &Place<'_>) {
    data(check, node, object, place, &["data", "binaryData"]);
}

/// Keys of `data` and `stringData`, and the sum of their values.
pub(crate) fn secret(check: &mut Check<'_>, node: &Node, object: &Mapping, place: &Place<'_>) {
    data(check, node, object, place, &["data", "stringData"]);
}

fn data(check: &mut Check<'_>, node: &Node, object: &Mapping, place: &Place<'_>, fields: &[&str]) {
    let mut size = 0;
    for field in fields {
        let Some(entries) = object.get(field).and_then(Node::as_mapping) else { continue };
        let is_encoded = *field == "binaryData" || check.kind == "Secret" && *field == "data";
        for (key, value) in entries.iter() {
            let length = value.as_str().map_or(0, str::len);
            size += if is_encoded { length / 4 * 3 } else { length };
            if !names::is_config_key(key) {
                let place = place.key(field);
                invalid(
                    check,
                    "key",
                    key,
                    "a key of at most 253 letters, digits, `-`, `_`, `.`",
                    value,
                    &place.key(key),
                );
            }
        }
    }
    if size > DATA_LIMIT {
        let name = object
            .get("metadata")
            .and_then(Node::as_mapping)
            .and_then(|meta| text_of(meta, "name"))
            .unwrap_or_default();
        let message = format!("`{name}` has {size} bytes of data; Kubernetes takes {DATA_LIMIT}");
        check
            .push(Severity::Error, "kube-too-large", message, node, &place.key("data"))
            .hints
            .push("put large files into the image or into a volume".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        kube::{self, Manifest},
        map,
        tree::{Diagnostics, Node},
    };

    fn text(length: usize) -> Node {
        Node::from("x".repeat(length))
    }

    fn is_too_large(kind: &'static str, metadata: Node, fields: [(&'static str, Node); 2]) -> bool {
        let mut object = map! { "apiVersion" => "v1", "kind" => kind, "metadata" => metadata };
        for (field, value) in fields {
            object.as_mapping_mut().unwrap().insert(field, value);
        }
        let mut diagnostics = Diagnostics::new();
        kube::validate(&Manifest::rendered(object), kube::Version::NEWEST, &mut diagnostics);
        diagnostics.iter().any(|one| one.code == "kube-too-large")
    }

    /// Keys count among annotations; in data only values do, those in base64 with what they stand for.
    #[test]
    fn sizes_are_refused_from_the_first_byte_above_the_limit() {
        for (above, is_refused) in [(0, false), (1, true)] {
            let annotations = map! { "one" => text(100), "two" => text(262_144 - 106 + above) };
            let metadata = map! { "name" => "a", "annotations" => annotations };
            let nothing = || [("data", map! {}), ("immutable", Node::from(true))];
            assert_eq!(is_too_large("ConfigMap", metadata, nothing()), is_refused, "annotations, {above} above");
            for (kind, plain, encoded) in [("ConfigMap", "data", "binaryData"), ("Secret", "stringData", "data")] {
                let fields =
                    [(plain, map! { "one" => text(1_048_576 - 6 + above) }), (encoded, map! { "two" => text(8) })];
                assert_eq!(is_too_large(kind, map! { "name" => "a" }, fields), is_refused, "{kind}, {above} above");
            }
        }
    }
}
