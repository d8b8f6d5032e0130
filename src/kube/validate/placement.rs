//! Rules of scheduling: affinity, tolerations, topology spread (`pkg/apis/core/validation`).

use super::{Check, metadata, text_of};
use crate::{
    kube::names,
    tree::{Mapping, Node, Place},
};

/// The words of an operator, and how many values it takes.
const OPERATORS: [(&str, usize, usize); 6] = [
    ("DoesNotExist", 0, 0),
    ("Exists", 0, 0),
    ("Gt", 1, 1),
    ("In", 1, usize::MAX),
    ("Lt", 1, 1),
    ("NotIn", 1, usize::MAX),
];

/// Key, operator and values of `matchExpressions`, of nodes and of labels.
pub(crate) fn requirement(check: &mut Check<'_>, node: &Node, requirement: &Mapping, place: &Place<'_>) {
    key(check, requirement, "key", place);
    let operator = text_of(requirement, "operator").unwrap_or_default();
    let Some((_, least, most)) = OPERATORS.iter().find(|(known, ..)| *known == operator) else { return };
    let values = requirement.get("values").and_then(Node::as_sequence).unwrap_or_default();
    if !(*least..=*most).contains(&values.len()) {
        let takes = match most {
            0 => "no values",
            1 => "one value",
            _ => "at least one value",
        };
        let message = format!("operator `{operator}` takes {takes}, but there are {}", values.len());
        let at = requirement.get("values").unwrap_or(node);
        check.rule(message, at, &place.key("values"), "choose another operator, or correct `values`");
    }
    if matches!(operator, "In" | "NotIn") {
        let place = place.key("values");
        for (index, value) in values.iter().enumerate() {
            if let Some(text) = value.as_str().filter(|text| !names::is_label_value(text)) {
                let rule = "a label value: at most 63 of letters, digits, `-`, `_`, `.`";
                metadata::invalid(check, "value", text, rule, value, &place.index(index));
            }
        }
    }
}

/// A key of a label.
fn key(check: &mut Check<'_>, mapping: &Mapping, field: &str, place: &Place<'_>) {
    if let Some(node) = mapping.get(field)
        && let Some(text) = node.as_str()
        && !text.is_empty()
        && !names::is_qualified_name(text)
    {
        let rule = "a name of at most 63 characters, with or without `domain/`";
        metadata::invalid(check, "label key", text, rule, node, &place.key(field));
    }
}

/// The key of a term of pod affinity.
pub(crate) fn pod_affinity_term(check: &mut Check<'_>, _: &Node, term: &Mapping, place: &Place<'_>) {
    key(check, term, "topologyKey", place);
}

/// Key, operator, value and effect of a toleration, which depend on each other.
pub(crate) fn toleration(check: &mut Check<'_>, node: &Node, toleration: &Mapping, place: &Place<'_>) {
    key(check, toleration, "key", place);
    let text = |field: &str| text_of(toleration, field).unwrap_or_default();
    let at = |field: &str| toleration.get(field).unwrap_or(node);
    if text("key").is_empty() && text("operator") != "Exists" {
        let message = "a toleration without `key` needs `operator: Exists`".to_owned();
        check.rule(message, at("operator"), &place.key("operator"), "name the key, or write `operator: Exists`");
    }
    if toleration.get("tolerationSeconds").is_some_and(|seconds| !seconds.is_null()) && text("effect") != "NoExecute" {
        let message = "`tolerationSeconds` needs `effect: NoExecute`".to_owned();
        check.rule(message, at("tolerationSeconds"), &place.key("effect"), "write the effect, or remove the seconds");
    }
    let value = text("value");
    match text("operator") {
        "Exists" if !value.is_empty() => {
            let message = "`operator: Exists` excludes a `value`".to_owned();
            check.rule(message, at("value"), &place.key("value"), "remove `value`, or write `operator: Equal`");
        }
        "" | "Equal" if !names::is_label_value(value) => {
            let rule = "a label value: at most 63 of letters, digits, `-`, `_`, `.`";
            metadata::invalid(check, "value", value, rule, at("value"), &place.key("value"));
        }
        _ => {}
    }
}

/// `minDomains` counts only where pods may wait.
pub(crate) fn spread(check: &mut Check<'_>, _: &Node, constraint: &Mapping, place: &Place<'_>) {
    key(check, constraint, "topologyKey", place);
    if let Some(domains) = constraint.get("minDomains").filter(|domains| !domains.is_null())
        && text_of(constraint, "whenUnsatisfiable") == Some("ScheduleAnyway")
    {
        let message = "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`".to_owned();
        check.rule(message, domains, &place.key("minDomains"), "remove `minDomains`, or write `DoNotSchedule`");
    }
    let keys = constraint.get("matchLabelKeys").and_then(Node::as_sequence).unwrap_or_default();
    let selector = constraint.get("labelSelector").and_then(Node::as_mapping);
    let place = place.key("matchLabelKeys");
    for (index, key) in keys.iter().enumerate() {
        let Some(text) = key.as_str() else { continue };
        let labels = selector.and_then(|selector| selector.get("matchLabels"));
        let hint = "remove it from one of the two";
        if selector.is_none() {
            check.rule("`matchLabelKeys` needs a `labelSelector`".to_owned(), key, &place, "add a `labelSelector`");
            break;
        } else if labels.is_some_and(|labels| labels.get(text).is_some()) {
            let message = format!("`{text}` is in `matchLabelKeys` and in `labelSelector`");
            check.rule(message, key, &place.index(index), hint);
        }
    }
}
