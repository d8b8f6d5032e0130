//! How a comparison is printed.

mod groups;
mod json;
mod markdown;
mod text;
mod unified;

pub use json::json;
pub use markdown::{DEFAULT_BYTES, markdown};
pub use text::text;
pub use unified::unified;

use crate::tree::Origin;

/// Which side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before.
    Old,
    /// After.
    New,
}

/// Says where a value of the object at a place of a side is written: `app.yaml:14:9`.
pub(crate) type Places<'a> = &'a dyn Fn(Side, usize, &Origin) -> Option<String>;

/// What is shown how, in the forms for people.
#[derive(Clone, Copy, Default)]
pub struct View<'a> {
    /// Says where each field is written.
    pub places: Option<Places<'a>>,
    /// Whether what follows from another difference is shown too; it is counted otherwise.
    pub derived: bool,
    /// Whether the text has colors.
    pub styled: bool,
}
