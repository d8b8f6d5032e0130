//! The other way: an old object and its changes make the new one.

use std::collections::BTreeMap;

use super::{Change, FieldChange, ObjectChange, ObjectChangeKind, Step};
use crate::tree::{Key, Node};

/// What happens to the items of one list.
#[derive(Default)]
struct Edit<'a> {
    taken: Vec<usize>,
    put: Vec<(usize, Placed<'a>)>,
}

enum Placed<'a> {
    New(&'a Node),
    Old(usize),
}

/// Applies `changes` to `object`, whose texts must be opened as they were for the comparison.
pub(super) fn apply(object: &mut Node, changes: &[FieldChange]) {
    let mut edits: BTreeMap<(usize, &[Step]), Edit> = BTreeMap::new();
    for change in changes {
        let Some((last, parents)) = change.path.0.split_last() else {
            if let Change::Changed { new, .. } = &change.change {
                *object = new.clone();
            }
            continue;
        };
        match (&change.change, last) {
            (Change::Changed { new, .. }, _) => set(object, &change.path.0, new),
            (Change::Added(value), Step::Key(_)) => set(object, &change.path.0, value),
            (Change::Removed(_), Step::Key(key)) => {
                if let Some(parent) = at(object, parents).and_then(Node::as_mapping_mut) {
                    parent.remove(key);
                }
            }
            (Change::Moved { .. }, Step::Key(_)) => {}
            (structural, Step::Item { index, .. }) => {
                // The deepest lists come first: places above them are still those of the old object.
                let edit = edits.entry((usize::MAX - parents.len(), parents)).or_default();
                match structural {
                    Change::Added(value) => edit.put.push((*index, Placed::New(value))),
                    Change::Moved { to } => {
                        edit.taken.push(*index);
                        edit.put.push((*to, Placed::Old(*index)));
                    }
                    _ => edit.taken.push(*index),
                }
            }
        }
    }
    for ((_, parents), mut edit) in edits {
        let Some(items) = at(object, parents).and_then(Node::as_sequence_mut) else { continue };
        let old = items.clone();
        let kept = old.iter().enumerate().filter(|(index, _)| !edit.taken.contains(index));
        *items = kept.map(|(_, item)| item.clone()).collect();
        edit.put.sort_by_key(|(place, _)| *place);
        for (place, placed) in edit.put {
            let item = match placed {
                Placed::New(item) => item.clone(),
                Placed::Old(index) => old.get(index).cloned().unwrap_or_default(),
            };
            items.insert(place.min(items.len()), item);
        }
    }
}

/// Both sides of a changed object as trees that differ only in what counts, secrets hidden.
#[must_use]
pub fn sides(change: &ObjectChange) -> (Option<Node>, Option<Node>) {
    match change.kind {
        ObjectChangeKind::Added => (None, Some(change.object.clone())),
        ObjectChangeKind::Removed => (Some(change.object.clone()), None),
        ObjectChangeKind::Changed => {
            let mut old = change.object.clone();
            for field in &change.fields {
                if let Change::Changed { old: value, .. } = &field.change {
                    set(&mut old, &field.path.0, value);
                }
            }
            let mut new = old.clone();
            apply(&mut new, &change.fields);
            (Some(old), Some(new))
        }
    }
}

fn at<'a>(node: &'a mut Node, steps: &[Step]) -> Option<&'a mut Node> {
    steps.iter().try_fold(node, |node, step| match step {
        Step::Key(key) => node.get_mut(key),
        Step::Item { index, .. } => node.as_sequence_mut()?.get_mut(*index),
    })
}

fn set(object: &mut Node, steps: &[Step], value: &Node) {
    let Some((last, parents)) = steps.split_last() else { return };
    let Some(parent) = at(object, parents) else { return };
    match last {
        Step::Key(key) => {
            if let Some(mapping) = parent.as_mapping_mut() {
                mapping.insert(Key::of(key), value.clone());
            }
        }
        Step::Item { index, .. } => {
            if let Some(item) = parent.as_sequence_mut().and_then(|items| items.get_mut(*index)) {
                *item = value.clone();
            }
        }
    }
}
