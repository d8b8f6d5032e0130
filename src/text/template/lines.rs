//! Which line of the template made which line of the result.
//!
//! minijinja keeps no such map. The template is rendered a second time with an invisible mark at the end of
//! each line of plain text; if the result without marks equals the first rendering, the marks tell the lines.

/// Private-use characters that no manifest has; templates that do have them are simply not mapped.
const OPEN: char = '\u{F0F0}';
const CLOSE: char = '\u{F0F1}';

/// `template` with a mark at the end of each line that ends in plain text.
pub(crate) fn mark(template: &str) -> String {
    let mut marked = String::with_capacity(template.len() * 2);
    let mut inside: Option<&str> = None;
    for (index, line) in template.split_inclusive('\n').enumerate() {
        let content = line.trim_end_matches(['\n', '\r']);
        let mut rest = content;
        loop {
            if let Some(end) = inside {
                let Some(at) = rest.find(end) else { break };
                rest = &rest[at + end.len()..];
                inside = None;
            } else {
                let opening = ["{{", "{%", "{#"].into_iter().filter_map(|open| Some((rest.find(open)?, open))).min();
                let Some((at, open)) = opening else { break };
                rest = &rest[at + 2..];
                inside = Some(match open {
                    "{{" => "}}",
                    "{%" => "%}",
                    _ => "#}",
                });
            }
        }
        marked.push_str(content);
        let trims = ["-%}", "-}}", "-#}", "+%}"].iter().any(|end| content.trim_end().ends_with(end));
        if inside.is_none() && !trims {
            marked.push(OPEN);
            marked.push_str(&index.to_string());
            marked.push(CLOSE);
        }
        marked.push_str(&line[content.len()..]);
    }
    marked
}

/// For each line of `plain`, the template's line (from 0), read from the marks in `marked`; `None` when the
/// marks changed the result.
pub(crate) fn read(marked: &str, plain: &str) -> Option<Vec<u32>> {
    let mut stripped = String::with_capacity(plain.len());
    let mut lines: Vec<u32> = Vec::new();
    let mut waiting = 0;
    for line in marked.split_inclusive('\n') {
        let mut found = None;
        let mut rest = line;
        while let Some(at) = rest.find(OPEN) {
            stripped.push_str(&rest[..at]);
            let (number, after) = rest[at + OPEN.len_utf8()..].split_once(CLOSE)?;
            found = Some(number.parse::<u32>().ok()?);
            rest = after;
        }
        stripped.push_str(rest);
        waiting += 1;
        if let Some(number) = found {
            // Lines without a mark of their own belong to the text that the next mark closes.
            lines.extend(std::iter::repeat_n(number, waiting));
            waiting = 0;
        }
    }
    let last = lines.last().copied().unwrap_or(0);
    lines.extend(std::iter::repeat_n(last, waiting));
    (stripped == plain).then_some(lines)
}
