//! `JUnit` XML: one suite a file, one case for each object and code; findings below the threshold are its output.

use std::{collections::BTreeMap, fmt::Write};

use super::args::FailOn;
use crate::tree::{
    Diagnostic, Diagnostics, Sources,
    display::{self, Form},
    printers::{DiagnosticFormat, render},
};

/// The suite of a file; a file without findings has one case that passes.
pub fn suite(file: &str, diagnostics: &Diagnostics, sources: &Sources, fail_on: FailOn) -> String {
    let shown: Vec<Diagnostic> = diagnostics.iter().map(|one| display::diagnostic(one, sources, Form::Text)).collect();
    let (file, diagnostics) = (display::line(file), &shown);
    let mut cases: BTreeMap<(String, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for one in diagnostics {
        let object = one.object.as_ref().map_or_else(
            || file.to_string(),
            |object| {
                let namespace = object.namespace.as_deref().unwrap_or_default();
                format!("{} {namespace}/{}", object.kind, object.name)
            },
        );
        cases.entry((object, one.code)).or_default().push(one);
    }
    let fails = |one: &&Diagnostic| fail_on.is_reached_by(one.severity);
    let failures = cases.values().filter(|found| found.iter().any(fails)).count();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\">",
        escaped(&file),
        cases.len().max(1)
    );
    if cases.is_empty() {
        let _ = writeln!(text, "    <testcase classname=\"{0}\" name=\"check\"/>", escaped(&file));
    }
    for ((object, code), found) in cases {
        let _ = writeln!(text, "    <testcase classname=\"{}\" name=\"{code}\">", escaped(&object));
        let (failed, passed): (Vec<_>, Vec<_>) = found.into_iter().partition(fails);
        if let Some(first) = failed.first() {
            let lines = render(failed.iter().copied(), sources, DiagnosticFormat::Concise, false);
            let _ = writeln!(
                text,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                first.severity.as_str(),
                escaped(&first.message),
                escaped(&lines)
            );
        }
        if !passed.is_empty() {
            let lines = render(passed.iter().copied(), sources, DiagnosticFormat::Concise, false);
            let _ = writeln!(text, "      <system-out>{}</system-out>", escaped(&lines));
        }
        text.push_str("    </testcase>\n");
    }
    text.push_str("  </testsuite>\n");
    text
}

/// The document.
pub fn document(suites: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"spark-render check\">\n{}</testsuites>\n",
        suites.concat()
    )
}

/// Text for XML: characters with a meaning escaped, those that XML 1.0 forbids replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c < ' ' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
