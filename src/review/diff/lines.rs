//! Differences of the lines of a text.

use std::{fmt::Write, time::Duration};

use similar::{Algorithm, ChangeTag, TextDiff};

use crate::tree::{display, secret};

/// The longest time that is spent on one text.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The lines that differ with one line around them, each with `-`, `+` or a blank in front; `…` for gaps.
pub(crate) fn changed(old: &str, new: &str) -> Vec<String> {
    let diff = configured(old, new);
    let mut lines = Vec::new();
    for (position, group) in diff.grouped_ops(1).iter().enumerate() {
        if position > 0 {
            lines.push("…".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    lines
}

/// A unified diff of two texts.
pub(crate) fn unified(old: &str, new: &str, old_name: &str, new_name: &str) -> String {
    configured(old, new).unified_diff().header(old_name, new_name).to_string()
}

fn configured<'a>(old: &'a str, new: &'a str) -> TextDiff<'a, 'a, str> {
    TextDiff::configure().algorithm(Algorithm::Patience).timeout(TIMEOUT).diff_lines(old, new)
}

/// A unified diff of two texts without their secrets. What is compared are the texts themselves, so that a secret that
/// changed is a line that changed.
#[must_use]
pub(crate) fn unified_covered(old: &str, new: &str, old_name: &str, new_name: &str) -> String {
    let diff = configured(old, new);
    let old_lines = covered_lines(old, (0..diff.old_len()).filter_map(|at| diff.old_slice(at)));
    let new_lines = covered_lines(new, (0..diff.new_len()).filter_map(|at| diff.new_slice(at)));
    let mut out = String::new();
    for hunk in diff.unified_diff().iter_hunks() {
        if out.is_empty() {
            let _ = writeln!(out, "--- {}\n+++ {}", display::line(old_name), display::line(new_name));
        }
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let line = match (change.tag(), change.old_index(), change.new_index()) {
                (ChangeTag::Insert, _, Some(at)) => &new_lines[at],
                (_, Some(at), _) => &old_lines[at],
                _ => continue,
            };
            let _ = write!(out, "{}{line}", change.tag());
            if change.missing_newline() {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    display::whole_lines(&out).into_owned()
}

fn covered_lines<'a>(text: &str, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let hidden = secret::hidden(text);
    let mut start = 0;
    let line = |line: &str| {
        let part = start..start + line.len();
        start = part.end;
        secret::covered_part(text, part, &hidden)
    };
    lines.map(line).collect()
}
