//! Findings: what is wrong or worth knowing, where, and what to do about it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    FieldPath, Node, Origin,
    limits::{FINDING_TEXT, FINDINGS},
};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Note,
    /// The output is made, but somebody should look.
    Warning,
    /// The output is not made; exit status 1.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The object that a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectRef {
    /// For example `sparkoperator.k8s.io/v1beta2`.
    pub api_version: String,
    /// For example `SparkApplication`.
    pub kind: String,
    /// `metadata.namespace`, if written.
    pub namespace: Option<String>,
    /// `metadata.name`, or the empty string.
    pub name: String,
}

impl ObjectRef {
    /// The object that `node` is, if it says so.
    #[must_use]
    pub fn of(node: &Node) -> Option<Self> {
        let text = |keys: &[&str]| node.str_at(keys).map(str::to_owned);
        Some(Self {
            api_version: text(&["apiVersion"]).unwrap_or_default(),
            kind: text(&["kind"]).filter(|kind| !kind.is_empty())?,
            namespace: text(&["metadata", "namespace"]),
            name: text(&["metadata", "name"]).unwrap_or_default(),
        })
    }
}

/// A second place with a word about it.
#[derive(Debug, Clone)]
pub struct Label {
    /// The place.
    pub origin: Origin,
    /// What is there: "first given here".
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Stable kebab-case name, a row of the registry: `unknown-field`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One lower-case phrase that says what is; names in backticks, no full stop.
    pub message: String,
    /// The object, filled in by [`Diagnostics::in_object`] scopes.
    pub object: Option<ObjectRef>,
    /// The field, if one is meant.
    pub path: FieldPath,
    /// The place: the value if it is wrong, the key if it is unknown, the parent if something is missing.
    pub origin: Origin,
    /// Further places.
    pub labels: Vec<Label>,
    /// What to do; each starts with a verb.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A finding of `severity` without field and place.
    #[must_use]
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            object: None,
            path: FieldPath::root(),
            origin: Origin::Unknown,
            labels: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// An error.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note.
    #[must_use]
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, path: FieldPath) -> Self {
        self.path = path;
        self
    }

    /// Names the place.
    #[must_use]
    pub fn at(mut self, origin: impl Into<Origin>) -> Self {
        self.origin = origin.into();
        self
    }

    /// Names a second place.
    #[must_use]
    pub fn label(mut self, origin: impl Into<Origin>, text: impl Into<String>) -> Self {
        self.labels.push(Label { origin: origin.into(), text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// All findings so far, in the order in which they were made.
#[derive(Debug, Default, Clone)]
pub struct Diagnostics {
    pub(crate) items: Vec<Diagnostic>,
    /// Shared, since every stage opens a scope and hardly any has a finding.
    object: Option<Arc<ObjectRef>>,
}

impl Diagnostics {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding; the object of the current scope is filled in.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        if diagnostic.object.is_none() {
            diagnostic.object = self.object.as_deref().cloned();
        }
        let Diagnostic { message, hints, labels, .. } = &mut diagnostic;
        cut(message);
        hints.iter_mut().for_each(cut);
        labels.iter_mut().for_each(|label| cut(&mut label.text));
        self.items.push(diagnostic);
    }

    /// Adds findings as they are.
    pub fn extend(&mut self, other: Diagnostics) {
        other.items.into_iter().for_each(|item| self.push(item));
    }

    /// Gives findings that have no place in a file this one.
    pub fn place(&mut self, origin: &Origin) {
        for item in &mut self.items {
            let mut places = std::iter::once(&item.origin).chain(item.labels.iter().map(|label| &label.origin));
            if places.all(|place| place.span().is_none()) {
                item.origin = origin.clone();
            }
        }
    }

    /// Findings made from now on are about `object`.
    pub fn enter(&mut self, object: impl Into<Arc<ObjectRef>>) {
        self.object = Some(object.into());
    }

    /// Findings made inside `body` are about `object`.
    pub fn in_object<T>(&mut self, object: impl Into<Arc<ObjectRef>>, body: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.object.replace(object.into());
        let result = body(self);
        self.object = outer;
        result
    }

    /// Whether there is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// The findings in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Leaves out what is beyond [`FINDINGS`], and says so.
    pub fn cut_off(&mut self) {
        let rest = self.items.get(FINDINGS..).unwrap_or_default();
        let Some(worst) = rest.iter().map(|item| item.severity).max() else { return };
        let message = format!("… and {} more findings about this file", rest.len());
        let place = rest.first().map(|item| item.origin.clone()).unwrap_or_default();
        self.items.truncate(FINDINGS);
        self.items.push(Diagnostic::new("more-findings", worst, message).at(place).hint("correct the first ones"));
    }

    /// Gives every finding of `code` the severity `severity`.
    pub fn lower(&mut self, code: &str, severity: Severity) {
        self.items.iter_mut().filter(|item| item.code == code).for_each(|item| item.severity = severity);
    }

    /// Keeps the findings for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.items.retain(keep);
    }
}

/// Leaves out what is beyond [`FINDING_TEXT`]: names and values in a message are somebody else's.
fn cut(text: &mut String) {
    if text.len() > FINDING_TEXT
        && let Some((end, _)) = text.char_indices().nth(FINDING_TEXT)
    {
        text.truncate(end);
        text.push('…');
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}
