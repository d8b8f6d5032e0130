//! What Argo CD and Flux are told about the rendered objects; by default nothing.

use crate::{
    hosts::{argocd::ArgoCdOptions, flux::FluxOptions},
    kube::{
        Manifest, Provenance,
        annotations::{
            ARGOCD_HOOK, ARGOCD_SYNC_OPTIONS, ARGOCD_SYNC_WAVE, FLUX_FORCE, FLUX_SSA, FLUX_SUBSTITUTE, LOCAL_CONFIG,
        },
    },
    operator::rule,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Stage, Value},
};

/// Annotates previews always, rendered objects as the options say.
pub(crate) fn apply(
    manifests: &mut [Manifest],
    argocd: &ArgoCdOptions,
    flux: &FluxOptions,
    diagnostics: &mut Diagnostics,
) {
    for manifest in manifests {
        match manifest.provenance {
            Provenance::Preview => preview(&mut manifest.object),
            Provenance::Rendered => rendered(&mut manifest.object, argocd, flux, diagnostics),
            Provenance::Examined | Provenance::PassedThrough => {}
        }
    }
}

fn preview(object: &mut Node) {
    let origin = rule::render("preview", []);
    annotate(object, LOCAL_CONFIG, "true", &origin);
    annotate(object, ARGOCD_HOOK, "Skip", &origin);
}

fn rendered(object: &mut Node, argocd: &ArgoCdOptions, flux: &FluxOptions, diagnostics: &mut Diagnostics) {
    let runs = matches!(object.str_at(&["kind"]), Some("Pod" | "Job"));
    if let Some(wave) = &argocd.sync_wave {
        annotate(object, ARGOCD_SYNC_WAVE, &wave.to_string(), &wave.origin);
    }
    if runs && let Some(hook) = &argocd.hook {
        annotate(object, ARGOCD_HOOK, &hook.to_string(), &hook.origin);
    }
    if runs && argocd.recreate {
        force(object, diagnostics);
    }
    if runs && flux.recreate {
        annotate(object, FLUX_FORCE, "Enabled", &rule::option("flux.recreate"));
    }
    if runs && flux.if_not_present {
        annotate(object, FLUX_SSA, "IfNotPresent", &rule::option("flux.ifNotPresent"));
    }
    if flux.escape_substitution {
        escape_substitution(object);
    }
    if flux.disable_substitution && mentions_substitution(object) {
        annotate(object, FLUX_SUBSTITUTE, "disabled", &rule::option("flux.disableSubstitution"));
    }
}

/// `Force=true` beside the user's own sync options; with `Replace=true` every sync would start the driver again.
fn force(object: &mut Node, diagnostics: &mut Diagnostics) {
    let old = object.at_keys(&["metadata", "annotations", ARGOCD_SYNC_OPTIONS]).cloned();
    let options = old.as_ref().and_then(Node::as_str).unwrap_or_default();
    let mut list: Vec<&str> = options.split(',').map(str::trim).filter(|option| !option.is_empty()).collect();
    if list.contains(&"Replace=true") {
        diagnostics.push(
            Diagnostic::error(
                "argocd-force-and-replace",
                "`Force=true` and `Replace=true` together start the driver at every sync",
            )
            .field(FieldPath::keys(&["metadata", "annotations"]).key(ARGOCD_SYNC_OPTIONS))
            .at(old.as_ref().map(|node| node.origin.clone()).unwrap_or_default())
            .hint("remove `Replace=true`, or switch `argocd.recreate` off"),
        );
    }
    if !list.contains(&"Force=true") {
        list.push("Force=true");
        let joined = list.join(",");
        annotate(object, ARGOCD_SYNC_OPTIONS, &joined, &rule::option("argocd.recreate"));
    }
}

fn annotate(object: &mut Node, key: &'static str, value: &str, origin: &Origin) {
    let metadata = object.mapping_at("metadata");
    if metadata.get("annotations").is_none_or(Node::is_null) {
        metadata.insert("annotations", Node::new(crate::tree::Mapping::new()).at(origin.clone()));
    }
    let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut);
    annotations.expect("annotations are a mapping").insert(key, Node::text(value).at(origin.clone()));
}

/// `$${` is what substitution writes as `${`.
fn escape_substitution(node: &mut Node) {
    match &mut node.value {
        Value::String(text) if text.contains("${") => {
            let origin = Origin::derived(Stage::Config, "flux.escapeSubstitution", [node.origin.clone()]);
            *node = Node::from(text.replace("${", "$${")).at(origin);
        }
        Value::Sequence(items) => items.iter_mut().for_each(escape_substitution),
        Value::Mapping(mapping) => mapping.values_mut().for_each(escape_substitution),
        _ => {}
    }
}

/// Whether Flux's post-build substitution would find something to replace.
fn mentions_substitution(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => text.contains("${"),
        Value::Sequence(items) => items.iter().any(mentions_substitution),
        Value::Mapping(mapping) => {
            mapping.iter().any(|(key, value)| key.contains("${") || mentions_substitution(value))
        }
        _ => false,
    }
}
