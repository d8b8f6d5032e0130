//! The bounds on what is read, so that no input costs unbounded time or memory.

use crate::tree::{Diagnostic, Node, SourceId, Span, Value};

/// Largest file. Spans count bytes in 32 bits; this leaves room for every sum.
pub const MAX_FILE_BYTES: usize = 1 << 30;

/// What all files of a run may have together, in bytes.
pub const MAX_RUN_BYTES: u64 = 2 << 30;

/// Deepest nesting of a document. Kubernetes' own types stay below 40.
pub const MAX_DEPTH: usize = 128;

/// What the aliases and merge keys of one document may add to it, in bytes, besides four times its own size.
pub const MAX_ALIAS_BYTES: u64 = 64 << 20;

/// Findings about one document; what comes after them is only counted.
pub const MAX_FINDINGS: usize = 100;

/// What a node costs in memory, roughly.
const NODE_BYTES: u64 = 128;

/// A span; files are smaller than [`MAX_FILE_BYTES`].
pub(crate) fn span(source: SourceId, start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).expect("files are smaller than 2^30 bytes");
    Span { source, start: offset(start), end: offset(end.max(start)) }
}

/// The finding for a document that is nested too deeply.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-limit", format!("more than {MAX_DEPTH} levels are nested"))
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
