//! What follows from another difference: names and ids that are made from content, copies of one setting, options that
//! only have another number.
//!
//! A difference follows only where that can be shown from the two values: both are equal once the old names are
//! replaced by the new ones, or another difference that is shown has the same two values, or the options of both sides
//! are the same but for those that are shown. In a group where nothing else differs, nothing follows.

mod copies;
mod groups;
mod names;
mod options;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Comparison, FieldChange, ObjectChange, ObjectChangeKind, Step};
use groups::Links;
use names::{Names, Use};

/// Marks what follows, and puts what belongs together into groups.
pub(super) fn mark(comparison: &mut Comparison) {
    let objects = &mut comparison.objects;
    let names = Names::of(objects);
    let mut links = Links::of(objects);
    let mut uses: BTreeMap<Use, BTreeSet<usize>> = BTreeMap::new();
    for (place, object) in objects.iter_mut().enumerate() {
        for name in names.mark(object) {
            uses.entry(name).or_default().insert(place);
        }
    }
    for places in uses.values() {
        links.join(places);
    }
    copies::mark_checksums(objects, &mut links);
    let mut groups = links.groups();
    for group in &mut groups {
        copies::mark_executors(objects, &group.objects);
        for place in &group.objects {
            options::mark(&mut objects[*place]);
            volumes::mark(&mut objects[*place]);
        }
        copies::mark_confs(objects, &group.objects);
        if !group.objects.iter().any(|place| is_cause(&objects[*place])) {
            let fields = group.objects.iter().flat_map(|place| fields_of(objects, *place));
            fields
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|(place, field)| objects[place].fields[field].follows = false);
        }
        let of_group = group.objects.iter().flat_map(|place| &objects[*place].fields);
        group.follow = of_group.filter(|field| field.follows).count();
    }
    comparison.groups = groups;
}

/// Whether something of the object does not follow.
fn is_cause(object: &ObjectChange) -> bool {
    object.kind != ObjectChangeKind::Changed || object.fields.iter().any(|field| !field.follows)
}

/// The fields of an object, by their places.
fn fields_of(objects: &[ObjectChange], place: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..objects[place].fields.len()).map(move |field| (place, field))
}

/// The two texts of a field that has another one, unless they are hidden.
fn texts(field: &FieldChange) -> Option<(&str, &str)> {
    match &field.change {
        Change::Changed { old, new } if !field.secret => Some((old.as_str()?, new.as_str()?)),
        _ => None,
    }
}

/// The key that a path ends in.
fn last_key(steps: &[Step]) -> Option<&str> {
    match steps.last()? {
        Step::Key(key) => Some(key),
        Step::Item { .. } => None,
    }
}
