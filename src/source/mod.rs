//! Reading: files, directories and streams become [`Document`]s whose nodes know their places.

mod sources;

pub use sources::{SourceFile, Sources};

use crate::{diagnostics::CodeDoc, node::Node};

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[];

/// One document of a stream, or one item of a `kind: List`.
#[derive(Debug, Clone)]
pub struct Document {
    /// The whole document.
    pub node: Node,
    /// Its place in its file, from 0.
    pub index: usize,
}
