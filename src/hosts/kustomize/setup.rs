//! Kustomizations and the functions that they list.

use std::path::{Path, PathBuf};

use crate::{
    hosts::setup::{HostDocument, is_ours},
    tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Sources, plain_path::plain},
};

/// Names under which kustomize finds its file.
pub(in crate::hosts) const KUSTOMIZATION_FILES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];
const FUNCTION: &str = "config.kubernetes.io/function";
/// What an outer kustomization may change after a transformer of an inner one.
const CHANGES: &[&str] = &[
    "namePrefix",
    "nameSuffix",
    "namespace",
    "images",
    "replicas",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
];

pub(crate) fn is_kustomization(found: &HostDocument) -> bool {
    found.file.file_name().is_some_and(|name| KUSTOMIZATION_FILES.iter().any(|known| name == *known))
}

/// A function of ours that a kustomization lists.
struct Listed<'a> {
    kustomization: &'a HostDocument,
    list: &'static str,
    config: &'a HostDocument,
}

/// Our functions that `found` lists.
fn listed(found: &[HostDocument]) -> Vec<Listed<'_>> {
    let mut all = Vec::new();
    for kustomization in found.iter().filter(|found| is_kustomization(found)) {
        for list in ["generators", "transformers", "validators"] {
            for entry in strings(&kustomization.node, list) {
                let file = plain(&kustomization.folder().join(entry));
                let configs = found.iter().filter(|config| {
                    plain(&config.file) == file || (plain(config.folder()) == file && !is_kustomization(config))
                });
                all.extend(configs.filter(|config| is_ours(&config.node)).map(|config| Listed {
                    kustomization,
                    list,
                    config,
                }));
            }
        }
    }
    all
}

/// Whether a kustomization in `folder`, or one that it builds on, needs plugins.
pub(crate) fn needs_plugins(folder: &Path, found: &[HostDocument]) -> bool {
    let listed = listed(found);
    let mut open = vec![plain(folder)];
    let mut seen = Vec::new();
    while let Some(folder) = open.pop() {
        if seen.contains(&folder) {
            continue;
        }
        if listed.iter().any(|listed| plain(listed.kustomization.folder()) == folder) {
            return true;
        }
        let here = found.iter().filter(|found| is_kustomization(found) && plain(found.folder()) == folder);
        open.extend(here.flat_map(bases));
        seen.push(folder);
    }
    false
}

fn bases(kustomization: &HostDocument) -> Vec<PathBuf> {
    let lists = ["resources", "components", "bases"];
    let entries = lists.iter().flat_map(|list| strings(&kustomization.node, list));
    entries.map(|entry| plain(&kustomization.folder().join(entry))).collect()
}

pub(crate) fn report(found: &[HostDocument], diagnostics: &mut Diagnostics) {
    for listed in listed(found) {
        report_function(&listed, diagnostics);
        let place = listed.kustomization.node.get(listed.list).map_or(&listed.kustomization.node, |list| list);
        if listed.list == "validators" {
            diagnostics.push(
                Diagnostic::error("kustomize-validator", "kustomize fails with every external validator")
                    .field(FieldPath::keys(&["validators"]))
                    .at(&place.origin)
                    .hint("list the function among `transformers`"),
            );
        }
        report_order(&listed, found, diagnostics);
    }
}

fn report_function(listed: &Listed<'_>, diagnostics: &mut Diagnostics) {
    let Some(annotation) = listed.config.node.at_keys(&["metadata", "annotations", FUNCTION]) else { return };
    let path = || FieldPath::keys(&["metadata", "annotations"]).key(FUNCTION);
    let mut scratch = Diagnostics::new();
    let mut sources = Sources::new();
    let id = sources.add(FUNCTION, annotation.as_str().unwrap_or_default());
    let documents = crate::operator::documents::parse(id, &sources, &mut scratch);
    let Some(exec) = documents.first().and_then(|document| document.node.get("exec")).and_then(Node::as_mapping) else {
        return;
    };
    diagnostics.push(
        Diagnostic::warning(
            "kustomize-exec-function",
            "kubectl kustomize and Flux do not run this function, and kubectl says nothing: all that it renders is missing there",
        )
        .field(path())
        .at(&annotation.origin)
        .hint("build with `kustomize build --enable-alpha-plugins --enable-exec`"),
    );
    let mut fault = |message: String, hint: &str| {
        diagnostics
            .push(Diagnostic::error("kustomize-function", message).field(path()).at(&annotation.origin).hint(hint));
    };
    for (key, _) in exec.iter().filter(|(key, _)| !["path", "args", "envs"].contains(key)) {
        fault(format!("kustomize knows no `exec.{key}`"), "use `path`, `args` and `envs`");
    }
    let program = exec.get("path").and_then(Node::as_str).unwrap_or_default();
    if program.contains('/') && !program.starts_with('/') {
        let file = listed.kustomization.folder().join(program);
        match is_executable(&file) {
            None => fault(
                format!("there is no `{}`", file.display()),
                "give a path relative to the kustomization, or a name on PATH",
            ),
            Some(false) => fault(format!("`{}` is not executable", file.display()), "set its executable bit"),
            Some(true) => {}
        }
    }
    if exec.iter().any(|(key, _)| key == "args" || key == "envs") {
        diagnostics.push(
            Diagnostic::note("kustomize-function", "`exec.args` and `exec.envs` need kustomize 5.7 or newer")
                .field(path())
                .at(&annotation.origin)
                .hint("leave them out: without arguments the function recognises itself what is wanted"),
        );
    }
}

#[cfg(unix)]
fn is_executable(file: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(file.metadata().ok()?.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> Option<bool> {
    file.is_file().then_some(true)
}

/// What is changed after the function has run.
fn report_order(listed: &Listed<'_>, found: &[HostDocument], diagnostics: &mut Diagnostics) {
    let generator = listed.list == "generators";
    let own = plain(listed.kustomization.folder());
    for outer in found.iter().filter(|found| is_kustomization(found)) {
        let same = plain(outer.folder()) == own;
        if !(bases(outer).contains(&own) || same && generator) {
            continue;
        }
        let changes: &[&str] = if generator { &["images"] } else { CHANGES };
        for (key, value) in changes.iter().filter_map(|key| Some((key, outer.node.get(key)?))) {
            let (what, hint) = if generator {
                (
                    "does not reach the executors' image",
                    "use the function as a transformer, with the `configurations` of `spark-render schema kustomize-configurations`",
                )
            } else {
                (
                    "comes after rendering and does not reach spark.properties",
                    "list the function among the `transformers` of this kustomization",
                )
            };
            diagnostics.push(
                Diagnostic::warning("kustomize-order", format!("`{key}` {what}"))
                    .field(FieldPath::keys(&[key]))
                    .at(&value.origin)
                    .hint(hint),
            );
        }
    }
}

fn strings<'a>(node: &'a Node, list: &str) -> impl Iterator<Item = &'a str> {
    node.as_mapping()
        .and_then(|mapping: &Mapping| mapping.get(list))
        .and_then(Node::as_sequence)
        .into_iter()
        .flatten()
        .filter_map(Node::as_str)
}
