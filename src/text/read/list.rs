//! Lists of objects are taken apart, as kubectl does.

use std::collections::VecDeque;

use crate::{
    map,
    tree::{Diagnostic, Diagnostics, Node, Value},
};

/// Puts `node` into `documents`; of a list its items, and theirs.
///
/// A list is an object whose kind ends in `List` and whose `items` are a list (`kind: List`,
/// `SparkApplicationList`). Items of a typed list may leave out their kind. A KRM `ResourceList` stays whole.
pub(crate) fn flatten(mut node: Node, documents: &mut VecDeque<Node>, diagnostics: &mut Diagnostics) {
    let kind = node.str_at(&["kind"]).unwrap_or_default().to_owned();
    let api_version = node.str_at(&["apiVersion"]).unwrap_or_default().to_owned();
    let is_list = kind.ends_with("List") && !api_version.starts_with("config.kubernetes.io/");
    let Some(items) = node.get_mut("items").filter(|_| is_list) else {
        documents.push_back(node);
        return;
    };
    match std::mem::take(&mut items.value) {
        Value::Sequence(items) => {
            for mut item in items {
                let item_kind = kind.trim_end_matches("List");
                if item.as_mapping().is_some()
                    && !item_kind.is_empty()
                    && item.get("kind").is_none()
                    && item.get("apiVersion").is_none()
                {
                    complete(&mut item, &api_version, item_kind);
                }
                flatten(item, documents, diagnostics);
            }
        }
        Value::Null => {}
        _ => {
            let message = format!("`items` of `{kind}` is no list");
            diagnostics.push(
                Diagnostic::error("yaml-value", message).at(&items.origin).hint("write `items: []` for an empty list"),
            );
        }
    }
}

/// Puts the list's type in front of an item.
fn complete(item: &mut Node, api_version: &str, kind: &str) {
    let origin = item.origin.clone();
    let mut whole = map! { "apiVersion" => Node::text(api_version), "kind" => Node::text(kind) }.stamped(&origin);
    if let (Value::Mapping(fields), Some(target)) = (std::mem::take(&mut item.value), whole.as_mapping_mut()) {
        for (key, value) in fields {
            target.insert(key, value);
        }
    }
    *item = whole;
}
