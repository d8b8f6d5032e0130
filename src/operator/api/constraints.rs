//! What the CustomResourceDefinitions demand of single fields: required ones, enums, ranges.

use crate::{
    operator::fields::{Field, Required, Shape, Values},
    tree::{Diagnostic, Diagnostics, Node, Place},
};

/// Reports a value that the schema refuses although its type is right.
pub(crate) fn check(field: &Field, value: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    match (&field.values, value.as_str(), super::decode::integer(value)) {
        (Values::OneOf(_), Some(""), _) if field.may_be_empty() => {}
        (Values::OneOf(allowed), Some(text), _) if !allowed.contains(&text) => {
            let path = place.path();
            let mut diagnostic =
                Diagnostic::error("invalid-value", format!("`{path}` is `{text}`")).field(path).at(&value.origin);
            diagnostic = match allowed.iter().find(|known| known.eq_ignore_ascii_case(text)) {
                Some(known) => diagnostic.hint(format!("write `{known}`")),
                None => diagnostic.hint(format!("use one of {}", quoted(allowed))),
            };
            diagnostics.push(diagnostic);
        }
        (Values::Between(least, most), None, Some(number)) if !(*least..=*most).contains(&number) => {
            let path = place.path();
            diagnostics.push(
                Diagnostic::error("invalid-value", format!("`{path}` is {number}"))
                    .field(path)
                    .at(&value.origin)
                    .hint(format!("use an integer from {least} to {most}")),
            );
        }
        // The pattern of `driver.podName` takes any text with a letter in it; `resolve` checks the name itself.
        _ => {}
    }
}

/// Reports those of the required `fields` that `node` lacks, or has as null.
pub(crate) fn require(fields: &[&Field], node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let is_absent = |field: &Field| node.get(field.name).is_none_or(Node::is_null);
    for field in fields.iter().filter(|field| field.required != Required::No && field.required != Required::Resolved) {
        if is_absent(field) {
            let name = field.name;
            if field.required == Required::Filled
                || field.required == Required::FilledTogether && fields.iter().all(|field| is_absent(field))
            {
                filled(field, node, place, diagnostics);
                continue;
            }
            let hint = match field.example {
                Some(value) => format!("write `{name}: {value}`, for example"),
                None => format!("add `{name}`"),
            };
            let field = place.key(name).path();
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{field}` is missing"))
                    .field(field)
                    .at(&node.origin)
                    .hint(hint),
            );
        }
    }
}

/// The operator's webhook writes Go's zero value, and the API server is satisfied.
fn filled(field: &Field, node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let name = field.name;
    let (zero, written) = match field.shape {
        Shape::Boolean => ("`false`", "false"),
        Shape::Int32 | Shape::Int64 => ("0", "0"),
        _ => ("an empty text", field.example.unwrap_or("\"\"")),
    };
    let path = place.key(name).path();
    let message = format!("required field `{path}` is missing; the operator's webhook fills in {zero}");
    diagnostics.push(
        Diagnostic::warning("filled-field", message)
            .field(path)
            .at(&node.origin)
            .hint(format!("write `{name}: {written}`")),
    );
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
