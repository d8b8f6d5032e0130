//! What an Argo CD Application has to say so that nobody fights over the certificate.
//!
//! The operator writes caBundle into the webhook configurations; and where the cluster owns the Secret, its data
//! is nobody else's business. No released Argo CD (≤ 3.5) reads this off the resource itself.

use super::{
    Owner,
    webhooks::{CONFIGURATION_GROUP, CONFIGURATION_KINDS},
};
use crate::{
    map, seq,
    tree::{Mapping, Node},
};

/// The sync option without which ignored differences are ignored in the comparison only.
pub(crate) const RESPECT: &str = "RespectIgnoreDifferences=true";

/// What is to be left alone.
#[derive(Debug, Clone)]
pub struct Protected<'a> {
    /// Who owns the Secret.
    pub owner: Owner,
    /// Its name.
    pub secret_name: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// The name of the webhook configurations, if it is known; otherwise all configurations are meant.
    pub webhook_name: Option<&'a str>,
}

/// The entries of `spec.ignoreDifferences`.
#[must_use]
pub fn entries(protected: &Protected) -> Vec<Node> {
    let mut entries = Vec::new();
    if protected.owner == Owner::Cluster {
        // The core group is written by leaving it out.
        entries.push(map! {
            "kind" => "Secret",
            "name" => Node::text(protected.secret_name),
            "namespace" => Node::text(protected.namespace),
            "jsonPointers" => seq!["/data"],
        });
    }
    for kind in CONFIGURATION_KINDS {
        let mut entry = Mapping::new();
        entry.insert("group", CONFIGURATION_GROUP);
        entry.insert("kind", *kind);
        if let Some(name) = protected.webhook_name {
            entry.insert("name", Node::text(name));
        }
        entry.insert("jqPathExpressions", seq![".webhooks[]?.clientConfig.caBundle"]);
        entries.push(entry.into());
    }
    entries
}

/// The part of an Application to paste: `spec.ignoreDifferences` and the sync option. As JSON it is a merge patch
/// for an Application that has neither list yet.
#[must_use]
pub fn snippet(protected: &Protected) -> Node {
    map! {
        "spec" => map! {
            "ignoreDifferences" => Node::new(entries(protected)),
            "syncPolicy" => map! { "syncOptions" => seq![RESPECT] },
        },
    }
}

/// A JSON patch (RFC 6902) that adds to `application` what it lacks, and changes nothing else. Empty if nothing
/// is missing.
#[must_use]
pub fn patch(protected: &Protected, application: &Node) -> Vec<Node> {
    let operation =
        |op: &'static str, path: &str, value: Node| map! { "op" => op, "path" => Node::text(path), "value" => value };
    let mut operations = Vec::new();
    if application.get("spec").and_then(Node::as_mapping).is_none() {
        let snippet = snippet(protected);
        return snippet.get("spec").map(|spec| operation("add", "/spec", spec.clone())).into_iter().collect();
    }
    let wanted = entries(protected);
    match application.at_keys(&["spec", "ignoreDifferences"]).and_then(Node::as_sequence) {
        None => operations.push(operation("add", "/spec/ignoreDifferences", Node::new(wanted))),
        Some(present) => operations.extend(
            wanted
                .into_iter()
                .filter(|entry| !present.contains(entry))
                .map(|entry| operation("add", "/spec/ignoreDifferences/-", entry)),
        ),
    }
    match application.at_keys(&["spec", "syncPolicy"]) {
        Some(policy) if policy.as_mapping().is_some() => match policy.get("syncOptions").and_then(Node::as_sequence) {
            None => operations.push(operation("add", "/spec/syncPolicy/syncOptions", seq![RESPECT])),
            Some(options) => {
                let prefix = RESPECT.trim_end_matches("true");
                let present =
                    options.iter().position(|option| option.as_str().is_some_and(|text| text.starts_with(prefix)));
                match present {
                    None => operations.push(operation("add", "/spec/syncPolicy/syncOptions/-", RESPECT.into())),
                    Some(index) if options[index].as_str() != Some(RESPECT) => operations.push(operation(
                        "replace",
                        &format!("/spec/syncPolicy/syncOptions/{index}"),
                        RESPECT.into(),
                    )),
                    Some(_) => {}
                }
            }
        },
        _ => operations.push(operation("add", "/spec/syncPolicy", map! { "syncOptions" => seq![RESPECT] })),
    }
    operations
}
