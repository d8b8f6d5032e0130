//! Reading: files, directories and streams become [`Document`]s whose nodes know their places.
//!
//! [`Root`] says which files may be read, [`walk`] lists them, [`Input::read`] reads one into [`crate::tree::Sources`], [`parse`] (or [`Loader`], one document
//! at a time) makes trees of it; `operator::classify` tells what each is.

mod anchors;
mod build;
mod codes;
mod limits;
mod list;
mod load;
mod merge;
mod own;
mod placeholder;
mod root;
mod scalar;
mod syntax;
mod tags;
mod text;
mod walk;

pub(crate) use codes::CODES;
pub use load::parse;
pub(crate) use load::{Loader, SearchWhole, document_ranges, parse_range};
pub(crate) use own::{API_VERSION, BASELINE, FILE_NAME, KIND, MARKER, is_config};
pub use root::Root;
pub(crate) use root::{Folder, Refusal};
pub use text::add;
pub use walk::Input;
pub(crate) use walk::{Wanted, list, walk};

use std::sync::Arc;

use crate::tree::Node;

/// One document of a stream, or one item of a `kind: List`.
#[derive(Debug, Clone)]
pub struct Document {
    /// The whole document; what is resolved of it keeps it.
    pub node: Arc<Node>,
    /// Its place in its file, from 0.
    pub index: usize,
}

impl Document {
    /// The document's tree alone.
    #[must_use]
    pub fn into_node(self) -> Node {
        Arc::unwrap_or_clone(self.node)
    }
}
