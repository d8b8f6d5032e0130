//! The report: findings of one file after the other, and a summary. Each format is a head, parts and a foot.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Value, json};

use super::{
    args::{CheckFormat, FailOn},
    junit,
    repeats::Place,
    sarif,
};
use crate::{
    review::{
        find_code,
        policy::{Suppressed, Suppressor},
    },
    tree::{
        Diagnostic, Diagnostics, Severity, Sources,
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
    /// Number of applications with fields that the operator's webhook alone would add, where no operator is named.
    pub of_webhook: usize,
    /// Findings that are not reported, by what suppresses them.
    suppressed: BTreeMap<Suppressor, usize>,
    /// The same, as JSON.
    suppressed_parts: Vec<String>,
    /// Their codes.
    suppressed_codes: BTreeSet<&'static str>,
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
            of_webhook: 0,
            suppressed: BTreeMap::new(),
            suppressed_parts: Vec::new(),
            suppressed_codes: BTreeSet::new(),
        }
    }

    /// Adds the findings of a file, and those that are only counted.
    pub(super) fn add(&mut self, file: &str, diagnostics: &Diagnostics, suppressed: &[Suppressed], sources: &Sources) {
        for one in suppressed {
            *self.suppressed.entry(one.by).or_default() += 1;
        }
        for one in diagnostics {
            *self.counts.entry((std::cmp::Reverse(one.severity), one.code)).or_default() += 1;
        }
        let text = |format| render(diagnostics, sources, format, self.styled);
        match self.format {
            CheckFormat::Full => self.parts.push(text(DiagnosticFormat::Full)),
            CheckFormat::Concise => self.parts.push(text(DiagnosticFormat::Concise)),
            CheckFormat::Github => self.parts.push(text(DiagnosticFormat::Github)),
            CheckFormat::Json => {
                let json = |one: &Diagnostic| {
                    let shown = display::diagnostic(one, sources, Form::Data);
                    serde_json::to_value(v1(&shown, sources)).expect("plain data always serialises")
                };
                self.parts.extend(diagnostics.iter().map(|one| display::json(&json(one).to_string()).into_owned()));
                self.suppressed_parts.extend(suppressed.iter().map(|one| {
                    let mut value = json(&one.finding);
                    value["suppressedBy"] = name(one.by).into();
                    value["reason"] = one.reason.as_deref().map_or(Value::Null, Value::from);
                    display::json(&value.to_string()).into_owned()
                }));
            }
            CheckFormat::Sarif => {
                self.parts.extend(diagnostics.iter().map(|one| {
                    let shown = display::diagnostic(one, sources, Form::Text);
                    display::json(&sarif::result(&shown, sources).to_string()).into_owned()
                }));
                self.parts.extend(suppressed.iter().filter(|one| one.by != Suppressor::Select).map(|one| {
                    let shown = display::diagnostic(&one.finding, sources, Form::Text);
                    let mut result = sarif::result(&shown, sources);
                    result["suppressions"] = json!([sarif::suppression(one)]);
                    self.suppressed_codes.insert(one.finding.code);
                    display::json(&result.to_string()).into_owned()
                }));
            }
            CheckFormat::Junit => self.suites.push(junit::suite(file, diagnostics, suppressed, sources, self.fail_on)),
        }
    }

    /// Adds a finding that other places share.
    pub(super) fn add_shared(&mut self, file: &str, one: &Diagnostics, others: &[Place], sources: &Sources) {
        let before = self.parts.len();
        self.add(file, one, &[], sources);
        if let (CheckFormat::Json, Some(part)) = (self.format, self.parts.get_mut(before)) {
            let places =
                others.iter().map(|(file, line, column)| json!({ "file": file, "line": line, "column": column }));
            let mut value: Value = serde_json::from_str(part).expect("written above");
            value["also"] = places.collect();
            *part = display::json(&value.to_string()).into_owned();
        }
    }

    /// Whether a finding that several places share is said once: a program that marks lines wants each of them.
    pub(super) fn puts_together(&self) -> bool {
        matches!(self.format, CheckFormat::Full | CheckFormat::Concise | CheckFormat::Json)
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
            CheckFormat::Sarif => {
                let codes = self.counts.keys().map(|(_, code)| *code);
                sarif::document(&self.parts, codes.chain(self.suppressed_codes.iter().copied()))
            }
            CheckFormat::Junit => junit::document(&self.suites),
        }
    }

    fn number(&self, by: Suppressor) -> usize {
        self.suppressed.get(&by).copied().unwrap_or_default()
    }

    /// How many findings are only counted, and why; nothing if there are none.
    fn counted(&self) -> Option<String> {
        let parts: Vec<String> = self.suppressed.iter().map(|(by, count)| format!("{count} {}", words(*by))).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The same, for the formats that end without a summary and have no place for it.
    pub(super) fn aside(&self) -> Option<String> {
        let has_no_place = matches!(self.format, CheckFormat::Concise | CheckFormat::Github);
        self.counted().filter(|_| has_no_place).map(|text| format!("{text}\n"))
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
            "webhookOnly": self.of_webhook,
            "allowed": self.number(Suppressor::Allow),
            "ignored": self.number(Suppressor::Ignore),
            "baseline": self.number(Suppressor::Baseline),
            "notSelected": self.number(Suppressor::Select),
            "codes": codes,
        });
        let between = if self.suppressed_parts.is_empty() { "" } else { "\n" };
        let separator = if self.parts.is_empty() { "" } else { "\n" };
        format!(
            "{{\"version\":1,\"findings\":[{separator}{}{separator}],\"suppressed\":[{between}{}{between}],\"summary\":{summary}}}\n",
            self.parts.join(",\n"),
            self.suppressed_parts.join(",\n"),
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
            self.counted().map(|text| format!("; {text}")).unwrap_or_default(),
        );
        if self.of_webhook > 0 {
            let have = if self.of_webhook == 1 { "has" } else { "have" };
            let _ = writeln!(
                text,
                "{} {have} fields that only the operator's webhook adds to pods that it launches: `check --webhook-loss` \
                 shows them, `--operator-version` makes them findings",
                number(self.of_webhook, "application"),
            );
        }
        text
    }
}

/// What suppresses, as the summary says it.
fn words(by: Suppressor) -> &'static str {
    match by {
        Suppressor::Allow => "allowed by comments and annotations",
        Suppressor::Ignore => "ignored",
        Suppressor::Baseline => "in the baseline",
        Suppressor::Select => "of codes that are not selected",
    }
}

/// What suppresses, as JSON says it.
fn name(by: Suppressor) -> &'static str {
    match by {
        Suppressor::Allow => "allow",
        Suppressor::Ignore => "ignore",
        Suppressor::Baseline => "baseline",
        Suppressor::Select => "select",
    }
}
