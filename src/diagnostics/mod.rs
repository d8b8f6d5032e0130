//! What the tool says about its input: many findings, each with a stable code, the field and the place.
//!
//! The input's fault is a [`Diagnostic`]; the world's fault (unreadable file, bad flag) is a
//! [`crate::failure::Failure`]; our own fault is a panic that says so. No stage prints: each takes
//! `&mut Diagnostics`, reports all that it finds and returns its product if it can.

mod causes;
mod code;
mod diagnostic;
mod registry;
pub mod render;
pub mod sensitive;

pub use causes::settle;
pub use code::CodeDoc;
pub use diagnostic::{Diagnostic, Diagnostics, Label, ObjectRef, Severity};
pub use registry::{find as find_code, registry};
