//! GitHub workflow commands: annotations in the files of a pull request.

use std::fmt::Write;

use crate::tree::{Diagnostic, Severity, Sources, display};

/// Appends `::error file=app.yaml,line=14,col=9,title=code::message`.
pub(crate) fn write(diagnostic: &Diagnostic, sources: &Sources, text: &mut String) {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let _ = write!(text, "::{command} ");
    if let Some(span) = diagnostic.origin.span() {
        let (line, column) = sources.line_column(span);
        let file = property(&display::line(&sources.file(span.source).name));
        let _ = write!(text, "file={file},line={line},col={column},");
    }
    let mut message = diagnostic.message.clone();
    for hint in &diagnostic.hints {
        let _ = write!(message, "\n{hint}");
    }
    let _ = writeln!(text, "title={}::{}", diagnostic.code, data(&message));
}

/// Escapes as the runner's `toolkit` does for message data.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes as the runner's `toolkit` does for properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
