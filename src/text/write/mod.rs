//! Writing: the same bytes for the same tree, which Go's YAML readers read back as the same values.

pub mod json;
mod text;
pub mod yaml;
