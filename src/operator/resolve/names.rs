//! Name and namespace.

use super::{ApplicationKind, DecodedApplication, ResolveOptions};
use crate::{
    kube::names,
    operator::api::Metadata,
    tree::{Diagnostic, Diagnostics, FieldPath, Origin, Sourced, Stage},
};

/// The longest name of a CronJob: its Jobs are `<name>-<11 characters>`.
const CRON_JOB_LIMIT: usize = 52;

/// `metadata.name`, which must be a DNS-1035 label (operator 2.4 and later), and short enough for a CronJob.
pub(crate) fn name(written: &DecodedApplication, diagnostics: &mut Diagnostics) -> Option<Sourced<String>> {
    let path = || FieldPath::keys(&["metadata", "name"]);
    let Some(name) = &written.metadata.name else {
        let mut diagnostic = Diagnostic::error("missing-field", "required field `metadata.name` is missing")
            .field(path())
            .at(&written.metadata.origin);
        if let Some(prefix) = &written.metadata.generate_name {
            diagnostic = diagnostic
                .label(&prefix.origin, "a name drawn at random cannot be rendered")
                .hint("replace `generateName` by `name`");
        }
        diagnostics.push(diagnostic);
        return None;
    };
    let scheduled = written.kind == ApplicationKind::ScheduledSparkApplication;
    let (limit, reason) =
        if scheduled { (CRON_JOB_LIMIT, "of a CronJob") } else { (names::LABEL_LENGTH, "of a DNS label") };
    if name.len() > limit {
        diagnostics.push(
            Diagnostic::error(
                "name-too-long",
                format!("`metadata.name` has {} characters, over the {limit} {reason}", name.len()),
            )
            .field(path())
            .at(&name.origin)
            .hint(format!("shorten it to at most {limit} characters")),
        );
        return None;
    }
    if names::is_dns1035_label(name) {
        return Some(name.clone());
    }
    let filled = without_placeholders(name);
    let placeholder = filled != name.value && names::is_dns1035_label(&filled);
    let diagnostic = if placeholder {
        Diagnostic::warning("placeholder-name", format!("`metadata.name` is `{name}`, which has to be filled in later"))
            .hint("fill the placeholder in before the output is applied")
    } else {
        Diagnostic::error("invalid-name", format!("`metadata.name` is `{name}`, which is no DNS-1035 label"))
            .hint("use lower-case letters, digits and `-`, starting with a letter and not ending with `-`")
    };
    diagnostics.push(diagnostic.field(path()).at(&name.origin));
    placeholder.then(|| name.clone())
}

/// `driver.podName`, which the schema hardly restricts, must be a DNS-1123 subdomain like the name of any pod.
pub(crate) fn driver_pod_name(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let name = written.spec.driver.as_ref().and_then(|driver| driver.pod_name.as_ref());
    let Some(name) = name.filter(|name| !name.value.is_empty()) else { return };
    if name.len() > names::SUBDOMAIN_LENGTH || !names::is_dns_subdomain(&without_placeholders(name)) {
        diagnostics.push(
            Diagnostic::error(
                "invalid-name",
                format!("the driver pod's name is `{name}`, which is no DNS-1123 subdomain"),
            )
            .field(written.path(&["driver", "podName"]))
            .at(&name.origin)
            .hint("use at most 253 lower-case letters, digits, `-` and `.`"),
        );
    }
}

/// `spark-pi-{epoch}` with something valid in place of `{epoch}`.
fn without_placeholders(text: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((placeholder, behind)) = after.split_once('}') else { break };
        if placeholder.is_empty() || !placeholder.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            break;
        }
        filled.push_str(before);
        filled.push('x');
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// The application's own namespace, else the option's, else the host's, else `default`.
pub(crate) fn namespace(
    metadata: &Metadata,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<String>> {
    let path = || FieldPath::keys(&["metadata", "namespace"]);
    let named = metadata.namespace.as_ref().or(options.namespace.as_ref()).or(options.host_namespace.as_ref());
    if let Some(namespace) = named {
        if !names::is_dns_label(namespace) {
            diagnostics.push(
                Diagnostic::error(
                    "invalid-name",
                    format!("the namespace is `{}`, which is no DNS-1123 label", namespace.value),
                )
                .field(path())
                .at(&namespace.origin)
                .hint("use at most 63 lower-case letters, digits and `-`"),
            );
            return None;
        }
        return Some(namespace.clone());
    }
    let message = "the application names no namespace";
    if options.namespace_required {
        diagnostics.push(
            Diagnostic::error("no-namespace", message)
                .field(path())
                .at(&metadata.origin)
                .hint("set `metadata.namespace`, or pass `--namespace`"),
        );
        return None;
    }
    diagnostics.push(
        Diagnostic::warning("no-namespace", format!("{message}; `default` is used"))
            .field(path())
            .at(&metadata.origin)
            .hint("set `metadata.namespace`, or pass `--namespace`"),
    );
    Some(Sourced::new("default".to_owned(), Origin::derived(Stage::Assemble, "no-namespace", [])))
}
