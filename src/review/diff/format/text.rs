//! For people: one line a field, objects by name.

use std::fmt::Write;

use super::{Places, Side};
use crate::{
    review::diff::{Change, Comparison, FieldChange, ObjectChange, ObjectChangeKind, lines},
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

/// The whole comparison. With `places`, each field says where it is written. Empty if nothing differs and nothing
/// was left out.
#[must_use]
pub fn text(comparison: &Comparison, places: Option<Places<'_>>, styled: bool) -> String {
    let mut out = String::new();
    for object in &comparison.objects {
        out.push_str(&object_text(object, places, styled));
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
pub(crate) fn object_text(object: &ObjectChange, places: Option<Places<'_>>, styled: bool) -> String {
    let paint = Paint(styled);
    let sign = match object.kind {
        ObjectChangeKind::Added => '+',
        ObjectChangeKind::Removed => '-',
        ObjectChangeKind::Changed => '~',
    };
    let renamed = object.renamed_from.as_ref().map_or(String::new(), |old| format!(" (was {old})"));
    let mut out = paint.line(sign, &format!("{sign} {}{renamed}", object.name));
    out.push('\n');
    if object.kind != ObjectChangeKind::Changed {
        block(&object.object, sign, 2, &paint, &mut out);
    }
    for field in &object.fields {
        field_text(object, field, places, &paint, &mut out);
    }
    out
}

fn field_text(object: &ObjectChange, field: &FieldChange, places: Option<Places<'_>>, paint: &Paint, out: &mut String) {
    let path = field.path.to_string();
    let (sign, origin) = match &field.change {
        Change::Added(new) => ('+', Some((Side::New, new))),
        Change::Removed(old) => ('-', Some((Side::Old, old))),
        Change::Changed { new, .. } => ('~', Some((Side::New, new))),
        Change::Moved { .. } => ('>', None),
    };
    let place = places.zip(origin).and_then(|(places, (side, node))| {
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
                Some(crate::review::diff::Step::Item { index, .. }) => *index,
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
