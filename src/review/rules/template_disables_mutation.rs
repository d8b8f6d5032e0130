//! Rule: a pod template beside fields that only the webhook applies.

use super::{
    Check, Rule, Subject,
    written::{ROLES, key_place},
};
use crate::tree::{CodeDoc, Diagnostic, Diagnostics};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "template-disables-mutation",
        summary: "a pod template stands beside fields that only the webhook applies",
        explanation: "From operator 2.1 on a pod with a template (and Spark 3.0 or later) does not get the label \
                      `sparkoperator.k8s.io/mutated-by-spark-operator`: the operator takes a template to be all that the pod \
                      needs. The webhook configuration of its chart selects by another label and mutates the pod none the \
                      less; one that selects by this label does not, and the fields are lost. Rendered pods have both, the \
                      template and the fields.",
    },
    check: Check::Rendered(check),
};

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    if !subject.app.spark_version.reads_pod_templates() {
        return;
    }
    let fields = crate::operator::webhook::webhook_fields(subject.app);
    for role in ROLES {
        let Some(template) = subject.written(&[role, "template"]) else { continue };
        let Some(first) = fields.iter().find(|field| field.role == role) else { continue };
        diagnostics.push(
            Diagnostic::note(
                RULE.doc.code,
                format!(
                    "with a template the operator does not mark the {role} for mutation, which `{}` needs",
                    first.field
                ),
            )
            .field(subject.app.spec_path().key(role).key("template"))
            .at(key_place(subject.written(&[role]).unwrap_or(template), "template"))
            .label(&first.origin, "reaches the pod by mutation only")
            .hint("move the field into the template, or render the application"),
        );
    }
}
