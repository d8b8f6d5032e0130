//! Findings with their source lines, in the look of rustc and cargo (`annotate-snippets`).

use std::{borrow::Cow, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::object_name;
use crate::tree::{Diagnostic, Severity, SourceId, Sources, Span, display, limits::PLACES, secret};

/// Lines shown around a span; longer spans are cut to their first lines.
const SPAN_LINES: usize = 3;

/// Appends the finding, its places and hints.
pub(crate) fn write(diagnostic: &Diagnostic, sources: &Sources, styled: bool, text: &mut String) {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut primary = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code));
    let windows = windows(diagnostic, sources);
    for window in &windows {
        let mut snippet =
            Snippet::source(window.text.as_str()).path(window.name.as_ref()).line_start(window.first_line);
        for (range, kind, label) in &window.annotations {
            let annotation = kind.span(range.clone());
            snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(*label) });
        }
        primary = primary.element(snippet);
    }
    let object = object_name(diagnostic);
    if !object.is_empty() {
        primary = primary.element(Level::NOTE.message(format!("in {object}")));
    }
    for hint in &diagnostic.hints {
        primary = primary.element(Level::HELP.message(hint.as_str()));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    text.push_str(&renderer.render(&[primary]));
    text.push('\n');
}

/// A few lines of one file with what is marked in them.
struct Window<'a> {
    name: Cow<'a, str>,
    text: String,
    first_line: usize,
    source: SourceId,
    start: usize,
    annotations: Vec<(Range<usize>, AnnotationKind, &'a str)>,
}

/// One window per place; places in the lines of an earlier window join it. Handing whole files to the
/// renderer would cost time proportional to their size for each finding.
fn windows<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Window<'a>> {
    let primary = diagnostic.origin.span().map(|span| (span, AnnotationKind::Primary, ""));
    let labels = diagnostic
        .labels
        .iter()
        .filter_map(|label| Some((label.origin.span()?, AnnotationKind::Context, label.text.as_str())));
    let mut windows: Vec<Window<'a>> = Vec::new();
    for (span, kind, label) in primary.into_iter().chain(labels).take(PLACES) {
        let span = sources.written(span);
        let file = sources.file(span.source);
        let (start, end) = shown(&file.text, span);
        let line_start = file.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = file.text[end..].find('\n').map_or(file.text.len(), |at| end + at);
        let joined = windows.iter_mut().find(|window| {
            window.source == span.source && window.start <= line_start && line_end <= window.start + window.text.len()
        });
        if let Some(window) = joined {
            window.annotations.push((start - window.start..end - window.start, kind, label));
            continue;
        }
        windows.push(Window {
            name: display::line(&file.name),
            text: display::quoted(&secret::stars(&file.text[line_start..line_end], line_start, file.hidden())),
            first_line: file.line_of(line_start) + 1,
            source: span.source,
            start: line_start,
            annotations: vec![(start - line_start..end - line_start, kind, label)],
        });
    }
    windows
}

/// The part of `span` that is shown: at most [`SPAN_LINES`] lines, on character boundaries.
fn shown(text: &str, span: Span) -> (usize, usize) {
    let start = text.floor_char_boundary((span.start as usize).min(text.len()));
    let end = text.ceil_char_boundary((span.end as usize).clamp(start, text.len()));
    let cut = text[start..end].match_indices('\n').nth(SPAN_LINES - 1).map_or(end, |(at, _)| start + at);
    let trimmed = text[start..cut].trim_end();
    (start, start + trimmed.len())
}
