//! The text of `spark.properties`: `java.util.Properties.store`, read back and written in the order of its keys.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

/// The entries of a properties file. Displays sorted by key, without the comment lines that Java adds (they hold a date).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SparkProperties {
    /// Keys and values, unescaped.
    pub entries: BTreeMap<String, String>,
}

impl SparkProperties {
    /// Reads what `Properties.store` writes: one entry a line, everything special escaped with a backslash.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let entries = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '!']))
            .map(|line| {
                let (key, value) = split_at_separator(line);
                (unescape(key), unescape(value))
            })
            .collect();
        Self { entries }
    }
}

/// `line` before and after its first `=` or `:` that is not escaped.
fn split_at_separator(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (position, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '=' | ':' => return (&line[..position], &line[position + 1..]),
            _ => {}
        }
    }
    (line, "")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let code: String = chars.by_ref().take(4).collect();
                out.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// `Properties.saveConvert` without `escUnicode`: every space of a key, only a leading one of a value.
fn escape(text: &str, is_key: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (position, c) in text.chars().enumerate() {
        match c {
            ' ' if is_key || position == 0 => f.write_str("\\ ")?,
            '\t' => f.write_str("\\t")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\u{c}' => f.write_str("\\f")?,
            '\\' | '=' | ':' | '#' | '!' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            other => f.write_char(other)?,
        }
    }
    Ok(())
}

impl fmt::Display for SparkProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.entries {
            escape(key, true, f)?;
            f.write_char('=')?;
            escape(value, false, f)?;
            f.write_char('\n')?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::SparkProperties;

    #[test]
    fn what_java_writes_comes_back_sorted_and_without_the_date() {
        let text = "#Java properties built from Kubernetes config map\n#Sun Nov 22 06:36:36 UTC 2026\n\
                    spark.master=k8s\\://https\\://x\nspark.a\\ b=\\ x \\\\ \\n é\n";
        let properties = SparkProperties::parse(text);
        assert_eq!(properties.entries["spark.a b"], " x \\ \n é");
        let written = properties.to_string();
        assert_eq!(written, "spark.a\\ b=\\ x \\\\ \\n é\nspark.master=k8s\\://https\\://x\n");
        assert_eq!(SparkProperties::parse(&written), properties);
    }
}
