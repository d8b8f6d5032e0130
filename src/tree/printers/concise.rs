//! One line a finding, as compilers print them for editors.

use std::fmt::Write;

use super::object_name;
use crate::tree::{Diagnostic, Sources};

/// Appends `place: severity[code]: message (hint)`; without a place, the object stands in its stead.
pub(crate) fn write(diagnostic: &Diagnostic, sources: &Sources, text: &mut String) {
    let place = match diagnostic.origin.span() {
        Some(span) => sources.place(span),
        None => object_name(diagnostic),
    };
    if !place.is_empty() {
        let _ = write!(text, "{place}: ");
    }
    let _ = write!(text, "{}[{}]: {}", diagnostic.severity.as_str(), diagnostic.code, diagnostic.message);
    if !diagnostic.hints.is_empty() {
        let _ = write!(text, " ({})", diagnostic.hints.join("; "));
    }
    text.push('\n');
}
