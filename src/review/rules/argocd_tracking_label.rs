//! Rule: Argo CD's tracking label among the labels that pods inherit (spark-operator #1484).

use super::{Check, Rule, Written, written::key_place};
use crate::tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "argocd-tracking-label",
        summary: "Argo CD's tracking label is copied to the pods",
        explanation: "Labels of the application and of a role are copied to pods. Where Argo CD tracks by label (its \
                      default before 3.0), it takes whatever carries `app.kubernetes.io/instance` for its own: a driver \
                      pod that an operator made, and whose ownerReference the webhook did not add, is OutOfSync or pruned \
                      while it runs. Track by annotation, or leave the label out.",
    },
    check: Check::Written(check),
};

/// Argo CD's own default, and the one that its documentation proposes instead.
const LABELS: [&str; 2] = ["app.kubernetes.io/instance", "argocd.argoproj.io/instance"];

fn check(written: &Written<'_>, diagnostics: &mut Diagnostics) {
    let metadata = &["metadata", "labels"];
    let role = |role| (written.get(&[role, "labels"]), written.path(&[role, "labels"]));
    let of_application = (written.document.at_keys(metadata), FieldPath::keys(metadata));
    let places = [of_application, role("driver"), role("executor")];
    for (labels, path) in places {
        let Some(labels) = labels else { continue };
        for label in LABELS.into_iter().filter(|label| labels.get(label).is_some()) {
            diagnostics.push(
                Diagnostic::note(
                    RULE.doc.code,
                    format!("`{label}`, by which Argo CD may track what it owns, is copied to the pods"),
                )
                .field(path.key(label))
                .at(key_place(labels, label))
                .hint("leave it to Argo CD, or set `application.resourceTrackingMethod: annotation`"),
            );
        }
    }
}
