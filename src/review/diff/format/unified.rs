//! For programs that read patches: a unified diff of the YAML of both sides, without what was left out.

use std::fmt::Write;

use crate::{
    review::diff::{self, Comparison, lines},
    text::write::yaml,
    tree::{Node, display},
};

/// The whole comparison; empty if nothing differs. The footer are lines with `#` in front, which patch tools skip.
#[must_use]
pub fn unified(comparison: &Comparison) -> String {
    let mut out = String::new();
    for object in &comparison.objects {
        let (old, new) = diff::sides(object);
        let name = |name: &crate::review::diff::ObjectName| name.to_string().replace(' ', "/");
        let new_name = name(&object.name);
        let old_name = object.renamed_from.as_ref().map_or_else(|| new_name.clone(), name);
        let header = |side: Option<&Node>, name: String| if side.is_some() { name } else { "/dev/null".to_owned() };
        out.push_str(&lines::unified(
            &yaml(old.as_ref()),
            &yaml(new.as_ref()),
            &header(old.as_ref(), old_name),
            &header(new.as_ref(), new_name),
        ));
    }
    if !comparison.is_same() {
        for line in super::text::footer(comparison).lines() {
            let _ = writeln!(out, "# {line}");
        }
    }
    display::whole_lines(&out).into_owned()
}

fn yaml(node: Option<&Node>) -> String {
    let mut text = String::new();
    if let Some(node) = node {
        yaml::write(node, &mut text);
    }
    text
}
