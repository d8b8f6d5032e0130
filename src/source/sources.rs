//! The table of texts that spans point into.

use std::sync::Arc;

use crate::node::{SourceId, Span};

/// A text with the name that messages use for it.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as given by the user, `-` for standard input, `command line` for flags.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// The texts of one unit of work: shared ones (configuration, values) and its own. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).expect("fewer than 2^32 sources"));
        self.files.push(Arc::new(SourceFile { name: name.into(), text: text.into() }));
        id
    }

    /// The file of `id`.
    #[must_use]
    pub fn file(&self, id: SourceId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text that `span` covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.source).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of the start of `span`, both from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let text = &self.file(span.source).text;
        let before = &text[..text.floor_char_boundary(span.start as usize)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.bytes().filter(|byte| *byte == b'\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// `app.yaml:14:9`.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.line_column(span);
        format!("{}:{line}:{column}", self.file(span.source).name)
    }
}
