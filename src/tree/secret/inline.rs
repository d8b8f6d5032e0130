//! Secrets inside of a text: assignments, fields, flags with their values, URLs.

use std::ops::Range;

use super::names::is_secret;

/// A secret that is assigned to a name in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'a> {
    /// What it is called there: `password`.
    pub name: &'a str,
    /// Where its value is.
    pub value: Range<usize>,
}

/// Bytes around a `value` in which its `name` is looked for.
const NEAR: usize = 512;

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// `password="…"` of a JAAS entry, `-Djavax.net.ssl.keyStorePassword=…` of Java options, `--token=…` of arguments,
/// `sig=…` of a query, `://user:…@host` of an URL.
#[must_use]
pub(crate) fn assignments(text: &str) -> Vec<Assignment<'_>> {
    let mut found: Vec<Assignment<'_>> = Vec::new();
    let mut after = 0;
    for (at, _) in text.match_indices('=') {
        if at < after {
            continue;
        }
        let (name, begins_line) = name_before(text, at);
        if !is_secret(name) {
            continue;
        }
        let value = assigned(text, at + 1, begins_line);
        after = value.end;
        found.push(Assignment { name, value });
    }
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let length = text[start..].find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`'));
        let authority = &text[start..length.map_or(text.len(), |length| start + length)];
        if let Some((user, _)) = authority.rsplit_once('@')
            && let Some((name, password)) = user.split_once(':')
        {
            let value = start + name.len() + 1;
            found.push(Assignment { name: "password", value: value..value + password.len() });
        }
    }
    found.retain(|one| !one.value.is_empty());
    found
}

/// Where the name begins that ends at `end`. After a backslash stands the letter of a line break, `\n`.
fn name_start(text: &str, end: usize) -> usize {
    let bytes = &text.as_bytes()[..end];
    match bytes.iter().rposition(|byte| !is_of_name(*byte)) {
        None => 0,
        Some(before) if bytes[before] == b'\\' && before + 1 < end => before + 2,
        Some(before) => before + 1,
    }
}

/// Whether what begins at `start` begins a line, also one that is written as `\n`.
fn begins_line(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with('\n') || start >= 2 && text.as_bytes()[start - 2] == b'\\'
}

/// The name that is assigned to at the `=`, without dashes and the `D` of Java options, and whether it begins a line.
/// Properties escape the `=` of their values; INI files have blanks around it.
fn name_before(text: &str, at: usize) -> (&str, bool) {
    let end = text[..at].trim_end_matches(['\\', ' ', '\t']).len();
    let start = name_start(text, end);
    let name = text[start..end].trim_start_matches('-');
    let begins = begins_line(text, start) && name.len() == end - start;
    (name.strip_prefix('D').filter(|_| text[start..].starts_with("-D")).unwrap_or(name), begins)
}

/// The value that begins after `=`. The last of a line ends with it; others end at blanks and at separators of queries
/// and lists.
fn assigned(text: &str, start: usize, begins_line: bool) -> Range<usize> {
    let start = text.len() - text[start..].trim_start_matches([' ', '\t']).len();
    quoted(text, start).unwrap_or_else(|| {
        let is_end = |at: usize, c: char| match c {
            '\n' | '\r' => true,
            '\\' => text[at + 1..].starts_with('n'),
            _ if begins_line => false,
            // `a=b,c=d` is a list, and `a=b,c` may be a password.
            ',' => text[at + 1..].bytes().find(|byte| !is_of_name(*byte)) == Some(b'='),
            _ => c.is_whitespace() || matches!(c, ';' | '&' | '"' | '\'' | '`'),
        };
        let end = text[start..].char_indices().find(|(at, c)| is_end(start + at, *c));
        start..end.map_or(text.len(), |(length, _)| start + length)
    })
}

/// The inside of quotes at `start`, which may be escaped where the text stands in another one; ends with the line.
fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let escapes = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
    let quote = *bytes.get(start + escapes).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let value = start + escapes + 1;
    let mut backslashes = 0;
    for (at, byte) in bytes.iter().enumerate().skip(value) {
        match *byte {
            b'\\' => backslashes += 1,
            b'\n' => return Some(value..at),
            one if one == quote && (backslashes <= escapes && escapes > 0 || backslashes % 2 == 0 && escapes == 0) => {
                return Some(value..at - if escapes > 0 { backslashes } else { 0 });
            }
            _ => backslashes = 0,
        }
    }
    Some(value..text.len())
}

/// Values of fields of YAML and JSON, `password: x` and `"password":"x"`, where they stand as keys; of
/// `{name: TOKEN, value: x}`; and what follows `--password`.
pub(super) fn fields(text: &str, found: &mut Vec<Range<usize>>) {
    let mut after = 0;
    for (at, _) in text.match_indices(':') {
        if at < after {
            continue;
        }
        let Some(key) = key_before(text, at) else { continue };
        let name = &text[key.clone()];
        let is_secret = is_secret(name) || name == "value" && is_near_secret_name(text, &key, at);
        if is_secret && let Some(value) = field_value(text, &key, at + 1) {
            after = value.end;
            found.push(value);
        }
    }
    flags(text, found);
}

/// The key that ends at the colon `at`, if it stands where a key can.
fn key_before(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text[..at].trim_end_matches([' ', '"', '\'', '\\']);
    let is_quoted = before.len() < at && !text[before.len()..at].trim().is_empty();
    let next = text.as_bytes().get(at + 1).copied().unwrap_or(b'\n');
    if !is_quoted && !matches!(next, b' ' | b'\t' | b'\n' | b'\r') {
        return None;
    }
    let start = name_start(text, before.len());
    // The dash of a list item is no part of the key.
    let start = start + before[start..].len() - before[start..].trim_start_matches('-').len();
    let left = before[..start].trim_end_matches(['"', '\'', '\\']).trim_end_matches([' ', '\t']);
    let can_be_key =
        begins_line(text, start) || left.ends_with(['\n', '\r', '{', ',', '[', '-', ';', '?', '(', '#']) || is_quoted;
    (start < before.len() && can_be_key).then_some(start..before.len())
}

/// The value after the colon before `start`; none where a block or a mapping begins.
fn field_value(text: &str, key: &Range<usize>, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let start = start + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if let Some(value) = quoted(text, start) {
        return Some(value).filter(|value| !value.is_empty());
    }
    // Asked for only where it ends the value: a line may have many keys.
    let line = || text[start..].find('\n').map_or(text.len(), |length| start + length);
    match text.as_bytes().get(start)? {
        b'{' | b'|' | b'>' | b'\n' | b'\r' => None,
        b'[' if text[start + 1..].trim_start().starts_with('{') => None,
        b'[' => {
            let line = line();
            Some(start..text[start..line].find(']').map_or(line, |length| start + length))
        }
        _ => {
            let before = text[..key.start].trim_end_matches([' ', '"', '\'', '\\']);
            let in_flow = before.ends_with(['{', ',']);
            let escaped = key.start >= 2 && text.as_bytes()[key.start - 2] == b'\\';
            let is_end = |c| in_flow && matches!(c, ',' | '}' | ']') || escaped && matches!(c, '\\' | '"');
            let line = line();
            let end = text[start..line].find(is_end);
            Some(start..end.map_or(line, |length| start + length)).filter(|value| !value.is_empty())
        }
    }
}

/// Whether the `value` whose key is at `key` is in braces with the name of a secret.
fn is_near_secret_name(text: &str, key: &Range<usize>, colon: usize) -> bool {
    let from = text.floor_char_boundary(key.start.saturating_sub(NEAR));
    let before = text[from..key.start].rfind('{').map(|at| &text[from + at..key.start]);
    let value = field_value(text, key, colon + 1).map_or(colon + 1, |value| value.end);
    let to = text.ceil_char_boundary((value + NEAR).min(text.len()));
    let after = text[value..to].find('}').map(|at| &text[value..value + at]);
    [before, after].into_iter().flatten().any(|part| {
        part.match_indices("name").any(|(at, name)| {
            // Without its colon in a broken file.
            let word = part[at + name.len()..].trim_start_matches(['"', '\'', '\\', ' ', ':']);
            let end = word.bytes().position(|byte| !is_of_name(byte)).unwrap_or(word.len());
            is_secret(&word[..end])
        })
    })
}

/// Whether a word is a flag whose value is a secret and follows it.
pub(super) fn is_secret_flag(word: &str) -> bool {
    word.starts_with('-') && word.len() > 2 && word.bytes().all(is_of_name) && is_secret(word)
}

/// Whether a word is the short flag that means a password in some programs, and a port or a path in others.
pub(super) fn is_doubtful_flag(word: &str) -> bool {
    word == "-p"
}

/// What follows `--password`: in one text, in a list of words, or on the next line of a list.
fn flags(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let (mut after, mut doubtful, mut sure) = (0, Vec::new(), Vec::new());
    for (at, _) in text.match_indices('-') {
        let is_start = at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'[' | b',');
        if at < after || !is_start {
            continue;
        }
        let end = bytes[at..].iter().position(|byte| !is_of_name(*byte)).map_or(text.len(), |length| at + length);
        after = end;
        let flag = &text[at..end];
        let is_sure = is_secret_flag(flag);
        if !is_sure && !is_doubtful_flag(flag) {
            continue;
        }
        let rest = text[end..].trim_start_matches(['"', '\'', '\\', ',', ' ', '\t']);
        let next_line = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'));
        let rest = match next_line {
            // Only an item of the same list.
            Some(rest) => match rest.trim_start().strip_prefix('-').filter(|rest| rest.starts_with([' ', '\t'])) {
                Some(rest) => rest.trim_start_matches([' ', '\t']),
                None => rest.trim_start().strip_prefix('"').unwrap_or_default(),
            },
            None if rest.len() == text.len() - end => continue,
            None => rest,
        };
        let start = text.len() - rest.len();
        if rest.is_empty() || rest.starts_with("--") {
            continue;
        }
        let was_quoted = start > 0 && matches!(bytes[start - 1], b'"' | b'\'');
        let value = if was_quoted { quoted(text, start - 1) } else { quoted(text, start) };
        let value = value.unwrap_or_else(|| {
            let is_end = |c: char| match next_line {
                Some(_) => c == '\n',
                None => c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ']' | '`'),
            };
            start..text[start..].find(is_end).map_or(text.len(), |length| start + length)
        });
        if !value.is_empty() {
            after = value.end;
            if is_sure { sure.push(value) } else { doubtful.push(value) }
        }
    }
    // A port beside a password is hidden as well: better than the other way round.
    let is_beside = |value: &Range<usize>| {
        let first = sure.partition_point(|one: &Range<usize>| one.start + NEAR <= value.start);
        sure.get(first).is_some_and(|one| one.start < value.start + NEAR)
            || assignments(near(text, value)).iter().any(|one| one.name.len() > 2)
    };
    doubtful.retain(is_beside);
    found.extend(sure);
    found.extend(doubtful);
}

fn near<'a>(text: &'a str, value: &Range<usize>) -> &'a str {
    let from = text.floor_char_boundary(value.start.saturating_sub(NEAR));
    &text[from..text.ceil_char_boundary((value.end + NEAR).min(text.len()))]
}
