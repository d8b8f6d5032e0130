//! From bytes to text, and the parts of a text that the YAML parser gets.

use super::limits;
use crate::tree::{Diagnostic, Diagnostics, SourceId, Sources, bug, limits as bounds};

const BOM: char = '\u{feff}';

/// Adds `bytes` to `sources` as text. What is no UTF-8 is reported, with its place, and not returned.
pub fn add(
    name: impl Into<String>,
    bytes: Vec<u8>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<SourceId> {
    let name = name.into();
    bug::reading(&name);
    if bytes.len() > bounds::FILE_BYTES {
        let message = format!("`{name}` is larger than {} MiB", bounds::FILE_BYTES >> 20);
        diagnostics.push(Diagnostic::error("yaml-limit", message).hint("split the file"));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let byte = bytes[valid];
            // The place needs a text to point into; what follows it does not matter.
            let mut text = String::from_utf8_lossy(&bytes[..valid]).into_owned();
            text.push(char::REPLACEMENT_CHARACTER);
            let id = sources.add(name, text);
            let span = limits::span(id, valid, valid + char::REPLACEMENT_CHARACTER.len_utf8());
            let (message, hint) = if utf16 {
                ("the text is UTF-16".to_owned(), "save the file as UTF-8")
            } else {
                (
                    format!("byte 0x{byte:02x} is not UTF-8"),
                    "save the file as UTF-8, or write the bytes as base64 in `binaryData`",
                )
            };
            diagnostics.push(Diagnostic::error("not-utf8", message).at(span).hint(hint));
            None
        }
    }
}

/// Whether `text` has only characters that YAML allows (libyaml's reader, as in go-yaml); the first other one
/// is reported.
pub(crate) fn check(text: &str, id: SourceId, diagnostics: &mut Diagnostics) -> bool {
    if text.len() > bounds::FILE_BYTES {
        let message = format!("the text is larger than {} MiB", bounds::FILE_BYTES >> 20);
        diagnostics.push(Diagnostic::error("yaml-limit", message).hint("split the file"));
        return false;
    }
    let body = text.strip_prefix(BOM).unwrap_or(text);
    let base = text.len() - body.len();
    let Some((at, found)) = first_forbidden(body) else { return true };
    let span = limits::span(id, base + at, base + at + found.len_utf8());
    let diagnostic = if found == BOM {
        Diagnostic::error("control-character", "a byte order mark (U+FEFF) inside the text")
            .hint("delete the invisible character, or write it as `\"\\uFEFF\"`")
    } else {
        Diagnostic::error("control-character", format!("the control character U+{:04X}", found as u32))
            .hint(format!("delete it, or write it in double quotes as `{}`", escape(found)))
    };
    diagnostics.push(diagnostic.at(span));
    false
}

/// `c` as an escape in double quotes.
pub(crate) fn escape(c: char) -> String {
    let code = c as u32;
    if code < 0x100 { format!("\\x{code:02X}") } else { format!("\\u{code:04X}") }
}

/// Line ends of YAML 1.1 that YAML 1.2 takes for text, and so does JSON.
pub(crate) const OLD_LINE_ENDS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Whether the values of `text` have to be searched for [`OLD_LINE_ENDS`].
pub(crate) fn has_old_line_ends(text: &str) -> bool {
    !text.is_ascii() && !is_json(text) && text.contains(OLD_LINE_ENDS)
}

/// Whether `text` begins as JSON; kubectl then reads it with its JSON reader.
pub(crate) fn is_json(text: &str) -> bool {
    text.trim_start_matches(|c: char| c == BOM || c.is_ascii_whitespace()).starts_with('{')
}

/// The first character that no YAML text may have. Plain ASCII is passed over quickly.
fn first_forbidden(text: &str) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        // Candidates: C0, DEL, and the lead bytes of C1 (C2), U+FEFF, U+FFFE and U+FFFF (EF).
        let skipped = bytes[from..].iter().position(|byte| CANDIDATE[usize::from(*byte)])?;
        let at = from + skipped;
        let found = text[at..].chars().next()?;
        if matches!(found, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}' | BOM | '\u{fffe}' | '\u{ffff}')
        {
            return Some((at, found));
        }
        from = at + found.len_utf8();
    }
}

const CANDIDATE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'\t' as usize] = false;
    table[b'\n' as usize] = false;
    table[b'\r' as usize] = false;
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xef] = true;
    table
};

/// The parts of a text, each with the offset of its start: one YAML stream, or one JSON object after the other
/// where they follow each other without a separator (as `--format ndjson` writes them, and kubectl reads them).
pub(crate) struct Streams<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Streams<'a> {
    /// The parts from `start` on.
    pub(crate) fn new(text: &'a str, start: usize) -> Self {
        let own = &text[start..];
        Self { text, at: text.len() - own.strip_prefix(BOM).unwrap_or(own).len() }
    }
}

impl<'a> Iterator for Streams<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let (start, rest) = (self.at, &self.text[self.at..]);
        if rest.is_empty() {
            return None;
        }
        let length = json_object(rest).unwrap_or(rest.len());
        self.at += length;
        Some((start, &rest[..length]))
    }
}

/// The length of the JSON object that `text` begins with, if another one follows it directly.
fn json_object(text: &str) -> Option<usize> {
    if !is_json(text) {
        return None;
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return text[at + 1..].trim_start().starts_with('{').then_some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_objects_may_follow_each_other() {
        let parts: Vec<_> = Streams::new("\u{feff} {\"a\": \"}\\\"\"}\n{\"b\": {}} {\"c\": 1}\n", 0).collect();
        assert_eq!(parts, [(3, " {\"a\": \"}\\\"\"}"), (16, "\n{\"b\": {}}"), (26, " {\"c\": 1}\n")]);
        assert_eq!(Streams::new("{a: b}\n---\n{c: d}\n", 0).count(), 1);
    }

    #[test]
    fn utf16_is_named() {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        assert!(add("a.yaml", vec![0xff, 0xfe, b'a', 0], &mut sources, &mut diagnostics).is_none());
        assert_eq!(diagnostics.iter().next().unwrap().message, "the text is UTF-16");
    }
}
