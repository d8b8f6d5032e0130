//! The report: findings of one file after the other, and a summary. Each format is a head, parts and a foot.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::json;

use super::{
    args::{CheckFormat, FailOn},
    junit, sarif,
};
use crate::{
    review::find_code,
    tree::{
        Diagnostics, Severity, Sources,
        display::{self, Form},
        printers::{DiagnosticFormat, render, v1},
    },
};

/// A report that grows.
pub(super) struct Report {
    format: CheckFormat,
    fail_on: FailOn,
    styled: bool,
    parts: Vec<String>,
    suites: Vec<quick_junit::TestSuite>,
    counts: BTreeMap<(std::cmp::Reverse<Severity>, &'static str), usize>,
    /// Number of files read.
    pub files: usize,
    /// Number of Spark resources in them.
    pub applications: usize,
    /// Number of findings that comments allow.
    pub allowed: usize,
}

impl Report {
    /// An empty report.
    pub(super) fn new(format: CheckFormat, fail_on: FailOn, styled: bool) -> Self {
        Self {
            format,
            fail_on,
            styled,
            parts: Vec::new(),
            suites: Vec::new(),
            counts: BTreeMap::new(),
            files: 0,
            applications: 0,
            allowed: 0,
        }
    }

    /// Adds the findings of a file.
    pub(super) fn add(&mut self, file: &str, diagnostics: &Diagnostics, sources: &Sources) {
        for one in diagnostics {
            *self.counts.entry((std::cmp::Reverse(one.severity), one.code)).or_default() += 1;
        }
        let text = |format| render(diagnostics, sources, format, self.styled);
        match self.format {
            CheckFormat::Full => self.parts.push(text(DiagnosticFormat::Full)),
            CheckFormat::Concise => self.parts.push(text(DiagnosticFormat::Concise)),
            CheckFormat::Github => self.parts.push(text(DiagnosticFormat::Github)),
            CheckFormat::Json => self.parts.extend(diagnostics.iter().map(|one| {
                let shown = display::diagnostic(one, sources, Form::Data);
                let text = serde_json::to_string(&v1(&shown, sources)).expect("plain data always serialises");
                display::json(&text).into_owned()
            })),
            CheckFormat::Sarif => {
                self.parts.extend(diagnostics.iter().map(|one| {
                    let shown = display::diagnostic(one, sources, Form::Text);
                    display::json(&sarif::result(&shown, sources).to_string()).into_owned()
                }));
            }
            CheckFormat::Junit => self.suites.push(junit::suite(file, diagnostics, sources, self.fail_on)),
        }
    }

    /// Whether the run has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.counts.keys().any(|(severity, _)| self.fail_on.is_reached_by(severity.0))
    }

    /// Whether an error was found.
    pub(super) fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    fn count(&self, severity: Severity) -> usize {
        self.counts.iter().filter(|((one, _), _)| one.0 == severity).map(|(_, count)| count).sum()
    }

    /// The whole text.
    pub(super) fn finish(&self) -> String {
        match self.format {
            CheckFormat::Full => self.parts.concat() + &self.summary(),
            CheckFormat::Concise | CheckFormat::Github => self.parts.concat(),
            CheckFormat::Json => self.json(),
            CheckFormat::Sarif => sarif::document(&self.parts, self.counts.keys().map(|(_, code)| *code)),
            CheckFormat::Junit => junit::document(&self.suites),
        }
    }

    fn json(&self) -> String {
        let codes: Vec<_> = self
            .counts
            .iter()
            .map(|((severity, code), count)| json!({ "code": code, "severity": severity.0.as_str(), "count": count }))
            .collect();
        let summary = json!({
            "files": self.files,
            "applications": self.applications,
            "errors": self.count(Severity::Error),
            "warnings": self.count(Severity::Warning),
            "notes": self.count(Severity::Note),
            "allowed": self.allowed,
            "codes": codes,
        });
        let separator = if self.parts.is_empty() { "" } else { "\n" };
        format!(
            "{{\"version\":1,\"findings\":[{separator}{}{separator}],\"summary\":{summary}}}\n",
            self.parts.join(",\n")
        )
    }

    /// The summary by code, the worst and most frequent first.
    fn summary(&self) -> String {
        let mut text = String::new();
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by_key(|((severity, code), count)| (*severity, std::cmp::Reverse(**count), *code));
        if !counts.is_empty() {
            text.push('\n');
        }
        let width = counts.iter().map(|((_, code), _)| code.len()).max().unwrap_or_default();
        for ((severity, code), count) in counts {
            let summary = find_code(code).map_or("", |doc| doc.summary);
            let line = format!("{count:>6}  {:<7}  {code:<width$}  {summary}", severity.0.as_str());
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let number = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let _ = writeln!(
            text,
            "{} in {}: {}, {}, {}{}",
            number(self.applications, "application"),
            number(self.files, "file"),
            number(self.count(Severity::Error), "error"),
            number(self.count(Severity::Warning), "warning"),
            number(self.count(Severity::Note), "note"),
            if self.allowed == 0 { String::new() } else { format!("; {} allowed by comments", self.allowed) },
        );
        text
    }
}
