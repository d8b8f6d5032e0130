//! Flux Kustomizations of folders that Flux cannot build.

use std::path::Path;

use crate::{
    hosts::{kustomize::setup::needs_plugins, setup::HostDocument},
    tree::{Diagnostic, Diagnostics, FieldPath, plain_path::plain},
};

pub(crate) fn report(found: &[HostDocument], diagnostics: &mut Diagnostics) {
    for document in found {
        let node = &document.node;
        let flux =
            node.str_at(&["apiVersion"]).is_some_and(|version| version.starts_with("kustomize.toolkit.fluxcd.io/"));
        if !flux || node.str_at(&["kind"]) != Some("Kustomization") {
            continue;
        }
        let Some(path) = node.at_keys(&["spec", "path"]) else { continue };
        // Relative to the root of the repository, which may be a folder above this one.
        let wanted = plain(Path::new(path.as_str().unwrap_or_default().trim_start_matches('/')));
        let folders = found.iter().map(|other| plain(other.folder()));
        let hit = folders
            .filter(|folder| folder == &wanted || folder.ends_with(&wanted))
            .any(|folder| needs_plugins(&folder, found));
        if hit {
            diagnostics.push(
                Diagnostic::error(
                    "flux-plugins",
                    format!("Flux runs no kustomize plugin, and `{}` needs one", wanted.display()),
                )
                .field(FieldPath::keys(&["spec", "path"]))
                .at(&path.origin)
                .hint("render into a folder with `spark-render render -o`, and point Flux at that"),
            );
        }
    }
}
