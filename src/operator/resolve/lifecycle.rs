//! Fields that tell the operator how to run the application. What becomes of `restartPolicy`,
//! `timeToLiveSeconds` and `suspend` depends on the workload, and is said where that is made.

use super::DecodedApplication;
use crate::{
    operator::since,
    tree::{Diagnostic, Diagnostics, Origin},
};

/// Says which fields do nothing, or something else.
pub(crate) fn check(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    mode(written, diagnostics);
    submission_retries(written, diagnostics);
    dead(written, diagnostics);
}

fn mode(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    if let Some(mode) = written.spec.mode.as_ref().filter(|mode| mode.value == "client") {
        diagnostics.push(
            Diagnostic::warning("client-mode", "`mode: client` is rendered as cluster mode")
                .field(written.path(&["mode"]))
                .at(&mode.origin)
                .hint("write `mode: cluster`; in client mode the driver would run inside the operator"),
        );
    }
}

/// Fields that the operator accepts and does not look at.
fn dead(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let spec = &written.spec;
    let fields: [(&str, Option<&Origin>); 2] = [
        ("failureRetries", spec.failure_retries.as_ref().map(|field| &field.origin)),
        ("retryInterval", spec.retry_interval.as_ref().map(|field| &field.origin)),
    ];
    for (field, origin) in fields {
        let Some(origin) = origin else { continue };
        let path = written.path(&[field]);
        diagnostics.push(
            Diagnostic::warning(
                "no-effect",
                format!("`{path}` has no effect in any operator since {}", since::FIELDS_WITHOUT_EFFECT),
            )
            .field(path)
            .at(origin)
            .hint("use `spec.restartPolicy`"),
        );
    }
}

/// Retries of a submission: what is rendered is applied, and nothing is submitted that could fail.
fn submission_retries(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let Some(policy) = &written.spec.restart_policy else { return };
    let retries = policy.on_submission_failure_retries.as_ref();
    let interval = policy.on_submission_failure_retry_interval.as_ref();
    let fields: Vec<(&str, &Origin)> = [
        retries.map(|field| ("onSubmissionFailureRetries", &field.origin)),
        interval.map(|field| ("onSubmissionFailureRetryInterval", &field.origin)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let Some((first, origin)) = fields.first() else { return };
    let names: Vec<String> = fields.iter().map(|(field, _)| format!("`{field}`")).collect();
    let have = if names.len() == 1 { "has" } else { "have" };
    let message =
        format!("{} {have} no effect on what is rendered: nothing is submitted that could fail", names.join(" and "));
    diagnostics.push(
        Diagnostic::note("no-effect", message)
            .field(written.path(&["restartPolicy", first]))
            .at(*origin)
            .hint("keep it for the operator, or remove it"),
    );
}
