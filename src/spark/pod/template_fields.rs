//! Fields of pod templates whose type Spark's Kubernetes client enforces while it reads (Jackson's coercions), and
//! the scalars that it reads otherwise than kubectl.

use crate::{
    spark::{Behaviour, Version, memory::java_double},
    tree::{Mapping, Node, Origin, Sources, Value},
};

/// Fields whose values are maps of text (or of quantities, which are text to the client).
const STRING_MAPS: &[&str] = &[
    "labels",
    "annotations",
    "nodeSelector",
    "matchLabels",
    "limits",
    "requests",
    "overhead",
    "minResources",
    "capacity",
    "volumeAttributes",
    "options",
];
/// Fields that are text even if they look like a number or a boolean in YAML.
const STRINGS: &[&str] = &[
    "value",
    "sizeLimit",
    "divisor",
    "name",
    "image",
    "mountPath",
    "subPath",
    "key",
    "path",
    "claimName",
    "secretName",
    "hostname",
    "subdomain",
    "priorityClassName",
    "schedulerName",
    "serviceAccountName",
    "topologyKey",
    "workingDir",
];
/// Fields that are lists of text.
const STRING_LISTS: &[&str] =
    &["args", "command", "values", "accessModes", "add", "drop", "hostnames", "nameservers", "searches"];
/// Fields that are integers even if they are quoted in YAML.
const INTEGERS: &[&str] = &[
    "containerPort",
    "hostPort",
    "terminationGracePeriodSeconds",
    "activeDeadlineSeconds",
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "priority",
    "defaultMode",
    "mode",
    "weight",
    "maxSkew",
    "minDomains",
    "tolerationSeconds",
    "expirationSeconds",
];

/// Whether `key` holds a map of text.
pub(crate) fn is_string_map(key: &str) -> bool {
    STRING_MAPS.contains(&key)
}

/// Gives the value under `key` the type that the client wants.
pub(crate) fn coerce(key: &str, value: &mut Node) {
    for_each_text(key, value, &mut |text| {
        let written = match &text.value {
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        text.value = Value::from(written);
    });
    if INTEGERS.contains(&key)
        && let Some(number) = value.as_str().and_then(|text| text.trim().parse::<i64>().ok())
    {
        value.value = number.into();
    }
}

/// Calls `visit` for the value under `key`, or each of its parts, if it is to be text.
fn for_each_text(key: &str, value: &mut Node, visit: &mut dyn FnMut(&mut Node)) {
    if is_string_map(key) {
        value.as_mapping_mut().into_iter().flat_map(Mapping::values_mut).for_each(visit);
    } else if STRING_LISTS.contains(&key) {
        value.as_sequence_mut().into_iter().flatten().for_each(visit);
    } else if STRINGS.contains(&key) {
        visit(value);
    }
}

/// Reads scalars of a template as Spark's Kubernetes client does: which plain words are booleans, and which text a
/// number or boolean becomes in a text field, differs between its YAML readers (the `Template…AsWritten` rows).
pub(crate) fn read_as_jackson(node: &mut Node, sources: &Sources, version: &Version) {
    match &mut node.value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter_mut() {
                read_as_jackson(value, sources, version);
                for_each_text(key, value, &mut |text| number_as_text(text, sources, version));
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| read_as_jackson(item, sources, version)),
        Value::Bool(_) => {
            let mut words = vec!["true", "false"];
            if !version.has(Behaviour::TemplateBooleansAsWritten) {
                words.extend(["yes", "no", "on", "off"]);
            }
            if let Some(text) = written(node, sources)
                && !words.contains(&text.to_ascii_lowercase().as_str())
            {
                node.value = Value::from(text);
            }
        }
        _ => {}
    }
}

fn number_as_text(node: &mut Node, sources: &Sources, version: &Version) {
    let Value::Number(number) = &node.value else { return };
    let text = written(node, sources);
    let is_float = text.as_ref().is_some_and(|text| text.contains('.'));
    let as_written = if is_float { Behaviour::TemplateFloatsAsWritten } else { Behaviour::TemplateIntegersAsWritten };
    let text = match (text, number.as_f64()) {
        (Some(text), _) if version.has(as_written) => text,
        (_, Some(float)) if is_float => java_double(float),
        _ => number.to_string(),
    };
    node.value = Value::from(text);
}

fn written(node: &Node, sources: &Sources) -> Option<String> {
    match &node.origin {
        Origin::Source(span) => Some(sources.text(*span).trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}
