//! Comments in the input that allow a finding: `# spark-render: allow <code> <reason>`, at the end of the line that the
//! finding points at, or on a line of its own above it.

use std::collections::BTreeMap;

use crate::{
    review::find_code,
    tree::{CodeDoc, Diagnostic, Diagnostics, SourceId, Sources, Span},
};

/// A comment that allowed nothing.
pub(super) const UNUSED: CodeDoc = CodeDoc {
    code: "unused-allow",
    summary: "a comment allows a finding that is not there",
    explanation: "`# spark-render: allow <code> <reason>` is meant for the finding of this code at its own line, or at the \
                  next one if it stands alone. There is none (any more). Remove the comment, so that it does not hide a \
                  later finding.",
};

/// A comment that cannot be read.
pub(super) const MALFORMED: CodeDoc = CodeDoc {
    code: "malformed-allow",
    summary: "a comment that allows nothing, because its code or reason is missing",
    explanation: "The form is `# spark-render: allow <code> <reason>`. Codes are those that `spark-render explain` knows, \
                  and a reason is wanted, since the next reader will ask for it.",
};

const MARK: &str = "# spark-render: allow";

/// A comment.
struct Comment {
    code: String,
    span: Span,
    used: bool,
}

/// The comments of some texts, by the line that they are about (from 1).
#[derive(Default)]
pub(crate) struct Allowed {
    comments: BTreeMap<(SourceId, usize), Vec<Comment>>,
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
                    (Some(code), Some(_)) if find_code(code).is_some() => {
                        pending.push(Comment { code: code.to_owned(), span, used: false });
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
    }

    /// Whether a comment allows `diagnostic`; the comment counts as used.
    pub(crate) fn allows(&mut self, diagnostic: &Diagnostic, sources: &Sources) -> bool {
        let Some(span) = diagnostic.origin.span() else { return false };
        if self.comments.is_empty() {
            return false;
        }
        let source = sources.written(span).source;
        let (line, _) = sources.line_column(span);
        let Some(comments) = self.comments.get_mut(&(source, line)) else { return false };
        let mut allowed = false;
        for comment in comments.iter_mut().filter(|comment| comment.code == diagnostic.code) {
            comment.used = true;
            allowed = true;
        }
        allowed
    }

    /// Reports the comments that allowed nothing.
    pub(crate) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        for comment in self.comments.values().flatten().filter(|comment| !comment.used) {
            diagnostics.push(
                Diagnostic::warning(UNUSED.code, format!("there is no `{}` here to allow", comment.code))
                    .at(comment.span)
                    .hint("remove the comment"),
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
    let message = match code {
        None => "the code of what is allowed is missing".to_owned(),
        Some(code) if find_code(code).is_none() => format!("`{code}` is no code of a finding"),
        Some(code) if !has_reason => format!("the reason why `{code}` is allowed is missing"),
        Some(code) => format!("`{code}` is not allowed"),
    };
    Diagnostic::warning(MALFORMED.code, message).at(span).hint(format!("write `{MARK} <code> <reason>`"))
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
            allowed.allows(&Diagnostic::warning(code, "").at(span), &sources)
        };
        assert!(at("no-effect", "a: 1"));
        assert!(at("client-mode", "b: 2"));
        assert!(!at("client-mode", "c: 3"));
        assert!(!at("no-effect", "b: 2"));
    }
}
