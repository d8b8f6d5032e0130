//! Text to documents: one pass over the parser's events, one document at a time.
//!
//! YAML is read as kubectl reads it (go-yaml v2 through `sigs.k8s.io/yaml`); JSON is YAML, and a stream of JSON
//! objects without separators is read as such. What kustomize's reader (go-yaml v3) would read otherwise is a
//! warning, `yaml-dialect`.

use std::{collections::VecDeque, ops::Range};

use granit_parser::{Event, Parser, StrInput};

use super::{
    Document,
    build::{Builder, Finished, Settings},
    list, placeholder, syntax, text,
};
use crate::tree::{Budget, Diagnostic, Diagnostics, Node, ObjectRef, SourceId, Sources, limits as bounds};

/// Whether every text of an object is searched for placeholders. Of other objects, which pass through, only the name is:
/// what fills their texts later is nobody's business here.
pub(crate) type SearchWhole = fn(&Node) -> bool;

/// Reads all documents of a file. Empty ones are left out; the items of lists are documents of their own.
/// A document that cannot be represented is reported and left out, and reading goes on at the next `---`.
pub fn parse(id: SourceId, sources: &Sources, whole: SearchWhole, diagnostics: &mut Diagnostics) -> Vec<Document> {
    let mut loader = Loader::new(id, sources, whole, diagnostics);
    std::iter::from_fn(|| loader.next(diagnostics)).collect()
}

/// The documents of a YAML stream as ranges of its text, each from its `---` on. `None` where a text has to be read
/// as a whole: JSON, and streams with directives or ends of documents.
#[must_use]
pub(crate) fn document_ranges(text: &str) -> Option<Vec<Range<usize>>> {
    if text::is_json(text) || text.starts_with('%') || text.contains("\n%") || text.contains("\n...") {
        return None;
    }
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices("\n---") {
        let next = text.as_bytes().get(at + 4);
        if next.is_none_or(u8::is_ascii_whitespace) {
            ranges.push(start..at + 1);
            start = at + 1;
        }
    }
    ranges.push(start..text.len());
    Some(ranges)
}

/// [`parse`] for one of the [`document_ranges`] of a file.
pub(crate) fn parse_range(
    id: SourceId,
    sources: &Sources,
    range: Range<usize>,
    whole: SearchWhole,
    diagnostics: &mut Diagnostics,
) -> Vec<Document> {
    let text = &sources.file(id).text[..range.end];
    let mut loader = Loader::of(id, text, range.start, whole, sources.budget(), diagnostics);
    std::iter::from_fn(|| loader.next(diagnostics)).collect()
}

/// Reads a file document by document, holding one at a time.
pub struct Loader<'a> {
    source: SourceId,
    text: &'a str,
    parts: text::Streams<'a>,
    parser: Option<(usize, Parser<'a, StrInput<'a>>)>,
    ready: VecDeque<Node>,
    index: usize,
    has_placeholders: bool,
    whole: SearchWhole,
    /// What the run may still use.
    run: &'a Budget,
    settings: Settings,
}

impl<'a> Loader<'a> {
    /// Starts to read the file of `id`. A file that is no text at all is reported, and yields nothing.
    pub fn new(id: SourceId, sources: &'a Sources, whole: SearchWhole, diagnostics: &mut Diagnostics) -> Self {
        Self::of(id, &sources.file(id).text, 0, whole, sources.budget(), diagnostics)
    }

    /// Starts to read `text` at `start`.
    fn of(
        id: SourceId,
        text: &'a str,
        start: usize,
        whole: SearchWhole,
        run: &'a Budget,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let own = &text[start..];
        let (text, own) = if text::check(own, id, diagnostics) { (text, own) } else { ("", "") };
        Self {
            source: id,
            text,
            parts: text::Streams::new(text, start.min(text.len())),
            parser: None,
            ready: VecDeque::new(),
            index: 0,
            has_placeholders: placeholder::may_contain(own),
            whole,
            run,
            settings: Settings {
                budget: bounds::ALIAS_BYTES + 4 * own.len() as u64,
                old_line_ends: text::has_old_line_ends(own),
            },
        }
    }

    /// The next document, or `None` at the end of the file.
    pub fn next(&mut self, diagnostics: &mut Diagnostics) -> Option<Document> {
        loop {
            if let Some(node) = self.ready.pop_front() {
                let index = self.index;
                self.index += 1;
                return Some(Document { node: node.into(), index });
            }
            let finished = self.read()?;
            self.finish(finished, diagnostics);
        }
    }

    /// Closes a document: its findings get their object, its items get into the queue.
    fn finish(&mut self, finished: Finished, diagnostics: &mut Diagnostics) {
        let Finished { mut findings, mut root, nodes, copied } = finished;
        if !(self.run.nodes(nodes) && self.run.copied(copied)) {
            let message = "the documents of this run, with what aliases and merge keys add, are too many";
            let place = root.take().map(|node| node.origin).unwrap_or_default();
            findings.push(Diagnostic::error("yaml-limit", message).at(place).hint("render fewer files at a time"));
            (self.parser, self.parts) = (None, text::Streams::new("", 0));
        }
        if self.has_placeholders
            && let Some(node) = &root
        {
            placeholder::check(node, self.whole, &mut findings);
        }
        let object = root.as_ref().and_then(ObjectRef::of);
        for mut finding in findings {
            finding.object.clone_from(&object);
            diagnostics.push(finding);
        }
        if let Some(node) = root.filter(|node| !node.is_null()) {
            list::flatten(node, &mut self.ready, diagnostics);
        }
    }

    /// Reads the events of one document.
    fn read(&mut self) -> Option<Finished> {
        let mut builder: Option<Builder<'a>> = None;
        loop {
            let (base, parser) = if let Some(parser) = &mut self.parser {
                parser
            } else {
                let (base, part) = self.parts.next()?;
                self.parser.insert((base, Parser::new_from_str_with_options(part, options(part))))
            };
            let base = *base;
            match parser.next_event() {
                None | Some(Ok((Event::StreamEnd, _))) => self.parser = None,
                Some(Ok((Event::DocumentStart(explicit, _), span))) => {
                    let start = base + span.byte_range().map_or(0, |range| range.start);
                    let mut new = Builder::new(self.source, self.text, base, start, self.settings);
                    if !explicit && self.text[base..start].contains("\n...") {
                        new.report_unread();
                    }
                    builder = Some(new);
                }
                Some(Ok((event, span))) => {
                    let Some(current) = &mut builder else { continue };
                    if matches!(event, Event::DocumentEnd) {
                        return builder.map(Builder::finish);
                    }
                    if current.event(event, &span).is_err() {
                        recover(parser);
                        return builder.map(Builder::abandon);
                    }
                }
                Some(Err(error)) => {
                    let broken = syntax::diagnostic(&error, self.source, self.text, base);
                    let start = builder.as_ref().map_or(base, Builder::start);
                    let abandoned = builder.map(Builder::abandon);
                    let (nodes, copied) = abandoned.as_ref().map_or((0, 0), |one| (one.nodes, one.copied));
                    let mut findings = abandoned.map(|one| one.findings).unwrap_or_default();
                    let cause = cause(self.text, broken, start, &mut findings);
                    findings.push(cause);
                    recover(parser);
                    return Some(Finished { findings, root: None, nodes, copied });
                }
            }
        }
    }
}

/// A template that was never filled in is the likeliest cause of broken YAML: then say so instead.
fn cause(text: &str, broken: Diagnostic, start: usize, findings: &mut Vec<Diagnostic>) -> Diagnostic {
    let Some(cause) = broken.origin.span().and_then(|at| placeholder::cause(text, start, at)) else { return broken };
    // It counts those that were found on the way.
    findings.retain(|finding| finding.code != cause.code);
    cause
}

/// Goes to the next document after an error; without one the next event is the end.
fn recover<'a>(parser: &mut Parser<'a, StrInput<'a>>) {
    // Its own failure means that nothing can be read any more, and then no event comes either.
    let _ = parser.proceed_next_document();
}

fn options(part: &str) -> granit_parser::Options {
    // Keys of JSON have no bound; kubectl does not read it with its YAML reader.
    let json = text::is_json(part);
    granit_parser::options! {
        flow_nesting_limit: bounds::DEPTH,
        block_nesting_limit: bounds::DEPTH,
        simple_key_max_lookahead: if json { bounds::FILE_BYTES } else { 1024 },
    }
}
