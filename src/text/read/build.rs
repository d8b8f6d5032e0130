//! One document: events become a tree whose nodes know their places.

use std::borrow::Cow;

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};
use smol_str::{SmolStr, ToSmolStr};

use super::{
    anchors::{Anchors, TooMuch},
    limits, merge, placeholder,
    scalar::{self, Scalar},
    tags, text,
};
use crate::tree::{
    Diagnostic, FieldPath, Key, Mapping, Node, Segment, Severity, SourceId, Span, Value, limits as bounds,
};

/// The document cannot be read on; the reason is among the findings.
pub(crate) struct Abandoned;

/// What the next value of a mapping belongs to.
enum Slot {
    Key(Key),
    Merge(Span),
    /// The key was refused.
    Refused,
}

enum Open {
    Sequence(Vec<Node>),
    Mapping { mapping: Mapping, slot: Option<Slot>, merged: merge::Merged },
}

struct Frame {
    open: Open,
    start: usize,
    anchor: usize,
    flow: bool,
}

/// What a document comes to.
pub(crate) struct Finished {
    /// In the order of the text.
    pub findings: Vec<Diagnostic>,
    /// The tree, if there is one that can be used.
    pub root: Option<Node>,
    /// Values, keys and ends of collections that were read.
    pub nodes: u64,
    /// What aliases added, in bytes.
    pub copied: u64,
}

/// What is the same for all documents of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// What aliases may cost, in bytes.
    pub budget: u64,
    /// Whether values have to be searched for line ends of YAML 1.1.
    pub old_line_ends: bool,
}

/// A document in the making.
pub(crate) struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    base: usize,
    start: usize,
    frames: Vec<Frame>,
    /// Open collections of a subtree that is passed over.
    skipping: usize,
    /// End of the last token that has a width.
    end: usize,
    settings: Settings,
    anchors: Anchors,
    findings: Vec<Diagnostic>,
    /// The worst of the findings that are not kept.
    left_out: Option<Severity>,
    unusable: bool,
    root: Option<Node>,
    /// Values, keys and ends of collections so far.
    nodes: u64,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(source: SourceId, text: &'a str, base: usize, start: usize, settings: Settings) -> Self {
        Self {
            source,
            text,
            base,
            start,
            frames: Vec::new(),
            skipping: 0,
            end: start,
            settings,
            anchors: Anchors::new(settings.budget),
            findings: Vec::new(),
            left_out: None,
            unusable: false,
            root: None,
            nodes: 0,
        }
    }

    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Says that kubectl passes this document by: it reads nothing between `...` and the next `---`.
    pub(crate) fn report_unread(&mut self) {
        let rest = &self.text[self.start..];
        let width = rest.lines().next().map_or(0, |line| line.trim_end().len());
        let place = self.span(self.start, self.start + width);
        let finding =
            Diagnostic::warning("yaml-dialect", "kubectl reads nothing after `...`, kustomize reads this document");
        self.report(finding.at(place).hint("write `---` before it"));
    }

    /// The finished document.
    pub(crate) fn finish(mut self) -> Finished {
        let root = self.root.take().filter(|_| !self.unusable);
        Finished { root, ..self.abandon() }
    }

    /// What is known about a document that cannot be finished.
    pub(crate) fn abandon(mut self) -> Finished {
        if let Some(severity) = self.left_out {
            let message =
                format!("this document has more than {} findings; the others are not shown", bounds::DOCUMENT_FINDINGS);
            let span = self.span(self.start, self.start);
            self.findings
                .push(Diagnostic::new("yaml-limit", severity, message).at(span).hint("correct the first ones"));
        }
        Finished { findings: self.findings, root: None, nodes: self.nodes, copied: self.anchors.spent() }
    }

    pub(crate) fn event(&mut self, event: Event<'a>, span: &granit_parser::Span) -> Result<(), Abandoned> {
        let range = span.byte_range().unwrap_or_default();
        let (start, end) = (self.base + range.start, self.base + range.end);
        if self.skipping > 0 {
            match event {
                Event::MappingStart(..) | Event::SequenceStart(..) => self.skipping += 1,
                Event::MappingEnd | Event::SequenceEnd => {
                    self.skipping -= 1;
                    self.end = self.end.max(end.min(self.text.len()));
                }
                _ => {}
            }
            return Ok(());
        }
        self.nodes += 1;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if end > start {
                    self.end = end;
                }
                let tag = tag.as_deref().zip(self.tag_span(span));
                self.scalar(text, style, anchor, tag, self.span(start, end))
            }
            Event::MappingStart(style, anchor, tag) => {
                let tag = tag.as_deref().zip(self.tag_span(span));
                let open = Open::Mapping { mapping: Mapping::new(), slot: None, merged: merge::Merged::default() };
                self.open(open, style, anchor, tag, start)
            }
            Event::SequenceStart(style, anchor, tag) => {
                let tag = tag.as_deref().zip(self.tag_span(span));
                self.open(Open::Sequence(Vec::new()), style, anchor, tag, start)
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(end),
            Event::Alias(anchor) => {
                self.end = end;
                self.alias(anchor, self.span(start, end))
            }
            _ => Ok(()),
        }
    }

    fn tag_span(&self, span: &granit_parser::Span) -> Option<Span> {
        let range = span.tag_span()?.byte_range()?;
        Some(self.span(self.base + range.start, self.base + range.end))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        limits::span(self.source, start, end)
    }

    /// The path of the value that comes next.
    fn path(&self) -> FieldPath {
        let segments = self.frames.iter().filter_map(|frame| match &frame.open {
            Open::Sequence(items) => Some(Segment::Index(items.len())),
            Open::Mapping { slot: Some(Slot::Key(key)), .. } => Some(Segment::Key(key.text.clone())),
            Open::Mapping { .. } => None,
        });
        FieldPath(segments.collect())
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.findings.len() >= bounds::DOCUMENT_FINDINGS {
            self.left_out = self.left_out.max(Some(diagnostic.severity));
            return;
        }
        let diagnostic = if diagnostic.path.is_root() { diagnostic.field(self.path()) } else { diagnostic };
        self.findings.push(diagnostic);
    }

    /// Whether a key comes next.
    fn wants_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { open: Open::Mapping { slot: None, .. }, .. }))
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<(&Tag, Span)>,
        span: Span,
    ) -> Result<(), Abandoned> {
        let plain = style == ScalarStyle::Plain;
        if self.settings.old_line_ends {
            self.check_line_ends(span);
        }
        if plain && self.frames.last().is_some_and(|frame| frame.flow) {
            self.check_flow(span);
        }
        if self.wants_key() {
            return self.scalar_key(text, plain, anchor, tag, span);
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            self.check_last_line(&text, span);
        }
        let mut node = self.resolve(text, plain, tag, span);
        if span.start == span.end
            && let Some(Frame { open: Open::Mapping { slot: Some(Slot::Key(key)), .. }, .. }) = self.frames.last()
            && let Some(key) = key.span
        {
            // A value that is not written is where its key is.
            node = node.at(key);
        }
        self.value(node, anchor)
    }

    /// kubectl ends a line at U+0085, U+2028 and U+2029.
    fn check_line_ends(&mut self, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        let Some(at) = self.text.get(start..end).and_then(|text| text.find(text::OLD_LINE_ENDS)) else { return };
        let Some(found) = self.text[start + at..].chars().next() else { return };
        let place = self.span(start + at, start + at + found.len_utf8());
        let message = format!("the character U+{:04X}, at which kubectl ends the line", found as u32);
        let hint = format!("delete it, or write it in double quotes as `{}`", text::escape(found));
        self.report(Diagnostic::error("control-character", message).at(place).hint(hint));
    }

    /// In brackets and braces YAML 1.1 and 1.2 part: in `{a:}` the colon belongs to the text for kubectl, and in
    /// `[?x]` it takes the question mark for the mark of a key.
    fn check_flow(&mut self, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        let bytes = self.text.as_bytes();
        if self.wants_key() && matches!(bytes.get(end..end + 2), Some([b':', b',' | b'[' | b']' | b'{' | b'}'])) {
            let message = "a `:` without a space after it, which kubectl takes for text";
            let finding = Diagnostic::error("yaml-value", message).at(self.span(end, end + 1));
            self.report(finding.hint("write a space after `:`, or quote the text"));
        }
        if bytes.get(start) == Some(&b'?') {
            let message = "a text that begins with `?`, which kubectl takes for the mark of a key";
            self.report(Diagnostic::error("yaml-value", message).at(span).hint("quote the text"));
        }
    }

    /// kubectl reads lines, and completes the last one; kustomize does not.
    fn check_last_line(&mut self, text: &str, span: Span) {
        if span.end as usize == self.text.len() && text.ends_with('\n') && !self.text.ends_with('\n') {
            let message = "kubectl adds a line end to this text, kustomize does not";
            self.report(Diagnostic::warning("yaml-dialect", message).at(span).hint("end the file with a line end"));
        }
    }

    /// The value of a scalar.
    fn resolve(&mut self, text: Cow<'a, str>, plain: bool, tag: Option<(&Tag, Span)>, span: Span) -> Node {
        let value = match tag {
            Some((tag, place)) => tags::resolve(tag, &text, plain, place).unwrap_or_else(|finding| {
                self.report(*finding);
                Value::String(text.as_ref().into())
            }),
            None if !plain => Value::String(text.as_ref().into()),
            None => {
                let resolved = scalar::resolve(&text);
                if let Some(dialect) = scalar::dialect(&text) {
                    self.report(dialect.diagnostic(&text).at(span));
                }
                match resolved {
                    Scalar::Text(_) => Value::String(text.as_ref().into()),
                    _ => resolved.value().unwrap_or_else(|| {
                        let message = format!("`{text}` has no form in JSON");
                        let finding = Diagnostic::error("yaml-value", message).at(span);
                        self.report(finding.hint("quote the value if it is text"));
                        Value::Null
                    }),
                }
            }
        };
        Node::new(value).at(span)
    }

    /// A scalar where a key is wanted.
    fn scalar_key(
        &mut self,
        text: Cow<'a, str>,
        plain: bool,
        anchor: usize,
        tag: Option<(&Tag, Span)>,
        span: Span,
    ) -> Result<(), Abandoned> {
        if plain && text == "<<" && tag.is_none() {
            self.set_slot(Slot::Merge(span));
            return Ok(());
        }
        if anchor != 0 || tag.is_some() {
            let node = self.resolve(text, plain, tag, span);
            if anchor != 0 {
                self.define(anchor, &node)?;
            }
            match key_text(&node) {
                Some(text) => self.set_slot(Slot::Key(Key { text, span: Some(span) })),
                None => self.refuse_key(span, "a key that is no text"),
            }
            return Ok(());
        }
        if plain {
            match scalar::resolve(&text).key(&text) {
                Some(key) if key == text => {}
                Some(key) => {
                    let message = format!("kubectl reads the key `{text}` as `{key}`, kustomize as it stands");
                    let key = key.into_owned();
                    self.report(Diagnostic::warning("yaml-dialect", message).at(span).hint("quote the key"));
                    self.set_slot(Slot::Key(Key { text: key.into(), span: Some(span) }));
                    return Ok(());
                }
                None => {
                    self.refuse_key(span, "a key that is no text");
                    return Ok(());
                }
            }
        }
        self.set_slot(Slot::Key(Key { text: text.into(), span: Some(span) }));
        Ok(())
    }

    fn refuse_key(&mut self, span: Span, message: &str) {
        self.unusable = true;
        self.report(Diagnostic::error("yaml-value", message).at(span).hint("quote the key"));
        self.set_slot(Slot::Refused);
    }

    fn set_slot(&mut self, new: Slot) {
        if let Some(Frame { open: Open::Mapping { slot, .. }, .. }) = self.frames.last_mut() {
            *slot = Some(new);
        }
    }

    fn open(
        &mut self,
        open: Open,
        style: StructureStyle,
        anchor: usize,
        tag: Option<(&Tag, Span)>,
        start: usize,
    ) -> Result<(), Abandoned> {
        let flow = style == StructureStyle::Flow;
        if flow && self.text[start..].starts_with("{{") {
            self.unusable = true;
            let found = placeholder::at(self.source, self.text, start);
            self.report(found);
            return self.pass_over();
        }
        if self.wants_key() {
            let span = self.span(start, (start + 1).min(self.text.len()));
            self.refuse_key(span, "a key that is a list or a mapping");
            self.skipping = 1;
            return Ok(());
        }
        if self.frames.len() >= bounds::DEPTH {
            let span = self.span(start, (start + 1).min(self.text.len()));
            self.report(limits::too_deep(span));
            return Err(Abandoned);
        }
        if let Some((tag, span)) = tag {
            let wanted = if matches!(open, Open::Sequence(_)) { "seq" } else { "map" };
            if !tags::is_core(tag, wanted) {
                self.report(tags::unknown(tag, span));
            }
        }
        self.frames.push(Frame { open, start, anchor, flow });
        Ok(())
    }

    /// Leaves out the collection that has just begun.
    fn pass_over(&mut self) -> Result<(), Abandoned> {
        self.skipping = 1;
        if self.wants_key() {
            self.set_slot(Slot::Refused);
            return Ok(());
        }
        self.value(Node::default(), 0)
    }

    fn close(&mut self, end: usize) -> Result<(), Abandoned> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        if frame.flow {
            self.end = end;
        }
        let span = self.span(frame.start, self.end);
        let value = match frame.open {
            Open::Sequence(items) => Value::Sequence(items),
            Open::Mapping { mapping, .. } => Value::Mapping(mapping),
        };
        let node = Node::new(value).at(span);
        if frame.flow
            && let Some(finding) = placeholder::single_brace(&node, self.text, span)
        {
            self.report(finding);
        }
        self.value(node, frame.anchor)
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: Node, anchor: usize) -> Result<(), Abandoned> {
        if anchor != 0 {
            self.define(anchor, &node)?;
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.open {
            Open::Sequence(items) => items.push(node),
            Open::Mapping { mapping, slot, merged } => match slot.take() {
                Some(Slot::Key(key)) => {
                    let second = key.span;
                    if !merged.is_empty() && merged.take(&key.text) {
                        mapping.remove(&key.text);
                    }
                    let (at, old) = mapping.insert_full(key, node);
                    if let Some(old) = old {
                        let (first, is_equal) = (mapping.key_at(at).clone(), *mapping.value_at(at) == old);
                        self.duplicate(&first, second, is_equal);
                    }
                }
                Some(Slot::Merge(span)) => {
                    let findings = merge::merge(node, span, mapping, merged);
                    for finding in findings {
                        self.report(finding);
                    }
                }
                Some(Slot::Refused) | None => {}
            },
        }
        Ok(())
    }

    /// A key that is given twice. Nothing is lost where both have one value: charts that people cannot edit do that.
    fn duplicate(&mut self, first: &Key, second: Option<Span>, is_equal: bool) {
        let path = if self.findings.len() < bounds::DOCUMENT_FINDINGS {
            self.path().key(first.text.clone())
        } else {
            FieldPath::root()
        };
        let (severity, value) =
            if is_equal { (Severity::Warning, ", both times with this value") } else { (Severity::Error, "") };
        let message = format!("the key `{}` is given twice{value}", first.text);
        let mut finding = Diagnostic::new("duplicate-key", severity, message)
            .field(path)
            .hint("keep one of the two; kubectl takes the last one without a word, kustomize refuses");
        if let Some(span) = second {
            finding = finding.at(span);
        }
        if let Some(span) = first.span {
            finding = finding.label(span, "first given here");
        }
        self.report(finding);
    }

    fn define(&mut self, anchor: usize, node: &Node) -> Result<(), Abandoned> {
        self.anchors.define(anchor, node).map_err(|TooMuch| self.bomb(node.origin.span()))
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Abandoned> {
        let Some(size) = self.anchors.size(anchor) else {
            let message = "an anchor contains an alias to itself";
            self.unusable = true;
            self.report(Diagnostic::error("yaml-value", message).at(span).hint("write the value out"));
            if self.wants_key() {
                self.set_slot(Slot::Refused);
                return Ok(());
            }
            return self.value(Node::default(), 0);
        };
        if self.frames.len() + size.height > bounds::DEPTH {
            self.report(limits::too_deep(span));
            return Err(Abandoned);
        }
        let Ok(node) = self.anchors.copy(anchor, span) else { return Err(self.bomb(Some(span))) };
        if self.wants_key() {
            match key_text(&node) {
                Some(text) => self.set_slot(Slot::Key(Key { text, span: Some(span) })),
                None => self.refuse_key(span, "a key that is a list or a mapping"),
            }
            return Ok(());
        }
        self.value(node, 0)
    }

    fn bomb(&mut self, span: Option<Span>) -> Abandoned {
        let mut finding =
            Diagnostic::error("yaml-limit", "aliases and merge keys multiply the document beyond measure")
                .hint("write the values out, or split the document");
        if let Some(span) = span {
            finding = finding.at(span);
        }
        self.report(finding);
        Abandoned
    }
}

/// The key that a value would be.
fn key_text(node: &Node) -> Option<SmolStr> {
    Some(match &node.value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_smolstr(),
        Value::Number(number) => number.to_smolstr(),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => return None,
    })
}
