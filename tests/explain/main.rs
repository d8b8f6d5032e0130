//! What `explain` says is true: changing one leaf of an input changes exactly the rendered fields whose origin
//! names the place of that leaf. The inputs are the folders of `fixtures/explain`, one leaf a line.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod exceptions;
mod fields;
mod leaves;
mod rendering;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    thread,
};

use self::{
    leaves::{Kind, Leaf, Variation},
    rendering::Rendering,
};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/explain");

/// What is wrong with the origins of one input: the leaf, what is wrong, and the fields.
type Faults = BTreeMap<String, Vec<String>>;

/// Changes every leaf of the input in `folder` in turn.
fn check(name: &str) -> (Faults, Vec<bool>) {
    let mut used = vec![false; exceptions::all().count()];
    let folder = Path::new(FIXTURES).join(name);
    let text = fs::read_to_string(folder.join("app.yaml")).unwrap();
    let config = fs::read_to_string(folder.join("spark-render.yaml")).ok();
    let before = Rendering::of(&text, config.as_deref());
    assert!(before.errors.is_empty(), "{name}: {:?}", before.errors);
    let mut faults = before.unknown_origins(name);
    for group in leaves::groups(&before.document) {
        let leaf = format!("{name}: {}", group[0].path);
        // Fields that name the leaf and have not been seen to change yet.
        let mut unmoved: BTreeMap<String, String> = BTreeMap::new();
        let mut moved = BTreeSet::new();
        let variations = leaves::variations(&text, &before.document, &group);
        for (number, Variation { kind, text }) in variations.iter().enumerate() {
            let after = Rendering::of(text, config.as_deref());
            if !after.errors.is_empty() {
                if number == 0 {
                    faults.insert(format!("{leaf}: cannot be changed"), after.errors.clone());
                }
                continue;
            }
            let after_group: Vec<Leaf> = match kind {
                Kind::Changed => group.iter().map(|leaf| leaf.in_document(&after.document)).collect(),
                Kind::Removed | Kind::Evidence => Vec::new(),
            };
            for pair in fields::pairs(&before.objects, &after.objects) {
                let named = pair.names(&group, &after_group, *kind == Kind::Removed);
                match (pair.differs(), named) {
                    (true, true) => {
                        moved.insert(pair.field());
                    }
                    (false, true) => {
                        unmoved.insert(pair.field(), pair.describe());
                    }
                    // A place that is gone cannot be named by what comes instead.
                    (true, false) if *kind == Kind::Changed || (*kind == Kind::Removed && pair.existed()) => {
                        if excused(&group, &pair.field(), false, &mut used) {
                            continue;
                        }
                        let fault = format!("{leaf}: changed by {number}, but not named");
                        faults.entry(fault).or_default().push(pair.describe());
                    }
                    _ => {}
                }
            }
        }
        // What is in something that comes and goes does so too.
        unmoved.retain(|field, _| !moved.iter().any(|moved| field.starts_with(moved)));
        for (field, description) in unmoved {
            if !excused(&group, &field, true, &mut used) {
                faults.entry(format!("{leaf}: named, but the same")).or_default().push(description);
            }
        }
    }
    (faults, used)
}

/// Whether a row excuses the field, which is noted then.
fn excused(group: &[Leaf], field: &str, named: bool, used: &mut [bool]) -> bool {
    let row = exceptions::all().position(|row| row.is_for(named) && row.covers(group, field));
    row.map(|row| used[row] = true).is_some()
}

#[test]
fn a_changed_leaf_changes_the_fields_that_name_it_and_no_others() {
    let mut names: Vec<String> =
        fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut used = vec![false; exceptions::all().count()];
    let mut text = String::new();
    let results: Vec<(Faults, Vec<bool>)> = thread::scope(|scope| {
        let threads: Vec<_> = names.iter().map(|name| scope.spawn(|| check(name))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (faults, rows) in results {
        for (leaf, fields) in faults {
            text.push_str(&format!("{leaf}\n    {}\n", fields.join("\n    ")));
        }
        used.iter_mut().zip(rows).for_each(|(used, row)| *used |= row);
    }
    let unused: Vec<_> = exceptions::all().zip(used).filter(|(_, used)| !used).map(|(row, _)| row).collect();
    assert!(text.is_empty(), "\n{text}");
    assert!(unused.is_empty(), "exceptions that nothing needs: {unused:#?}");
}
