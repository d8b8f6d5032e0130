//! The table keeps its own rules.

use super::*;

/// The text of the table's head.
const COLUMNS: &str = "kind\tpath\ttype\trequired\tvalues\tdefault\texample\tsince\tlost\teffect\twhere\tnames\ttext";

#[test]
fn rows_are_sorted_and_complete() {
    assert_eq!(TEXT.lines().next(), Some(COLUMNS));
    for line in TEXT.lines() {
        assert_eq!(line.split('\t').count(), COLUMNS.split('\t').count(), "{line}");
    }
    for pair in all().windows(2) {
        assert!(pair[0].kind != pair[1].kind || pair[0].path < pair[1].path, "{} {}", pair[0].path, pair[1].path);
    }
    for field in all() {
        assert!(field.text.ends_with('.') && field.text.len() > 10, "{} says nothing", field.path);
        let known = |code: &str| EFFECTS.iter().any(|(known, _)| *known == code);
        assert!(field.effect.split(',').all(known), "{}: effect {}", field.path, field.effect);
    }
}

#[test]
fn every_row_stands_in_an_object_of_the_table() {
    for field in all() {
        let Some(parent) = field.parent() else { continue };
        let owner = all().iter().find(|owner| owner.kind == field.kind && owner.prefix() == parent);
        let owner = owner.and_then(|owner| owner.shape.object()).unwrap_or_default();
        assert!(super::field(owner, field.name).is_some(), "{} {}", field.kind, field.path);
    }
}

#[test]
fn a_type_has_the_same_fields_wherever_it_stands() {
    for field in all() {
        let Some(parent) = field.parent() else { continue };
        let owner = all().iter().find(|owner| owner.kind == field.kind && owner.prefix() == parent).unwrap();
        let owner = owner.shape.object().unwrap();
        let known = super::field(owner, field.name).unwrap();
        assert_eq!(format!("{:?}", known.shape), format!("{:?}", field.shape), "{}", field.path);
        assert_eq!(format!("{:?}", known.values), format!("{:?}", field.values), "{}", field.path);
        assert_eq!((known.required, known.default), (field.required, field.default), "{}", field.path);
        let siblings = all().iter().filter(|other| other.kind == field.kind && other.parent() == Some(parent)).count();
        assert_eq!(siblings, of_type(owner).len(), "{owner} at {parent}");
    }
}

#[test]
fn only_the_webhook_applies_the_same_fields_of_both_roles() {
    let of = |owner: &str| -> Vec<&str> {
        of_type(owner).iter().filter(|field| field.has_effect("W")).map(|field| field.name).collect()
    };
    assert_eq!(of("DriverSpec"), of("ExecutorSpec"));
    assert!(of("DriverSpec").len() > 20);
}

#[test]
fn losses_name_fields_that_exist() {
    let exists = |path: &str| all().iter().any(|field| field.path == path);
    for (field, loss) in all().iter().filter_map(|field| Some((field, field.lost.as_ref()?))) {
        assert!(loss.unless.is_none_or(exists) && !loss.why.is_empty(), "{}", field.path);
    }
}
