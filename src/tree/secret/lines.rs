//! Secrets in the lines of a YAML or JSON file, which may be broken: nothing here relies on a parser.

use std::{collections::VecDeque, ops::Range};

use super::{LAST_APPLIED, inline, names::is_secret, shapes};

/// Fields of a Secret beside its data, and of an object in a list: what ends its data.
const OTHER_FIELDS: &[&str] = &["apiVersion", "kind", "metadata", "type", "immutable", "items", "data", "stringData"];
/// How much deeper a line with tabs is.
const TAB: usize = 1 << 20;
/// Lines, but for blank ones, between the `name` and the `value` of one item.
const APART: usize = 4;

/// Everything in `text` that is hidden, in order and without overlaps.
#[must_use]
pub(crate) fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    found.extend(inline::assignments(text).into_iter().map(|one| one.value));
    inline::fields(text, &mut found);
    shapes::find(text, &mut found);
    of_lines(text, &mut found);
    merged(found)
}

/// What is hidden in a sentence: only what looks the same in prose and data.
#[must_use]
pub(super) fn hidden_in_sentence(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = inline::assignments(text).into_iter().map(|one| one.value).collect();
    shapes::find(text, &mut found);
    merged(found)
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A line `- key: value`.
#[derive(Debug, Clone, Copy, Default)]
struct Line<'a> {
    /// Where it begins.
    start: usize,
    /// Where its text ends, without line break and blanks.
    end: usize,
    /// Bytes of blanks before it.
    indent: usize,
    /// How deep it is: tabs count as deeper than any blank, since no reader of YAML says how deep.
    depth: usize,
    /// How deep its key is, behind dashes.
    column: usize,
    /// The key, without quotes.
    key: Option<&'a str>,
    /// Where the value begins; the end if it has none.
    value: usize,
}

/// Reads the line of a text of several lines, or of one that may be a sentence.
fn parse(text: &str, start: usize, end: usize, is_file: bool) -> Line<'_> {
    let line = text[start..end].trim_end();
    let indent = line.len() - line.trim_start().len();
    let mut column = indent;
    while let Some(rest) = line[column..].strip_prefix("- ") {
        column = line.len() - rest.trim_start().len();
    }
    let end = start + line.len();
    let tabs = if line[..indent].contains('\t') { TAB } else { 0 };
    let mut parsed = Line { start, end, indent, depth: indent + tabs, column: column + tabs, key: None, value: end };
    let body = &line[column..];
    // What is in braces has several keys.
    let body = if body.starts_with(['{', '[']) { "" } else { body };
    let colon = body.find(": ").or_else(|| body.find(":\t")).or_else(|| body.strip_suffix(':').map(str::len));
    if let Some(colon) = colon {
        parsed.key = Some(body[..colon].trim().trim_matches(['"', '\'', ' ']));
        let value = &body[colon + 1..];
        parsed.value = end - value.trim_start().len();
    } else if is_file {
        // A key whose colon was lost.
        let (word, value) = body.split_once([' ', '\t']).unwrap_or((body, ""));
        if is_secret(word) || matches!(word, "name" | "value") {
            parsed.key = Some(word);
            parsed.value = end - value.trim_start().len();
        }
    }
    parsed
}

/// The lines of a part of a text that are not blank. There may be millions: they are read as they are needed.
fn lines(text: &str, part: Range<usize>, is_file: bool) -> impl Iterator<Item = Line<'_>> {
    let mut start = part.start;
    let all = text[part].split_inclusive('\n').map(move |line| {
        let end = start + line.len();
        parse(text, std::mem::replace(&mut start, end), end, is_file)
    });
    all.filter(|line| line.start + line.indent < line.end)
}

fn of_lines(text: &str, found: &mut Vec<Range<usize>>) {
    let is_file = text.trim_end().contains('\n');
    let mut document = 0..0;
    for line in text.split_inclusive('\n') {
        let start = document.end;
        document.end += line.len();
        if line.starts_with("---") {
            of_document(text, document.start..start, is_file, found);
            document.start = document.end;
        }
    }
    of_document(text, document, is_file, found);
}

/// What is being hidden, and until when.
enum Hiding {
    /// Values of keys at this column, the first line's; everything deeper as a whole. `outer` is the column of `data`.
    Data { outer: usize, column: Option<usize> },
    /// All that is deeper than the column.
    Below(usize),
}

fn of_document(text: &str, document: Range<usize>, is_file: bool, found: &mut Vec<Range<usize>>) {
    let is_secret_object = lines(text, document.clone(), is_file).any(|line| is_kind_secret(text, &line));
    let mut hiding: Option<Hiding> = None;
    let mut rest = lines(text, document, is_file);
    let (mut before, mut after) = (VecDeque::with_capacity(APART + 1), VecDeque::with_capacity(APART + 1));
    loop {
        after.extend(rest.by_ref().take(APART + 1 - after.len()));
        let Some(line) = after.pop_front() else { return };
        before.push_front(line);
        before.truncate(APART + 1);
        let line = &line;
        let content = line.start + line.indent..line.end;
        match &mut hiding {
            Some(Hiding::Below(column)) => {
                let is_item = text[content.clone()].starts_with('-') && line.depth == *column;
                if line.depth > *column || is_item {
                    found.push(content);
                    continue;
                }
                hiding = None;
            }
            Some(Hiding::Data { outer, column }) => {
                let is_other = line.key.is_some_and(|key| OTHER_FIELDS.contains(&key)) && line.column <= *outer;
                if !is_other {
                    let first = *column.get_or_insert(line.depth);
                    let shown = line.key.is_some_and(is_data_key) && line.depth == first;
                    found.push(if shown { line.value..line.end } else { content });
                    continue;
                }
                hiding = None;
            }
            None => {}
        }
        if let Some(value) = data_value(text, line, is_secret_object) {
            found.push(value..line.end);
            hiding = Some(Hiding::Data { outer: line.column, column: None });
            continue;
        }
        let Some(key) = line.key else { continue };
        let value = &text[line.value..line.end];
        let is_hidden = key == LAST_APPLIED
            || is_secret(key) && !opens_mapping(value, after.front())
            || key == "value" && has_secret_name(text, &before, &after);
        if is_hidden {
            found.push(line.value..line.end);
            hiding = Some(Hiding::Below(line.column));
        }
    }
}

/// Whether the line says that an object is a Secret. Any key will do: the word may be misspelt in a broken file.
fn is_kind_secret(text: &str, line: &Line<'_>) -> bool {
    let line = &text[line.start..line.end];
    line.match_indices("Secret").any(|(at, word)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let ends = after.trim_start_matches(['"', '\'', '\\']).trim_start();
        let is_value = before.trim_end_matches([' ', '\t', '"', '\'', '\\']).ends_with(':');
        let is_kind = before.trim_end_matches(|c: char| !c.is_alphanumeric()).ends_with("kind");
        (is_value || is_kind) && (ends.is_empty() || ends.starts_with([',', '}', '#']))
    })
}

/// Where the values of the data of a Secret begin in the line, if it has them. Only Secrets have `stringData`.
fn data_value(text: &str, line: &Line<'_>, is_secret_object: bool) -> Option<usize> {
    let content = &text[line.start..line.end];
    content.match_indices("ata").find_map(|(at, rest)| {
        let end = at + rest.len();
        let before = &content[..at];
        let name = ["stringD", "d"].into_iter().find(|start| before.ends_with(start))?;
        let start = at - name.len();
        let is_word = !content[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let colon = content[end..].trim_start_matches(['"', '\'', '\\', ' ']);
        // Without its colon at the start of a line in a broken file.
        let is_key = colon.starts_with(':') || start == line.indent && content[end..].starts_with([' ', '\t']);
        let is_data = is_word && is_key && (name == "stringD" || is_secret_object);
        is_data.then(|| line.end - colon.strip_prefix(':').unwrap_or(colon).trim_start().len())
    })
}

fn is_data_key(key: &str) -> bool {
    key.len() <= 253 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether what stands under a key is a mapping or a list of them, whose own keys say what is secret.
fn opens_mapping(value: &str, next: Option<&Line<'_>>) -> bool {
    match value.as_bytes().first() {
        Some(b'{') => true,
        Some(b'[') => value[1..].trim_start().is_empty() || value[1..].trim_start().starts_with('{'),
        Some(_) => false,
        None => next.is_none_or(|line| line.key.is_some()),
    }
}

/// Whether the `value` of the first of `before`, which go back from there, belongs to a `name` beside it that names a secret.
fn has_secret_name(text: &str, before: &VecDeque<Line<'_>>, after: &VecDeque<Line<'_>>) -> bool {
    let mut before = before.iter();
    let Some(this) = before.next() else { return false };
    let is_item = |line: &Line<'_>| text[line.start + line.indent..line.end].starts_with('-');
    let name = |line: &Line<'_>| {
        let is_name = line.key == Some("name") && line.column == this.column;
        is_name && is_secret(text[line.value..line.end].trim_end_matches(',').trim_matches(['"', '\'']))
    };
    let mut found = false;
    for line in before.take_while(|_| !is_item(this)) {
        found |= name(line);
        if is_item(line) {
            break;
        }
    }
    found || after.iter().take(APART).take_while(|line| !is_item(line)).any(name)
}

#[cfg(test)]
mod tests {
    use super::super::starred;

    #[test]
    fn values_of_secrets_become_stars_and_lengths_stay() {
        for (text, shown) in [
            ("  fs.s3a.secret.key: abc\n  other: abc\n", "  fs.s3a.secret.key: ***\n  other: abc\n"),
            ("- name: DB_PASSWORD\n  value: \"abc\"\n", "- name: DB_PASSWORD\n  value: *****\n"),
            ("- value: abc\n  name: TOKEN\n- value: x\n", "- value: ***\n  name: TOKEN\n- value: x\n"),
            ("password: |\n  abc\n  def\nx: y\n", "password: *\n  ***\n  ***\nx: y\n"),
            ("- --password\n- abc\n- x\n", "- --password\n- ***\n- x\n"),
            ("volumes:\n- secret:\n    secretName: a\n", "volumes:\n- secret:\n    secretName: a\n"),
            (
                "env: [{name: A_TOKEN, value: abc}, {name: B, value: x}]",
                "env: [{name: A_TOKEN, value: ***}, {name: B, value: x}]",
            ),
            ("args: [\"--password\", \"abc\", \"-p\", \"d\", x]", "args: [\"--password\", \"***\", \"-p\", \"*\", x]"),
            ("args: [\"-p\", \"8080\"]", "args: [\"-p\", \"8080\"]"),
        ] {
            assert_eq!(starred(text), shown);
        }
    }

    #[test]
    fn the_data_of_a_secret_is_hidden_however_it_is_written() {
        for (text, shown) in [
            ("kind: Secret\ndata:\n  a: b\ntype: x\n", "kind: Secret\ndata:\n  a: *\ntype: x\n"),
            ("data:\n  a: b\n  c\n\td: e\nkind: Secret\n", "data:\n  a: *\n  *\n\t****\nkind: Secret\n"),
            ("kind: Secret\nstringData: {a: b, c: d}\n", "kind: Secret\nstringData: ************\n"),
            ("{\"kind\":\"Secret\",\"data\":{\"a\":\"b\"}}", "{\"kind\":\"Secret\",\"data\":**********"),
            ("{\"kind\": \"Secret\", \"data\": {\"a\": \"b\"}}", "{\"kind\": \"Secret\", \"data\": ***********"),
            ("stringData:\n  x: |\n    y: z\n", "stringData:\n  x: *\n    ****\n"),
            ("kind: ConfigMap\ndata:\n  a: b\n", "kind: ConfigMap\ndata:\n  a: b\n"),
            (
                "kind: Secret\ndata:\n  a: b\n---\nkind: ConfigMap\ndata:\n  a: b\n",
                "kind: Secret\ndata:\n  a: *\n---\nkind: ConfigMap\ndata:\n  a: b\n",
            ),
        ] {
            assert_eq!(starred(text), shown);
        }
    }

    #[test]
    fn secrets_inside_of_texts_become_stars() {
        for (text, shown) in [
            (r#"required username="u" password="abc";"#, r#"required username="u" password="***";"#),
            (r#"x: "a password=\"abc\";""#, r#"x: "a password=\"***\";""#),
            ("-Da=b -Djavax.net.ssl.keyStorePassword=abc -Dc=d", "-Da=b -Djavax.net.ssl.keyStorePassword=*** -Dc=d"),
            ("- --api-token=é1 --x=y", "- --api-token=*** --x=y"),
            ("jdbc:x://u:abc@host:1/db?password=abc&x=y", "jdbc:x://u:***@host:1/db?password=***&x=y"),
            (r#"{"password": "abc", "x": 1}"#, r#"{"password": "***", "x": 1}"#),
            (r#"{"password":"abc","x":1}"#, r#"{"password":"***","x":1}"#),
            ("user=a password=abc host=h", "user=a password=*** host=h"),
            ("Server=h;Uid=a;Pwd=abc;", "Server=h;Uid=a;Pwd=***;"),
            ("--token abc --x y", "--token *** --x y"),
            ("https://h/x?sv=1&sig=abc", "https://h/x?sv=1&sig=***"),
        ] {
            assert_eq!(starred(text), shown);
        }
        for text in ["s3a://bucket:80/a@b", "password=", "-Dpassword.file.count=3", "a == b", "the password: see below"]
        {
            assert!(super::hidden_in_sentence(text).is_empty(), "{text}");
        }
    }
}
