//! From objects in the newest shape to objects that the target honours: apiVersions, security profiles, explicit
//! protocols ([`reshape`]), then every field and value by table ([`tailor_fields`]). Idempotent; loses nothing that the
//! target knows.

use super::{
    Action, OnUnsupported, Version,
    conform::in_object,
    convert,
    minors::Minors,
    pods,
    schema::{self, Field, KindLookup, Shape, Type},
    security,
    unsupported::Unsupported,
};
use crate::tree::{Diagnostic, Diagnostics, Mapping, Node, Origin, Place, Severity, Stage, Value};

/// Tailors one object. What is called from outside is [`super::conform()`], which also validates.
pub fn tailor_object(object: &mut Node, target: Version, on_unsupported: OnUnsupported, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    reshape(object, target, &mut found);
    tailor_fields(object, target, on_unsupported, &mut found);
    in_object(object, found, diagnostics);
}

/// Gives `object` the apiVersion and the forms that `target` reads, whatever fields it has.
pub(crate) fn reshape(object: &mut Node, target: Version, found: &mut Vec<Diagnostic>) {
    drop_nulls(object);
    convert::choose_api_version(object, target, found);
    pods::with_template(object, |template, place| {
        security::tailor_profiles(template, place, target, found);
        if let Some(spec) = template.get_mut("spec") {
            pods::each_container(spec, place, |container, _| explicit_protocols(container.get_mut("ports")));
        }
    });
    if object.str_at(&["kind"]) == Some("Service") {
        explicit_protocols(object.get_mut("spec").and_then(|spec| spec.get_mut("ports")));
    }
}

/// Rids `object` of the fields and values that `target` lacks, as the table of fields has them.
pub(crate) fn tailor_fields(
    object: &mut Node,
    target: Version,
    on_unsupported: OnUnsupported,
    found: &mut Vec<Diagnostic>,
) {
    let api_version = object.str_at(&["apiVersion"]).unwrap_or_default();
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    if let KindLookup::Known(kind) = schema::kind_of(api_version, kind)
        && let Some(id) = kind.type_id
        && let Some(mapping) = object.as_mapping_mut()
    {
        let mut walker = Walker { target, at: Minors::only(target), on_unsupported, found };
        walker.object(mapping, schema::type_of(id), &Place::Root);
    }
}

/// A null in a mapping says the same as no key, and strict schemas refuse it.
fn drop_nulls(node: &mut Node) {
    match &mut node.value {
        Value::Mapping(mapping) => {
            let mut has_null = false;
            for child in mapping.values_mut() {
                match child.value {
                    Value::Null => has_null = true,
                    Value::Mapping(_) | Value::Sequence(_) => drop_nulls(child),
                    _ => {}
                }
            }
            if has_null {
                mapping.retain(|_, value| !value.is_null());
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Ports are keyed by their protocol in server-side apply, which servers before 1.20.6 do not fill in.
fn explicit_protocols(ports: Option<&mut Node>) {
    for port in ports.and_then(Node::as_sequence_mut).into_iter().flatten() {
        let origin = &port.origin;
        if port.as_mapping().is_some_and(|port| port.get("protocol").is_none_or(|one| one.as_str() == Some(""))) {
            let protocol = Node::from("TCP").at(Origin::derived(Stage::Tailor, "explicit-protocol", [origin.clone()]));
            port.as_mapping_mut().expect("checked above").insert("protocol", protocol);
        }
    }
}

/// What becomes of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FieldTreatment {
    Keep,
    Drop,
    DropParent,
}

struct Walker<'a> {
    target: Version,
    at: Minors,
    on_unsupported: OnUnsupported,
    found: &'a mut Vec<Diagnostic>,
}

impl Walker<'_> {
    /// Tailors a mapping; says whether what holds it is to be dropped.
    fn object(&mut self, mapping: &mut Mapping, kind: &'static Type, place: &Place<'_>) -> FieldTreatment {
        if kind.settled.meets(self.at) {
            return FieldTreatment::Keep;
        }
        let mut verdict = FieldTreatment::Keep;
        let mut dropped: Vec<&'static str> = Vec::new();
        for (key, value) in mapping.iter_mut() {
            // What no version knows is for validation to report.
            let Some(field) = kind.field(key) else { continue };
            let place = place.key(key);
            match self.field(value, field, &place) {
                FieldTreatment::Keep => {}
                FieldTreatment::Drop => dropped.push(field.name),
                FieldTreatment::DropParent => verdict = FieldTreatment::Drop,
            }
        }
        if !dropped.is_empty() {
            mapping.retain(|key, _| !dropped.contains(&key));
        }
        verdict
    }

    fn field(&mut self, value: &mut Node, field: &'static Field, place: &Place<'_>) -> FieldTreatment {
        if !field.on.meets(self.at) {
            let lacking = Unsupported { target: self.target, place, node: value, field, choice: None };
            return match self.decide(&lacking) {
                Some(Action::Drop) => FieldTreatment::Drop,
                Some(Action::DropParent) => FieldTreatment::DropParent,
                _ => FieldTreatment::Keep,
            };
        }
        if !field.choices.is_empty() && self.choices(value, field, place) == FieldTreatment::Drop {
            return FieldTreatment::Drop;
        }
        match field.shape(self.at) {
            Shape::String | Shape::Quantity | Shape::Bool | Shape::Int32 | Shape::Int64 | Shape::IntOrString => {
                FieldTreatment::Keep
            }
            shape => self.value(value, shape, place),
        }
    }

    fn value(&mut self, value: &mut Node, shape: &Shape, place: &Place<'_>) -> FieldTreatment {
        match (shape, &mut value.value) {
            (Shape::Type(id), Value::Mapping(mapping)) => self.object(mapping, schema::type_of(*id), place),
            (Shape::List(inner), Value::Sequence(items)) if self.matters(inner) => {
                let mut index = 0;
                items.retain_mut(|item| {
                    let verdict = self.value(item, inner, &place.index(index));
                    index += 1;
                    verdict == FieldTreatment::Keep
                });
                FieldTreatment::Keep
            }
            (Shape::Map(inner), Value::Mapping(mapping)) if self.matters(inner) => {
                mapping.retain(|key, item| self.value(item, inner, &place.key(key)) == FieldTreatment::Keep);
                FieldTreatment::Keep
            }
            _ => FieldTreatment::Keep,
        }
    }

    fn matters(&self, shape: &Shape) -> bool {
        shape.leaf().is_some_and(|id| !schema::type_of(id).settled.meets(self.at))
    }

    fn choices(&mut self, value: &mut Node, field: &'static Field, place: &Place<'_>) -> FieldTreatment {
        if let Value::Sequence(items) = &mut value.value {
            let mut index = 0;
            items.retain_mut(|item| {
                let verdict = self.choices(item, field, &place.index(index));
                index += 1;
                verdict == FieldTreatment::Keep
            });
            return FieldTreatment::Keep;
        }
        let Some(text) = value.as_str() else { return FieldTreatment::Keep };
        let Some(choice) = field.choices.iter().find(|choice| choice.matches(text)) else {
            return FieldTreatment::Keep;
        };
        if choice.on().meets(self.at) {
            return FieldTreatment::Keep;
        }
        let lacking = Unsupported { target: self.target, place, node: value, field, choice: Some(choice) };
        match self.decide(&lacking) {
            Some(Action::Drop | Action::DropParent) => FieldTreatment::Drop,
            Some(Action::Replace(other)) => {
                let origin = Origin::noted(
                    Stage::Tailor,
                    "unsupported-value",
                    format!("`{}` until Kubernetes knows it", choice.text),
                    [value.origin.clone()],
                );
                *value = Node::from(other).at(origin);
                FieldTreatment::Keep
            }
            _ => FieldTreatment::Keep,
        }
    }

    /// Reports, and says what to do; nothing where the field stays.
    fn decide(&mut self, lacking: &Unsupported<'_>) -> Option<Action> {
        let (action, harmless) = (lacking.action(), lacking.is_harmless());
        let refused = matches!(action, Action::Refuse | Action::Security);
        let (severity, done, result) = match self.on_unsupported {
            OnUnsupported::Keep => (Severity::Warning, "kept".to_owned(), None),
            OnUnsupported::Error if !harmless => (Severity::Error, String::new(), None),
            OnUnsupported::Drop if refused && !harmless => (Severity::Error, String::new(), None),
            _ => {
                let severity = if harmless { Severity::Note } else { Severity::Warning };
                match action {
                    Action::Replace(other) => (severity, format!("replaced by `{other}`"), Some(action)),
                    Action::DropParent => (severity, "dropped with what holds it".to_owned(), Some(action)),
                    _ => (severity, "dropped".to_owned(), Some(Action::Drop)),
                }
            }
        };
        self.found.push(lacking.diagnostic(severity, &done));
        result
    }
}
