//! Rule: fields that reach the pods through the operator's webhook only.

use super::{Check, Rule, Subject};
use crate::{
    operator::resolve::ResolvedApplication,
    tree::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "webhook-only-field",
        summary: "fields that reach the pods through the operator's webhook only",
        explanation: "The operator gives these fields to no Spark conf: its mutating webhook adds them to each pod at \
                      admission. When the webhook is off, cannot be reached, is trusted by nobody or is not asked, pods \
                      start without them (before operator 2.0, and wherever failurePolicy is Ignore), or do not start at \
                      all. `render` writes them into the driver pod and the executor pod template, where nothing can \
                      take them away. Said where an operator version is given; `check --webhook-loss` shows the pods as \
                      they would be without the webhook, for any.",
    },
    check: Check::Rendered(check),
};

/// Whether `app` has such fields.
pub(super) fn concerns(app: &ResolvedApplication) -> bool {
    !crate::operator::webhook::webhook_fields(app).is_empty()
}

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(operator) = subject.operator else { return };
    let mut fields: Vec<(String, crate::tree::Origin)> = Vec::new();
    for field in crate::operator::webhook::webhook_fields(subject.app) {
        let name = if field.of_spec { field.field.to_owned() } else { format!("{}.{}", field.role, field.field) };
        if !fields.iter().any(|(known, _)| *known == name) {
            fields.push((name, field.origin));
        }
    }
    let Some((_, first)) = fields.first() else { return };
    let names: Vec<String> = fields.iter().map(|(name, _)| format!("`{name}`")).collect();
    let (names, reach) = (names.join(", "), if fields.len() == 1 { "reaches" } else { "reach" });
    let message = if operator.webhooks_are_rendered() {
        format!("{names} {reach} the pods only through the webhook of operator {operator}")
    } else {
        format!(
            "{names} {reach} the pods only through the webhook, which operator {operator} has off by default and whose failures it ignores"
        )
    };
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, message)
            .field(subject.app.spec_path())
            .at(first)
            .hint("render the application: the fields are then in the pods themselves"),
    );
}
