//! Fields that no rendered object can carry out, because they tell the operator what to do.

use super::Written;
use crate::{
    config::{Target, TtlPolicy},
    diagnostics::{Diagnostic, Diagnostics},
    node::Origin,
    resolve::{ApplicationKind, ResolveOptions},
};

/// Says what becomes of lifecycle fields.
pub(super) fn check(written: &Written, options: &ResolveOptions, diagnostics: &mut Diagnostics) {
    mode(written, diagnostics);
    dead(written, diagnostics);
    if options.target == Target::SparkApplication {
        // The operator stays, and with it all that it does.
        return;
    }
    restart_policy(written, options, diagnostics);
    time_to_live(written, options, diagnostics);
    suspend(written, diagnostics);
}

fn mode(written: &Written, diagnostics: &mut Diagnostics) {
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
fn dead(written: &Written, diagnostics: &mut Diagnostics) {
    let spec = &written.spec;
    let fields: [(&str, Option<&Origin>); 2] = [
        ("failureRetries", spec.failure_retries.as_ref().map(|field| &field.origin)),
        ("retryInterval", spec.retry_interval.as_ref().map(|field| &field.origin)),
    ];
    for (field, origin) in fields {
        let Some(origin) = origin else { continue };
        let path = written.path(&[field]);
        diagnostics.push(
            Diagnostic::warning("no-effect", format!("`{path}` has no effect in any operator since 2.0"))
                .field(path)
                .at(origin)
                .hint("use `spec.restartPolicy`"),
        );
    }
}

fn restart_policy(written: &Written, options: &ResolveOptions, diagnostics: &mut Diagnostics) {
    let policy = written.spec.restart_policy.as_ref().and_then(|policy| policy.r#type.as_ref());
    let Some(policy) = policy.filter(|policy| !["", "Never"].contains(&policy.value.as_str())) else { return };
    let pod = options.target == Target::Pod && written.kind == ApplicationKind::SparkApplication;
    if pod {
        diagnostics.push(
            Diagnostic::warning(
                "restart-policy-of-pod",
                format!("nobody restarts a Pod, but `restartPolicy.type` is `{}`", policy.value),
            )
            .field(written.path(&["restartPolicy", "type"]))
            .at(&policy.origin)
            .hint("use `--target job` or `--target auto`"),
        );
    }
}

fn time_to_live(written: &Written, options: &ResolveOptions, diagnostics: &mut Diagnostics) {
    let Some(ttl) = &written.spec.time_to_live_seconds else { return };
    let never = written.spec.restart_policy.as_ref().and_then(|policy| policy.r#type.as_ref());
    let never = never.is_none_or(|policy| ["", "Never"].contains(&policy.value.as_str()));
    let pod = written.kind == ApplicationKind::SparkApplication
        && (options.target == Target::Pod || (options.target == Target::Auto && never));
    let path = written.path(&["timeToLiveSeconds"]);
    let (message, hint) = match (pod, options.ttl) {
        (false, TtlPolicy::Keep) => return,
        (false, TtlPolicy::Drop) => (
            format!("`{path}` is left out: Argo CD and Flux would start the job again once it is deleted"),
            "set `ttl: keep` if nothing applies the output again",
        ),
        (true, _) => {
            (format!("`{path}` is left out: Pods have no time to live"), "use `--target job` with `ttl: keep`")
        }
    };
    diagnostics.push(Diagnostic::warning("time-to-live", message).field(path).at(&ttl.origin).hint(hint));
}

fn suspend(written: &Written, diagnostics: &mut Diagnostics) {
    if let Some(suspend) = written.spec.suspend.as_ref().filter(|suspend| suspend.value) {
        diagnostics.push(
            Diagnostic::note("suspended", "the application is suspended: nothing that runs is rendered")
                .field(written.path(&["suspend"]))
                .at(&suspend.origin),
        );
    }
}
