//! The tree that everything works on.

mod canonical;
mod mapping;
mod node;
mod origin;
mod path;
mod place;

pub use canonical::Canonical;
pub use mapping::{Key, Mapping};
pub use node::{Node, Value};
pub use origin::{Derivation, Inputs, Origin, SourceId, Span, Stage};
pub use path::{FieldPath, Segment};
pub use place::Place;
