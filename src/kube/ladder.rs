//! What an application loses on each version of Kubernetes, and the first one on which it works whole.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Manifest, Version};
use crate::tree::{Diagnostic, Diagnostics, Severity};

/// How an application fares on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing is lost.
    Whole,
    /// It runs, without something.
    Lossy,
    /// It is not rendered.
    Refused,
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Lossy => "loses something",
            Self::Refused => "refused",
        }
    }
}

/// Versions next to each other that fare the same.
#[derive(Debug)]
pub struct VersionRange {
    /// The first of them.
    pub first: Version,
    /// The last of them.
    pub last: Version,
    /// How the application fares.
    pub outcome: Outcome,
    /// What changes there and is not found on every version.
    pub findings: Vec<Diagnostic>,
}

/// The whole ladder.
#[derive(Debug)]
pub struct Ladder {
    /// The rungs, the oldest version first.
    pub rungs: Vec<VersionRange>,
    /// The first version from which on nothing is lost.
    pub first_whole: Option<Version>,
    /// What is found on every version: no matter of versions.
    pub everywhere: Vec<Diagnostic>,
}

/// Renders for each version and compares. `render` makes the conforming manifests of one application for a version and
/// reports what it finds, warnings about other things included.
pub fn ladder(versions: &[Version], mut render: impl FnMut(Version, &mut Diagnostics) -> Vec<Manifest>) -> Ladder {
    let mut found: Vec<(Version, Vec<Diagnostic>)> = Vec::new();
    for version in versions {
        let mut diagnostics = Diagnostics::new();
        let _ = render(*version, &mut diagnostics);
        found.push((*version, diagnostics.into_iter().collect()));
    }
    let is_everywhere = |one: &Diagnostic| {
        found.len() > 1 && found.iter().all(|(_, all)| all.iter().any(|other| key_of(other) == key_of(one)))
    };
    let everywhere: Vec<Diagnostic> = found
        .first()
        .map(|(_, all)| all.iter().filter(|one| is_everywhere(one)).cloned().collect())
        .unwrap_or_default();
    let mut rungs: Vec<VersionRange> = Vec::new();
    for (version, all) in &found {
        let findings: Vec<Diagnostic> = all.iter().filter(|one| !is_everywhere(one)).cloned().collect();
        let outcome = outcome(&findings);
        match rungs.last_mut() {
            Some(rung) if same(&rung.findings, &findings) => rung.last = *version,
            _ => rungs.push(VersionRange { first: *version, last: *version, outcome, findings }),
        }
    }
    let whole_tail = rungs.iter().rev().take_while(|rung| rung.outcome == Outcome::Whole).last();
    let first_whole = whole_tail.map(|rung| rung.first);
    Ladder { rungs, first_whole, everywhere }
}

fn outcome(findings: &[Diagnostic]) -> Outcome {
    match findings.iter().map(|one| one.severity).max() {
        Some(Severity::Error) => Outcome::Refused,
        Some(Severity::Warning) => Outcome::Lossy,
        // Notes tell of changes that lose nothing.
        Some(Severity::Note) | None => Outcome::Whole,
    }
}

/// What makes two findings the same on two versions: messages name the version.
type Key = (&'static str, Severity, Option<(String, String)>, String, bool);

fn key_of(one: &Diagnostic) -> Key {
    let object = one.object.as_ref().map(|object| (object.kind.clone(), object.name.clone()));
    (one.code, one.severity, object, one.path.to_string(), one.origin.span().is_some())
}

fn same(a: &[Diagnostic], b: &[Diagnostic]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| key_of(a) == key_of(b))
}

impl Ladder {
    /// For people. `place` writes where a finding comes from, for example `app.yaml:14:9`.
    #[must_use]
    pub fn text(&self, place: impl Fn(&Diagnostic) -> String) -> String {
        let mut text = String::new();
        for rung in &self.rungs {
            let range = if rung.first == rung.last {
                rung.first.to_string()
            } else {
                format!("{}–{}", rung.first, rung.last)
            };
            let _ = writeln!(text, "{range:<11} {}", rung.outcome.as_str());
            for one in &rung.findings {
                let place = place(one);
                let place = if place.is_empty() { place } else { format!("{place}: ") };
                let _ = writeln!(text, "            {}[{}] {place}{}", one.severity.as_str(), one.code, one.message);
            }
        }
        if !self.everywhere.is_empty() {
            let _ = writeln!(text, "on every version: {} more, see `spark-render check`", self.everywhere.len());
        }
        let _ = match self.first_whole {
            Some(version) => writeln!(text, "works whole from Kubernetes {version}"),
            None => writeln!(text, "works whole on none of these versions"),
        };
        text
    }

    /// For programs.
    #[must_use]
    pub fn json(&self, place: impl Fn(&Diagnostic) -> String) -> Value {
        let finding = |one: &Diagnostic| {
            json!({
                "code": one.code,
                "severity": one.severity.as_str(),
                "message": one.message,
                "field": one.path.to_string(),
                "object": one.object.as_ref().map(|object| json!({
                    "apiVersion": object.api_version,
                    "kind": object.kind,
                    "namespace": object.namespace,
                    "name": object.name,
                })),
                "place": place(one),
                "hints": one.hints,
            })
        };
        json!({
            "rungs": self.rungs.iter().map(|rung| json!({
                "first": rung.first.to_string(),
                "last": rung.last.to_string(),
                "outcome": match rung.outcome {
                    Outcome::Whole => "whole",
                    Outcome::Lossy => "lossy",
                    Outcome::Refused => "refused",
                },
                "findings": rung.findings.iter().map(finding).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "everywhere": self.everywhere.iter().map(finding).collect::<Vec<_>>(),
            "firstWhole": self.first_whole.map(|version| version.to_string()),
        })
    }
}
