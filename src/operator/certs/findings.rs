//! What is wrong with certificates, webhooks and their owners in a set of manifests: rendered charts, GitOps
//! repositories, Argo CD Applications. For `check`.
//!
//! Findings about Secrets point at places that hold no value of them: a report quotes the lines it points at.

use std::collections::BTreeMap;

use super::{
    Form, Layout,
    ignore_differences::RESPECT,
    secret,
    webhooks::{CONFIGURATION_GROUP, CONFIGURATION_KINDS, ca_bundle},
};
use crate::operator::names::LAUNCHED_LABEL;
use crate::{
    operator::{self, certs},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, ObjectRef, Origin},
};

/// Whether `object` has to do with certificates, webhooks or who owns them.
#[must_use]
pub(crate) fn is_concerned(object: &Node) -> bool {
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    is_configuration(object)
        || written_secret(object).is_some()
        || (group(object) == "argoproj.io" && matches!(kind, "Application" | "ApplicationSet"))
}

/// All findings, in the order of the objects.
#[must_use]
pub fn findings(objects: &[Node]) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for object in objects {
        let Some(scope) = ObjectRef::of(object) else { continue };
        diagnostics.in_object(scope, |diagnostics| {
            empty_secret(object, diagnostics);
            webhook_configuration(object, objects, diagnostics);
            application(object, objects, diagnostics);
        });
    }
    two_owners(objects, &mut diagnostics);
    diagnostics
}

/// A certificate Secret that would blank the live one. (A Secret without any data is a shell: it overwrites nothing.)
fn empty_secret(object: &Node, diagnostics: &mut Diagnostics) {
    if certs::form(object) != Some(Form::Plain) {
        return;
    }
    for field in ["data", "stringData"] {
        let Some(data) = object.get(field).and_then(Node::as_mapping) else { continue };
        let is_empty = |value: &Node| value.is_null() || value.as_str().is_some_and(str::is_empty);
        let ours = Layout::Operator.keys().iter().filter_map(|(_, key)| data.get(key).map(|value| (*key, value)));
        let empty: Vec<_> = ours.filter(|(_, value)| is_empty(value)).map(|(key, _)| key).collect();
        if empty.is_empty() {
            continue;
        }
        // Where nothing else is in it, its place can be shown.
        let shown = data.values().all(is_empty);
        let origin = if shown { data.get(empty[0]).map(|value| value.origin.clone()) } else { None };
        diagnostics.push(
            Diagnostic::error(
                "certificate-secret-empty",
                format!("the certificate Secret is rendered with empty values: `{}`", empty.join("`, `")),
            )
            .field(FieldPath::keys(&[field]))
            .at(origin.unwrap_or_default())
            .hint("leave the Secret out of the render and let the operator make it, or make it once with `spark-render certs init`")
            .hint(format!(
                "upgrade to operator {} or later, whose chart does not render it",
                crate::operator::Version::first_that_verifies()
            )),
        );
    }
}

/// Whether a webhook (an item of `webhooks`) is the Spark operator's.
fn is_operators(webhook: &Node) -> bool {
    let name = webhook.str_at(&["name"]).unwrap_or_default();
    let rules = webhook.get("rules").and_then(Node::as_sequence).unwrap_or_default();
    let groups = rules.iter().filter_map(|rule| rule.get("apiGroups")?.as_sequence()).flatten();
    name.ends_with(".sparkoperator.k8s.io")
        || webhook.at_keys(&["objectSelector", "matchLabels", LAUNCHED_LABEL]).is_some()
        || groups.filter_map(Node::as_str).any(|group| group == operator::GROUP)
}

fn is_configuration(object: &Node) -> bool {
    object.str_at(&["kind"]).is_some_and(|kind| CONFIGURATION_KINDS.contains(&kind))
        && group(object) == CONFIGURATION_GROUP
}

fn webhook_configuration(object: &Node, objects: &[Node], diagnostics: &mut Diagnostics) {
    if !is_configuration(object) {
        return;
    }
    // In `v1beta1` the default was Ignore.
    let default = if object.str_at(&["apiVersion"]).is_some_and(|version| version.ends_with("/v1beta1")) {
        "Ignore"
    } else {
        "Fail"
    };
    let webhooks = object.get("webhooks").and_then(Node::as_sequence).unwrap_or_default();
    for (index, webhook) in webhooks.iter().enumerate().filter(|(_, webhook)| is_operators(webhook)) {
        let path = FieldPath::keys(&["webhooks"]).index(index);
        let name = webhook.str_at(&["name"]).unwrap_or_default();
        let policy = webhook.get("failurePolicy");
        if policy.map_or(default, |policy| policy.as_str().unwrap_or_default()) == "Ignore" {
            diagnostics.push(
                Diagnostic::error(
                    "webhook-ignores-failures",
                    format!("webhook `{name}` has failurePolicy `Ignore`: when it cannot be reached, pods start without what it adds"),
                )
                .field(path.key("failurePolicy"))
                .at(policy.map_or(&webhook.origin, |policy| &policy.origin))
                .hint("write `failurePolicy: Fail`, or render the applications and do without the webhook"),
            );
        }
        let Some(bundle) = webhook.at_keys(&["clientConfig", "caBundle"]) else { continue };
        if let Some(authority) = authority_of(webhook, objects)
            && bundle.as_str() != Some(ca_bundle(&authority).as_str())
        {
            diagnostics.push(
                Diagnostic::error(
                    "webhook-other-authority",
                    format!("caBundle of webhook `{name}` is not the authority of the certificate Secret beside it"),
                )
                .field(path.key("clientConfig").key("caBundle"))
                .at(&bundle.origin)
                .hint("render both from the same Secret with `spark-render certs webhook`, or leave caBundle out: the operator writes it"),
            );
        }
    }
}

/// The authority in the plain Secret for the Service that `webhook` calls, if it is among `objects`.
fn authority_of(webhook: &Node, objects: &[Node]) -> Option<super::Certificate> {
    let service = webhook.at_keys(&["clientConfig", "service"])?;
    let (name, namespace) = (service.str_at(&["name"])?, service.str_at(&["namespace"])?);
    let secret = objects.iter().find(|object| {
        let secret_name = object.str_at(&["metadata", "name"]).unwrap_or_default();
        certs::form(object) == Some(Form::Plain)
            && certs::holds_certificate(object)
            && object.str_at(&["metadata", "namespace"]) == Some(namespace)
            && secret_name.strip_suffix("-certs") == Some(name.strip_suffix("-svc").unwrap_or(name))
    })?;
    secret::authority(secret)
}

/// Objects that write a Secret: its namespace and name, and what they are called.
fn written_secret(object: &Node) -> Option<((String, String), String)> {
    let namespace = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
    let own_name = object.str_at(&["metadata", "name"])?;
    let kind = object.str_at(&["kind"])?;
    let name = match (kind, group(object)) {
        ("Secret", "") => own_name,
        ("SealedSecret", "bitnami.com") => object.str_at(&["spec", "template", "metadata", "name"]).unwrap_or(own_name),
        ("Certificate", "cert-manager.io") => object.str_at(&["spec", "secretName"])?,
        ("ExternalSecret", "external-secrets.io") => object.str_at(&["spec", "target", "name"]).unwrap_or(own_name),
        ("VaultStaticSecret" | "VaultDynamicSecret" | "VaultPKISecret", "secrets.hashicorp.com") => {
            object.str_at(&["spec", "destination", "name"])?
        }
        _ => return None,
    };
    Some(((namespace.to_owned(), name.to_owned()), format!("{kind} `{own_name}`")))
}

fn two_owners(objects: &[Node], diagnostics: &mut Diagnostics) {
    let mut writers: BTreeMap<(String, String), Vec<(&Node, String)>> = BTreeMap::new();
    for object in objects {
        if let Some((secret, writer)) = written_secret(object) {
            writers.entry(secret).or_default().push((object, writer));
        }
    }
    for ((_, name), writers) in writers {
        let about_us = name.ends_with("-webhook-certs")
            || writers.iter().any(|(object, _)| certs::holds_certificate(object))
            || name == "spark-operator-tls";
        let [(_, first), (second, writer), ..] = writers.as_slice() else { continue };
        if !about_us {
            continue;
        }
        let mut diagnostic = Diagnostic::error(
            "certificate-two-owners",
            format!("the certificate Secret `{name}` is written by {writer} and by {first}"),
        )
        .field(FieldPath::keys(&["metadata", "name"]))
        .at(harmless(second))
        .hint("keep one of them: the file of `certs init`, cert-manager, or the operator itself (no Secret at all)");
        diagnostic.object = ObjectRef::of(second);
        diagnostics.push(diagnostic);
    }
}

/// The place of the object's name, unless its line could hold a value of a Secret.
fn harmless(object: &Node) -> Origin {
    let plain = certs::form(object) == Some(Form::Plain);
    let name = object.at_keys(&["metadata", "name"]).map(|name| name.origin.clone()).unwrap_or_default();
    if plain { Origin::Unknown } else { name }
}

fn group(object: &Node) -> &str {
    object.str_at(&["apiVersion"]).and_then(|version| version.split_once('/')).map_or("", |(group, _)| group)
}

/// Argo CD's Application (and the template of an ApplicationSet).
fn application(object: &Node, objects: &[Node], diagnostics: &mut Diagnostics) {
    let prefix: &[&str] = match (object.str_at(&["kind"]), group(object)) {
        (Some("Application"), "argoproj.io") => &["spec"],
        (Some("ApplicationSet"), "argoproj.io") => &["spec", "template", "spec"],
        _ => return,
    };
    let Some(spec) = object.at_keys(prefix) else { return };
    let Some(ignored) = spec.get("ignoreDifferences") else { return };
    let entries = ignored.as_sequence().unwrap_or_default();
    let path = FieldPath::keys(prefix).key("ignoreDifferences");
    for (index, entry) in entries.iter().enumerate() {
        ignored_entry(entry, &path.index(index), objects, diagnostics);
    }
    let concerns_us = entries.iter().any(|entry| {
        let kind = entry.str_at(&["kind"]).unwrap_or_default();
        kind == "Secret" || CONFIGURATION_KINDS.iter().any(|known| glob(kind, known))
    });
    let respects = spec
        .at_keys(&["syncPolicy", "syncOptions"])
        .and_then(Node::as_sequence)
        .is_some_and(|options| options.iter().any(|option| option.as_str() == Some(RESPECT)));
    if concerns_us && !respects {
        let place = spec.at_keys(&["syncPolicy", "syncOptions"]).unwrap_or(ignored);
        diagnostics.push(
            Diagnostic::error(
                "missing-respect-ignore-differences",
                "differences are ignored in the comparison, but every sync overwrites them",
            )
            .field(FieldPath::keys(prefix).key("syncPolicy").key("syncOptions"))
            .at(&place.origin)
            .hint(format!("add `{RESPECT}` to `syncPolicy.syncOptions`")),
        );
    }
}

fn ignored_entry(entry: &Node, path: &FieldPath, objects: &[Node], diagnostics: &mut Diagnostics) {
    let mut nothing = |path: FieldPath, origin: &Origin, message: String, hint: &str| {
        diagnostics.push(Diagnostic::error("ignore-matches-nothing", message).field(path).at(origin).hint(hint));
    };
    let text = |key: &str| entry.str_at(&[key]).unwrap_or_default();
    if let Some(group) = entry.get("group").filter(|group| group.as_str() == Some("core")) {
        let message = "group `core` matches nothing: the core group has no name".to_owned();
        nothing(path.key("group"), &group.origin, message, "leave `group` out");
        return;
    }
    let (entry_group, entry_kind) = (text("group"), text("kind"));
    if let Some(kind) = entry.get("kind").filter(|_| entry_kind != "*" && !entry_kind.contains('*')) {
        let meant = ["Secret"].iter().chain(CONFIGURATION_KINDS).find(|known| known.eq_ignore_ascii_case(entry_kind));
        if let Some(meant) = meant.filter(|meant| **meant != entry_kind) {
            let message = format!("kind `{entry_kind}` matches nothing: kinds are case-sensitive");
            nothing(path.key("kind"), &kind.origin, message, &format!("write `kind: {meant}`"));
            return;
        }
        let wanted = if entry_kind == "Secret" { "" } else { CONFIGURATION_GROUP };
        if meant.is_some() && !glob(entry_group, wanted) {
            let origin = entry.get("group").map_or(&kind.origin, |group| &group.origin);
            let message = format!("kind `{entry_kind}` does not exist in group `{entry_group}`");
            let hint =
                if wanted.is_empty() { "leave `group` out".to_owned() } else { format!("write `group: {wanted}`") };
            nothing(path.key("group"), origin, message, &hint);
            return;
        }
    }
    // What is ignored can be compared with the objects only if they are here.
    let targets: Vec<_> = objects
        .iter()
        .filter(|object| {
            let exact = |key: &str, field: &str| {
                entry.str_at(&[key]).is_none_or(|wanted| object.str_at(&["metadata", field]) == Some(wanted))
            };
            glob(entry_group, group(object))
                && glob(entry_kind, object.str_at(&["kind"]).unwrap_or_default())
                && exact("name", "name")
                && exact("namespace", "namespace")
        })
        .collect();
    for (field, is_pointer) in [("jsonPointers", true), ("jqPathExpressions", false)] {
        let expressions = entry.get(field).and_then(Node::as_sequence).unwrap_or_default();
        for (index, expression) in expressions.iter().enumerate() {
            let Some(text) = expression.as_str() else { continue };
            if is_pointer && !text.is_empty() && !text.starts_with('/') {
                let message = format!("JSON pointer `{text}` matches nothing: pointers start with `/`");
                nothing(path.key(field).index(index), &expression.origin, message, "write for example `/data`");
                continue;
            }
            if is_pointer && text.contains('*') {
                let message = format!("JSON pointer `{text}` matches nothing: pointers have no wildcards");
                let hint = "write a jq path under `jqPathExpressions`: `.webhooks[]?.clientConfig.caBundle`";
                nothing(path.key(field).index(index), &expression.origin, message, hint);
                continue;
            }
            let selects = |object: &&Node| {
                if is_pointer {
                    certs::pointer(object, text).is_some() || others_write(object, text)
                } else {
                    certs::jq(object, text).is_none_or(|found| !found.is_empty()) || others_write(object, text)
                }
            };
            if !targets.is_empty() && !targets.iter().any(selects) {
                let names: Vec<_> = targets.iter().filter_map(|object| object.str_at(&["metadata", "name"])).collect();
                let message = format!("`{text}` selects nothing in {entry_kind} `{}`", names.join("`, `"));
                let hint = "compare it with the object: `/` in keys is written `~1`, list items have indexes";
                nothing(path.key(field).index(index), &expression.origin, message, hint);
            }
        }
    }
}

/// Fields that manifests leave out, because others write them in the cluster: caBundle, and a Secret's data.
fn others_write(object: &Node, path: &str) -> bool {
    if is_configuration(object) {
        let parent = path.strip_suffix("/caBundle").filter(|parent| parent.ends_with("/clientConfig"));
        return match (parent, path.strip_suffix(".caBundle").filter(|parent| parent.ends_with(".clientConfig"))) {
            (Some(parent), _) => certs::pointer(object, parent).is_some(),
            (None, Some(parent)) => certs::jq(object, parent).is_some_and(|found| !found.is_empty()),
            (None, None) => false,
        };
    }
    let data = path.strip_prefix("/data").or_else(|| path.strip_prefix(".data"));
    certs::form(object) == Some(Form::Plain) && object.get("data").is_none() && data.is_some()
}

/// Argo CD's globs: `*` and `?`.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| glob(rest, &text[at..]))
        }
        Some(first) => {
            let mut chars = text.chars();
            chars.next().is_some_and(|c| first == '?' || first == c)
                && glob(&pattern[first.len_utf8()..], chars.as_str())
        }
    }
}
