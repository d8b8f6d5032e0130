//! Findings for programs: one object a line, of a frozen shape.

use serde::Serialize;

use crate::tree::{Diagnostic, Sources, Span, display};

/// Version 1 of the shape. Lines and columns count from 1, columns in characters; offsets are bytes.
#[derive(Serialize)]
pub(crate) struct DiagnosticV1<'a> {
    version: u8,
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<ObjectV1<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedV1<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectV1<'a> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LocationV1<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    start_offset: u32,
    end_offset: u32,
}

#[derive(Serialize)]
struct RelatedV1<'a> {
    message: &'a str,
    #[serde(flatten)]
    location: LocationV1<'a>,
}

fn location(span: Span, sources: &Sources) -> LocationV1<'_> {
    let (line, column) = sources.line_column(span);
    LocationV1 { file: &sources.file(span.source).name, line, column, start_offset: span.start, end_offset: span.end }
}

/// The frozen form of `diagnostic`.
pub(crate) fn v1<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> DiagnosticV1<'a> {
    DiagnosticV1 {
        version: 1,
        code: diagnostic.code,
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        object: diagnostic.object.as_ref().map(|object| ObjectV1 {
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: object.namespace.as_deref(),
            name: &object.name,
        }),
        field: (!diagnostic.path.is_root()).then(|| diagnostic.path.to_string()),
        location: diagnostic.origin.span().map(|span| location(span, sources)),
        related: diagnostic
            .labels
            .iter()
            .filter_map(|label| {
                Some(RelatedV1 { message: &label.text, location: location(label.origin.span()?, sources) })
            })
            .collect(),
        hints: diagnostic.hints.iter().map(String::as_str).collect(),
    }
}

/// Appends the finding as one line of JSON.
pub(crate) fn write(diagnostic: &Diagnostic, sources: &Sources, text: &mut String) {
    let line = serde_json::to_string(&v1(diagnostic, sources)).expect("plain data always serialises");
    text.push_str(&display::json(&line));
    text.push('\n');
}
