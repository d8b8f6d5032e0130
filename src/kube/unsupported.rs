//! The words for what a target lacks, the same for tailoring, validation and previews.

use super::{
    Action, Row, Version,
    minors::Minors,
    schema::{Choice, Field, Gate},
};
use crate::tree::{Diagnostic, Node, Place, Severity};

/// A field or value that the target does not honour.
#[derive(Clone, Copy)]
pub(crate) struct Unsupported<'a> {
    /// The target.
    pub target: Version,
    /// Where.
    pub place: &'a Place<'a>,
    /// The value there.
    pub node: &'a Node,
    /// The field.
    pub field: &'static Field,
    /// The value, if only that is missing.
    pub choice: Option<&'static Choice>,
}

impl Unsupported<'_> {
    fn known(&self) -> Minors {
        self.choice.map_or(self.field.known, |choice| choice.known)
    }

    fn gate(&self) -> Option<Gate> {
        self.choice.map_or(self.field.gate, |choice| choice.gate)
    }

    fn on(&self) -> Minors {
        self.choice.map_or(self.field.on, Choice::on)
    }

    /// The row that says what to do.
    pub(crate) fn row(&self) -> Option<&'static Row> {
        self.choice.map_or(self.field.row, |choice| choice.row)
    }

    /// What to do.
    pub(crate) fn action(&self) -> Action {
        self.row().map_or(if self.choice.is_some() { Action::Refuse } else { Action::Drop }, |row| row.action)
    }

    /// Whether older servers do the same without it.
    pub(crate) fn is_harmless(&self) -> bool {
        self.row().is_some_and(|row| row.is_harmless(self.node))
    }

    fn code(&self) -> &'static str {
        if self.action() == Action::Security && !self.is_harmless() {
            "security-unsupported"
        } else if self.choice.is_some() {
            "unsupported-value"
        } else if self.known().meets(Minors::only(self.target)) {
            "feature-gate-off"
        } else {
            "unsupported-field"
        }
    }

    /// The finding; `done` says what became of the field: "dropped", "kept".
    pub(crate) fn diagnostic(&self, severity: Severity, done: &str) -> Diagnostic {
        let what = match self.choice {
            Some(choice) => format!("value `{}` of `{}`", choice.text, self.field.name),
            None => format!("field `{}`", self.field.name),
        };
        let (target, known) = (self.target, self.known());
        let on_from = self.on().first().filter(|first| target.minor() < *first);
        let mut message = if known.meets(Minors::only(target)) {
            let gate = self.gate().map_or("", |gate| gate.name);
            match on_from {
                Some(first) => format!(
                    "{what} needs feature gate `{gate}`, off in Kubernetes {target}, on by default from 1.{first}"
                ),
                None => format!("{what} needs feature gate `{gate}`, off by default in Kubernetes {target}"),
            }
        } else if known.first().is_some_and(|first| target.minor() < first) {
            match (known.first(), on_from) {
                (Some(first), Some(on)) if on > first => {
                    format!(
                        "{what} is unknown to Kubernetes {target}: it came with 1.{first} and works by default from 1.{on}"
                    )
                }
                (Some(first), _) => format!("{what} is unknown to Kubernetes {target}: it came with 1.{first}"),
                (None, _) => format!("{what} is unknown to Kubernetes {target}"),
            }
        } else {
            let last = known.last().unwrap_or_default();
            format!("{what} is unknown to Kubernetes {target}: it was removed after 1.{last}")
        };
        if !done.is_empty() {
            message = format!("{message}; {done}");
        }
        let mut diagnostic =
            Diagnostic::new(self.code(), severity, message).field(self.place.path()).at(&self.node.origin);
        if let Some(row) = self.row() {
            diagnostic = diagnostic.hint(format!("mind that without it {}", row.effect));
            if !row.way_out.is_empty() {
                return diagnostic.hint(row.way_out);
            }
        }
        diagnostic.hint(match on_from {
            Some(first) => format!("leave it out, or target Kubernetes 1.{first} or later"),
            None => "leave it out, or set `onUnsupported: keep` where the cluster has it".to_owned(),
        })
    }
}
