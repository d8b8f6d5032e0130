//! For programs: version 1, frozen. `changed` and `removed` point into the old object; `added` points to the parent
//! in the old object and the place in the new list; `moved` goes from the pointer's place to `to`. Replacing first,
//! then removing and inserting in ascending order of places, the innermost lists first, makes the new object out of
//! the old one. Inside a text (`text`), the rest of the pointer is of the document in it. Hidden values (`secret`)
//! cannot be applied. What follows from other differences (`follows`) is there like all others.

use serde::Serialize;

use super::{Places, Side};
use crate::{
    review::diff::{
        CertificateFacts, Change, Comparison, FieldChange, ObjectChange, ObjectChangeKind, ObjectName, Step, path,
    },
    tree::{Node, Origin, display},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    version: u32,
    same: bool,
    unchanged: usize,
    objects: Vec<Object>,
    filters: Vec<FilterEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kept_images: Vec<String>,
}

#[derive(Serialize)]
struct FilterEntry {
    name: String,
    fields: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the format")]
struct Object {
    change: &'static str,
    name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<serde_json::Value>,
    fields: Vec<Field>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the format")]
struct Name {
    api_version: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    change: &'static str,
    path: String,
    pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<usize>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    secret: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    follows: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<Certificates>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Serialize)]
struct Text {
    pointer: String,
    format: &'static str,
}

#[derive(Serialize)]
struct Certificates {
    old: Vec<Certificate>,
    new: Vec<Certificate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Certificate {
    subject: String,
    issuer: String,
    dns_names: Vec<String>,
    not_before: String,
    not_after: String,
    key: String,
}

/// The whole comparison.
#[must_use]
pub fn json(comparison: &Comparison, places: Places<'_>) -> String {
    let report = Report {
        version: 1,
        same: comparison.is_same(),
        unchanged: comparison.unchanged,
        objects: comparison.objects.iter().map(|change| object(change, places)).collect(),
        filters: comparison
            .filters
            .iter()
            .map(|filter| FilterEntry { name: filter.name.clone(), fields: filter.fields })
            .collect(),
        kept_images: comparison.kept_images.keys().cloned().collect(),
    };
    let mut text = serde_json::to_string_pretty(&report).expect("the report has only plain values");
    text.push('\n');
    display::json(&text).into_owned()
}

fn object(change: &ObjectChange, places: Places<'_>) -> Object {
    Object {
        change: match change.kind {
            ObjectChangeKind::Added => "added",
            ObjectChangeKind::Removed => "removed",
            ObjectChangeKind::Changed => "changed",
        },
        name: name(&change.name),
        renamed_from: change.renamed_from.as_ref().map(name),
        old_index: change.old_index,
        new_index: change.new_index,
        object: (change.kind != ObjectChangeKind::Changed).then(|| change.object.to_json()),
        fields: change.fields.iter().map(|one| field(change, one, places)).collect(),
    }
}

fn name(name: &ObjectName) -> Name {
    Name {
        api_version: name.api_version.clone(),
        kind: name.kind.clone(),
        namespace: name.namespace.clone(),
        name: name.name.clone(),
    }
}

fn field(object: &ObjectChange, field: &FieldChange, places: Places<'_>) -> Field {
    let (change, old, new, to): (_, Option<&Node>, Option<&Node>, _) = match &field.change {
        Change::Added(new) => ("added", None, Some(new), None),
        Change::Removed(old) => ("removed", Some(old), None, None),
        Change::Changed { old, new } => ("changed", Some(old), Some(new), None),
        Change::Moved { to } => ("moved", None, None, Some(*to)),
    };
    let place = |side, index: Option<usize>, origin: &Origin| places(side, index?, origin);
    let steps: &[Step] = &field.path.0;
    Field {
        change,
        path: field.path.to_string(),
        pointer: field.path.pointer(),
        old: old.map(Node::to_json),
        new: new.map(Node::to_json),
        to,
        secret: field.secret,
        follows: field.follows,
        text: field
            .text
            .map(|(length, format)| Text { pointer: path::pointer(&steps[..length]), format: format.as_str() }),
        certificates: field.certificates.as_ref().map(|[old, new]| Certificates {
            old: old.iter().map(certificate).collect(),
            new: new.iter().map(certificate).collect(),
        }),
        place: match (new, old) {
            (Some(new), _) => place(Side::New, object.new_index, &new.origin),
            (None, Some(old)) => place(Side::Old, object.old_index, &old.origin),
            (None, None) => None,
        },
    }
}

fn certificate(facts: &CertificateFacts) -> Certificate {
    Certificate {
        subject: facts.subject.clone(),
        issuer: facts.issuer.clone(),
        dns_names: facts.dns_names.clone(),
        not_before: facts.not_before.clone(),
        not_after: facts.not_after.clone(),
        key: facts.key.clone(),
    }
}
