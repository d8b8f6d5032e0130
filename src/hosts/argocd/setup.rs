//! plugin.yaml of a config management plugin, bare or in a ConfigMap.

use crate::{
    hosts::setup::HostDocument,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Sources},
};

pub(crate) fn report(found: &[HostDocument], diagnostics: &mut Diagnostics) {
    for document in found {
        let node = &document.node;
        match node.str_at(&["kind"]) {
            Some("ConfigManagementPlugin") => report_plugin(node, None, diagnostics),
            Some("ConfigMap") => {
                let Some(text) = node.at_keys(&["data", "plugin.yaml"]) else { continue };
                let (mut sources, mut scratch) = (Sources::new(), Diagnostics::new());
                let id = sources.add("plugin.yaml", text.as_str().unwrap_or_default());
                for plugin in crate::operator::documents::parse(id, &sources, &mut scratch) {
                    report_plugin(&plugin.node, Some(&text.origin), diagnostics);
                }
            }
            _ => {}
        }
    }
}

/// `place` stands for places in a text within another file.
fn report_plugin(plugin: &Node, place: Option<&Origin>, diagnostics: &mut Diagnostics) {
    let words =
        |list: &str| plugin.at_keys(&["spec", "generate", list]).and_then(Node::as_sequence).unwrap_or_default();
    let ours = words("command")
        .iter()
        .chain(words("args"))
        .any(|word| word.as_str().is_some_and(|word| word.contains("spark-render")));
    if !ours {
        return;
    }
    let pattern = [&["spec", "discover", "fileName"][..], &["spec", "discover", "find", "glob"]];
    for path in pattern {
        let Some(value) = plugin.at_keys(path) else { continue };
        let text = value.as_str().unwrap_or_default();
        if text.is_empty() || text.ends_with("spark-render.yaml") {
            continue;
        }
        diagnostics.push(
            Diagnostic::warning(
                "argocd-discover",
                format!("`{text}` takes over every application that has such a file and names no plugin"),
            )
            .field(FieldPath::keys(path))
            .at(place.unwrap_or(&value.origin))
            .hint("leave `discover` out and name the plugin in the Application"),
        );
    }
}
