//! The tree that everything works on, where its values come from, and what is said about them.

pub mod budget;
pub mod bug;
pub mod canonical;
pub mod causes;
pub mod code;
pub mod diagnostic;
pub mod display;
pub mod failure;
pub mod limits;
pub mod mapping;
pub mod node;
pub mod origin;
pub mod parallel;
pub mod path;
pub mod place;
pub mod plain_path;
pub mod printers;
pub mod secret;
pub mod sourced;
pub mod sources;

pub use budget::Budget;
pub use canonical::Canonical;
pub use causes::settle;
pub use code::CodeDoc;
pub use diagnostic::{Diagnostic, Diagnostics, Label, ObjectRef, Severity};
pub use mapping::{Key, Mapping};
pub use node::{Node, Value};
pub use origin::{Derivation, Inputs, Origin, SourceId, Span, Stage};
pub use path::{FieldPath, Segment};
pub use place::Place;
pub use sourced::Sourced;
pub use sources::{SourceFile, Sources};
