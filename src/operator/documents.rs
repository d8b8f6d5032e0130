//! Documents of files that may hold the operator's resources.

use std::ops::Range;

use super::is_spark;
use crate::{
    text::read::{self, Document, Loader},
    tree::{Diagnostics, SourceId, Sources},
};

/// [`read::parse`]; every text of the operator's resources is searched for placeholders.
pub fn parse(id: SourceId, sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Document> {
    read::parse(id, sources, is_spark, diagnostics)
}

/// [`read::parse_range`]; every text of the operator's resources is searched for placeholders.
pub(crate) fn parse_range(
    id: SourceId,
    sources: &Sources,
    range: Range<usize>,
    diagnostics: &mut Diagnostics,
) -> Vec<Document> {
    read::parse_range(id, sources, range, is_spark, diagnostics)
}

/// A [`Loader`] of one document after the other, otherwise as [`parse`].
pub fn loader<'a>(id: SourceId, sources: &'a Sources, diagnostics: &mut Diagnostics) -> Loader<'a> {
    Loader::new(id, sources, is_spark, diagnostics)
}
