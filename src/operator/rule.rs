//! Origins of the values that this stage makes.

use std::borrow::Cow;

use crate::tree::{Origin, Stage};

/// A value that the operator would write; the rule is the field or flag that asks for it.
pub(crate) fn operator(rule: impl Into<Cow<'static, str>>, inputs: impl IntoIterator<Item = Origin>) -> Origin {
    Origin::derived(Stage::Operator, rule, inputs)
}

/// A value that is written by a rule of `render`'s own.
pub(crate) fn render(rule: impl Into<Cow<'static, str>>, inputs: impl IntoIterator<Item = Origin>) -> Origin {
    Origin::derived(Stage::Assemble, rule, inputs)
}

/// A value that an option of the configuration asks for; the rule is the option.
pub(crate) fn option(rule: impl Into<Cow<'static, str>>) -> Origin {
    Origin::derived(Stage::Config, rule, [])
}
