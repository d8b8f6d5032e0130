//! Foreign text on its way to a terminal, a log or a page: names, paths and values that somebody else wrote.
//!
//! Such text must not steer what shows it. Control characters of ASCII (C0) and Latin-1 (C1), line separators and
//! the controls of bidirectional text are escaped as Rust writes them (`\u{1b}`), its length is bounded, and it
//! cannot begin a workflow command: runners of GitHub take a line that starts with `::` for one, after blanks, and
//! `##[` wherever it stands.

use std::{borrow::Cow, fmt::Write};

use super::{Diagnostic, FieldPath, Label, ObjectRef, Segment, Sources, secret};

/// Characters of the longest word, which is text without blanks: longer than any path that a person reads.
const WORD: usize = 1_000;
/// Characters of the longest text.
const TEXT: usize = 4_000;
/// Steps of the longest field path.
const STEPS: usize = 100;

/// Whether a character steers what shows it, instead of being seen.
fn steers(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Whether the start of a line is that of a workflow command.
fn commands(line: &str) -> bool {
    line.trim_start().starts_with("::")
}

fn escape(c: char, text: &mut String) {
    match c {
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        _ => {
            let _ = write!(text, "{}", c.escape_unicode());
        }
    }
}

/// A name, a path or a message in one line, bounded.
#[must_use]
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    // Most texts are short and plain.
    if text.len() <= WORD && !text.contains(steers) && !text.contains("##[") && !commands(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without_commands(&escaped(&bounded(text), |_| false)))
}

/// Text with a layout of ours, which has foreign text in it: lines and tabs stay, lines are bounded.
#[must_use]
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    let is_long = text.len() > TEXT && text.split('\n').any(|line| line.len() > TEXT);
    if !is_long {
        return whole_lines(text);
    }
    let short: Vec<Cow<'_, str>> = text.split('\n').map(|line| cut(line, TEXT)).collect();
    Cow::Owned(whole_lines(&short.join("\n")).into_owned())
}

/// [`lines`] of any length: for patches, which programs read.
#[must_use]
pub(crate) fn whole_lines(text: &str) -> Cow<'_, str> {
    let is_ours = |c: char| matches!(c, '\n' | '\t');
    let is_plain = |c: char| !steers(c) || is_ours(c);
    if text.chars().all(is_plain) && !text.contains("##[") && !(text.contains("::") && text.split('\n').any(commands)) {
        return Cow::Borrowed(text);
    }
    let clean = escaped(text, is_ours);
    Cow::Owned(clean.split('\n').map(without_commands).collect::<Vec<_>>().join("\n"))
}

/// JSON that is written already, with escapes for all characters that steer; what it means stays.
#[must_use]
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    let is_raw = |c: char| steers(c) && !matches!(c, '\n' | '\t' | '\r');
    if !text.contains(is_raw) && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    // No JSON has this outside of its strings.
    let text = text.replace("##[", "##\\u005b");
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_raw(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Lines of a file as they are quoted, byte for byte as long, so that spans stay true. C0 is left to what draws them.
#[must_use]
pub(crate) fn quoted(text: &str) -> String {
    let seen = |c: char| match c.len_utf8() {
        _ if !steers(c) => c,
        1 => c,
        2 => '·',
        3 => '\u{fffd}',
        _ => '\u{1f7e5}',
    };
    text.chars().map(seen).collect::<String>().replace("##[", "##(")
}

/// What becomes of characters that steer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// They are escaped in the text.
    Text,
    /// They stay: the text goes into JSON, which escapes them itself ([`json`]).
    Data,
}

/// The finding as it may be shown: secrets hidden, texts bounded, foreign text made harmless.
#[must_use]
pub(crate) fn diagnostic(one: &Diagnostic, sources: &Sources, form: Form) -> Diagnostic {
    let show = |text: &str| match form {
        Form::Text => line(text).into_owned(),
        Form::Data => bounded(text),
    };
    let hidden = secret::told_by(one, sources);
    let text = |text: &str| {
        let mut text = secret::covered_in_message(text);
        for value in &hidden {
            if text.contains(value) {
                text = Cow::Owned(text.replace(value, secret::HIDDEN));
            }
        }
        show(&text)
    };
    let mut shown = one.clone();
    shown.message = text(&one.message);
    shown.hints.iter_mut().for_each(|hint| *hint = text(hint));
    shown.labels = one.labels.iter().map(|label| Label { text: text(&label.text), ..label.clone() }).collect();
    shown.object = one.object.as_ref().map(|object| ObjectRef {
        api_version: show(&object.api_version),
        kind: show(&object.kind),
        namespace: object.namespace.as_deref().map(show),
        name: show(&object.name),
    });
    shown.path = path(&one.path, form);
    shown
}

/// A field path of bounded length; a key that steers is escaped where the path is displayed.
fn path(path: &FieldPath, form: Form) -> FieldPath {
    let step = |segment: &Segment| match segment {
        Segment::Key(key) if form == Form::Text => Segment::Key(cut(key, WORD).replace("##[", "##(").into()),
        Segment::Key(key) => Segment::Key(cut(key, WORD).into()),
        Segment::Index(index) => Segment::Index(*index),
    };
    FieldPath(path.0.iter().take(STEPS).map(step).collect())
}

fn escaped(text: &str, is_ours: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) && !is_ours(c) { escape(c, &mut out) } else { out.push(c) }
    }
    out
}

fn without_commands(line: &str) -> String {
    let line = line.replace("##[", "##(");
    if commands(&line) { line.replacen("::", "\\u{3a}:", 1) } else { line }
}

/// At most [`TEXT`] characters, and no word of more than [`WORD`].
fn bounded(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    let mut out = String::new();
    for word in words {
        if out.len() > TEXT * 4 {
            break;
        }
        out.push_str(&cut(word, WORD));
    }
    if out.len() < text.len() && out.len() > TEXT * 4 {
        format!("{} …", cut(&out, TEXT))
    } else {
        cut(&out, TEXT).into_owned()
    }
}

/// The first `length` characters, and how many more there are.
fn cut(text: &str, length: usize) -> Cow<'_, str> {
    match text.char_indices().nth(length) {
        None => Cow::Borrowed(text),
        Some((at, _)) => {
            let more = text[at..].chars().count();
            let end = if text.ends_with(' ') { " " } else { "" };
            Cow::Owned(format!("{}… ({more} more characters){end}", &text[..at]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_escaped() {
        for (foreign, shown) in [
            ("pi", "pi"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "\\u{1b}[31mred\\u{1b}]0;title\\u{7}"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{202e}x\u{2066}\u{2028}\u{85}\u{9b}31m", "\\u{202e}x\\u{2066}\\u{2028}\\u{85}\\u{9b}31m"),
            ("x\n::error::y", "x\\n::error::y"),
            ("  ::error::y", "  \\u{3a}:error::y"),
            ("a ##[error]x", "a ##(error]x"),
            ("grüße – 日本", "grüße – 日本"),
        ] {
            assert_eq!(line(foreign), shown);
        }
    }

    #[test]
    fn lines_of_ours_stay_and_begin_no_command() {
        assert_eq!(lines("a\n\tb\n"), "a\n\tb\n");
        assert_eq!(lines("a\n ::error::b\n\u{1b}c"), "a\n \\u{3a}:error::b\n\\u{1b}c");
        assert!(lines(&format!("a\n{}\nb", "x".repeat(TEXT * 2))).len() < TEXT + 100);
    }

    #[test]
    fn texts_are_bounded() {
        let shown = line(&"x".repeat(1 << 20)).into_owned();
        assert!(shown.len() < WORD + 100 && shown.ends_with("… (1047576 more characters)"), "{shown}");
        let shown = line(&"x ".repeat(1 << 20)).into_owned();
        assert!(shown.len() < TEXT + 100, "{}", shown.len());
    }

    #[test]
    fn json_means_the_same_and_is_not_raw() {
        let value = serde_json::json!({ "a": "\u{1b}\u{9b}\u{202e}\u{2028}\u{e0041}\n##[x" });
        let text = serde_json::to_string(&value).unwrap();
        let safe = json(&text);
        assert!(safe.is_ascii() && !safe.contains("##["));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn quoted_lines_keep_their_length() {
        let text = "a\u{9b}b\u{202e}c\u{e0041} ##[x]";
        let shown = quoted(text);
        assert_eq!(shown.len(), text.len());
        assert!(!shown.contains(steers) && !shown.contains("##["), "{shown}");
    }
}
