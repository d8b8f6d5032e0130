//! How deep the expressions of a template nest. The engine's parser bounds brackets; operators that follow each other
//! nest as well, in what the parser makes of them, and so do the branches of an `if`.

use std::ops::Range;

use crate::tree::limits::{ELIF, EXPRESSION_DEPTH};

/// The first tag of `template` that nests too deep, and why.
pub(crate) fn too_deep(template: &str) -> Option<(Range<usize>, &'static str)> {
    let mut elifs = 0;
    let mut at = 0;
    while let Some(opening) = next_tag(template, at) {
        let inside = opening + 2;
        let end = match &template[opening..inside] {
            "{#" => template[inside..].find("#}").map_or(template.len(), |end| inside + end),
            _ => match end_of_expression(&template[inside..]) {
                Ok(end) => inside + end,
                Err(end) => return Some((opening..inside + end, "the expression nests too deep")),
            },
        };
        let word = template[inside..end].trim_start_matches(['-', '+']).trim_start();
        if word.starts_with("elif") {
            elifs += 1;
            if elifs > ELIF {
                return Some((opening..end, "there are too many `elif`"));
            }
        }
        at = end;
    }
    None
}

/// The next `{{`, `{%` or `{#`.
fn next_tag(template: &str, from: usize) -> Option<usize> {
    let bytes = template.as_bytes();
    (from..bytes.len().saturating_sub(1)).find(|at| bytes[*at] == b'{' && matches!(bytes[at + 1], b'{' | b'%' | b'#'))
}

/// Where the expression at the start of `text` ends. The error is where it is known to nest too deep.
fn end_of_expression(text: &str) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    // For each open bracket, the tokens since the last comma: no two of them can nest more than once in each other.
    let mut levels = vec![0_usize];
    let mut depth = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'}' | b'%' if bytes.get(at) == Some(&b'}') && levels.len() == 1 => return Ok(start),
            // Whatever brackets are open: that is an error of the template.
            b'%' if bytes.get(at) == Some(&b'}') => return Ok(start),
            b'"' | b'\'' => {
                while let Some(inner) = bytes.get(at).filter(|inner| *inner != byte) {
                    at += if *inner == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'(' | b'[' | b'{' => levels.push(0),
            b')' | b']' | b'}' => {
                if levels.len() > 1 {
                    depth -= levels.pop().unwrap_or(0);
                }
                continue;
            }
            b',' => {
                if let Some(level) = levels.last_mut() {
                    depth -= std::mem::take(level);
                }
                continue;
            }
            _ if byte.is_ascii_whitespace() => continue,
            _ if is_word(*byte) => at += bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => {}
        }
        depth += 1;
        if let Some(level) = levels.last_mut() {
            *level += 1;
        }
        if depth > EXPRESSION_DEPTH {
            return Err(text.ceil_char_boundary(at.min(text.len())));
        }
    }
    Ok(text.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_operators_are_bounded_and_lists_are_not() {
        let many = 100 * EXPRESSION_DEPTH;
        for text in [
            format!("a: {{{{ {}1 }}}}", "-".repeat(many)),
            format!("a: {{{{ {}1 }}}}", "not ".repeat(many)),
            format!("a: {{{{ 1{} }}}}", "|string".repeat(many)),
            format!("a: {{{{ x{} }}}}", ".y".repeat(many)),
            format!("a: {{{{ 1{} }}}}", " and 1".repeat(many)),
            format!("a: {{{{ 1{} }}}}", "+[1,1]".repeat(many)),
            format!("a: {{{{ {}1 }}}}", "1 if 1 else ".repeat(many)),
            format!("{{% set x = {}1 %}}", "(".repeat(many)),
            format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(ELIF + 1)),
        ] {
            assert!(too_deep(&text).is_some(), "{}", &text[..40]);
        }
        for text in [
            format!("a: {{{{ [{}] }}}}", "x.y|string, ".repeat(many)),
            format!("{{% set x = {{ {} }} %}}", "'a': [1, '}}'], ".repeat(many)),
            format!("{{# {} #}}", "- ".repeat(many)),
            "-".repeat(many),
            "{{ a }} - ".repeat(many),
            format!("{{{{ {} }}}}", "+1".repeat(EXPRESSION_DEPTH / 2 - 1)),
            format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(ELIF)),
            "{{ 'ä\\'' ~ \"}}\" }} {{ unfinished".to_owned(),
        ] {
            assert_eq!(too_deep(&text), None, "{}", &text[..10]);
        }
    }
}
