//! Tailoring and validation in one go, without saying anything twice.

use super::{
    KubernetesVersion,
    tailor::tailor_object,
    validate::{Mode, validate_object},
};
use crate::{
    config::OnUnsupported,
    diagnostics::{Diagnostic, Diagnostics, ObjectRef},
    manifest::{Manifest, Provenance},
    node::Node,
};

/// What the pipeline calls last: rendered objects are tailored and validated, previews validated, the rest is left alone.
#[must_use]
pub fn conform(
    mut manifests: Vec<Manifest>,
    target: KubernetesVersion,
    on_unsupported: OnUnsupported,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    for manifest in &mut manifests {
        match manifest.provenance {
            Provenance::Rendered => conform_object(&mut manifest.object, target, on_unsupported, diagnostics),
            Provenance::Preview => {
                validate_object(&manifest.object, target, Mode::Preview, diagnostics);
            }
            Provenance::PassedThrough => {}
        }
    }
    manifests
}

/// Tailors and validates one object.
pub fn conform_object(
    object: &mut Node,
    target: KubernetesVersion,
    on_unsupported: OnUnsupported,
    diagnostics: &mut Diagnostics,
) {
    tailor_object(object, target, on_unsupported, diagnostics);
    for field in validate_object(object, target, Mode::Tailored(on_unsupported), diagnostics) {
        object.remove_at(&field);
    }
}

/// Tailors and validates a pod template that Spark completes, before it becomes text.
pub fn conform_template(
    template: &mut Node,
    target: KubernetesVersion,
    on_unsupported: OnUnsupported,
    diagnostics: &mut Diagnostics,
) {
    tailor_object(template, target, on_unsupported, diagnostics);
    for field in validate_object(template, target, Mode::Template(on_unsupported), diagnostics) {
        template.remove_at(&field);
    }
}

/// Adds findings about `object`.
pub(super) fn in_object(object: &Node, found: Vec<Diagnostic>, diagnostics: &mut Diagnostics) {
    if found.is_empty() {
        return;
    }
    let text = |keys: &[&str]| object.str_at(keys).map(str::to_owned);
    let about = ObjectRef {
        api_version: text(&["apiVersion"]).unwrap_or_default(),
        kind: text(&["kind"]).unwrap_or_default(),
        namespace: text(&["metadata", "namespace"]),
        name: text(&["metadata", "name"]).unwrap_or_default(),
    };
    diagnostics.in_object(about, |diagnostics| found.into_iter().for_each(|one| diagnostics.push(one)));
}
