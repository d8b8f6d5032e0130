//! An origin as a chain of links, the rendered value first: as text for people, as JSON for programs.

use std::{borrow::Cow, fmt::Write};

use serde_json::{Value, json as object};

use crate::tree::{
    Derivation, Origin, Sources, Span, Stage,
    secret::{self, Cover},
};

/// The main link of each step in one line: `BasicDriverFeatureStep ← spark.driver.memory ← app.yaml:14:13`.
#[must_use]
pub(crate) fn one_line(origin: &Origin, sources: &Sources) -> Option<String> {
    match origin {
        Origin::Unknown => None,
        Origin::Source(span) => Some(sources.place(*span)),
        Origin::Derived(derivation) => {
            let first = derivation.inputs.iter().find_map(|input| one_line(input, sources));
            Some(match first {
                Some(first) => format!("{} ← {first}", derivation.rule),
                None if derivation.stage == Stage::SparkDefault => format!("default of {}", derivation.rule),
                None => derivation.rule.to_string(),
            })
        }
    }
}

/// The whole chain, one link a line, indented by its depth, each line with `indent` in front.
#[must_use]
pub fn text(origin: &Origin, sources: &Sources, indent: usize, cover: Cover) -> String {
    let mut text = String::new();
    write_link(origin, sources, indent, cover, &mut text);
    text
}

fn write_link(origin: &Origin, sources: &Sources, indent: usize, cover: Cover, text: &mut String) {
    let pad = " ".repeat(indent);
    match origin {
        Origin::Unknown => {}
        Origin::Source(span) => {
            let _ = writeln!(text, "{pad}{}", place(*span, sources, cover));
        }
        Origin::Derived(derivation) => {
            let cover = of_link(derivation, cover);
            let _ = write!(text, "{pad}{} {}", derivation.stage.as_str(), derivation.rule);
            if let Some(note) = derivation.note() {
                let _ = write!(text, " ({})", noted(note, cover));
            }
            text.push('\n');
            for input in derivation.inputs.iter() {
                write_link(input, sources, indent + 2, cover, text);
            }
            for (value, origin) in derivation.overrides() {
                let from = one_line(origin, sources).unwrap_or_else(|| "an unknown place".to_owned());
                let _ = writeln!(text, "{pad}  wins over `{}` ← {from}", secret::shown(value, cover));
            }
        }
    }
}

/// `app.yaml:14:13: 512m`: the place and the first line of what is written there.
fn place(span: Span, sources: &Sources, cover: Cover) -> String {
    let at = sources.written(span);
    let written = match cover {
        Cover::Shown => sources.text(at).to_owned(),
        Cover::Open => secret::stars(sources.text(at), at.start as usize, sources.file(at.source).hidden()),
        Cover::Hidden => secret::HIDDEN.to_owned(),
    };
    let line = written.lines().next().unwrap_or_default().trim();
    let shown: String = line.chars().take(60).collect();
    let more = if shown.len() < written.trim_end().len() { "…" } else { "" };
    format!("{}: {shown}{more}", sources.place(span))
}

/// The cover of what is behind a conf: its name may be that of a secret.
fn of_link(derivation: &Derivation, cover: Cover) -> Cover {
    let is_hidden = cover == Cover::Open && secret::is_secret_name(&derivation.rule);
    if is_hidden { Cover::Hidden } else { cover }
}

/// A note of ours, which may repeat a value.
fn noted(note: &str, cover: Cover) -> Cow<'_, str> {
    if cover == Cover::Shown { Cow::Borrowed(note) } else { secret::covered_in_message(note) }
}

/// The whole chain as JSON: `{file, line, column}` or `{stage, rule, note, from, overrides}`.
#[must_use]
pub fn json(origin: &Origin, sources: &Sources, cover: Cover) -> Value {
    match origin {
        Origin::Unknown => Value::Null,
        Origin::Source(span) => {
            let (line, column) = sources.line_column(*span);
            let file = &sources.file(sources.written(*span).source).name;
            object!({ "file": file, "line": line, "column": column })
        }
        Origin::Derived(derivation) => {
            let cover = of_link(derivation, cover);
            let mut link = object!({
                "stage": derivation.stage.as_str(),
                "rule": derivation.rule.as_str(),
                "from": derivation.inputs.iter().map(|input| json(input, sources, cover)).collect::<Vec<_>>(),
            });
            if let Some(note) = derivation.note() {
                link["note"] = noted(note, cover).as_ref().into();
            }
            if !derivation.overrides().is_empty() {
                let overrides = derivation.overrides().iter();
                link["overrides"] = overrides
                    .map(|(value, origin)| object!({ "value": secret::shown(value, cover), "from": json(origin, sources, cover) }))
                    .collect();
            }
            link
        }
    }
}
