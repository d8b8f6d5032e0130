//! Findings as text: one file per format. All formats go to standard error, except in `check`.

mod concise;
mod full;
mod github;
mod json;
mod sentence;

pub(crate) use json::v1;

use super::{
    Diagnostic, Sources,
    display::{self, Form},
};

/// How findings are printed: `--diagnostics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DiagnosticFormat {
    /// With the source lines.
    #[default]
    Full,
    /// One line each: `app.yaml:14:9: error[code]: message`.
    Concise,
    /// One JSON object a line (version 1).
    Json,
    /// GitHub workflow commands.
    Github,
    /// One sentence each, with file, object and field: the default of `krm` and `argocd`.
    Sentence,
}

/// The text of `diagnostics` in `format`, each ending in a newline. `styled` puts in ANSI colours (full only).
#[must_use]
pub fn render<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &Sources,
    format: DiagnosticFormat,
    styled: bool,
) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let form = if format == DiagnosticFormat::Json { Form::Data } else { Form::Text };
        let diagnostic = &display::diagnostic(diagnostic, sources, form);
        match format {
            DiagnosticFormat::Full => full::write(diagnostic, sources, styled, &mut text),
            DiagnosticFormat::Concise => concise::write(diagnostic, sources, &mut text),
            DiagnosticFormat::Json => json::write(diagnostic, sources, &mut text),
            DiagnosticFormat::Github => github::write(diagnostic, sources, &mut text),
            DiagnosticFormat::Sentence => sentence::write(diagnostic, sources, &mut text),
        }
    }
    text
}

/// `SparkApplication jobs/pi`, or the empty string.
fn object_name(diagnostic: &Diagnostic) -> String {
    let Some(object) = &diagnostic.object else { return String::new() };
    match &object.namespace {
        _ if object.name.is_empty() => object.kind.clone(),
        Some(namespace) => format!("{} {namespace}/{}", object.kind, object.name),
        None => format!("{} {}", object.kind, object.name),
    }
}
