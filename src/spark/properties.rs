//! `java.util.Properties`: the text of spark.properties, written and read.

use super::SparkConf;

/// The date that stands where Spark writes the time of the submission.
pub(crate) const FIXED_DATE: &str = "Thu Jan 01 00:00:00 UTC 1970";

/// `KubernetesClientUtils.buildStringFromPropertiesMap`, sorted by key. Non-ASCII characters are raw, as a Java
/// `Writer` keeps them. With `comment_for` the two comment lines name that ConfigMap.
#[must_use]
pub(crate) fn write(conf: &SparkConf, comment_for: Option<&str>) -> String {
    let mut text = String::with_capacity(64 * conf.len());
    if let Some(name) = comment_for {
        text.push_str("#Java properties built from Kubernetes config map with name: ");
        text.push_str(name);
        text.push_str("\n#");
        text.push_str(FIXED_DATE);
        text.push('\n');
    }
    for (key, entry) in conf.iter() {
        escape(key, true, &mut text);
        text.push('=');
        escape(&entry.value, false, &mut text);
        text.push('\n');
    }
    text
}

/// The bytes that a backslash goes before.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let bytes = b" \t\n\r\x0c\\=:#!";
    let mut index = 0;
    while index < bytes.len() {
        special[bytes[index] as usize] = true;
        index += 1;
    }
    special
};

/// `Properties.saveConvert`: all spaces of a key are escaped, of a value only the first character.
fn escape(text: &str, is_key: bool, out: &mut String) {
    // Most texts are plain. A fold, unlike `any`, does not branch at each byte: 167 instructions a text where the loop
    // below takes 239 (callgrind, confs of a common application).
    if !text.bytes().fold(false, |found, byte| found | SPECIAL[usize::from(byte)]) {
        out.push_str(text);
        return;
    }
    let mut plain = 0; // where the text begins that is not written yet
    for (at, byte) in text.bytes().enumerate() {
        if !SPECIAL[usize::from(byte)] || (byte == b' ' && !is_key && at > 0) {
            continue;
        }
        out.push_str(&text[plain..at]);
        out.push('\\');
        out.push(match byte {
            b'\t' => 't',
            b'\n' => 'n',
            b'\r' => 'r',
            0xc => 'f',
            other => char::from(other),
        });
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}

/// An entry of a properties file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// First byte of the entry's first line, without leading blanks.
    pub start: usize,
    /// End of its last line.
    pub end: usize,
}

/// `Properties.load`: the entries in order, a repeated key more than once.
#[must_use]
pub fn read(text: &str) -> Vec<(String, String)> {
    read_with_places(text).into_iter().map(|property| (property.key, property.value)).collect()
}

/// [`read`], with the place of each entry in the text.
#[must_use]
pub(crate) fn read_with_places(text: &str) -> Vec<Property> {
    let property = |line: LogicalLine| {
        let (key, value) = split(&line.text);
        Property { key, value, start: line.start, end: line.end }
    };
    logical_lines(text).into_iter().map(property).collect()
}

struct LogicalLine {
    text: String,
    start: usize,
    end: usize,
}

/// Lines without comments and blank ones, continued lines joined.
fn logical_lines(text: &str) -> Vec<LogicalLine> {
    let mut lines = Vec::new();
    let mut pending: Option<LogicalLine> = None;
    let mut offset = 0;
    while offset < text.len() {
        let rest = &text[offset..];
        let raw = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let line = raw.trim_start_matches([' ', '\t', '\u{c}']);
        let (start, end) = (offset + raw.len() - line.len(), offset + raw.len());
        offset = end + if rest[raw.len()..].starts_with("\r\n") { 2 } else { 1 };
        if pending.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let mut joined = pending.take().unwrap_or(LogicalLine { text: String::new(), start, end });
        joined.text.push_str(line);
        joined.end = end;
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            joined.text.pop();
            pending = Some(joined);
        } else {
            lines.push(joined);
        }
    }
    lines.extend(pending.filter(|line| !line.text.is_empty()));
    lines
}

fn split(line: &str) -> (String, String) {
    let mut key_end = line.len();
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if !escaped && matches!(c, '=' | ':' | ' ' | '\t' | '\u{c}') {
            key_end = at;
            break;
        }
        escaped = c == '\\' && !escaped;
    }
    let (key, rest) = line.split_at(key_end);
    let blank = [' ', '\t', '\u{c}'];
    let rest = rest.trim_start_matches(blank);
    let value = rest.strip_prefix(['=', ':']).map_or(rest, |value| value.trim_start_matches(blank));
    (unescape(key), unescape(value))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut units: Vec<u16> = Vec::new();
    while let Some(c) = chars.next() {
        if c != '\\' {
            flush(&mut units, &mut out);
            out.push(c);
            continue;
        }
        let escape = chars.next();
        if escape == Some('u') {
            let digits: String = chars.clone().take(4).collect();
            if let Some(unit) = (digits.len() == 4).then(|| u16::from_str_radix(&digits, 16).ok()).flatten() {
                units.push(unit);
                chars.nth(3);
                continue;
            }
        }
        flush(&mut units, &mut out);
        match escape {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some(other) => out.push(other),
            None => {}
        }
    }
    flush(&mut units, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Origin;

    fn conf(entries: &[(&'static str, &str)]) -> SparkConf {
        let mut conf = SparkConf::new();
        for (key, value) in entries {
            conf.set(*key, *value, Origin::Unknown);
        }
        conf
    }

    #[test]
    fn values_are_escaped_as_java_does() {
        let text = write(
            &conf(&[
                ("spark.a b", " lead and trail "),
                ("spark.b", "k8s://h:1#x!=\\"),
                ("spark.c", "é\t\n"),
                ("spark.d", ""),
            ]),
            None,
        );
        assert_eq!(
            text,
            "spark.a\\ b=\\ lead and trail \nspark.b=k8s\\://h\\:1\\#x\\!\\=\\\\\nspark.c=é\\t\\n\nspark.d=\n"
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let entries = [("spark.a b", " x\u{c}y\r\n"), ("spark.b", "a=b:c#d!e\\"), ("spark.c", "日本"), ("spark.d", "")];
        let read = read(&write(&conf(&entries), Some("cm")));
        assert_eq!(read, entries.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn files_of_people_are_read_as_java_does() {
        let text = "# c\n! c\n\n  spark.a   1\nspark.b : 2\nspark.c=a\\\r\n   b\nspark.d\nspark.e=\\u00e9\\ud83d\\ude00\r\nspark.f = x = y \n";
        let pairs: Vec<_> = read(text);
        let expected = [
            ("spark.a", "1"),
            ("spark.b", "2"),
            ("spark.c", "ab"),
            ("spark.d", ""),
            ("spark.e", "é😀"),
            ("spark.f", "x = y "),
        ];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
