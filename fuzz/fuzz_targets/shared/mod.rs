//! What the targets have in common: mutations of trees, and what must hold of everything that is written.
#![allow(dead_code, reason = "each target uses a part")]

pub mod captured;
pub mod mutate;
pub mod options;

use spark_render::internals::{
    operator::documents,
    text::{
        read::{Document, add},
        write::{json, yaml},
    },
    tree::{Diagnostics, Node, Sources, Value, limits::DEPTH},
};

/// Separates the parts of an input that is more than one text.
pub const BETWEEN: &str = "\n=====\n";

/// The documents of a text, whatever is wrong with it.
pub fn read(bytes: &[u8]) -> Vec<Node> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let Some(id) = add("fuzz.yaml", bytes.to_vec(), &mut sources, &mut diagnostics) else { return Vec::new() };
    documents::parse(id, &sources, &mut diagnostics).into_iter().map(Document::into_node).collect()
}

/// Whether the reader takes a tree as deep, and JSON does not rewrite its numbers: only then must it come back.
pub fn is_plain(node: &Node, depth: usize) -> bool {
    match &node.value {
        Value::Number(number) => !number.is_f64(),
        Value::Sequence(items) => depth < DEPTH && items.iter().all(|item| is_plain(item, depth + 1)),
        Value::Mapping(fields) => depth < DEPTH && fields.values().all(|field| is_plain(field, depth + 1)),
        _ => true,
    }
}

/// What is written is read back as the same trees.
pub fn assert_comes_back<'a>(objects: impl Iterator<Item = &'a Node> + Clone, written: &str) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("again.yaml", written);
    let documents = documents::parse(id, &sources, &mut diagnostics);
    // Placeholders of other templates in a text are told again; they are no fault of the writer.
    let refused = diagnostics.iter().find(|one| one.code.starts_with("yaml") || one.code == "duplicate-key");
    assert!(refused.is_none(), "own output is refused: {:?}\n{written}", refused.map(|one| &one.message));
    assert_eq!(documents.len(), objects.clone().count(), "documents\n{written}");
    for (document, object) in documents.iter().zip(objects) {
        assert!(*document.node == *object, "not the same tree: {}\n{written}", object.to_json());
    }
}

/// [`assert_comes_back`] in all forms.
pub fn assert_all_come_back(objects: &[&Node]) {
    if !objects.iter().all(|object| is_plain(object, 0)) {
        return;
    }
    let mut text = String::new();
    yaml::write_stream(objects.iter().copied(), &mut text);
    assert_comes_back(objects.iter().copied(), &text);
    for object in objects {
        for write in [json::write_pretty, json::write_line] {
            let mut text = String::new();
            write(object, &mut text);
            assert_comes_back(std::iter::once(*object), &text);
        }
    }
}
