//! The webhook's mutations, one small file for those that belong together. Each step is a pair of functions:
//! `…_given` says whether and where its field is written, the other changes the pod.

pub(super) mod config_maps;
pub(super) mod containers;
pub(super) mod env;
pub(super) mod lifecycle;
pub(super) mod monitoring;
pub(super) mod networking;
pub(super) mod resources;
pub(super) mod scheduling;
pub(super) mod security;
pub(super) mod volumes;

use crate::tree::{Node, Origin, Sourced};

/// The place of a list that is not empty.
fn list_origin(list: Option<&Vec<Node>>) -> Option<Origin> {
    Some(list?.first()?.origin.clone())
}

/// The place of a text that is not empty.
fn text_origin(text: Option<&Sourced<String>>) -> Option<Origin> {
    text.filter(|text| !text.is_empty()).map(|text| text.origin.clone())
}

/// A string node where the text is written.
fn text_node(text: &Sourced<String>, rule: &'static str) -> Node {
    Node::from(&text.value).at(super::mutation::webhook(rule, &text.origin))
}
