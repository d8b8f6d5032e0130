//! What works with what, and where `render` differs: the tables behind COMPATIBILITY.md and `versions`.

pub(crate) mod differences;
pub(crate) mod document;
pub(crate) mod versions;
