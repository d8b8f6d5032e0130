//! How a text is written in YAML: plain, as a block, or in double quotes.

use std::fmt::Write as _;

/// The longest plain text; readers look only so far for the end of a key.
const PLAIN_BYTES: usize = 1024;

/// Bytes that mean nothing to any YAML reader inside a plain scalar.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let allowed = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:,+=$()@%;~^ -";
    let mut at = 0;
    while at < allowed.len() {
        table[allowed[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether every reader takes `text` without quotes as itself. A first letter rules out numbers, dates and
/// indicators at once; what is left are the words of YAML 1.1.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if bytes.len() > PLAIN_BYTES
        || !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'$'))
        || matches!(last, b':' | b' ')
        || !bytes.iter().all(|byte| PLAIN[usize::from(*byte)])
    {
        return false;
    }
    if bytes.contains(&b' ') && bytes.windows(2).any(|pair| pair == b": ") {
        return false;
    }
    bytes.len() > 5 || !is_word(text)
}

/// The words that some reader takes for a boolean, null or number, in any case.
fn is_word(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    // Lengths first, since the comparison is a call, and this is asked of each short key and text.
    WORDS.iter().any(|word| word.len() == text.len() && text.eq_ignore_ascii_case(word))
}

/// Whether `text` can be a literal block that every reader takes as itself.
pub(crate) fn is_block(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if matches!(first, 0..=b' ' | 0x7f)
        || matches!(last, b' ' | b'\t')
        || !bytes.contains(&b'\n')
        || text.ends_with("\n\n")
    {
        return false;
    }
    // Always to the end of the text, so that the compiler takes many bytes at a time: four times as fast.
    let pairs = bytes.iter().zip(&bytes[1..]);
    if pairs.fold(false, |found, (before, byte)| found | breaks_block(*before, *byte)) {
        return false;
    }
    let is_refused =
        |c| matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    text.is_ascii() || !text.chars().any(is_refused)
}

/// Whether a block would lose `byte` behind `before`: blanks at the end of a line, a tab that starts one, and control
/// characters.
fn breaks_block(before: u8, byte: u8) -> bool {
    let is_control = byte == 0x7f || (byte < b' ' && byte != b'\n' && byte != b'\t');
    let ends_blank = matches!(before, b' ' | b'\t') && byte == b'\n';
    let starts_with_tab = before == b'\n' && byte == b'\t';
    is_control || ends_blank || starts_with_tab
}

/// Whether `c` is written as an escape: what is invisible, changes direction, or is no YAML.
fn is_escaped(c: char) -> bool {
    matches!(c, '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Appends `text` in double quotes, with escapes that YAML 1.1, YAML 1.2 and go-yaml share.
pub(crate) fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    let mut written = 0;
    for (at, c) in text.char_indices() {
        if !is_escaped(c) {
            continue;
        }
        out.push_str(&text[written..at]);
        written = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x100 => write!(out, "\\x{:02X}", c as u32).expect("writing to a string"),
            c => write!(out, "\\u{:04X}", c as u32).expect("writing to a string"),
        }
    }
    out.push_str(&text[written..]);
    out.push('"');
}

/// Appends `text` in double quotes as JSON has it; what YAML readers would refuse raw is escaped too, so that
/// our JSON is YAML as well.
pub(crate) fn write_json(text: &str, out: &mut String) {
    out.push('"');
    let mut written = 0;
    for (at, c) in text.char_indices() {
        if !is_escaped(c) {
            continue;
        }
        out.push_str(&text[written..at]);
        written = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => write!(out, "\\u{:04x}", c as u32).expect("writing to a string"),
        }
    }
    out.push_str(&text[written..]);
    out.push('"');
}

/// Appends a number so that every reader takes it for the same number: YAML 1.1 wants a point in a float, and a
/// sign in its exponent.
pub(crate) fn write_number(number: &serde_json::Number, out: &mut String) {
    if number.is_f64() {
        let text = number.to_string();
        match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                out.push_str(mantissa);
                if !mantissa.contains('.') {
                    out.push_str(".0");
                }
                out.push('e');
                if !exponent.starts_with(['+', '-']) {
                    out.push('+');
                }
                out.push_str(exponent);
            }
            None => out.push_str(&text),
        }
    } else {
        write!(out, "{number}").expect("writing to a string");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_is_only_what_no_reader_resolves() {
        for text in
            ["a", "local:///opt/spark.jar", "$(POD_IP)", "/bin/sh", "a b", "yes-man", "Offs", "spark.executor.id"]
        {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "", "y", "NO", "Off", "true", "NaN", "inf", "1", "512m", "3.5.1", "a: b", "a:", "a ", "a#b", "a'b", "é",
            "<<", "~", "-a", ".5",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn blocks_keep_their_lines() {
        for text in ["a\n", "a\nb", "a\n  b\n", "a\n\nb\n", "é\nb\n"] {
            assert!(is_block(text), "{text:?}");
        }
        for text in
            ["a", "", "\na", " a\nb", "a \nb", "a\n\tb\n", "a\n\n", "a\r\nb", "a\n \n", "a\nb ", "a\u{85}\n", "\ta\nb"]
        {
            assert!(!is_block(text), "{text:?}");
        }
    }

    #[test]
    fn floats_have_a_point_and_a_signed_exponent() {
        let write = |number: f64| {
            let mut out = String::new();
            write_number(&serde_json::Number::from_f64(number).unwrap(), &mut out);
            out
        };
        assert_eq!(write(1e20), "1.0e+20");
        assert_eq!(write(1.5e-9), "1.5e-9");
        assert_eq!(write(0.25), "0.25");
    }
}
