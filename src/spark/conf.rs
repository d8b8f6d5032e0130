//! `org.apache.spark.SparkConf`: one value per key, the last one set wins; ordered by key.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Bound,
};

use smol_str::SmolStr;

use crate::tree::{Derivation, Key, Node, Origin, Stage};

/// The value of a conf key, and what it won over.
#[derive(Debug, Clone)]
pub struct ConfEntry {
    /// The value in force.
    pub value: SmolStr,
    /// Who gave the key its name, where that is known apart from the value: names of volumes, Secrets and variables
    /// are parts of keys.
    pub key_origin: Option<Origin>,
    /// [`SparkConf::origin`]. It knows who set the value and what it won over.
    link: Origin,
}

impl ConfEntry {
    fn new(
        key: SmolStr,
        key_origin: Option<Origin>,
        value: SmolStr,
        origin: Origin,
        overridden: Vec<(SmolStr, Origin)>,
    ) -> Self {
        Self { value, key_origin, link: Origin::winning(Stage::Conf, key, origin, overridden) }
    }

    /// Who set it.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        self.link.derivation().and_then(|link| link.inputs.first()).unwrap_or(&Origin::Unknown)
    }

    /// Earlier values with their origins, the oldest first.
    #[must_use]
    pub fn overridden(&self) -> &[(SmolStr, Origin)] {
        self.link.derivation().map_or(&[], Derivation::overrides)
    }
}

/// All confs in force; a copy (each stage makes its own) shares texts and origins.
#[derive(Debug, Clone, Default)]
pub struct SparkConf {
    entries: BTreeMap<SmolStr, ConfEntry>,
}

impl SparkConf {
    /// No confs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key`; an earlier value is remembered as overridden.
    pub fn set(&mut self, key: impl Into<Key>, value: impl Into<SmolStr>, origin: impl Into<Origin>) {
        self.put(key.into().text, None, value.into(), origin.into());
    }

    /// [`SparkConf::set`] of a key whose name comes from `key_origin`.
    pub fn set_keyed(
        &mut self,
        key: impl Into<Key>,
        key_origin: Origin,
        value: impl Into<SmolStr>,
        origin: impl Into<Origin>,
    ) {
        let key_origin = Some(key_origin).filter(|origin| !origin.is_unknown());
        self.put(key.into().text, key_origin, value.into(), origin.into());
    }

    fn put(&mut self, key: SmolStr, key_origin: Option<Origin>, value: SmolStr, origin: Origin) {
        match self.entries.entry(key) {
            Entry::Occupied(mut entry) => {
                let mut overridden = entry.get().overridden().to_vec();
                overridden.push((entry.get().value.clone(), entry.get().origin().clone()));
                let key = entry.key().clone();
                entry.insert(ConfEntry::new(key, key_origin, value, origin, overridden));
            }
            Entry::Vacant(entry) => {
                let key = entry.key().clone();
                entry.insert(ConfEntry::new(key, key_origin, value, origin, Vec::new()));
            }
        }
    }

    /// Sets `key` only where it is absent.
    pub fn set_if_missing(&mut self, key: impl Into<Key>, value: impl Into<SmolStr>, origin: impl Into<Origin>) {
        let key = key.into();
        if !self.contains(&key.text) {
            self.set(key, value, origin);
        }
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) -> Option<ConfEntry> {
        self.entries.remove(key)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| entry.value.as_str())
    }

    /// The entry of `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&ConfEntry> {
        self.entries.get(key)
    }

    /// Whether `key` is set.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The origin of a value made from `key`: a link named after the key that leads to who set it; for an
    /// absent key, Spark's default.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        match self.entry(key) {
            Some(entry) => entry.link.clone(),
            None => Origin::derived(Stage::SparkDefault, key.to_owned(), []),
        }
    }

    /// The origin of a name that is a part of `key`.
    #[must_use]
    pub fn key_origin(&self, key: &str) -> Origin {
        match self.entry(key).and_then(|entry| entry.key_origin.clone()) {
            Some(origin) => Origin::derived(Stage::Conf, key.to_owned(), [origin]),
            None => self.origin(key),
        }
    }

    /// The value of `key` as a string node with [`SparkConf::origin`].
    #[must_use]
    pub fn node(&self, key: &str) -> Option<Node> {
        let entry = self.entry(key)?;
        Some(Node::from(entry.value.clone()).at(&entry.link))
    }

    /// The entries whose key starts with `prefix`, keyed by the rest, in key order.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a ConfEntry)> {
        let from = self.entries.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        from.map_while(move |(key, entry)| Some((key.strip_prefix(prefix)?, entry)))
    }

    /// [`SparkConf::with_prefix`] as nodes with [`SparkConf::origin`].
    pub fn nodes_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, Node)> {
        self.with_prefix(prefix).map(|(rest, entry)| (rest, Node::from(entry.value.clone()).at(&entry.link)))
    }

    /// [`SparkConf::origin`] of every entry, in key order.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        self.entries.values().map(|entry| entry.link.clone())
    }

    /// All entries in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ConfEntry)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Number of confs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(conf: &SparkConf) -> Vec<(&str, &str)> {
        conf.iter().map(|(key, entry)| (key, entry.value.as_str())).collect()
    }

    #[test]
    fn entries_are_in_key_order_however_they_were_set() {
        let mut conf = SparkConf::new();
        for key in ["c", "a.b", "d", "a.a", "a", "b"] {
            conf.set(key, key, Origin::Unknown);
        }
        assert_eq!(conf.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["a", "a.a", "a.b", "b", "c", "d"]);
        assert_eq!(conf.with_prefix("a.").map(|(rest, _)| rest).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(conf.with_prefix("e").count(), 0);
    }

    #[test]
    fn the_last_value_wins_and_remembers_the_earlier_ones() {
        let mut conf = SparkConf::new();
        for value in ["1", "2", "3"] {
            conf.set("key", value, Origin::Unknown);
        }
        conf.set_if_missing("key", "4", Origin::Unknown);
        let entry = conf.entry("key").expect("set above");
        assert_eq!(entry.value, "3");
        assert_eq!(entry.overridden().iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(conf.len(), 1);
    }

    #[test]
    fn removing_keeps_the_order_of_the_rest() {
        for removed in ["a", "b", "c", "d"] {
            let mut conf = SparkConf::new();
            for key in ["d", "b", "a", "c"] {
                conf.set(key, key, Origin::Unknown);
            }
            assert_eq!(conf.remove(removed).map(|entry| entry.value), Some(removed.into()));
            assert!(conf.remove(removed).is_none());
            let rest: Vec<_> = ["a", "b", "c", "d"].into_iter().filter(|key| *key != removed).collect();
            assert_eq!(texts(&conf), rest.iter().map(|key| (*key, *key)).collect::<Vec<_>>());
            assert!(rest.iter().all(|key| conf.get(key) == Some(*key)));
        }
    }

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let mut conf = SparkConf::new();
        conf.set("a", "1", Origin::Unknown);
        let copy = conf.clone();
        conf.set("a", "2", Origin::Unknown);
        conf.set("b", "3", Origin::Unknown);
        assert_eq!(texts(&copy), [("a", "1")]);
        assert_eq!(texts(&conf), [("a", "2"), ("b", "3")]);
    }
}
