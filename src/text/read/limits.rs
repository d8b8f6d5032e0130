//! Places and sizes of what is read, within the bounds of [`crate::tree::limits`].

use crate::tree::{Diagnostic, Node, SourceId, Span, Value, limits::DEPTH};

/// What a node costs in memory, roughly.
const NODE_BYTES: u64 = 128;

/// A span; files are smaller than [`crate::tree::limits::FILE_BYTES`].
pub(crate) fn span(source: SourceId, start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).expect("files are smaller than 2^30 bytes");
    Span { source, start: offset(start), end: offset(end.max(start)) }
}

/// The finding for a document that is nested too deeply.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-limit", format!("more than {DEPTH} levels are nested"))
        .at(span)
        .hint("flatten the document; no Kubernetes object is this deep")
}

/// The memory that a copy of a tree takes, and its height (1 for a scalar).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub bytes: u64,
    pub height: usize,
}

/// Measures a tree.
pub(crate) fn size(node: &Node) -> Size {
    let children = |sizes: &mut dyn Iterator<Item = (u64, Size)>| {
        sizes.fold(Size { bytes: NODE_BYTES, height: 1 }, |total, (key, child)| Size {
            bytes: total.bytes + key + child.bytes,
            height: total.height.max(child.height + 1),
        })
    };
    match &node.value {
        Value::String(text) => Size { bytes: NODE_BYTES + text.len() as u64, height: 1 },
        Value::Sequence(items) => children(&mut items.iter().map(|item| (0, size(item)))),
        Value::Mapping(mapping) => children(&mut mapping.iter().map(|(key, value)| (key.len() as u64, size(value)))),
        Value::Null | Value::Bool(_) | Value::Number(_) => Size { bytes: NODE_BYTES, height: 1 },
    }
}
