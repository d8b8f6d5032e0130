//! Writing: the same bytes for the same tree, which Go's YAML readers read back as the same values.

pub(crate) mod json;
mod text;
pub(crate) mod yaml;
