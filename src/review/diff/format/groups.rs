//! What the forms for people say of groups: the applications first, where there are many, and how much follows.

use std::fmt::Write;

use super::View;
use crate::{
    review::diff::{Comparison, Group, ObjectChange, ObjectChangeKind},
    spark::names::ROLE_LABEL,
    tree::display,
};

/// From this many applications on, they are listed first.
const MANY: usize = 3;

/// The images that stay the same, drivers that become something else, and the applications if there are many; one line each. None if nothing differs.
pub(super) fn head(comparison: &Comparison) -> Vec<String> {
    if comparison.is_same() {
        return Vec::new();
    }
    let mut lines: Vec<String> = comparison.kept_images.iter().map(kept_image).collect();
    lines.extend(comparison.groups.iter().filter_map(|group| carrier(comparison, group)));
    let applications: Vec<(&String, &Group)> =
        comparison.groups.iter().filter_map(|group| Some((group.application.as_ref()?, group))).collect();
    if applications.len() >= MANY {
        lines.push(format!("{} applications differ:", applications.len()));
        for (name, group) in applications {
            let shown = count(shown(comparison, group), "difference");
            let follow = follow(group).map_or_else(String::new, |line| format!(" {line}"));
            lines.push(format!("  {}: {shown}{follow}", display::line(name)));
        }
    }
    lines
}

fn kept_image((image, applications): (&String, &usize)) -> String {
    let of = if *applications > 1 { format!(" of {applications} applications") } else { String::new() };
    format!("image{of} stays the same: {}", display::line(image))
}

/// How many differences of a group do not follow from others.
fn shown(comparison: &Comparison, group: &Group) -> usize {
    let objects = group.objects.iter().map(|place| &comparison.objects[*place]);
    let differences = |object: &ObjectChange| match object.kind {
        ObjectChangeKind::Changed => object.fields.iter().filter(|field| !field.follows).count(),
        ObjectChangeKind::Added | ObjectChangeKind::Removed => 1,
    };
    objects.map(differences).sum()
}

/// `… and 8 values that follow`.
pub(super) fn follow(group: &Group) -> Option<String> {
    let verb = if group.follow == 1 { "follows" } else { "follow" };
    (group.follow > 0).then(|| format!("… and {} that {verb}", count(group.follow, "value")))
}

/// What carries a driver: one that becomes another is made beside it, and the application runs again.
const CARRIERS: [&str; 3] = ["Pod", "Job", "CronJob"];

/// `Pod jobs/pi-driver becomes Job jobs/pi: it runs again`.
fn carrier(comparison: &Comparison, group: &Group) -> Option<String> {
    group.application.as_ref()?;
    let find = |kind: ObjectChangeKind| {
        let mut objects = group.objects.iter().map(|place| &comparison.objects[*place]);
        objects.find(|object| object.kind == kind && carries_driver(object)).map(|object| &object.name)
    };
    let (old, new) = (find(ObjectChangeKind::Removed)?, find(ObjectChangeKind::Added)?);
    (old.kind != new.kind).then(|| format!("{old} becomes {new}: it runs again"))
}

fn carries_driver(object: &ObjectChange) -> bool {
    let is_executor = object.object.str_at(&["metadata", "labels", ROLE_LABEL]) == Some("executor");
    CARRIERS.contains(&object.name.kind.as_str()) && !is_executor
}

/// Whether anything of the object is shown.
pub(super) fn is_shown(object: &ObjectChange, view: &View<'_>) -> bool {
    view.derived || object.kind != ObjectChangeKind::Changed || object.fields.iter().any(|field| !field.follows)
}

fn count(number: usize, word: &str) -> String {
    let mut text = format!("{number} {word}");
    if number != 1 {
        let _ = write!(text, "s");
    }
    text
}
