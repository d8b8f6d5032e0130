//! Where a value comes from: a place in a file, or a derivation from other values.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use smol_str::SmolStr;

/// Names a file of a [`super::Sources`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A half-open byte range of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The origin of a value. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Origin {
    /// Nothing is known; a bug in anything that is rendered, normal in scratch values.
    #[default]
    Unknown,
    /// Written in a file.
    Source(Span),
    /// Made from other values, or out of a rule alone.
    Derived(Arc<Derivation>),
}

/// One link of the chain that `explain` prints.
#[derive(Debug)]
pub struct Derivation {
    /// Who made the value.
    pub stage: Stage,
    /// What made it, under its own name: a conf key, a Spark class, a webhook step, a diagnostic code.
    pub rule: SmolStr,
    /// What it was made from; the first is the main one.
    pub inputs: Inputs,
    /// What few links have, apart: each value of an application has a link.
    aside: Option<Box<SideNote>>,
}

#[derive(Debug)]
struct SideNote {
    note: Option<String>,
    overrides: Vec<(SmolStr, Origin)>,
}

impl Derivation {
    /// What else a reader wants to know.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.aside.as_ref()?.note.as_deref()
    }

    /// Values that this one won over, the oldest first. They had no part in it.
    #[must_use]
    pub fn overrides(&self) -> &[(SmolStr, Origin)] {
        self.aside.as_ref().map_or(&[], |aside| &aside.overrides)
    }
}

/// What a value was made from. Most values have one input at most, for which nothing is allocated.
#[derive(Debug)]
pub enum Inputs {
    /// A single one.
    One(Origin),
    /// None, or several.
    Many(Vec<Origin>),
}

impl Deref for Inputs {
    type Target = [Origin];
    fn deref(&self) -> &[Origin] {
        match self {
            Self::One(input) => std::slice::from_ref(input),
            Self::Many(inputs) => inputs,
        }
    }
}

/// Unknown ones are left out.
impl FromIterator<Origin> for Inputs {
    fn from_iter<T: IntoIterator<Item = Origin>>(inputs: T) -> Self {
        let mut known = inputs.into_iter().filter(|origin| !origin.is_unknown());
        let Some(first) = known.next() else { return Self::Many(Vec::new()) };
        let Some(second) = known.next() else { return Self::One(first) };
        let mut inputs = Vec::with_capacity(2 + known.size_hint().1.unwrap_or_default());
        inputs.extend([first, second]);
        inputs.extend(known);
        Self::Many(inputs)
    }
}

/// The parts of the house that make or change values, in the order in which they act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// An alias of the input: the value is written at its anchor.
    Alias,
    /// A flag of the command line.
    CommandLine,
    /// The `SparkRender` configuration, or its defaults.
    Config,
    /// The operator's defaulter.
    OperatorDefault,
    /// A Spark conf; the rule is its key.
    Conf,
    /// A Spark default, where no conf is set; the rule is the conf's key.
    SparkDefault,
    /// A Spark feature step; the rule is its class name.
    FeatureStep,
    /// A step of the operator's webhook; the rule is the field.
    Webhook,
    /// An object or field that the operator makes.
    Operator,
    /// A rule of `render`'s own (names, labels, clean-up), see DESIGN section 3 in COMPATIBILITY.md.
    Assemble,
    /// A change for the target Kubernetes version; the rule is the diagnostic's code.
    Tailor,
}

impl Stage {
    /// The word that `explain` prints.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alias => "YAML alias",
            Self::CommandLine => "command line",
            Self::Config => "configuration",
            Self::OperatorDefault => "operator default",
            Self::Conf => "Spark conf",
            Self::SparkDefault => "Spark default",
            Self::FeatureStep => "feature step",
            Self::Webhook => "webhook step",
            Self::Operator => "operator",
            Self::Assemble => "render rule",
            Self::Tailor => "tailoring",
        }
    }
}

/// Constant texts are not copied.
fn text_of(rule: Cow<'static, str>) -> SmolStr {
    match rule {
        Cow::Borrowed(constant) => SmolStr::new_static(constant),
        Cow::Owned(text) => text.into(),
    }
}

impl Origin {
    /// A value that `rule` of `stage` makes from `inputs`. Unknown inputs are left out.
    #[must_use]
    pub fn derived(stage: Stage, rule: impl Into<Cow<'static, str>>, inputs: impl IntoIterator<Item = Origin>) -> Self {
        let (rule, inputs) = (text_of(rule.into()), inputs.into_iter().collect());
        Self::Derived(Arc::new(Derivation { stage, rule, inputs, aside: None }))
    }

    /// [`Origin::derived`] with a note for the reader.
    #[must_use]
    pub fn noted(
        stage: Stage,
        rule: impl Into<Cow<'static, str>>,
        note: impl Into<String>,
        inputs: impl IntoIterator<Item = Origin>,
    ) -> Self {
        let (rule, inputs) = (text_of(rule.into()), inputs.into_iter().collect());
        let aside = Some(Box::new(SideNote { note: Some(note.into()), overrides: Vec::new() }));
        Self::Derived(Arc::new(Derivation { stage, rule, inputs, aside }))
    }

    /// A value that comes from `input` by `rule` of `stage` and wins over `overrides`.
    #[must_use]
    pub fn winning(stage: Stage, rule: impl Into<SmolStr>, input: Origin, overrides: Vec<(SmolStr, Origin)>) -> Self {
        let inputs = [input].into_iter().collect();
        let aside = (!overrides.is_empty()).then(|| Box::new(SideNote { note: None, overrides }));
        Self::Derived(Arc::new(Derivation { stage, rule: rule.into(), inputs, aside }))
    }

    /// The link, if the value was made from others or out of a rule.
    #[must_use]
    pub fn derivation(&self) -> Option<&Derivation> {
        match self {
            Self::Derived(derivation) => Some(derivation),
            _ => None,
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The place in a file that is the main cause: the first one down the chain.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Unknown => None,
            Self::Source(span) => Some(*span),
            Self::Derived(derivation) => derivation.inputs.iter().find_map(Self::span),
        }
    }

    /// Every place in a file that had a part in the value, in the order of the chain.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        self.collect_spans(&mut spans);
        spans
    }

    fn collect_spans(&self, spans: &mut Vec<Span>) {
        match self {
            Self::Unknown => {}
            Self::Source(span) => {
                if !spans.contains(span) {
                    spans.push(*span);
                }
            }
            Self::Derived(derivation) => derivation.inputs.iter().for_each(|input| input.collect_spans(spans)),
        }
    }
}

impl From<Span> for Origin {
    fn from(span: Span) -> Self {
        Self::Source(span)
    }
}
impl From<&Origin> for Origin {
    fn from(origin: &Origin) -> Self {
        origin.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_inputs_are_left_out() {
        let known = |start| Origin::Source(Span { source: SourceId(0), start, end: start + 1 });
        let spans = |inputs: &[Origin]| -> Vec<u32> {
            Origin::derived(Stage::Conf, "x", inputs.iter().cloned()).spans().iter().map(|span| span.start).collect()
        };
        let cases: [(&[Origin], Vec<u32>); 4] = [
            (&[Origin::Unknown], vec![]),
            (&[Origin::Unknown, known(1)], vec![1]),
            (&[known(1), Origin::Unknown, known(2)], vec![1, 2]),
            (&[known(3), known(2), Origin::Unknown, known(1)], vec![3, 2, 1]),
        ];
        for (inputs, starts) in cases {
            assert_eq!(spans(inputs), starts);
        }
    }
}
