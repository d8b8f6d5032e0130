//! SARIF 2.1.0, as GitHub code scanning reads it: stable rule ids, true lines, fingerprints that survive moved lines.

use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    review::{
        find_code,
        policy::{Suppressed, Suppressor},
    },
    tree::{Diagnostic, Origin, Severity, Sources, Span, display},
};

/// A `result`.
pub(super) fn result(one: &Diagnostic, sources: &Sources) -> Value {
    let mut text = one.message.clone();
    for hint in &one.hints {
        text.push_str("\nhelp: ");
        text.push_str(hint);
    }
    let mut result = json!({
        "ruleId": one.code,
        "level": level(one.severity),
        "message": { "text": text },
        "partialFingerprints": { "sparkRender/v1": fingerprint(one, sources) },
    });
    let mut location = json!({});
    if let Some(span) = one.origin.span() {
        location["physicalLocation"] = physical(span, sources);
    }
    let logical = logical(one);
    if !logical.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": logical }]);
    }
    if location != json!({}) {
        result["locations"] = json!([location]);
    }
    let place = |origin: &Origin, text: &str, id: usize| {
        origin
            .span()
            .map(|span| json!({ "id": id, "message": { "text": text }, "physicalLocation": physical(span, sources) }))
    };
    let related: Vec<Value> =
        one.labels.iter().enumerate().filter_map(|(id, label)| place(&label.origin, &label.text, id)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

/// A `suppression`: who reads the log shows the result only if asked for it.
pub(super) fn suppression(one: &Suppressed) -> Value {
    let kind = if one.by == Suppressor::Allow { "inSource" } else { "external" };
    let mut suppression = json!({ "kind": kind, "status": "accepted" });
    let baseline = (one.by == Suppressor::Baseline).then_some("in the baseline");
    if let Some(reason) = one.reason.as_deref().or(baseline) {
        suppression["justification"] = display::line(reason).into();
    }
    suppression
}

/// The log with its rules.
pub(super) fn document(results: &[String], codes: impl Iterator<Item = &'static str>) -> String {
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes
        .into_iter()
        .filter_map(find_code)
        .map(|doc| {
            json!({
                "id": doc.code,
                "shortDescription": { "text": doc.summary },
                "fullDescription": { "text": doc.explanation },
                "help": { "text": doc.explanation },
            })
        })
        .collect();
    let driver = json!({
        "name": "spark-render",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let separator = if results.is_empty() { "" } else { "\n" };
    format!(
        "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":[{separator}{}{separator}]}}]}}\n",
        results.join(",\n")
    )
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A file and a region, both ends counted from 1, the end exclusive.
fn physical(span: Span, sources: &Sources) -> Value {
    let span = sources.written(span);
    let (line, column) = sources.line_column(span);
    let (end_line, end_column) = sources.line_column(Span { start: span.end.max(span.start), ..span });
    json!({
        "artifactLocation": { "uri": uri(&sources.file(span.source).name) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    })
}

/// A path as a relative reference: `/` between its parts, everything that has a meaning in URIs escaped.
fn uri(name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name);
    let mut uri = String::new();
    for byte in name.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte as char),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// Kind, name and field.
fn logical(one: &Diagnostic) -> String {
    let object = one.object.as_ref().map(|object| match &object.namespace {
        Some(namespace) => format!("{}/{namespace}/{}", object.kind, object.name),
        None => format!("{}/{}", object.kind, object.name),
    });
    let field = (!one.path.is_root()).then(|| one.path.to_string());
    [object, field].into_iter().flatten().collect::<Vec<_>>().join(":")
}

/// The same finding in a file whose lines moved.
fn fingerprint(one: &Diagnostic, sources: &Sources) -> String {
    let file = one.origin.span().map(|span| sources.file(sources.written(span).source).name.clone());
    let mut hash = Sha256::new();
    for part in [one.code, &file.unwrap_or_default(), &logical(one), &one.message] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
