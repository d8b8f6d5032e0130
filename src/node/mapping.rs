//! Mappings in written order, looked up by key text in constant time, with the position of each key.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
};

use foldhash::fast::FixedState;
use indexmap::{IndexMap, map::Entry};

use super::{Node, Span};

/// A key and, where it was read from a file, the place of the key itself. Equality looks at the text only.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Where the key is written.
    pub span: Option<Span>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Key {}
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The same hash as the bare text, as `Borrow` demands.
        self.text.as_str().hash(state);
    }
}
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.text
    }
}
impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), span: None }
    }
}
impl From<String> for Key {
    fn from(text: String) -> Self {
        Self { text, span: None }
    }
}
impl From<&String> for Key {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// An ordered mapping from text to nodes. Equality does not depend on the order, as in JSON.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping(IndexMap<Key, Node, FixedState>);

impl Mapping {
    /// An empty mapping.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(key)
    }

    /// The value under `key` for change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.0.get_mut(key)
    }

    /// The key as written, with its position.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Key> {
        self.0.get_key_value(key).map(|(key, _)| key)
    }

    /// Whether `key` is there.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Sets `key`; an existing entry keeps its place and its key position. Returns the old value.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Node>) -> Option<Node> {
        self.0.insert(key.into(), value.into())
    }

    /// [`Mapping::insert`] that also returns the entry's place.
    pub fn insert_full(&mut self, key: Key, value: Node) -> (usize, Option<Node>) {
        self.0.insert_full(key, value)
    }

    /// The key of the entry at `place`. Panics (a bug) if there is none.
    #[must_use]
    pub fn key_at(&self, place: usize) -> &Key {
        self.0.get_index(place).expect("callers got the place from this mapping").0
    }

    /// Sets `key` only where it is absent.
    pub fn insert_if_absent(&mut self, key: impl Into<Key>, value: impl Into<Node>) {
        if let Entry::Vacant(entry) = self.0.entry(key.into()) {
            entry.insert(value.into());
        }
    }

    /// Removes `key`, keeping the order of the rest.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        self.0.shift_remove(key)
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        self.0.retain(|key, value| keep(&key.text, value));
    }

    /// Orders the entries by key.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, _, b, _| a.text.cmp(&b.text));
    }

    /// Keys (text) and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Node)> {
        self.0.iter().map(|(key, value)| (key.text.as_str(), value))
    }

    /// Keys (text) and values in order, values for change.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Node)> {
        self.0.iter_mut().map(|(key, value)| (key.text.as_str(), value))
    }

    /// Keys with their positions, and values.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Key, &Node)> {
        self.0.iter()
    }

    /// The keys' texts in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.keys().map(|key| key.text.as_str())
    }

    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.0.values()
    }

    /// The values for change.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Node> {
        self.0.values_mut()
    }
}

impl FromIterator<(Key, Node)> for Mapping {
    fn from_iter<T: IntoIterator<Item = (Key, Node)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl IntoIterator for Mapping {
    type Item = (Key, Node);
    type IntoIter = indexmap::map::IntoIter<Key, Node>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
