//! The tree that everything works on, where its values come from, and what is said about them.

pub(crate) mod budget;
pub(crate) mod bug;
pub(crate) mod canonical;
pub(crate) mod causes;
pub(crate) mod code;
pub(crate) mod diagnostic;
pub(crate) mod display;
pub(crate) mod failure;
pub(crate) mod limits;
pub(crate) mod mapping;
pub(crate) mod node;
pub(crate) mod origin;
pub(crate) mod parallel;
pub(crate) mod path;
pub(crate) mod place;
pub(crate) mod plain_path;
pub(crate) mod printers;
pub(crate) mod secret;
pub(crate) mod sourced;
pub(crate) mod sources;

pub(crate) use budget::Budget;
pub(crate) use canonical::Canonical;
pub(crate) use causes::settle;
pub(crate) use code::CodeDoc;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub(crate) use diagnostic::{Label, ObjectRef};
pub(crate) use mapping::Key;
pub use mapping::Mapping;
pub use node::{Node, Value};
pub(crate) use origin::Derivation;
pub use origin::{Origin, SourceId, Span, Stage};
pub use path::{FieldPath, Segment};
pub(crate) use place::Place;
pub use sourced::Sourced;
pub use sources::Sources;
