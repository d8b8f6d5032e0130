//! What the cluster itself says that it serves (Argo CD's `KUBE_API_VERSIONS`).

use std::collections::BTreeSet;

use super::{Manifest, Provenance, Version, conform::in_object, schema};
use crate::tree::{Diagnostic, Diagnostics, FieldPath};

/// Warns of rendered kinds that are missing in `api_versions`: a comma-joined list of `group/version/Kind`, as Argo CD
/// writes it. An empty list (Source Hydrator) confirms nothing and refuses nothing.
pub fn confirm_kinds(manifests: &[Manifest], api_versions: &str, target: Version, diagnostics: &mut Diagnostics) {
    let served: BTreeSet<&str> = api_versions.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    // Lists without kinds (Argo CD before 2.1) cannot confirm any.
    if !served.iter().any(|entry| entry.ends_with("/Pod")) {
        return;
    }
    let mut said = BTreeSet::new();
    for manifest in manifests.iter().filter(|manifest| manifest.provenance == Provenance::Rendered) {
        let (api_version, kind) = (manifest.api_version(), manifest.kind());
        let wanted = format!("{api_version}/{kind}");
        if served.contains(wanted.as_str()) || !said.insert(wanted) {
            continue;
        }
        let others: Vec<String> = served
            .iter()
            .filter(|entry| entry.rsplit('/').next() == Some(kind))
            .map(|entry| format!("`{}`", entry.rsplit_once('/').map_or("", |(version, _)| version)))
            .collect();
        let mut diagnostic = Diagnostic::warning(
            "api-not-confirmed",
            format!("the cluster does not list `{api_version}` `{kind}` among its APIs"),
        )
        .field(FieldPath::keys(&["apiVersion"]))
        .at(manifest.object.get("apiVersion").map_or(&manifest.object.origin, |node| &node.origin));
        diagnostic = if matches!(schema::kind_of(api_version, kind), schema::KindLookup::Custom) {
            diagnostic.hint("install its CustomResourceDefinition before")
        } else if others.is_empty() {
            diagnostic.hint(format!("check that the cluster is Kubernetes {target}"))
        } else {
            diagnostic.hint(format!("set the cluster's version with `--kube-version`; it lists {}", others.join(", ")))
        };
        in_object(&manifest.object, vec![diagnostic], diagnostics);
    }
}
