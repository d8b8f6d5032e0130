//! Rule: a driver without an account of its own.

use super::{Check, Rule, Subject, written::key_place};
use crate::{
    operator::companions::rbac,
    spark::names::ROLE_LABEL,
    tree::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "driver-account",
        summary: "a driver without a service account",
        explanation: "A driver makes its executors by the API server. Without an account of its own it asks as the namespace's \
                      `default`, which may do nothing unless somebody has let it, and then every pod of the namespace may do \
                      the same. Name an account that a Role lets create pods, services and configmaps, or let `rbac: true` \
                      render all three.",
    },
    check: Check::Rendered(check),
};

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let template = subject.written(&["driver", "template"]);
    let is_driver = |pod: &&crate::tree::Node| pod.str_at(&["metadata", "labels", ROLE_LABEL]) == Some("driver");
    let named = rbac::driver_account(subject.conf, template).is_some()
        || subject.pods().filter(is_driver).any(|pod| rbac::account_of(pod).is_some());
    let is_bound = subject.manifests.iter().any(|manifest| manifest.kind() == "RoleBinding");
    if named || is_bound {
        return;
    }
    let spec = subject.written(&[]);
    let place = spec.filter(|spec| spec.get("driver").is_some()).map(|spec| key_place(spec, "driver"));
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, "the driver asks for executors as the namespace's `default` account")
            .field(subject.app.spec_path().key("driver").key("serviceAccount"))
            .at(place.or_else(|| spec.map(|spec| spec.origin.clone())).unwrap_or_default())
            .hint("name an account that may create pods, or let `rbac: true` in the configuration render one"),
    );
}
