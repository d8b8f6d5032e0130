//! What works with what, and where `render` differs: the tables behind COMPATIBILITY.md and `versions`.

pub mod differences;
pub mod document;
pub mod versions;
