//! Strict validation for a target, from the same table as tailoring: what server-side apply and admission would refuse.

mod container;
mod limits;
mod metadata;
mod placement;
mod pod;
mod report;
mod rules;
mod service;
#[cfg(test)]
mod tests;

use serde_json::Number;

pub(crate) use limits::{Limit, limits_of};
pub(crate) use rules::{ServerRule, rule_of};

use super::{
    Manifest, OnUnsupported, Provenance, Quantity, Version,
    conform::in_object,
    convert,
    minors::Minors,
    schema::{self, Field, KindLookup, Shape, Type},
};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Place, Severity, Value};

/// Why an object is validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it is: everything is reported.
    Strict,
    /// After tailoring, which has reported what the target lacks.
    Tailored(OnUnsupported),
    /// The same for a pod template, which others complete: no name yet, not all volumes yet.
    Template(OnUnsupported),
    /// The driver will create it: what the target lacks cannot be mended any more.
    Preview,
}

/// Validates one object as it is; custom resources are skipped. Previews report what the target lacks as `runtime-object`.
pub fn validate(manifest: &Manifest, target: Version, diagnostics: &mut Diagnostics) {
    let mode = match manifest.provenance {
        Provenance::Preview | Provenance::Examined => Mode::Preview,
        Provenance::Rendered | Provenance::PassedThrough => Mode::Strict,
    };
    in_object(&manifest.object, findings(&manifest.object, target, mode).found, diagnostics);
}

/// What validation finds.
#[derive(Default)]
pub(crate) struct Findings {
    pub found: Vec<Diagnostic>,
    /// Fields that the mode drops, each after what is inside it.
    pub dropped: Vec<FieldPath>,
    /// Whether tailoring may find something that the target lacks; never false where it would.
    pub lacking: bool,
}

/// Validates `object`.
pub(crate) fn findings(object: &Node, target: Version, mode: Mode) -> Findings {
    let mut check = Check { target, at: Minors::only(target), mode, kind: "", findings: Findings::default() };
    check.root(object);
    check.findings
}

/// A validation under way.
pub(crate) struct Check<'a> {
    target: Version,
    at: Minors,
    mode: Mode,
    kind: &'a str,
    findings: Findings,
}

impl<'a> Check<'a> {
    fn root(&mut self, object: &'a Node) {
        let (Some(api_version), Some(kind)) = (object.str_at(&["apiVersion"]), object.str_at(&["kind"])) else {
            return;
        };
        self.kind = kind;
        match schema::kind_of(api_version, kind) {
            KindLookup::Custom => {}
            KindLookup::Unknown => {
                self.findings.found.push(
                    convert::not_served(api_version, kind, Minors::NONE, self.target)
                        .at(object.get("apiVersion").map_or(&object.origin, |node| &node.origin)),
                );
            }
            KindLookup::Known(known) if !known.served.meets(self.at) => {
                // Its fields are not looked at here.
                self.findings.lacking = true;
                self.findings.found.push(
                    convert::not_served(known.api_version, known.name, known.served, self.target)
                        .at(object.get("apiVersion").map_or(&object.origin, |node| &node.origin)),
                );
            }
            KindLookup::Known(known) => {
                if let Some(id) = known.type_id {
                    metadata::object_name(self, object);
                    self.object(object, schema::type_of(id), &Place::Root);
                }
            }
        }
    }

    fn object(&mut self, node: &Node, kind: &'static Type, place: &Place<'_>) {
        let Value::Mapping(mapping) = &node.value else { return self.wrong_type(node, "a mapping", place) };
        let mut required = kind.required().len();
        for (key, value) in mapping.iter() {
            let place = place.key(key);
            match kind.field(key) {
                None => self.unknown(mapping, key, value, kind, &place),
                Some(field) => {
                    required -= usize::from(field.required != Minors::NONE);
                    self.field(value, field, &place);
                }
            }
        }
        // Not all of what is required in some minor was there.
        if required > 0 {
            for field in kind.required() {
                if field.required.meets(self.at) && !mapping.contains_key(field.name) {
                    self.missing(node, field.name, place);
                }
            }
        }
        if !kind.limits.is_empty() {
            limits::check(self, node, mapping, kind, place);
        }
        if let Some(rule) = kind.rule {
            rule(self, node, mapping, place);
        }
    }

    fn field(&mut self, value: &Node, field: &'static Field, place: &Place<'_>) {
        if !field.on.meets(self.at) {
            self.lacks(value, field, None, place);
            if !field.known.meets(self.at) {
                return;
            }
        }
        let shape = field.shape(self.at);
        match (&value.value, shape) {
            (Value::Null, _) => self.wrong_type(value, "a value, not null", place),
            (Value::String(text), Shape::String) => {
                if !field.choices.is_empty() {
                    self.choice(value, text, field, place);
                }
            }
            (Value::Sequence(items), Shape::List(inner)) => {
                if !field.choices.is_empty() {
                    for (index, item) in items.iter().enumerate() {
                        if let Some(text) = item.as_str() {
                            self.choice(item, text, field, &place.index(index));
                        }
                    }
                }
                for (index, item) in items.iter().enumerate() {
                    self.value(item, inner, &place.index(index));
                }
                if !field.keys.is_empty() && items.len() > 1 {
                    self.unique(items, &field.keys, place);
                }
            }
            _ => self.value(value, shape, place),
        }
    }

    fn value(&mut self, node: &Node, shape: &Shape, place: &Place<'_>) {
        if let Some(expected) = mismatch(node, shape) {
            return self.wrong_type(node, expected, place);
        }
        match (shape, &node.value) {
            (Shape::Type(id), _) => self.object(node, schema::type_of(*id), place),
            (Shape::List(inner), Value::Sequence(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, inner, &place.index(index));
                }
            }
            (Shape::Map(inner), Value::Mapping(mapping)) => {
                for (key, item) in mapping.iter() {
                    self.value(item, inner, &place.key(key));
                }
            }
            (Shape::Quantity, Value::String(text)) => self.quantity(node, text, place),
            _ => {}
        }
    }

    fn quantity(&mut self, node: &Node, text: &str, place: &Place<'_>) {
        if Quantity::parse(text).is_none() {
            self.push(
                Severity::Error,
                "kube-invalid-quantity",
                format!("`{}` is `{text}`, which is no Kubernetes quantity", place.name()),
                node,
                place,
            )
            .hints
            .push("write a number with one of n u m k M G T P E Ki Mi Gi Ti Pi Ei".to_owned());
        }
    }

    fn choice(&mut self, node: &Node, text: &str, field: &'static Field, place: &Place<'_>) {
        match field.choices.iter().find(|choice| choice.matches(text)) {
            Some(choice) if choice.on().meets(self.at) => {}
            Some(choice) => self.lacks(node, field, Some(choice), place),
            // An optional string that is empty is the same as none.
            None if text.is_empty() && !field.required.meets(self.at) => {}
            None => self.no_choice(node, text, field, place),
        }
    }

    fn unique(&mut self, items: &[Node], keys: &[&str], place: &Place<'_>) {
        // The driver creates its pods by POST, which takes these twice; Spark itself gives `SPARK_CONF_DIR` twice.
        if matches!(self.mode, Mode::Preview | Mode::Template(_))
            && matches!(place.name(), "env" | "ports" | "hostAliases")
        {
            return;
        }
        let same_value = |key: &str, a: Option<&Node>, b: Option<&Node>| match (a, b) {
            (Some(a), Some(b)) => a == b,
            // The only key with a default.
            (Some(one), None) | (None, Some(one)) => key == "protocol" && one.as_str() == Some("TCP"),
            (None, None) => true,
        };
        let same = |a: &Node, b: &Node, keys: &[&str]| keys.iter().all(|key| same_value(key, a.get(key), b.get(key)));
        if items.len() <= 24 {
            let Some((key, others)) = keys.split_first() else { return };
            // Looked up once for each item, not for each pair; it tells nearly all apart.
            let values: Vec<Option<&Node>> = items.iter().map(|item| item.get(key)).collect();
            for (index, item) in items.iter().enumerate().skip(1) {
                let is_first =
                    |at: &usize| same_value(key, values[*at], values[index]) && same(&items[*at], item, others);
                if let Some(first) = (0..index).find(is_first) {
                    self.duplicate(item, &items[first], keys, &place.index(index));
                }
            }
            return;
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        let text = |index: usize| -> Vec<String> {
            let of =
                |key: &&str| items[index].get(key).map_or_else(|| "TCP".to_owned(), |node| node.to_json().to_string());
            keys.iter().map(of).collect()
        };
        order.sort_by_cached_key(|index| (text(*index), *index));
        for pair in order.windows(2) {
            if same(&items[pair[0]], &items[pair[1]], keys) {
                self.duplicate(&items[pair[1]], &items[pair[0]], keys, &place.index(pair[1]));
            }
        }
    }
}

/// What `node` should be, if it is not of `shape`; what is inside it is not looked at.
pub(crate) fn mismatch(node: &Node, shape: &Shape) -> Option<&'static str> {
    Some(match (shape, &node.value) {
        (Shape::Free, _)
        | (Shape::String | Shape::Time | Shape::IntOrString | Shape::Quantity, Value::String(_))
        | (Shape::Bool, Value::Bool(_))
        | (Shape::Number | Shape::Quantity, Value::Number(_))
        | (Shape::Type(_) | Shape::Map(_), Value::Mapping(_))
        | (Shape::List(_), Value::Sequence(_)) => return None,
        (Shape::Int32 | Shape::IntOrString, Value::Number(number)) if fits_i32(number) => return None,
        (Shape::Int64, Value::Number(number)) if number.is_i64() => return None,
        (Shape::Bytes, Value::String(text)) if is_base64(text) => return None,
        (Shape::Bytes, _) => "bytes in base64",
        (Shape::String, _) => "a string",
        (Shape::Time, _) => "a time",
        (Shape::Bool, _) => "true or false",
        (Shape::Number, _) => "a number",
        (Shape::Int32, _) => "an integer of 32 bits",
        (Shape::Int64, _) => "an integer of 64 bits",
        (Shape::IntOrString, _) => "an integer or a string",
        (Shape::Quantity, _) => "a quantity",
        (Shape::List(_), _) => "a list",
        (Shape::Type(_) | Shape::Map(_), _) => "a mapping",
    })
}

fn fits_i32(number: &Number) -> bool {
    number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

fn is_base64(text: &str) -> bool {
    let text = text.trim_end_matches(['\n', '\r']);
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// The text under `key` of a mapping.
fn text_of<'m>(mapping: &'m Mapping, key: &str) -> Option<&'m str> {
    mapping.get(key)?.as_str()
}
