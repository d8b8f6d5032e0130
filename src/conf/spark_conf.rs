//! `org.apache.spark.SparkConf`: one value per key, the last one set wins; ordered by key.

use std::collections::BTreeMap;

use crate::node::{Node, Origin, Stage};

/// The value of a conf key, and what it won over.
#[derive(Debug, Clone)]
pub struct ConfEntry {
    /// The value in force.
    pub value: String,
    /// Who set it.
    pub origin: Origin,
    /// Who gave the key its name, where that is known apart from the value: names of volumes, Secrets and variables
    /// are parts of keys.
    pub key_origin: Option<Origin>,
    /// Earlier values with their origins, the oldest first.
    pub overridden: Vec<(String, Origin)>,
}

/// All confs in force.
#[derive(Debug, Clone, Default)]
pub struct SparkConf {
    entries: BTreeMap<String, ConfEntry>,
}

impl SparkConf {
    /// No confs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key`; an earlier value is remembered as overridden.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<String>, origin: impl Into<Origin>) {
        let (value, origin) = (value.into(), origin.into());
        match self.entries.entry(key.into()) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(ConfEntry { value, origin, key_origin: None, overridden: Vec::new() });
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let entry = entry.get_mut();
                let old = std::mem::replace(&mut entry.value, value);
                let old_origin = std::mem::replace(&mut entry.origin, origin);
                entry.key_origin = None;
                entry.overridden.push((old, old_origin));
            }
        }
    }

    /// [`SparkConf::set`] of a key whose name comes from `key_origin`.
    pub fn set_keyed(&mut self, key: &str, key_origin: Origin, value: impl Into<String>, origin: impl Into<Origin>) {
        self.set(key, value, origin);
        if let Some(entry) = self.entries.get_mut(key) {
            entry.key_origin = Some(key_origin).filter(|origin| !origin.is_unknown());
        }
    }

    /// Sets `key` only where it is absent.
    pub fn set_if_missing(&mut self, key: &str, value: impl Into<String>, origin: impl Into<Origin>) {
        if !self.contains(key) {
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
        self.entries.get(key).map(|entry| entry.value.as_str())
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
        match self.entries.get(key) {
            Some(entry) => Origin::winning(Stage::Conf, key.to_owned(), entry.origin.clone(), entry.overridden.clone()),
            None => Origin::derived(Stage::SparkDefault, key.to_owned(), []),
        }
    }

    /// The origin of a name that is a part of `key`.
    #[must_use]
    pub fn key_origin(&self, key: &str) -> Origin {
        match self.entries.get(key).and_then(|entry| entry.key_origin.clone()) {
            Some(origin) => Origin::derived(Stage::Conf, key.to_owned(), [origin]),
            None => self.origin(key),
        }
    }

    /// The value of `key` as a string node with [`SparkConf::origin`].
    #[must_use]
    pub fn node(&self, key: &str) -> Option<Node> {
        Some(Node::from(self.get(key)?).at(self.origin(key)))
    }

    /// The entries whose key starts with `prefix`, keyed by the rest, in key order.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a ConfEntry)> {
        self.entries
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(move |(key, entry)| (&key[prefix.len()..], entry))
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
