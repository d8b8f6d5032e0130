//! Comments in the input that allow a finding: `# spark-render: allow <code> <reason>`, at the end of the line that the
//! finding points at, or on a line of its own above it.

use std::collections::BTreeMap;

use crate::{
    operator::names::ALLOW_ANNOTATION,
    review::find_code,
    tree::{CodeDoc, Diagnostic, Diagnostics, Node, ObjectRef, SourceId, Sources, Span},
};

/// A comment that allowed nothing.
pub(super) const UNUSED: CodeDoc = CodeDoc {
    code: "unused-allow",
    summary: "a comment or an annotation allows a finding that is not there",
    explanation: "`# spark-render: allow <code> <reason>` is meant for the finding of this code at its own line, or at the \
                  next one if it stands alone; the annotation `spark-render.io/allow: \"<code>: <reason>\"` for those about \
                  its object. There is none (any more), or it is an error of `render`, which nothing can allow. Remove \
                  the comment or the annotation, so that it does not hide a later finding.",
};

/// A comment that cannot be read.
pub(super) const MALFORMED: CodeDoc = CodeDoc {
    code: "malformed-allow",
    summary: "a comment or an annotation that allows nothing, because its code or reason is missing",
    explanation: "The form is `# spark-render: allow <code> <reason>`, or, as an annotation, which survives kustomize and \
                  Helm, `spark-render.io/allow: \"<code>: <reason>\"`, one a line. Codes are those that `spark-render explain` knows, \
                  and a reason is wanted, since the next reader will ask for it.",
};

const MARK: &str = "# spark-render: allow";

/// A comment.
struct Comment {
    code: String,
    reason: String,
    span: Span,
    used: bool,
}

/// The comments of some texts, by the line that they are about (from 1).
#[derive(Default)]
pub(crate) struct Allowed {
    comments: BTreeMap<(SourceId, usize), Vec<Comment>>,
    annotations: Vec<Annotation>,
}

/// The annotation of an object, with what it allows.
struct Annotation {
    object: ObjectRef,
    document: Option<Span>,
    allows: Vec<Comment>,
}

impl Annotation {
    /// Whether `one` is about the object, or stands in its document.
    fn is_about(&self, one: &Diagnostic) -> bool {
        let is_inside = |span: Span| {
            let inside = |all: Span| all.source == span.source && all.start <= span.start && span.end <= all.end;
            self.document.is_some_and(inside)
        };
        one.object.as_ref() == Some(&self.object) || one.origin.span().is_some_and(is_inside)
    }
}

impl Allowed {
    /// Reads the comments of `source`; faulty ones are reported.
    pub(crate) fn read(&mut self, source: SourceId, sources: &Sources, diagnostics: &mut Diagnostics) {
        let file = sources.file(source);
        if file.template.is_some() || !file.text.contains(MARK) {
            return;
        }
        let mut pending: Vec<Comment> = Vec::new();
        let mut offset = 0;
        for (index, line) in file.text.split_inclusive('\n').enumerate() {
            let trimmed = line.trim();
            let own_line = trimmed.starts_with('#');
            if let Some(at) = comment(line) {
                let start = offset + at;
                let end = offset + line.trim_end().len();
                let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                let span = Span { source, start: place(start), end: place(end) };
                let mut words = line[at + MARK.len()..].split_whitespace();
                match (words.next(), words.next()) {
                    (Some(code), Some(first)) if find_code(code).is_some() => {
                        let reason = words.fold(first.to_owned(), |text, word| text + " " + word);
                        pending.push(Comment { code: code.to_owned(), reason, span, used: false });
                    }
                    (code, reason) => diagnostics.push(malformed(code, reason.is_some(), span)),
                }
            }
            if !own_line && !trimmed.is_empty() && !pending.is_empty() {
                self.comments.entry((source, index + 1)).or_default().append(&mut pending);
            }
            offset += line.len();
        }
        // At the end of the text there is no line to be about.
        self.comments.entry((source, usize::MAX)).or_default().append(&mut pending);
    }

    /// Keeps the comments about codes for which `keep` is true; the others are somebody else's.
    pub(crate) fn keep(&mut self, keep: impl Fn(&str) -> bool) {
        self.comments.values_mut().for_each(|comments| comments.retain(|comment| keep(&comment.code)));
        self.annotations.iter_mut().for_each(|one| one.allows.retain(|comment| keep(&comment.code)));
    }

    /// Reads the annotation of a document; faulty lines are reported.
    pub(crate) fn read_annotation(&mut self, document: &Node, diagnostics: &mut Diagnostics) {
        let Some(node) = document.at_keys(&["metadata", "annotations", ALLOW_ANNOTATION]) else { return };
        let (Some(text), Some(object), Some(span)) = (node.as_str(), ObjectRef::of(document), node.origin.span())
        else {
            return;
        };
        let mut allows = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (code, reason) = line.split_once(':').unwrap_or((line, ""));
            let (code, reason) = (code.trim(), reason.trim());
            if find_code(code).is_some() && !reason.is_empty() {
                allows.push(Comment { code: code.to_owned(), reason: reason.to_owned(), span, used: false });
            } else {
                let form = format!("write `{ALLOW_ANNOTATION}: \"<code>: <reason>\"`, one a line");
                diagnostics.push(fault(Some(code), !reason.is_empty(), span).hint(form));
            }
        }
        self.annotations.push(Annotation { object, document: document.origin.span(), allows });
    }

    /// The reason with which a comment or an annotation allows `diagnostic`, which then counts as used.
    pub(crate) fn reason(&mut self, diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
        let line = diagnostic.origin.span().map(|span| (sources.written(span).source, sources.line_column(span).0));
        let comments = line.and_then(|line| self.comments.get_mut(&line)).into_iter().flatten();
        let about = self.annotations.iter_mut().filter(|one| one.is_about(diagnostic));
        let mut reason = None;
        let all = comments.chain(about.flat_map(|one| &mut one.allows));
        for comment in all.filter(|comment| comment.code == diagnostic.code) {
            comment.used = true;
            reason = reason.or_else(|| Some(comment.reason.clone()));
        }
        reason
    }

    /// Reports the comments and annotations that allowed nothing.
    pub(crate) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        let comments = self.comments.values().flatten().map(|comment| (comment, "comment"));
        let annotations = self.annotations.iter().flat_map(|one| &one.allows).map(|comment| (comment, "annotation"));
        for (comment, what) in comments.chain(annotations).filter(|(comment, _)| !comment.used) {
            diagnostics.push(
                Diagnostic::warning(UNUSED.code, format!("there is no `{}` here to allow", comment.code))
                    .at(comment.span)
                    .hint(format!("remove the {what}")),
            );
        }
    }
}

/// Where the comment of a line begins.
fn comment(line: &str) -> Option<usize> {
    let at = line.find(MARK)?;
    let after = line[at + MARK.len()..].chars().next();
    let before = line[..at].chars().next_back();
    (after.is_none_or(char::is_whitespace) && before.is_none_or(char::is_whitespace)).then_some(at)
}

fn malformed(code: Option<&str>, has_reason: bool, span: Span) -> Diagnostic {
    fault(code, has_reason, span).hint(format!("write `{MARK} <code> <reason>`"))
}

/// What is wrong with a comment or a line of an annotation.
fn fault(code: Option<&str>, has_reason: bool, span: Span) -> Diagnostic {
    let message = match code {
        None => "the code of what is allowed is missing".to_owned(),
        Some(code) if find_code(code).is_none() => format!("`{code}` is no code of a finding"),
        Some(code) if !has_reason => format!("the reason why `{code}` is allowed is missing"),
        Some(code) => format!("`{code}` is not allowed"),
    };
    Diagnostic::warning(MALFORMED.code, message).at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_about_its_own_line_or_the_next_one() {
        let text = "a: 1 # spark-render: allow no-effect because\n\
                    # spark-render: allow client-mode\n\
                    # spark-render: allow client-mode we know\n\
                    # why\n\
                    b: 2\nc: 3\n";
        let mut sources = Sources::new();
        let id = sources.add("a.yaml", text);
        let (mut allowed, mut diagnostics) = (Allowed::default(), Diagnostics::new());
        allowed.read(id, &sources, &mut diagnostics);
        assert_eq!(diagnostics.iter().map(|item| item.code).collect::<Vec<_>>(), [MALFORMED.code]);
        let mut at = |code: &'static str, needle: &str| {
            let start = u32::try_from(text.find(needle).unwrap()).unwrap();
            let span = Span { source: id, start, end: start + 1 };
            allowed.reason(&Diagnostic::warning(code, "").at(span), &sources).is_some()
        };
        assert!(at("no-effect", "a: 1"));
        assert!(at("client-mode", "b: 2"));
        assert!(!at("client-mode", "c: 3"));
        assert!(!at("no-effect", "b: 2"));
    }
}
