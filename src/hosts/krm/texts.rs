//! Names that stay in texts: spark.properties and the executors' pod template are data of ConfigMaps, where no host
//! follows a name that it changes.

use std::collections::BTreeSet;

use super::{
    Renamed,
    references::{Reference, References, kind_of_conf},
};
use crate::{
    kube::{Manifest, Provenance},
    spark::properties,
    tree::{Diagnostic, Diagnostics, Node, ObjectRef, Origin, Sources},
};

/// A name in a text, and the text's origin.
type Named<'a> = (Reference, &'a Origin);

/// The references in the texts of `manifests`.
fn references(manifests: &[Manifest]) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    let rendered = manifests.iter().filter(|manifest| manifest.provenance == Provenance::Rendered);
    for manifest in rendered.filter(|manifest| manifest.kind() == "ConfigMap") {
        let data = manifest.object.get("data").and_then(Node::as_mapping);
        for (key, value) in data.into_iter().flat_map(crate::tree::Mapping::iter) {
            let text = value.as_str().unwrap_or_default();
            let references = if key == "spark.properties" { of_properties(text) } else { of_template(text) };
            found.extend(references.into_iter().map(|reference| (reference, &value.origin)));
        }
    }
    found
}

fn of_properties(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for (key, name) in properties::read(text) {
        if let Some(kind) = kind_of_conf(&key) {
            found.push(Reference { kind, name });
        } else if let Some((_, secret)) = key.split_once(".secrets.") {
            found.push(Reference { kind: "Secret", name: secret.to_owned() });
        } else if key.contains(".secretKeyRef.")
            && let Some((secret, _)) = name.split_once(':')
        {
            found.push(Reference { kind: "Secret", name: secret.to_owned() });
        }
    }
    found.retain(|reference| !matches!(reference.name.as_str(), "" | "OnDemand"));
    found
}

/// A pod template; other texts have no references.
fn of_template(text: &str) -> Vec<Reference> {
    if !text.contains("kind: Pod") {
        return Vec::new();
    }
    let (mut sources, mut scratch) = (Sources::new(), Diagnostics::new());
    let id = sources.add("template", text);
    let documents = crate::operator::documents::parse(id, &sources, &mut scratch);
    documents.iter().flat_map(|document| References::of(&document.node).0).collect()
}

/// Errors for executors that would look for objects whose names kustomize changes after us.
pub fn report_hashed(
    manifests: &[Manifest],
    renamed: &Renamed,
    object: Option<&ObjectRef>,
    diagnostics: &mut Diagnostics,
) {
    let hashed: BTreeSet<(&str, &str)> = renamed.hashed().collect();
    let mut said = BTreeSet::new();
    for (reference, origin) in references(manifests) {
        if hashed.contains(&(reference.kind, &reference.name)) && said.insert(reference.clone()) {
            let Reference { kind, name } = reference;
            let mut diagnostic = Diagnostic::error(
                "kustomize-hashed-name",
                format!("executors refer to {kind} `{name}`, to whose name kustomize adds a hash after this"),
            )
            .at(origin)
            .hint("switch the suffix off: `generatorOptions: disableNameSuffixHash: true`");
            diagnostic.object = object.cloned();
            diagnostics.push(diagnostic);
        }
    }
}

/// Warns of own objects, and notes others, that a host may rename and whose names are in texts all the same.
pub fn report_own(manifests: &[Manifest], object: Option<&ObjectRef>, diagnostics: &mut Diagnostics) {
    let own: BTreeSet<(&str, &str)> = manifests.iter().map(|manifest| (manifest.kind(), manifest.name())).collect();
    let mut said = BTreeSet::new();
    for (reference, origin) in references(manifests) {
        if !said.insert(reference.clone()) {
            continue;
        }
        let message = format!(
            "executors find {} `{}` by a name in a text, which no host changes",
            reference.kind, reference.name
        );
        let mut diagnostic = if own.contains(&(reference.kind, &reference.name)) {
            Diagnostic::warning("rename-proof", message)
        } else {
            Diagnostic::note("rename-proof", message)
        };
        diagnostic = diagnostic
            .at(origin)
            .hint("run spark-render as a transformer of the last overlay, if the object is renamed there");
        diagnostic.object = object.cloned();
        diagnostics.push(diagnostic);
    }
}
