//! YAML for Kubernetes: block collections, lists not indented under their key, no anchors, no tags, no folding,
//! keys in the order of the tree.

use super::text::{is_block, is_plain, write_number, write_quoted};
use crate::tree::{FieldPath, Mapping, Node, Segment, Value};

/// The longest written key before `:`; readers give up at 1,024 characters, `? ` has no such limit.
const KEY_BYTES: usize = 500;

/// Appends one document, without separator.
pub fn write(node: &Node, out: &mut String) {
    Writer { out, notes: &mut Silent }.document(node);
}

/// Appends documents, separated by `---`.
pub fn write_stream<'a>(nodes: impl IntoIterator<Item = &'a Node>, out: &mut String) {
    for (index, node) in nodes.into_iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        write(node, out);
    }
}

/// [`write()`] with comments: `comment` is asked for each value, with its path, and its answer stands at the end of
/// the line in which the value begins.
pub fn write_annotated(node: &Node, comment: &mut dyn FnMut(&FieldPath, &Node) -> Option<String>, out: &mut String) {
    Writer { out, notes: &mut Asking { path: FieldPath::root(), comment } }.document(node);
}

/// Where comments come from.
trait Notes {
    fn enter(&mut self, segment: impl FnOnce() -> Segment);
    fn leave(&mut self);
    fn comment(&mut self, node: &Node) -> Option<String>;
}

/// No comments, at no cost.
struct Silent;

impl Notes for Silent {
    fn enter(&mut self, _: impl FnOnce() -> Segment) {}
    fn leave(&mut self) {}
    fn comment(&mut self, _: &Node) -> Option<String> {
        None
    }
}

struct Asking<'a> {
    path: FieldPath,
    comment: &'a mut dyn FnMut(&FieldPath, &Node) -> Option<String>,
}

impl Notes for Asking<'_> {
    fn enter(&mut self, segment: impl FnOnce() -> Segment) {
        self.path.0.push(segment());
    }
    fn leave(&mut self) {
        self.path.0.pop();
    }
    fn comment(&mut self, node: &Node) -> Option<String> {
        (self.comment)(&self.path, node)
    }
}

struct Writer<'a, N> {
    out: &'a mut String,
    notes: &'a mut N,
}

impl<N: Notes> Writer<'_, N> {
    fn document(&mut self, node: &Node) {
        match &node.value {
            Value::Mapping(mapping) if !mapping.is_empty() => self.mapping(mapping, 0),
            Value::Sequence(items) if !items.is_empty() => self.sequence(items, 0),
            // A block at the root of a document is not read alike by all.
            Value::String(text) if !is_plain(text) => {
                write_quoted(text, self.out);
                self.line_end(node);
            }
            _ => self.scalar(node, 0),
        }
    }

    fn indent(&mut self, width: usize) {
        const SPACES: &str = "                                                                ";
        let mut left = width;
        while left > 0 {
            let part = left.min(SPACES.len());
            self.out.push_str(&SPACES[..part]);
            left -= part;
        }
    }

    /// Entries, the first one where the writer stands, the others on lines indented by `indent`.
    fn mapping(&mut self, mapping: &Mapping, indent: usize) {
        for (index, (key, value)) in mapping.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            self.notes.enter(|| Segment::Key(key.into()));
            let explicit = self.key(key, indent);
            self.out.push(':');
            match &value.value {
                Value::Mapping(mapping) if !mapping.is_empty() => {
                    self.line_end(value);
                    self.indent(indent + 2);
                    self.mapping(mapping, indent + 2);
                }
                Value::Sequence(items) if !items.is_empty() => {
                    let indent = if explicit { indent + 2 } else { indent };
                    self.line_end(value);
                    self.indent(indent);
                    self.sequence(items, indent);
                }
                _ => {
                    self.out.push(' ');
                    self.scalar(value, indent);
                }
            }
            self.notes.leave();
        }
    }

    /// Items, the first one where the writer stands, the others on lines indented by `indent`.
    fn sequence(&mut self, items: &[Node], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.indent(indent);
            }
            self.notes.enter(|| Segment::Index(index));
            self.out.push_str("- ");
            match &item.value {
                Value::Mapping(mapping) if !mapping.is_empty() => self.mapping(mapping, indent + 2),
                Value::Sequence(items) if !items.is_empty() => self.sequence(items, indent + 2),
                _ => self.scalar(item, indent),
            }
            self.notes.leave();
        }
    }

    /// Writes a key without its colon; returns whether it needed the form `? key`.
    fn key(&mut self, key: &str, indent: usize) -> bool {
        if is_plain(key) && key.len() <= KEY_BYTES {
            self.out.push_str(key);
            return false;
        }
        let start = self.out.len();
        write_quoted(key, self.out);
        if self.out.len() - start <= KEY_BYTES {
            return false;
        }
        self.out.insert_str(start, "? ");
        self.out.push('\n');
        self.indent(indent);
        true
    }

    /// A scalar or an empty collection, with the end of its line. `indent` is that of the collection it is in.
    fn scalar(&mut self, node: &Node, indent: usize) {
        match &node.value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) => write_number(number, self.out),
            Value::String(text) if is_plain(text) => self.out.push_str(text),
            Value::String(text) if is_block(text) => {
                self.block(text, node, indent + 2);
                return;
            }
            Value::String(text) => write_quoted(text, self.out),
            Value::Sequence(_) => self.out.push_str("[]"),
            Value::Mapping(_) => self.out.push_str("{}"),
        }
        self.line_end(node);
    }

    fn block(&mut self, text: &str, node: &Node, indent: usize) {
        self.out.push('|');
        let body = text.strip_suffix('\n').unwrap_or_else(|| {
            self.out.push('-');
            text
        });
        self.line_end(node);
        for line in body.split('\n') {
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    fn line_end(&mut self, node: &Node) {
        if let Some(comment) = self.notes.comment(node) {
            self.out.push_str("  # ");
            self.out.extend(
                comment.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }),
            );
        }
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    fn text(node: &Node) -> String {
        let mut out = String::new();
        write(node, &mut out);
        out
    }

    #[test]
    fn documents_look_as_people_write_them() {
        let node = map! {
            "apiVersion" => "v1",
            "data" => map! { "a.conf" => "x=1\ny=2\n", "empty" => "", "n" => "8080" },
            "items" => seq![map! { "name" => "y", "ports" => seq![map! { "port" => 80_i64 }] }, seq![1_i64, seq![]], Node::default()],
            "none" => map! {},
        };
        let expected = "apiVersion: v1\ndata:\n  a.conf: |\n    x=1\n    y=2\n  empty: \"\"\n  \"n\": \"8080\"\nitems:\n- name: \"y\"\n  ports:\n  - port: 80\n- - 1\n  - []\n- null\nnone: {}\n";
        assert_eq!(text(&node), expected);
    }

    #[test]
    fn long_keys_are_written_as_explicit_keys() {
        let key = "k".repeat(501);
        let node = map! { &key => seq!["a"], "m" => map! { &key => map! { "a" => "b" } } };
        assert_eq!(text(&node), format!("? \"{key}\"\n:\n  - a\nm:\n  ? \"{key}\"\n  :\n    a: b\n"));
    }

    #[test]
    fn comments_stand_at_the_end_of_the_line() {
        let node = map! { "a" => map! { "b" => "x\ny\n", "c" => 1_i64 } };
        let mut out = String::new();
        write_annotated(&node, &mut |path, _| Some(format!("{path}\n!")), &mut out);
        assert_eq!(out, "a:  # a !\n  b: |  # a.b !\n    x\n    y\n  c: 1  # a.c !\n");
    }
}
