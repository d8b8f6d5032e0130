//! The rules of `check`: what no stage has reason to say while it renders, but a reader should know before the
//! merge. One rule, one file; none repeats what a stage reports.

mod allow;
mod argocd_tracking_label;
mod conf_reference;
mod driver_account;
mod driver_memory;
mod env_duplicate;
mod env_reference;
mod operator_loses_field;
mod secret_in_clear;
mod shuffle_tracking;
mod subject;
mod template_disables_mutation;
mod unknown_conf;
mod version_conflict;
mod webhook_loss;
mod webhook_only_field;
mod written;

pub(crate) use allow::Allowed;
pub(crate) use subject::Subject;
pub(crate) use webhook_loss::webhook_loss;
pub(crate) use written::Written;

use crate::{
    render::{Options, pipeline::Rendered},
    text::read::Document,
    tree::{CodeDoc, Diagnostics, ObjectRef},
};

/// A rule: what it is called and how it is checked.
pub(crate) struct Rule {
    /// Its code and what `explain CODE` says.
    pub doc: CodeDoc,
    /// Looks at an application.
    pub check: Check,
}

/// What a rule needs to see.
pub(crate) enum Check {
    /// The application as written: looked at even where it cannot be rendered.
    Written(fn(&Written<'_>, &mut Diagnostics)),
    /// What became of it as well.
    Rendered(fn(&Subject<'_>, &mut Diagnostics)),
}

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        /// All rules, in the order in which they look.
        pub(crate) const RULES: &[Rule] = &[$($module::RULE),*];

        /// Codes of the rules and of the comments that allow findings.
        pub const CODES: &[CodeDoc] = &[$($module::RULE.doc,)* allow::UNUSED, allow::MALFORMED];
    };
}

rules! {
    webhook_only_field,
    operator_loses_field,
    template_disables_mutation,
    version_conflict,
    env_duplicate,
    env_reference,
    driver_account,
    driver_memory,
    shuffle_tracking,
    unknown_conf,
    argocd_tracking_label,
    secret_in_clear,
}

/// What there is to say before any application is looked at.
pub fn check_options(options: &Options, diagnostics: &mut Diagnostics) {
    if let Some(operator) = options.operator_version {
        version_conflict::of_operator(operator, options.kube_version, diagnostics);
    }
}

/// Whether an application has fields that reach its pods through the operator's webhook only.
pub(crate) fn needs_webhook(rendered: &Rendered) -> bool {
    rendered.app.as_ref().is_some_and(webhook_only_field::concerns)
}

/// Checks an application that was rendered. What resolving and planning have to say was said when it was
/// rendered.
pub fn check(document: &Document, rendered: &Rendered, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(object) = ObjectRef::of(&document.node) else { return };
    let written = Written::of(&document.node);
    let subject = rendered.app.as_ref().zip(rendered.plan.as_ref()).map(|(app, plan)| Subject {
        app,
        conf: &plan.conf,
        manifests: &rendered.objects,
        operator: options.operator_version,
    });
    diagnostics.in_object(object, |diagnostics| {
        for rule in RULES {
            match (&rule.check, &subject) {
                (Check::Written(check), _) => check(&written, diagnostics),
                (Check::Rendered(check), Some(subject)) => check(subject, diagnostics),
                (Check::Rendered(_), None) => {}
            }
        }
    });
}
