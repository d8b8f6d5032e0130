//! One sentence a finding, with file, object and field: what a host shows to somebody who sees nothing else.

use std::fmt::Write;

use super::object_name;
use crate::tree::{Diagnostic, Sources};

/// Appends `error: app.yaml:14:9: SparkApplication jobs/pi, spec.driver.memory: message; hint [code]`.
pub(crate) fn write(diagnostic: &Diagnostic, sources: &Sources, text: &mut String) {
    let _ = write!(text, "{}: ", diagnostic.severity.as_str());
    if let Some(span) = diagnostic.origin.span() {
        let _ = write!(text, "{}: ", sources.place(span));
    }
    let (object, field) = (object_name(diagnostic), diagnostic.path.to_string());
    let subject: Vec<&str> = [object.as_str(), field.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    if !subject.is_empty() {
        let _ = write!(text, "{}: ", subject.join(", "));
    }
    text.push_str(&diagnostic.message.replace('\n', " "));
    for hint in &diagnostic.hints {
        let _ = write!(text, "; {hint}");
    }
    let _ = writeln!(text, " [{}]", diagnostic.code);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{FieldPath, ObjectRef};

    #[test]
    fn a_sentence_names_file_object_and_field() {
        let mut sources = Sources::new();
        let id = sources.add("app.yaml", "a: 1\nb: 2\n");
        let mut diagnostic = Diagnostic::error("some-code", "what is\nwrong")
            .field(FieldPath::keys(&["spec", "image"]))
            .at(crate::tree::Span { source: id, start: 5, end: 6 })
            .hint("do this");
        diagnostic.object =
            Some(ObjectRef { kind: "SparkApplication".into(), name: "pi".into(), ..ObjectRef::default() });
        let mut text = String::new();
        write(&diagnostic, &sources, &mut text);
        assert_eq!(text, "error: app.yaml:2:1: SparkApplication pi, spec.image: what is wrong; do this [some-code]\n");
    }
}
