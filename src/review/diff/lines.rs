//! Differences of the lines of a text.

use std::time::Duration;

use similar::{Algorithm, ChangeTag, TextDiff};

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
