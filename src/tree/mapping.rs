//! Mappings in written order, looked up by key text, with the position of each key.
//!
//! Kubernetes objects are many small mappings: of those that `fixtures/render/spark-pi` is rendered to, nine of ten
//! have at most four keys and none has more than eight. A list that is searched from its start costs one allocation
//! and is copied in one go, where an `IndexMap` pays for a table of hashes that is never needed: with it, and with a
//! `String` for each text, a whole render took a ninth more instructions (callgrind). Beyond [`LINEAR`] keys there is
//! a table, so that no input costs quadratic time.

use std::{borrow::Borrow, hash::BuildHasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use smol_str::SmolStr;

use super::{Node, Span};

/// Up to this many keys are searched one by one.
const LINEAR: usize = 16;

/// A key and, where it was read from a file, the place of the key itself. Equality looks at the text only.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub text: SmolStr,
    /// Where the key is written.
    pub span: Option<Span>,
}

impl Key {
    /// A copy of `text`. Constants need none: `Key::from("name")`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        SmolStr::new(text).into()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Key {}
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.text
    }
}
/// A constant, which is not copied.
impl From<&'static str> for Key {
    fn from(text: &'static str) -> Self {
        Self { text: SmolStr::new_static(text), span: None }
    }
}
impl From<String> for Key {
    fn from(text: String) -> Self {
        Self { text: text.into(), span: None }
    }
}
impl From<&String> for Key {
    fn from(text: &String) -> Self {
        Self { text: text.into(), span: None }
    }
}
impl From<SmolStr> for Key {
    fn from(text: SmolStr) -> Self {
        Self { text, span: None }
    }
}

/// An ordered mapping from text to nodes. Equality does not depend on the order, as in JSON.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    entries: Vec<(Key, Node)>,
    /// The places of all entries by their keys, if there are more than [`LINEAR`].
    places: Option<Box<HashTable<usize>>>,
}

/// Whether they are the same text. Most keys that are looked up are constants, and so are the keys of what we make:
/// then the texts are at the same place, and nobody has to read them. Most of the rest differ in their first letter.
fn is(text: &str, key: &str) -> bool {
    text.len() == key.len()
        && (std::ptr::eq(text, key) || (text.as_bytes().first() == key.as_bytes().first() && text == key))
}

fn hash(key: &str) -> u64 {
    FixedState::default().hash_one(key)
}

impl Mapping {
    /// An empty mapping.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty mapping with room for `count` entries.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self { entries: Vec::with_capacity(count), places: None }
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn place(&self, key: &str) -> Option<usize> {
        match &self.places {
            None => self.entries.iter().position(|(other, _)| is(&other.text, key)),
            Some(places) => self.place_among(places, key),
        }
    }

    /// The place of `key` by its hash. Apart, since it needs so many registers that saving them was a third of what
    /// the usual lookup took.
    #[cold]
    fn place_among(&self, places: &HashTable<usize>, key: &str) -> Option<usize> {
        places.find(hash(key), |place| self.entries[*place].0.text == key).copied()
    }

    /// Adds an entry whose key is not there yet, without looking whether it is.
    pub fn push(&mut self, key: impl Into<Key>, value: impl Into<Node>) {
        let key = key.into();
        debug_assert!(!self.contains_key(&key.text), "`{}` is there", key.text);
        self.entries.push((key, value.into()));
        if self.entries.len() > LINEAR {
            self.index_last();
        }
    }

    /// Notes the place of the last entry.
    fn index_last(&mut self) {
        let Some(places) = &mut self.places else { return self.index() };
        let (place, entries) = (self.entries.len() - 1, &self.entries);
        places.insert_unique(hash(&entries[place].0.text), place, |place| hash(&entries[*place].0.text));
    }

    /// Makes the table anew, if one is due.
    fn index(&mut self) {
        self.places = None;
        if self.entries.len() > LINEAR {
            let mut places = HashTable::with_capacity(2 * self.entries.len());
            for (place, (key, _)) in self.entries.iter().enumerate() {
                places.insert_unique(hash(&key.text), place, |place| hash(&self.entries[*place].0.text));
            }
            self.places = Some(Box::new(places));
        }
    }

    /// The value under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        Some(&self.entries[self.place(key)?].1)
    }

    /// The value under `key` for change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let place = self.place(key)?;
        Some(&mut self.entries[place].1)
    }

    /// The key as written, with its position.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Key> {
        Some(&self.entries[self.place(key)?].0)
    }

    /// Whether `key` is there.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// Sets `key`; an existing entry keeps its place and its key position. Returns the old value.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Node>) -> Option<Node> {
        self.insert_full(key.into(), value.into()).1
    }

    /// [`Mapping::insert`] that also returns the entry's place.
    pub fn insert_full(&mut self, key: Key, value: Node) -> (usize, Option<Node>) {
        match self.place(&key.text) {
            Some(place) => (place, Some(std::mem::replace(&mut self.entries[place].1, value))),
            None => {
                self.push(key, value);
                (self.entries.len() - 1, None)
            }
        }
    }

    /// The value of the entry at `place`. Panics (a bug) if there is none.
    #[must_use]
    pub fn value_at(&self, place: usize) -> &Node {
        &self.entries[place].1
    }

    /// The key of the entry at `place`. Panics (a bug) if there is none.
    #[must_use]
    pub fn key_at(&self, place: usize) -> &Key {
        &self.entries[place].0
    }

    /// The value under `key`, which is made first if it is absent.
    pub fn get_or_insert_with(&mut self, key: &str, value: impl FnOnce() -> Node) -> &mut Node {
        let place = self.place(key).unwrap_or_else(|| {
            self.push(Key::of(key), value());
            self.entries.len() - 1
        });
        &mut self.entries[place].1
    }

    /// Sets `key` only where it is absent.
    pub fn insert_if_absent(&mut self, key: impl Into<Key>, value: impl Into<Node>) {
        let key = key.into();
        if !self.contains_key(&key.text) {
            self.push(key, value.into());
        }
    }

    /// Sets all of `entries`: existing ones keep their places, the rest follows in its order.
    pub fn extend(&mut self, entries: Self) {
        if self.is_empty() {
            *self = entries;
            return;
        }
        for (key, value) in entries {
            self.insert_full(key, value);
        }
    }

    /// Removes `key`, keeping the order of the rest.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let place = self.place(key)?;
        let (_, value) = self.entries.remove(place);
        self.index();
        Some(value)
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        let before = self.entries.len();
        self.entries.retain_mut(|(key, value)| keep(&key.text, value));
        if self.entries.len() != before {
            self.index();
        }
    }

    /// Orders the entries by key.
    pub fn sort(&mut self) {
        self.entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
        self.index();
    }

    /// Puts the entries of `keys` first, in that order; the rest keeps its order.
    pub fn put_first(&mut self, keys: &[&str]) {
        let rank = |key: &Key| keys.iter().position(|first| key.text == *first).unwrap_or(keys.len());
        if !self.entries.is_sorted_by_key(|(key, _)| rank(key)) {
            self.entries.sort_by_cached_key(|(key, _)| rank(key));
            self.index();
        }
    }

    /// Keys (text) and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Node)> {
        self.entries.iter().map(|(key, value)| (key.text.as_str(), value))
    }

    /// Keys (text) and values in order, values for change.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Node)> {
        self.entries.iter_mut().map(|(key, value)| (key.text.as_str(), value))
    }

    /// Keys with their positions, and values.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Key, &Node)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The keys' texts in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.text.as_str())
    }

    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values for change.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut Node> {
        self.entries.iter_mut().map(|(_, value)| value)
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl FromIterator<(Key, Node)> for Mapping {
    fn from_iter<T: IntoIterator<Item = (Key, Node)>>(entries: T) -> Self {
        let entries = entries.into_iter();
        let mut mapping = Self::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            mapping.insert_full(key, value);
        }
        mapping
    }
}

impl IntoIterator for Mapping {
    type Item = (Key, Node);
    type IntoIter = std::vec::IntoIter<(Key, Node)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Below and above the number of keys from which there is a table.
    const SIZES: [usize; 4] = [1, LINEAR, LINEAR + 1, 100];

    fn of(count: usize) -> Mapping {
        (0..count).map(|index| (Key::from(format!("key-{index}")), Node::from(index.to_string()))).collect()
    }

    #[test]
    fn every_key_is_found_after_inserts_and_removals() {
        for size in SIZES {
            let mut mapping = of(size);
            assert_eq!(mapping.remove("key-0"), Some(Node::from("0")));
            assert_eq!(mapping.remove("key-0"), None);
            mapping.insert("key-0", "again");
            assert_eq!(mapping.len(), size);
            for index in 1..size {
                assert_eq!(mapping.get(&format!("key-{index}")), Some(&Node::from(index.to_string())));
            }
            assert_eq!(mapping.keys().last(), Some("key-0"));
            assert_eq!(mapping.get("key"), None);
        }
    }

    #[test]
    fn an_existing_key_keeps_its_place() {
        for size in SIZES {
            let mut mapping = of(size);
            assert_eq!(mapping.insert_full("key-0".into(), "new".into()), (0, Some(Node::from("0"))));
            mapping.insert_if_absent("key-0", "never");
            assert_eq!(mapping.values().next(), Some(&Node::from("new")));
            assert_eq!(mapping.len(), size);
        }
    }

    #[test]
    fn entries_that_are_added_unseen_are_found() {
        for size in SIZES {
            let mut mapping = of(size);
            mapping.push("new", "1");
            assert_eq!(mapping.get_or_insert_with("new", || Node::from("never")), &Node::from("1"));
            assert_eq!(mapping.get_or_insert_with("newer", || Node::from("2")), &Node::from("2"));
            assert_eq!(mapping.get("newer"), Some(&Node::from("2")));
            assert!(mapping.contains_key("key-0"));
        }
    }

    #[test]
    fn all_entries_of_another_mapping_are_set() {
        for size in SIZES {
            let mut mapping = Mapping::new();
            mapping.extend(of(size));
            mapping.extend([("more".into(), "1".into()), ("key-0".into(), "0!".into())].into_iter().collect());
            assert_eq!(mapping.len(), size + 1);
            assert_eq!(mapping.iter().next(), Some(("key-0", &Node::from("0!"))));
            assert_eq!(mapping.keys().last(), Some("more"));
        }
    }

    #[test]
    fn sorting_and_filtering_keep_the_lookup() {
        for size in SIZES {
            let mut mapping = of(size);
            mapping.sort();
            assert!(mapping.keys().is_sorted());
            mapping.retain(|key, _| !key.ends_with('1'));
            assert!(!mapping.contains_key("key-1"));
            assert_eq!(mapping.contains_key("key-2"), size > 2);
            assert!(mapping.keys().all(|key| mapping.contains_key(key)));
        }
    }

    #[test]
    fn the_order_does_not_count_for_equality() {
        for size in SIZES {
            let reversed: Mapping = of(size).into_iter().collect::<Vec<_>>().into_iter().rev().collect();
            assert_eq!(reversed, of(size));
        }
        assert_ne!(of(2), of(3));
    }
}
