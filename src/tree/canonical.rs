//! The bytes of values that are hashed into names: the same for the same values, whatever the order of their keys.

use super::{Node, Value};

/// Values one after the other, in a form in which no two different sequences of values have the same bytes: each
/// begins with its type, texts and collections go on with their length.
///
/// One piece, since a hasher that is fed many short texts spends its time on keeping the rest of a block.
#[derive(Debug, Default)]
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    /// Nothing yet, but room for `size` bytes.
    #[must_use]
    pub(crate) fn with_capacity(size: usize) -> Self {
        Self(Vec::with_capacity(size))
    }

    /// All bytes.
    #[must_use]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) {
        self.tagged(b's', text);
    }

    /// Adds a tree. A null under a key says the same as no key, and is left out.
    pub(crate) fn tree(&mut self, node: &Node) {
        match &node.value {
            Value::Null => self.0.push(b'0'),
            Value::Bool(true) => self.0.push(b't'),
            Value::Bool(false) => self.0.push(b'f'),
            Value::Number(number) => self.tagged(b'n', &number.to_string()),
            Value::String(text) => self.text(text),
            Value::Sequence(items) => {
                self.0.push(b'[');
                self.length(items.len());
                items.iter().for_each(|item| self.tree(item));
            }
            Value::Mapping(mapping) => self.mapping(mapping.iter()),
        }
    }

    /// Adds a mapping with these keys, which are all different.
    pub(crate) fn mapping<'a>(&mut self, entries: impl IntoIterator<Item = (&'a str, &'a Node)>) {
        let mut entries: Vec<_> = entries.into_iter().filter(|(_, value)| !value.is_null()).collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        self.0.push(b'{');
        self.length(entries.len());
        for (key, value) in entries {
            self.text(key);
            self.tree(value);
        }
    }

    fn tagged(&mut self, tag: u8, text: &str) {
        self.0.push(tag);
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Seven bits in each byte, the lowest first; the last byte has no high bit.
    fn length(&mut self, mut length: usize) {
        while length > 0x7f {
            self.0.push(length.to_le_bytes()[0] | 0x80);
            length >>= 7;
        }
        self.0.push(length.to_le_bytes()[0]);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        map, seq,
        tree::{Canonical, Node, Value},
    };

    fn bytes(node: &Node) -> Vec<u8> {
        let mut canonical = Canonical::default();
        canonical.tree(node);
        canonical.as_bytes().to_vec()
    }

    #[test]
    fn the_order_of_keys_and_nulls_under_keys_say_nothing() {
        let one = bytes(&map! { "a" => "1", "b" => seq!["x", map! { "c" => true, "d" => 2 }] });
        assert_eq!(one, bytes(&map! { "b" => seq!["x", map! { "d" => 2, "c" => true }], "a" => "1" }));
        assert_eq!(
            one,
            bytes(&map! { "z" => Value::Null, "a" => "1", "b" => seq!["x", map! { "c" => true, "d" => 2 }] })
        );
    }

    #[test]
    fn different_values_have_different_bytes() {
        let values = [
            map! {},
            seq![],
            Node::default(),
            Node::from(""),
            Node::from("s"),
            Node::from("1"),
            Node::from(1),
            Node::from(true),
            Node::from("true"),
            seq!["", ""],
            seq!["a", "bc"],
            seq!["ab", "c"],
            seq![seq!["a"], "bc"],
            seq!["a", seq!["bc"]],
            seq![Node::default(), "a"],
            map! { "a" => "bc" },
            map! { "ab" => "c" },
            map! { "a" => map! { "b" => "c" } },
            Node::from("x".repeat(127)),
            Node::from("x".repeat(128)),
            Node::from("x".repeat(20_000)),
        ];
        for (index, one) in values.iter().enumerate() {
            for other in &values[..index] {
                assert_ne!(bytes(one), bytes(other), "{one:?} and {other:?}");
            }
        }
    }
}
