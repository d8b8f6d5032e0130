//! JSON: one pretty `List` (`--format json`) or one object per line (`--format ndjson`).

use super::text::{write_json, write_number};
use crate::tree::{Mapping, Node, Value};

/// The beginning of a `v1` List, for those who write its items one by one.
pub(crate) const LIST_START: &str = "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [\n";
/// What stands between two items.
pub(crate) const LIST_SEPARATOR: &str = ",\n";
/// The end of a List.
pub(crate) const LIST_END: &str = "\n  ]\n}\n";

/// Appends one `v1` List of `nodes`, indented by two spaces.
pub(crate) fn write_list<'a>(nodes: impl IntoIterator<Item = &'a Node>, out: &mut String) {
    out.push_str(LIST_START);
    for (index, node) in nodes.into_iter().enumerate() {
        if index > 0 {
            out.push_str(LIST_SEPARATOR);
        }
        write_item(node, out);
    }
    out.push_str(LIST_END);
}

/// Appends one item of a List.
pub(crate) fn write_item(node: &Node, out: &mut String) {
    out.push_str("    ");
    value(node, Some(4), out);
}

/// Appends one object in one line, with its end.
pub fn write_line(node: &Node, out: &mut String) {
    value(node, None, out);
    out.push('\n');
}

/// Appends one object, indented by two spaces, with its end.
pub fn write_pretty(node: &Node, out: &mut String) {
    value(node, Some(0), out);
    out.push('\n');
}

fn value(node: &Node, indent: Option<usize>, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_json(text, out),
        Value::Sequence(items) => sequence(items, indent, out),
        Value::Mapping(fields) => mapping(fields, indent, out),
    }
}

fn sequence(items: &[Node], indent: Option<usize>, out: &mut String) {
    if items.is_empty() {
        out.push_str("[]");
        return;
    }
    let inner = indent.map(|indent| indent + 2);
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        separate(index, inner, out);
        value(item, inner, out);
    }
    close(indent, out);
    out.push(']');
}

fn mapping(fields: &Mapping, indent: Option<usize>, out: &mut String) {
    if fields.is_empty() {
        out.push_str("{}");
        return;
    }
    let inner = indent.map(|indent| indent + 2);
    out.push('{');
    for (index, (key, field)) in fields.iter().enumerate() {
        separate(index, inner, out);
        write_json(key, out);
        out.push_str(if indent.is_some() { ": " } else { ":" });
        value(field, inner, out);
    }
    close(indent, out);
    out.push('}');
}

fn separate(index: usize, indent: Option<usize>, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
    if let Some(indent) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn close(indent: Option<usize>, out: &mut String) {
    if let Some(indent) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn lists_are_pretty_and_lines_are_short() {
        let node = map! { "a" => seq!["x\u{7f}", map! {}], "b" => Node::default() };
        let mut out = String::new();
        write_list([&node], &mut out);
        assert_eq!(
            out,
            "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [\n    {\n      \"a\": [\n        \"x\\u007f\",\n        {}\n      ],\n      \"b\": null\n    }\n  ]\n}\n"
        );
        out.clear();
        write_line(&node, &mut out);
        assert_eq!(out, "{\"a\":[\"x\\u007f\",{}],\"b\":null}\n");
    }
}
