//! For people: one line a field, objects by name.

use std::fmt::Write;

use super::{Side, View, groups};
use crate::{
    review::diff::{
        Change, ChangePath, Comparison, FieldChange, ObjectChange, ObjectChangeKind, OptionsChange, Step, lines,
    },
    text::write::{json, yaml},
    tree::{Node, Value, display},
};

/// Values up to this many characters stand in the line of their field.
const INLINE: usize = 100;

struct Paint(bool);

impl Paint {
    /// A line of ours with foreign text in it.
    fn line(&self, sign: char, text: &str) -> String {
        let text = display::lines(text);
        let code = match sign {
            '+' => "32",
            '-' => "31",
            '~' => "33",
            '>' => "36",
            _ => return text.into_owned(),
        };
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.into_owned() }
    }
}

/// The whole comparison, what belongs together in one block. Empty if nothing differs and nothing was left out.
#[must_use]
pub fn text(comparison: &Comparison, view: &View<'_>) -> String {
    let mut out = String::new();
    groups::head(comparison).iter().for_each(|line| out.extend([line.as_str(), "\n"]));
    for group in &comparison.groups {
        let objects = group.objects.iter().map(|place| &comparison.objects[*place]);
        for object in objects.filter(|object| groups::is_shown(object, view)) {
            out.push_str(&object_text(object, view));
        }
        if let Some(line) = groups::follow(group).filter(|_| !view.derived) {
            let _ = writeln!(out, "  {line}");
        }
        out.push('\n');
    }
    if !comparison.is_same() || comparison.filters.iter().any(|filter| filter.fields > 0) {
        out.push_str(&footer(comparison));
    }
    out
}

/// The counts, and what was left out.
pub(crate) fn footer(comparison: &Comparison) -> String {
    let [added, removed, changed] = comparison.counts();
    let unchanged = comparison.unchanged;
    let mut out = format!("objects: {changed} changed, {added} added, {removed} removed, {unchanged} unchanged\n");
    for filter in &comparison.filters {
        let plural = if filter.fields == 1 { "" } else { "s" };
        let _ = writeln!(out, "left out: {} ({} field{plural})", filter.name, filter.fields);
    }
    out
}

/// One object.
pub(crate) fn object_text(object: &ObjectChange, view: &View<'_>) -> String {
    let paint = Paint(view.styled);
    let sign = match object.kind {
        ObjectChangeKind::Added => '+',
        ObjectChangeKind::Removed => '-',
        ObjectChangeKind::Changed => '~',
    };
    let follows = |field: &FieldChange| field.follows && field.path.0.last() == Some(&Step::Key("name".to_owned()));
    let is_renamed = view.derived || !object.fields.iter().any(follows);
    let renamed =
        object.renamed_from.as_ref().filter(|_| is_renamed).map_or(String::new(), |old| format!(" (was {old})"));
    let mut out = paint.line(sign, &format!("{sign} {}{renamed}", object.name));
    out.push('\n');
    if object.kind != ObjectChangeKind::Changed {
        block(&object.object, sign, 2, &paint, &mut out);
    }
    if view.derived {
        object.fields.iter().for_each(|field| field_text(object, field, view, &paint, &mut out));
        return out;
    }
    let mut fields = object.fields.iter().enumerate().filter(|(_, field)| !field.follows).peekable();
    while let Some((place, field)) = fields.next() {
        if let Some(options) = object.options.iter().find(|options| options.fields.contains(&place)) {
            if options.fields.first() == Some(&place) {
                options_text(options, &paint, &mut out);
            }
        } else if matches!(field.change, Change::Moved { .. }) {
            let mut moved = vec![field];
            while let Some((_, next)) = fields.next_if(|(_, next)| is_moved_beside(field, next)) {
                moved.push(next);
            }
            moved_text(&moved, &paint, &mut out);
        } else {
            field_text(object, field, view, &paint, &mut out);
        }
    }
    out
}

/// All that changed in a list of numbered options, in one line.
fn options_text(options: &OptionsChange, paint: &Paint, out: &mut String) {
    let quoted = |text: &String| inline(&Node::from(text.clone())).unwrap_or_else(|| format!("{text:?}"));
    let removed = options.removed.iter().map(|option| format!("- {}", quoted(option)));
    let added = options.added.iter().map(|option| format!("+ {}", quoted(option)));
    let changes: Vec<String> = removed.chain(added).collect();
    let line = paint.line('~', &format!("~ {}[SPARK_JAVA_OPT_*]: {}", options.path, changes.join(", ")));
    let _ = writeln!(out, "  {line}");
}

/// Whether another item of the same list moved too.
fn is_moved_beside(field: &FieldChange, next: &FieldChange) -> bool {
    let list = |field: &FieldChange| field.path.0.split_last().map(|(_, list)| list.to_vec());
    matches!(next.change, Change::Moved { .. }) && list(field) == list(next)
}

/// Items of one list that moved, in one line.
fn moved_text(moved: &[&FieldChange], paint: &Paint, out: &mut String) {
    let Some((path, list)) = moved.first().and_then(|field| Some((&field.path, field.path.0.split_last()?.1))) else {
        return;
    };
    let names: Vec<String> = moved.iter().filter_map(|field| field.path.0.last()).map(item_name).collect();
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for field in moved {
        if let (Some(Step::Item { index, .. }), Change::Moved { to: place }) = (field.path.0.last(), &field.change) {
            from.push(index.to_string());
            to.push(place.to_string());
        }
    }
    let (items, places) = match moved {
        [_] => (path.to_string(), "place"),
        _ => (format!("{}[{}]", ChangePath(list.to_vec()), names.join(", ")), "places"),
    };
    let text = format!("> {items}: moved from {places} {} to {}", from.join(", "), to.join(", "));
    let _ = writeln!(out, "  {}", paint.line('>', &text));
}

fn item_name(step: &Step) -> String {
    match step {
        Step::Item { label: Some(label), .. } => display::line(label).into_owned(),
        Step::Item { index, .. } => index.to_string(),
        Step::Key(key) => display::line(key).into_owned(),
    }
}

fn field_text(object: &ObjectChange, field: &FieldChange, view: &View<'_>, paint: &Paint, out: &mut String) {
    let path = field.path.to_string();
    let (sign, origin) = match &field.change {
        Change::Added(new) => ('+', Some((Side::New, new))),
        Change::Removed(old) => ('-', Some((Side::Old, old))),
        Change::Changed { new, .. } => ('~', Some((Side::New, new))),
        Change::Moved { .. } => ('>', None),
    };
    let place = view.places.zip(origin).and_then(|(places, (side, node))| {
        let index = if side == Side::Old { object.old_index } else { object.new_index };
        places(side, index?, &node.origin)
    });
    let place = place.map_or(String::new(), |place| format!("  # {}", display::line(&place)));
    let mut line = |text: String| {
        out.push_str("  ");
        out.push_str(&paint.line(sign, &format!("{sign} {text}{place}")));
        out.push('\n');
    };
    match &field.change {
        Change::Moved { to } => {
            let from = match field.path.0.last() {
                Some(Step::Item { index, .. }) => *index,
                _ => 0,
            };
            line(format!("{path}: moved from place {from} to {to}"));
        }
        Change::Changed { old, new } => match (inline(old), inline(new)) {
            _ if field.certificates.is_some() => line(format!("{path}: another certificate")),
            (Some(old), Some(new)) => line(format!("{path}: {old} → {new}")),
            _ => {
                line(format!("{path}:"));
                if let (Some(old), Some(new)) = (old.as_str(), new.as_str()) {
                    for text in lines::changed(old, new) {
                        let sign = text.chars().next().unwrap_or(' ');
                        let _ = writeln!(out, "      {}", paint.line(sign, &text));
                    }
                } else {
                    block(old, '-', 6, paint, out);
                    block(new, '+', 6, paint, out);
                }
            }
        },
        Change::Added(value) | Change::Removed(value) => match inline(value) {
            _ if field.certificates.is_some() => line(format!("{path}: a certificate")),
            Some(value) => line(format!("{path}: {value}")),
            None => {
                line(format!("{path}:"));
                block(value, sign, 6, paint, out);
            }
        },
    }
    if let Some([old, new]) = &field.certificates {
        for (sign, certificates) in [('-', old), ('+', new)] {
            for certificate in certificates {
                let _ = writeln!(out, "      {}", paint.line(sign, &format!("{sign} {certificate}")));
            }
        }
    }
}

/// The value in one line, if it is short.
fn inline(node: &Node) -> Option<String> {
    let text = match &node.value {
        Value::String(text) if text.contains('\n') => return None,
        Value::Mapping(mapping) if mapping.len() > 3 => return None,
        _ => {
            let mut text = String::new();
            json::write_line(node, &mut text);
            text.trim_end().to_owned()
        }
    };
    let is_scalar = node.as_mapping().is_none() && node.as_sequence().is_none();
    (is_scalar || text.chars().count() <= INLINE).then_some(text)
}

fn block(node: &Node, sign: char, indent: usize, paint: &Paint, out: &mut String) {
    let mut yaml = String::new();
    yaml::write(node, &mut yaml);
    for line in yaml.lines() {
        let _ = writeln!(out, "{:indent$}{}", "", paint.line(sign, &format!("{sign} {line}")));
    }
}
