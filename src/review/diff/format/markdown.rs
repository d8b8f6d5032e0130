//! For comments on pull requests: bounded in size.

use std::fmt::Write;

use super::{
    View, groups,
    text::{footer, object_text},
};
use crate::review::diff::{Comparison, ObjectChangeKind};

/// Bytes of the longest comment, if nothing else is asked for; GitHub takes 65,536 characters.
pub const DEFAULT_BYTES: usize = 60 << 10;

/// The whole comparison in at most `bytes` bytes (but never less than its footer): objects that no longer fit are
/// counted.
#[must_use]
pub fn markdown(comparison: &Comparison, view: &View<'_>, bytes: usize) -> String {
    let [added, removed, changed] = comparison.counts();
    let mut out = if comparison.is_same() {
        "**No differences**\n".to_owned()
    } else {
        format!("**{changed} changed, {added} added, {removed} removed**\n")
    };
    out.push_str(&head(comparison, bytes / 2));
    let mut end = String::from("\n<sub>");
    for (position, line) in footer(comparison).lines().enumerate() {
        let _ = write!(end, "{}{}", if position > 0 { "<br>" } else { "" }, escape(line));
    }
    end.push_str("</sub>\n");
    // The line that counts what is left out.
    let reserve = end.len() + 80;
    let mut left_out = 0;
    let view = View { styled: false, ..*view };
    for group in &comparison.groups {
        let objects = group.objects.iter().map(|place| &comparison.objects[*place]);
        for object in objects.filter(|object| groups::is_shown(object, &view)) {
            let body = object_text(object, &view);
            let section = section(&format!("{} {}", word(object.kind), object.name), &body);
            if left_out == 0 && out.len() + section.len() + reserve <= bytes {
                out.push_str(&section);
            } else {
                left_out += 1;
            }
        }
        if let Some(line) = groups::follow(group).filter(|_| !view.derived && left_out == 0) {
            let line = format!("\n{line}\n");
            if out.len() + line.len() + reserve <= bytes {
                out.push_str(&line);
            }
        }
    }
    if left_out > 0 {
        let _ = writeln!(out, "\n… and {left_out} more objects, left out to keep this comment short");
    }
    out.push_str(&end);
    out
}

/// What comes first, as a list of at most `bytes` bytes.
fn head(comparison: &Comparison, bytes: usize) -> String {
    let lines = groups::head(comparison);
    let mut list = String::new();
    for (position, line) in lines.iter().enumerate() {
        let item = format!("- {}\n", title(line.trim_start()));
        if list.len() + item.len() > bytes {
            let _ = writeln!(list, "- … and {} more", lines.len() - position);
            break;
        }
        list.push_str(&item);
    }
    if list.is_empty() { list } else { format!("\n{list}") }
}

fn word(kind: ObjectChangeKind) -> &'static str {
    match kind {
        ObjectChangeKind::Added => "added",
        ObjectChangeKind::Removed => "removed",
        ObjectChangeKind::Changed => "changed",
    }
}

fn section(title: &str, body: &str) -> String {
    // The sign comes first, so that the lines get their colours.
    let lines = body.lines().skip(1).map(|line| {
        let rest = line.trim_start();
        let indent = &line[..line.len() - rest.len()];
        match rest.chars().next() {
            Some(sign @ ('+' | '-')) => format!("{sign}{indent}{}\n", &rest[1..]),
            Some('~' | '>') => format!("!{indent}{}\n", &rest[1..]),
            _ => format!(" {line}\n"),
        }
    });
    let body: String = lines.collect();
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("\n<details><summary>{}</summary>\n\n{fence}diff\n{body}{fence}\n\n</details>\n", self::title(title))
}

/// A title: GitHub tells those who are named in one, but not in code.
fn title(text: &str) -> String {
    if text.contains('@') { format!("<code>{}</code>", escape(text)) } else { escape(text) }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
