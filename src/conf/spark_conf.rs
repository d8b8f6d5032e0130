//! `org.apache.spark.SparkConf`: one value per key, the last one set wins; ordered by key.

use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

use crate::node::{Node, Origin, Stage};

/// The value of a conf key, and what it won over.
#[derive(Debug, Clone)]
pub struct ConfEntry {
    /// The value in force.
    pub value: SmolStr,
    /// Who set it.
    pub origin: Origin,
    /// Who gave the key its name, where that is known apart from the value: names of volumes, Secrets and variables
    /// are parts of keys.
    pub key_origin: Option<Origin>,
    /// Earlier values with their origins, the oldest first.
    pub overridden: Vec<(SmolStr, Origin)>,
    /// [`SparkConf::origin`], made when it is first asked for.
    link: OnceLock<Origin>,
}

impl ConfEntry {
    fn link(&self, key: &SmolStr) -> Origin {
        let link = || Origin::winning(Stage::Conf, key.clone(), self.origin.clone(), self.overridden.clone());
        self.link.get_or_init(link).clone()
    }
}

/// All confs in force. A list in key order: lookups compare few keys, though all begin alike, and a copy (each
/// stage makes its own) shares the entries.
#[derive(Debug, Clone, Default)]
pub struct SparkConf {
    entries: Vec<(SmolStr, Arc<ConfEntry>)>,
}

impl SparkConf {
    /// No confs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The place of `key`, or that where it would be.
    fn place(&self, key: &str) -> Result<usize, usize> {
        // Most confs are set in key order.
        match self.entries.last() {
            Some((last, _)) if last.as_str() < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by(|(other, _)| other.as_str().cmp(key)),
        }
    }

    fn find(&self, key: &str) -> Option<&(SmolStr, Arc<ConfEntry>)> {
        self.place(key).ok().map(|place| &self.entries[place])
    }

    /// Sets `key`; an earlier value is remembered as overridden.
    pub fn set(&mut self, key: impl Into<SmolStr>, value: impl Into<SmolStr>, origin: impl Into<Origin>) {
        let (key, value, origin) = (key.into(), value.into(), origin.into());
        match self.place(&key) {
            Err(place) => {
                let entry =
                    ConfEntry { value, origin, key_origin: None, overridden: Vec::new(), link: OnceLock::new() };
                self.entries.insert(place, (key, Arc::new(entry)));
            }
            Ok(place) => {
                let entry = Arc::make_mut(&mut self.entries[place].1);
                let old = std::mem::replace(&mut entry.value, value);
                let old_origin = std::mem::replace(&mut entry.origin, origin);
                entry.key_origin = None;
                entry.overridden.push((old, old_origin));
                entry.link = OnceLock::new();
            }
        }
    }

    /// [`SparkConf::set`] of a key whose name comes from `key_origin`.
    pub fn set_keyed(&mut self, key: &str, key_origin: Origin, value: impl Into<SmolStr>, origin: impl Into<Origin>) {
        self.set(key, value, origin);
        if let Ok(place) = self.place(key) {
            let entry = Arc::make_mut(&mut self.entries[place].1);
            entry.key_origin = Some(key_origin).filter(|origin| !origin.is_unknown());
        }
    }

    /// Sets `key` only where it is absent.
    pub fn set_if_missing(&mut self, key: &str, value: impl Into<SmolStr>, origin: impl Into<Origin>) {
        if !self.contains(key) {
            self.set(key, value, origin);
        }
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) -> Option<ConfEntry> {
        let place = self.place(key).ok()?;
        Some(Arc::unwrap_or_clone(self.entries.remove(place).1))
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.find(key).map(|(_, entry)| entry.value.as_str())
    }

    /// The entry of `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&ConfEntry> {
        self.find(key).map(|(_, entry)| entry.as_ref())
    }

    /// Whether `key` is set.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The origin of a value made from `key`: a link named after the key that leads to who set it; for an
    /// absent key, Spark's default.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        match self.find(key) {
            Some((key, entry)) => entry.link(key),
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
        let (key, entry) = self.find(key)?;
        Some(Node::from(entry.value.clone()).at(entry.link(key)))
    }

    fn below(&self, prefix: &str) -> &[(SmolStr, Arc<ConfEntry>)] {
        let start = self.entries.partition_point(|(key, _)| key.as_str() < prefix);
        let rest = &self.entries[start..];
        &rest[..rest.iter().take_while(|(key, _)| key.starts_with(prefix)).count()]
    }

    /// The entries whose key starts with `prefix`, keyed by the rest, in key order.
    pub fn with_prefix<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a ConfEntry)> + use<'a> {
        let length = prefix.len();
        self.below(prefix).iter().map(move |(key, entry)| (&key[length..], entry.as_ref()))
    }

    /// [`SparkConf::with_prefix`] as nodes with [`SparkConf::origin`].
    pub fn nodes_with_prefix<'a>(&'a self, prefix: &str) -> impl ExactSizeIterator<Item = (&'a str, Node)> + use<'a> {
        let length = prefix.len();
        let node = |key, entry: &ConfEntry| Node::from(entry.value.clone()).at(entry.link(key));
        self.below(prefix).iter().map(move |(key, entry)| (&key[length..], node(key, entry)))
    }

    /// [`SparkConf::origin`] of every entry, in key order.
    pub fn origins(&self) -> impl Iterator<Item = Origin> {
        self.entries.iter().map(|(key, entry)| entry.link(key))
    }

    /// All entries in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ConfEntry)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry.as_ref()))
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
