//! What `explain` says is true: changing one leaf of an input changes exactly the rendered fields whose origin
//! names the place of that leaf. The inputs are the folders of `fixtures/explain`, one leaf a line.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod exceptions;
mod fields;
#[path = "../support/mod.rs"]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use spark_render::internals::review::explain;

use self::{
    fields::Object,
    support::{
        Fixture, Rendering,
        leaves::{self, Kind, Leaf, Variation},
    },
};

/// What is wrong with the origins of one input: the leaf, what is wrong, and the fields.
type Faults = BTreeMap<String, Vec<String>>;

/// The fields of which nothing is known.
fn unknown_origins(name: &str, objects: &[Object]) -> Faults {
    let mut faults = Faults::new();
    for object in objects {
        for found in explain::find(&object.node, "").iter().filter(|found| found.origin.is_unknown()) {
            let field = format!("{} {}", object.kind, found.path);
            faults.entry(format!("{name}: fields of unknown origin")).or_default().push(field);
        }
    }
    faults
}

fn objects(rendering: &Rendering) -> Vec<Object> {
    rendering.objects.iter().map(Object::new).collect()
}

/// Changes every leaf of `fixture` in turn.
fn check(name: &str, fixture: &Fixture) -> (Faults, Vec<bool>) {
    let mut used = vec![false; exceptions::all().count()];
    let before = fixture.render();
    assert!(before.errors.is_empty(), "{name}: {:?}", before.errors);
    let before_objects = objects(&before);
    let mut faults = unknown_origins(name, &before_objects);
    for group in leaves::groups(&before.document) {
        let leaf = format!("{name}: {}", group[0].path);
        // Fields that name the leaf and have not been seen to change yet.
        let mut unmoved: BTreeMap<String, String> = BTreeMap::new();
        let mut moved = BTreeSet::new();
        let variations = leaves::variations(&fixture.text, &before.document, &group);
        for (number, Variation { kind, text }) in variations.iter().enumerate() {
            let after = fixture.render_changed(text);
            if !after.errors.is_empty() {
                if number == 0 {
                    faults.insert(format!("{leaf}: cannot be changed"), after.errors.clone());
                }
                continue;
            }
            let after_objects = objects(&after);
            let after_group: Vec<Leaf> = match kind {
                Kind::Changed => group.iter().map(|leaf| leaf.in_document(&after.document)).collect(),
                Kind::Removed | Kind::Evidence => Vec::new(),
            };
            for pair in fields::pairs(&before_objects, &after_objects) {
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
    let fixtures = Fixture::all_of_explain();
    let mut used = vec![false; exceptions::all().count()];
    let mut text = String::new();
    let results: Vec<(Faults, Vec<bool>)> = thread::scope(|scope| {
        let threads: Vec<_> = fixtures.iter().map(|(name, fixture)| scope.spawn(|| check(name, fixture))).collect();
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
