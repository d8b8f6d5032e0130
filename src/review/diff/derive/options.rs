//! Options that Spark numbers: `SPARK_JAVA_OPT_0` and so on. One more option gives all after it another number.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::{
    review::diff::{Change, ChangePath, FieldChange, ObjectChange, OptionsChange, Step},
    tree::Node,
};

/// What the names of the variables begin with, before their number (`Constants.ENV_JAVA_OPT_PREFIX`).
const PREFIX: &str = "SPARK_JAVA_OPT_";

/// Options by their numbers.
type Numbered = BTreeMap<usize, String>;

/// Compares the lists of such options that differ, as lists. What only has another number follows.
pub(super) fn mark(object: &mut ObjectChange) {
    let mut lists: BTreeMap<&[Step], Vec<usize>> = BTreeMap::new();
    for (place, field) in object.fields.iter().enumerate().filter(|(_, field)| !field.follows) {
        if let Some((list, _)) = numbered(field) {
            lists.entry(list).or_default().push(place);
        }
    }
    let changes: Vec<(OptionsChange, Vec<usize>)> =
        lists.into_iter().filter_map(|(list, fields)| Some((compare(object, list, &fields)?, fields))).collect();
    for (change, fields) in changes {
        for place in fields.into_iter().filter(|place| !change.fields.contains(place)) {
            object.fields[place].follows = true;
        }
        object.options.push(change);
    }
}

/// The list and the number of an option that differs.
fn numbered(field: &FieldChange) -> Option<(&[Step], usize)> {
    let steps = field.path.0.as_slice();
    let place = steps.iter().position(|step| matches!(step, Step::Key(key) if key == "env"))?;
    let Step::Item { label: Some(label), .. } = steps.get(place + 1)? else { return None };
    Some((&steps[..=place], label.strip_prefix(PREFIX)?.parse().ok()?))
}

/// Nothing where it is not plain texts that differ, or where no option has another number.
fn compare(object: &ObjectChange, list: &[Step], fields: &[usize]) -> Option<OptionsChange> {
    let old = of_list(&object.object, list)?;
    let mut new = old.clone();
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    let mut in_place = true;
    for place in fields {
        let field = &object.fields[*place];
        let (_, number) = numbered(field).filter(|_| !field.secret)?;
        places.insert(number, *place);
        match &field.change {
            Change::Changed { new: value, .. } if field.path.0.len() == list.len() + 2 => {
                new.insert(number, value.as_str()?.to_owned());
            }
            Change::Added(item) => {
                new.insert(number, text(item)?.to_owned());
            }
            Change::Removed(_) if field.path.0.len() == list.len() + 1 => {
                new.remove(&number);
            }
            _ => return None,
        }
    }
    let numbers = [&old, &new].map(|options| options.keys().copied().collect::<Vec<_>>());
    let [before, after] = [&old, &new].map(|options| options.values().cloned().collect::<Vec<_>>());
    let (mut removed, mut added, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for part in capture_diff_slices(Algorithm::Myers, &before, &after) {
        if part.tag() == DiffTag::Equal {
            continue;
        }
        removed.extend_from_slice(&before[part.old_range()]);
        added.extend_from_slice(&after[part.new_range()]);
        in_place &= numbers[0][part.old_range()] == numbers[1][part.new_range()];
        let both = numbers[0][part.old_range()].iter().chain(&numbers[1][part.new_range()]);
        shown.extend(both.filter_map(|number| places.get(number)).copied());
    }
    shown.sort_unstable();
    shown.dedup();
    let is_plain = in_place || shown.is_empty();
    (!is_plain).then(|| OptionsChange { path: ChangePath(list.to_vec()), removed, added, fields: shown })
}

/// The options of a list. Nothing if one of them is no text.
fn of_list(object: &Node, list: &[Step]) -> Option<Numbered> {
    let items = list.iter().try_fold(object, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Item { index, .. } => node.as_sequence()?.get(*index),
    })?;
    let mut options = Numbered::new();
    for item in items.as_sequence()? {
        let number = item.str_at(&["name"]).and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        if let Some(number) = number {
            options.insert(number, text(item)?.to_owned());
        }
    }
    Some(options)
}

fn text(item: &Node) -> Option<&str> {
    item.str_at(&["value"])
}
