//! What is secret, and how it is hidden: one list and one mask for every output.
//!
//! A value is secret by its name ([`names`]), by its shape ([`shapes`]), by what is written before it in a text
//! ([`inline`]), or by its place: the data of a Secret, in trees ([`objects`]) as in files that nobody could read
//! ([`lines`]).

mod inline;
mod lines;
mod names;
mod objects;
mod shapes;

use std::{borrow::Cow, collections::BTreeSet, ops::Range};

pub(crate) use inline::assignments;
pub(crate) use lines::hidden;
pub(crate) use names::{is_secret as is_secret_name, is_told};
pub use objects::Cover;
pub(crate) use objects::{hide_object, hide_pair, hide_value, of_entry, of_field, of_item, shown};

use super::{Diagnostic, Origin, Sources};

/// Stands for a hidden value where lengths do not matter.
pub(crate) const HIDDEN: &str = "****";
/// The annotation in which kubectl keeps the whole object, values of Secrets included.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Bytes around a place whose secrets no message about it repeats.
const AROUND: usize = 4 << 10;
/// Bytes of the shortest value that is looked for in a message: shorter ones are in any sentence.
const SHORTEST: usize = 4;

/// `text` with [`HIDDEN`] for its secrets; line breaks stay.
#[must_use]
pub(crate) fn covered(text: &str) -> Cow<'_, str> {
    cover(text, &hidden(text))
}

/// A sentence with [`HIDDEN`] for its secrets.
#[must_use]
pub(crate) fn covered_in_message(text: &str) -> Cow<'_, str> {
    cover(text, &lines::hidden_in_sentence(text))
}

/// The part at `part` of a text whose secrets are at `ranges`, with [`HIDDEN`] for them.
#[must_use]
pub(crate) fn covered_part(text: &str, part: Range<usize>, ranges: &[Range<usize>]) -> String {
    let first = ranges.partition_point(|range| range.end <= part.start);
    let inside = ranges[first..].iter().take_while(|range| range.start < part.end);
    let ranges: Vec<Range<usize>> =
        inside.map(|range| range.start.max(part.start) - part.start..range.end.min(part.end) - part.start).collect();
    cover(&text[part], &ranges).into_owned()
}

fn cover<'a>(text: &'a str, ranges: &[Range<usize>]) -> Cow<'a, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut after) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        out.push_str(&text[after..range.start]);
        for (number, line) in text[range.clone()].split('\n').enumerate() {
            if number > 0 {
                out.push('\n');
            }
            let indent = line.len() - line.trim_start().len();
            if indent < line.len() {
                out.push_str(&line[..indent]);
                out.push_str(HIDDEN);
            }
        }
        after = range.end;
    }
    out.push_str(&text[after..]);
    Cow::Owned(out)
}

/// `text`, which begins at `start` of what `ranges` are of, with stars for what they cover; byte for byte as long.
#[must_use]
pub(crate) fn stars(text: &str, start: usize, ranges: &[Range<usize>]) -> String {
    let first = ranges.partition_point(|range| range.end <= start);
    let mut ranges = ranges[first..].iter().peekable();
    let mut out = String::with_capacity(text.len());
    let mut is_indent = true;
    for (at, c) in text.char_indices() {
        while ranges.next_if(|range| range.end <= start + at).is_some() {}
        let is_hidden = ranges.peek().is_some_and(|range| range.contains(&(start + at)));
        is_indent = c == '\n' || is_indent && c.is_whitespace();
        if is_hidden && !is_indent && c != '\r' {
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` with stars for its secrets.
#[cfg(test)]
pub(crate) fn starred(text: &str) -> String {
    stars(text, 0, &hidden(text))
}

/// The secrets of the lines that a finding is about: no message may repeat them.
#[must_use]
pub(crate) fn told_by<'a>(one: &Diagnostic, sources: &'a Sources) -> BTreeSet<&'a str> {
    let labels = one.labels.iter().map(|label| &label.origin);
    let spans = std::iter::once(&one.origin).chain(labels).filter_map(Origin::span);
    let mut found = BTreeSet::new();
    for span in spans {
        let file = sources.file(span.source);
        let (hidden, text) = (file.hidden(), &file.text);
        let place = text.floor_char_boundary((span.start as usize).min(text.len()));
        let to = text.ceil_char_boundary((span.end as usize).clamp(place, text.len()));
        // The rest of the line, but not of a file that is one line.
        let start = text.floor_char_boundary(place.saturating_sub(AROUND));
        let start = text[start..place].rfind('\n').map_or(start, |at| start + at + 1);
        let end = text.ceil_char_boundary((to + AROUND).min(text.len()));
        let end = text[to..end].find('\n').map_or(end, |at| to + at);
        let first = hidden.partition_point(|range| range.end <= start);
        let near = hidden[first..].iter().take_while(|range| range.start < end);
        for range in near {
            let whole = text[range.clone()].trim();
            let inner = whole.trim_end_matches(',').trim_matches(['"', '\'']);
            found.extend([whole, inner].into_iter().filter(|value| {
                value.len() >= SHORTEST && !matches!(*value, "true" | "false" | "null") && !is_secret_name(value)
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::stars;

    /// Lines stay where they are, and so does what stands in front of them.
    #[test]
    fn stars_leave_line_ends_and_indents() {
        for (text, hidden, starred) in [
            ("key: one\n  t o\n", 5..15, "key: ***\n  ***\n"),
            ("key: one\r\n\ttwo", 5..14, "key: ***\r\n\t***"),
            ("  one two", 0..9, "  *******"),
            ("key: \u{e4}b", 5..7, "key: **b"),
        ] {
            assert_eq!(stars(text, 0, std::slice::from_ref(&hidden)), starred, "{text:?}");
        }
    }
}
