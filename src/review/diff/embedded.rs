//! Texts with a structure of their own are opened: `spark.properties` into its confs, YAML and JSON files of a
//! ConfigMap (the executor pod template) into their trees.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::TextFormat;
use crate::{
    spark::{pod::features::pod_template_config_map::TEMPLATE_KEY, properties},
    tree::{Diagnostics, Key, Mapping, Node, Origin, Sources, Stage, Value},
};

/// The keys of `data` that were opened.
pub(crate) type Opened = BTreeMap<String, TextFormat>;

/// Opens the texts of a ConfigMap in place. Texts that cannot be read stay as they are.
pub(crate) fn open(object: &mut Node) {
    if let Some(data) = data(object) {
        for (key, value) in data.iter_mut() {
            if let Some(tree) = format_of(key).and_then(|format| tree(value, format)) {
                *value = tree;
            }
        }
    }
}

/// Opens the texts that differ between two ConfigMaps: those that can be read on every side that has them.
pub(crate) fn open_both(old: &mut Cow<'_, Node>, new: &mut Cow<'_, Node>) -> Opened {
    let mut opened = Opened::new();
    if !is_config_map(old) && !is_config_map(new) {
        return opened;
    }
    let mut empty = (Mapping::new(), Mapping::new());
    let old = data(old.to_mut()).unwrap_or(&mut empty.0);
    let new = data(new.to_mut()).unwrap_or(&mut empty.1);
    let keys: BTreeSet<String> = old.keys().chain(new.keys()).map(str::to_owned).collect();
    for key in keys {
        let Some(format) = format_of(&key) else { continue };
        let (before, after) = (old.get(&key), new.get(&key));
        if before == after {
            continue;
        }
        let trees = [before, after].map(|value| value.map(|value| tree(value, format)));
        if trees.iter().any(|tree| matches!(tree, Some(None))) {
            continue;
        }
        let [before, after] = trees.map(Option::flatten);
        for (data, tree) in [(&mut *old, before), (&mut *new, after)] {
            if let Some(tree) = tree {
                data.insert(&key, tree);
            }
        }
        opened.insert(key, format);
    }
    opened
}

fn is_config_map(object: &Node) -> bool {
    object.str_at(&["kind"]) == Some("ConfigMap")
}

fn data(object: &mut Node) -> Option<&mut Mapping> {
    if !is_config_map(object) {
        return None;
    }
    object.get_mut("data").and_then(Node::as_mapping_mut)
}

fn tree(value: &Node, format: TextFormat) -> Option<Node> {
    let text = value.as_str()?;
    match format {
        TextFormat::Properties => Some(properties(text, &value.origin)),
        TextFormat::Yaml => document(text, &value.origin),
    }
}

fn format_of(key: &str) -> Option<TextFormat> {
    if key == TEMPLATE_KEY {
        return Some(TextFormat::Yaml);
    }
    let (_, extension) = key.rsplit_once('.')?;
    match extension {
        "properties" => Some(TextFormat::Properties),
        "yaml" | "yml" | "json" => Some(TextFormat::Yaml),
        _ => None,
    }
}

/// A repeated key counts where it comes last, as in Java.
fn properties(text: &str, origin: &Origin) -> Node {
    let entries = properties::read(text);
    let mapping: Mapping =
        entries.into_iter().map(|(key, value)| (Key::from(&key), Node::from(value).at(conf(origin, &key)))).collect();
    Node::new(mapping).at(origin)
}

/// The origin of one line of a text that was made from confs.
fn conf(text: &Origin, key: &str) -> Origin {
    let Origin::Derived(derivation) = text else { return text.clone() };
    let is_it = |input: &&Origin| match input {
        Origin::Derived(link) => matches!(link.stage, Stage::Conf | Stage::SparkDefault) && link.rule == key,
        _ => false,
    };
    derivation.inputs.iter().find(is_it).unwrap_or(text).clone()
}

/// A text that is exactly one mapping or list.
fn document(text: &str, origin: &Origin) -> Option<Node> {
    let (mut sources, mut scratch) = (Sources::new(), Diagnostics::new());
    let id = sources.add("", text);
    let documents = crate::operator::documents::parse(id, &sources, &mut scratch);
    let [document] = documents.as_slice() else { return None };
    let is_tree = matches!(document.node.value, Value::Mapping(_) | Value::Sequence(_));
    // Its places are of a table that ends here.
    (is_tree && !scratch.has_errors()).then(|| {
        let mut tree = Node::from_json(&document.node.to_json());
        place_leaves(&mut tree, origin);
        tree.stamped(origin)
    })
}

/// A text that was made from a tree has the origins of that tree's leaves as its inputs, in order ([`Node::origins`]).
fn place_leaves(tree: &mut Node, text: &Origin) {
    fn place(node: &mut Node, origins: &mut std::slice::Iter<'_, Origin>) {
        match &mut node.value {
            Value::Sequence(items) if !items.is_empty() => items.iter_mut().for_each(|item| place(item, origins)),
            Value::Mapping(mapping) if !mapping.is_empty() => {
                mapping.values_mut().for_each(|value| place(value, origins));
            }
            _ => node.origin = origins.next().cloned().unwrap_or_default(),
        }
    }
    let Origin::Derived(derivation) = text else { return };
    // Where one is unknown it is not among the inputs, and nobody can tell which.
    if derivation.inputs.len() == tree.origins().len() {
        place(tree, &mut derivation.inputs.iter());
    }
}
