//! One cause, one finding: what is wrong with a value only because it is not filled in yet, or with a name only because
//! of the name that it is made from, is left out.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{Diagnostic, Diagnostics, Label, Severity, Span};

/// The finding about a value that a template engine should have filled in.
const PLACEHOLDER: &str = "unfilled-placeholder";

/// What the other places of a placeholder are labelled with.
const AGAIN: &str = "here as well";

/// What such a value breaks besides: it is no name, no version, no number before it is filled in.
const OF_PLACEHOLDERS: &[&str] = &[
    "invalid-name",
    "invalid-quantity",
    "invalid-schedule",
    "invalid-spark-version",
    "invalid-type",
    "invalid-value",
    "kube-invalid-name",
    "kube-invalid-quantity",
    "name-too-long",
    "placeholder-name",
    "refused-by-spark",
];

/// Names that were found wrong where they are written.
const NAMES: &[&str] = &["placeholder-name", "invalid-name", PLACEHOLDER];

/// The finding about a name of a rendered object.
const RENDERED_NAME: &str = "kube-invalid-name";

/// The finding about a mount without a volume, and what the pod's own rules say about it.
const MOUNT: (&str, &str) = ("volume-not-found", "kube-rule");

/// Leaves out the consequences of other findings. A placeholder whose consequence is an error is one itself.
pub(crate) fn settle(diagnostics: &mut Diagnostics) {
    let spans = |codes: &[&str]| -> BTreeSet<Span> {
        let named = diagnostics.iter().filter(|one| codes.contains(&one.code));
        named.filter_map(|one| one.origin.span()).collect()
    };
    let placeholders = spans(&[PLACEHOLDER]);
    let (names, mounts) = (spans(NAMES), spans(&[MOUNT.0]));
    if names.is_empty() && mounts.is_empty() {
        return;
    }
    // Names that are made of a name with a placeholder.
    let unfilled: Vec<String> = diagnostics
        .iter()
        .filter(|one| one.code == "placeholder-name")
        .filter_map(|one| Some(one.object.as_ref()?.name.clone()))
        .collect();
    let at = |one: &Diagnostic, spans: &BTreeSet<Span>| one.origin.span().is_some_and(|span| spans.contains(&span));
    let is_consequence = |one: &Diagnostic| {
        let of_mount = one.code == MOUNT.1
            && one.origin.span().is_some_and(|span| {
                mounts.iter().any(|m| m.source == span.source && m.start <= span.start && span.end <= m.end)
            });
        of_mount
            || (OF_PLACEHOLDERS.contains(&one.code) && at(one, &placeholders))
            || (one.code == RENDERED_NAME
                && (at(one, &names)
                    || (one.severity == Severity::Warning && unfilled.iter().any(|name| one.message.contains(name)))))
    };
    let fatal: BTreeSet<Span> = diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error && is_consequence(one) && at(one, &placeholders))
        .filter_map(|one| one.origin.span())
        .collect();
    diagnostics.retain(|one| !is_consequence(one));
    for one in diagnostics.items.iter_mut().filter(|one| one.code == PLACEHOLDER && at(one, &fatal)) {
        one.severity = Severity::Error;
        // Nothing can be left to Flux where nothing can be rendered before.
        one.hints.iter_mut().for_each(|hint| hint.truncate(hint.find("; ").unwrap_or(hint.len())));
    }
    gather(diagnostics);
}

/// Who fills in a placeholder fills it in everywhere: one finding names all its places in an object.
fn gather(diagnostics: &mut Diagnostics) {
    let mut items: Vec<Diagnostic> = Vec::with_capacity(diagnostics.items.len());
    // Where the first finding about a placeholder of an object is, and its places so far.
    let mut firsts: BTreeMap<_, (usize, BTreeSet<Option<Span>>)> = BTreeMap::new();
    for item in std::mem::take(&mut diagnostics.items) {
        if item.code != PLACEHOLDER {
            items.push(item);
            continue;
        }
        let place = item.origin.span();
        match firsts.entry((item.severity, item.message.clone(), item.object.clone())) {
            Entry::Vacant(first) => {
                let labels = item.labels.iter().map(|label| label.origin.span());
                first.insert((items.len(), labels.chain([place]).collect()));
                items.push(item);
            }
            // An alias repeats the place of its anchor.
            Entry::Occupied(mut first) => {
                let (first, places) = first.get_mut();
                if places.insert(place) {
                    items[*first].labels.push(Label { origin: item.origin, text: AGAIN.to_owned() });
                }
            }
        }
    }
    for item in &mut items {
        let more = item.labels.iter().filter(|label| label.text == AGAIN).count();
        if more > 0 {
            let places = if more == 1 { "place" } else { "places" };
            item.message = format!("{}, nor at {more} more {places}", item.message);
        }
    }
    diagnostics.items = items;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::SourceId;

    fn span(start: u32) -> Span {
        Span { source: SourceId(0), start, end: start + 1 }
    }

    #[test]
    fn a_placeholder_is_said_once_and_as_bad_as_what_it_breaks() {
        let mut found = Diagnostics::new();
        found.push(Diagnostic::warning(PLACEHOLDER, "a").at(span(1)));
        found.push(Diagnostic::warning(PLACEHOLDER, "b").at(span(5)));
        found.push(Diagnostic::error("name-too-long", "a").at(span(1)));
        found.push(Diagnostic::error("invalid-name", "another").at(span(9)));
        found.push(Diagnostic::warning("foreign-conf", "b").at(span(5)));
        found.push(Diagnostic::warning(PLACEHOLDER, "b").at(span(7)));
        settle(&mut found);
        let left: Vec<_> = found.iter().map(|one| (one.code, one.severity)).collect();
        assert_eq!(found.iter().map(|one| one.labels.len()).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert_eq!(
            left,
            [
                (PLACEHOLDER, Severity::Error),
                (PLACEHOLDER, Severity::Warning),
                ("invalid-name", Severity::Error),
                ("foreign-conf", Severity::Warning)
            ]
        );
    }
}
