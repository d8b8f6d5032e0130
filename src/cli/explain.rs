//! `explain PATH [FIELD]`: where rendered values come from; `explain CODE`: what a diagnostic means.

use std::{fmt::Write, path::PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{ExitStatus, args::ShapeArgs, inputs, rendered_file, reporter::Reporter, settings::Host};
use crate::{
    kube::Manifest,
    operator::names::ALLOW_ANNOTATION,
    render::Executors,
    review::{self, explain},
    tree::{
        self, CodeDoc, Diagnostic, Diagnostics, Sources, display,
        failure::Failure,
        secret::{self, Cover},
    },
};

/// `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A file or folder that renders to the field, or the code of a diagnostic.
    #[arg(value_name = "PATH|CODE")]
    pub subject: String,
    /// A field of a rendered object: `spec.containers[0].env[KAFKA_SERVERS]`, or a bare name.
    pub field: Option<String>,
    /// Only objects of this kind, or of this kind and name: `Pod`, `Pod/pi-driver`.
    #[arg(long, value_name = "KIND[/NAME]")]
    pub object: Option<String>,
    /// What is shaped how.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Show values of Secrets and passwords, which are `****` otherwise: not for logs.
    #[arg(long)]
    pub show_secrets: bool,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
}

/// How an explanation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Runs the command.
///
/// # Errors
/// When the input cannot be read.
pub(crate) fn run(args: &ExplainArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    if let Some(doc) = review::find_code(&args.subject).filter(|_| args.field.is_none()) {
        reporter.terminal.data(code(doc, args.format).as_bytes())?;
        return Ok(ExitStatus::Done);
    }
    let mut shape = args.shape.clone();
    shape.executors = shape.executors.or(Some(Executors::Preview));
    let plan = inputs::plan(&[PathBuf::from(&args.subject)], &shape, &Host::default())?;
    reporter.findings(&plan.diagnostics, &plan.sources);
    if plan.diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    let (mut text, mut fields, mut errors) = (String::new(), Vec::new(), false);
    for job in &plan.jobs {
        let mut unit = rendered_file::render_input(&job.input, &plan.roots[job.root], false, &plan.sources)?;
        errors |= unit.diagnostics.has_errors();
        // What else is wrong or doubtful is for `check` to say.
        unit.diagnostics.retain(|item| item.severity == tree::Severity::Error);
        reporter.findings(&unit.diagnostics, &unit.sources);
        for manifest in unit.manifests.iter().filter(|manifest| is_wanted(manifest, args.object.as_deref())) {
            describe(manifest, args, &unit.sources, &mut text, &mut fields);
        }
    }
    if fields.is_empty() && !errors {
        let wanted = args.field.as_deref().unwrap_or("*");
        let mut none = Diagnostics::new();
        none.push(
            Diagnostic::error("no-such-field", format!("no rendered object has a field `{wanted}`"))
                .hint("leave the field out to see all of them"),
        );
        reporter.findings(&none, &Sources::new());
        return Ok(ExitStatus::Findings);
    }
    if args.format == ExplainFormat::Json {
        text = format!("{:#}\n", json!({ "version": 1, "fields": fields }));
    }
    let text = if args.format == ExplainFormat::Json { display::json(&text) } else { display::lines(&text) };
    reporter.terminal.data(text.as_bytes())?;
    Ok(if errors { ExitStatus::Findings } else { ExitStatus::Done })
}

fn is_wanted(manifest: &Manifest, object: Option<&str>) -> bool {
    let Some(object) = object else { return true };
    let (kind, name) = object.split_once('/').map_or((object, None), |(kind, name)| (kind, Some(name)));
    manifest.kind().eq_ignore_ascii_case(kind) && name.is_none_or(|name| name == manifest.name())
}

fn describe(manifest: &Manifest, args: &ExplainArgs, sources: &Sources, text: &mut String, fields: &mut Vec<Value>) {
    let found = explain::find(&manifest.object, args.field.as_deref().unwrap_or_default());
    if found.is_empty() {
        return;
    }
    let name = match manifest.namespace() {
        Some(namespace) => format!("{} {namespace}/{}", manifest.kind(), manifest.name()),
        None => format!("{} {}", manifest.kind(), manifest.name()),
    };
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", display::line(&name));
    for one in found {
        let path = one.path.to_string();
        let cover = if args.show_secrets { Cover::Shown } else { secret::of_field(&manifest.object, &one.path) };
        let value = &*secret::shown(&one.value, cover);
        let first = value.lines().next().unwrap_or_default();
        let more = if value.lines().nth(1).is_some() { " …" } else { "" };
        let _ = writeln!(text, "  {path} = {first}{more}");
        text.push_str(&explain::text(&one.origin, sources, 4, cover));
        fields.push(json!({
            "object": { "apiVersion": manifest.api_version(), "kind": manifest.kind(),
                        "namespace": manifest.namespace(), "name": manifest.name() },
            "field": path,
            "value": value,
            "origin": explain::json(&one.origin, sources, cover),
        }));
    }
}

fn code(doc: &CodeDoc, format: ExplainFormat) -> String {
    match format {
        ExplainFormat::Text => {
            let steering = wrapped(&steering(doc.code), 80);
            format!("{}: {}\n\n{}\n\n{steering}\n", doc.code, doc.summary, wrapped(doc.explanation, 80))
        }
        ExplainFormat::Json => {
            format!("{:#}\n", json!({ "code": doc.code, "summary": doc.summary, "explanation": doc.explanation }))
        }
    }
}

/// How a finding of `check` is allowed, ignored or graded.
fn steering(code: &str) -> String {
    format!(
        "In `check`, unless it is an error of `render`: `# spark-render: allow {code} REASON` at its line or above it \
         allows one, the annotation `{ALLOW_ANNOTATION}: \"{code}: REASON\"` those of an object; `spec.check` of the \
         configuration ignores it by files and objects (`ignore`) and sets its severity (`severity`), `--ignore {code}` \
         and `--severity {code}=note` do for one run."
    )
}

/// `text` in lines of at most `width` characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("starts with one");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
