//! The table of texts that spans point into.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::{Budget, SourceId, Span, display, secret};

/// A text with the name that messages use for it.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as given by the user, `-` for standard input, `command line` for flags.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where this text was rendered from a template: the template, and for each line here the line there, both
    /// from 0.
    pub template: Option<(SourceId, Vec<u32>)>,
    /// Where each line begins; found when the first place is asked for.
    lines: OnceLock<Vec<u32>>,
    /// What no output may quote; found when it is first asked for.
    hidden: OnceLock<Vec<Range<usize>>>,
}

impl SourceFile {
    fn new(name: String, text: String, template: Option<(SourceId, Vec<u32>)>) -> Self {
        Self { name, text, template, lines: OnceLock::new(), hidden: OnceLock::new() }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            let starts = ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
            [0].into_iter().chain(starts).collect()
        })
    }

    /// The line in which the byte at `offset` is, from 0.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines().partition_point(|start| *start as usize <= offset) - 1
    }

    /// Where a line begins and ends, its line end included.
    fn line(&self, line: usize) -> Range<usize> {
        let end = self.text.len();
        let start = |line: usize| self.lines().get(line).map_or(end, |start| *start as usize);
        start(line)..start(line + 1)
    }

    /// The secrets in the text, in order.
    pub(crate) fn hidden(&self) -> &[Range<usize>] {
        self.hidden.get_or_init(|| secret::hidden(&self.text))
    }
}

/// The texts of one unit of work: shared ones (configuration, values) and its own. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    /// Of the run: shared by all copies.
    budget: Arc<Budget>,
}

impl Sources {
    /// No texts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.push(SourceFile::new(name.into(), text.into(), None))
    }

    /// Adds the text that `template` was rendered to. Places in it are shown as lines of the template.
    pub fn add_rendered(&mut self, name: String, text: String, template: SourceId, lines: Vec<u32>) -> SourceId {
        self.push(SourceFile::new(name, text, Some((template, lines))))
    }

    fn push(&mut self, file: SourceFile) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).expect("fewer than 2^32 sources"));
        self.files.push(Arc::new(file));
        id
    }

    /// The place that a person wrote: `span` itself, or the line of the template that made it. A place that
    /// cannot be mapped stays as it is.
    #[must_use]
    pub fn written(&self, span: Span) -> Span {
        let file = self.file(span.source);
        let Some((template, lines)) = &file.template else { return span };
        let Some(line) = lines.get(file.line_of((span.start as usize).min(file.text.len()))) else { return span };
        let text = &self.file(*template).text;
        let Range { start, end } = self.file(*template).line(*line as usize);
        let length = text[start..end].trim_end().len();
        let indent = text[start..start + length].len() - text[start..start + length].trim_start().len();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: *template, start: offset(start + indent), end: offset(start + length) }
    }

    /// What the run may still use: one for all copies of this table.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The ids of all texts, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..u32::try_from(self.files.len()).expect("fewer than 2^32 sources")).map(SourceId)
    }

    /// The same texts under other names.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&str) -> String) -> Self {
        let rename = |file: &Arc<SourceFile>| {
            Arc::new(SourceFile::new(name(&file.name), file.text.clone(), file.template.clone()))
        };
        Self { files: self.files.iter().map(rename).collect(), budget: Arc::clone(&self.budget) }
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

    /// Line and column of the start of [`Sources::written`], both from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let span = self.written(span);
        let file = self.file(span.source);
        let at = file.text.floor_char_boundary(span.start as usize);
        let line = file.line_of(at);
        (line + 1, file.text[file.line(line).start..at].chars().count() + 1)
    }

    /// `app.yaml:14:9`.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.line_column(span);
        format!("{}:{line}:{column}", display::line(&self.file(span.source).name))
    }
}
