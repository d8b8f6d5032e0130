//! The one tree that flows through the whole house: what the loader reads, what the feature steps build and
//! what the emitter writes. Every node remembers where its value comes from ([`Origin`]), so that a
//! diagnostic about a rendered field can point at the line that caused it and `explain` needs no second run.
//!
//! Kubernetes objects are kept as trees rather than as `k8s-openapi` structs: those drop unknown fields
//! silently and know only five minors, while a pod template must lose nothing for any of twenty-two.

use super::{FieldPath, Key, Mapping, Origin, Segment};
use serde_json::Number;
use smol_str::SmolStr;

/// A value with the place that it comes from. Equality looks at values only.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where the value comes from.
    pub origin: Origin,
}

/// What JSON and the JSON-compatible part of YAML can say.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// `null`, or a key without a value.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer (`i64` or `u64`) or a finite float.
    Number(Number),
    /// Text.
    String(SmolStr),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping in its written order.
    Mapping(Mapping),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// A node of which nothing is known but its value.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        Self { value: value.into(), origin: Origin::Unknown }
    }

    /// A copy of `text`. Constants need none: `Node::from("v1")`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::new(SmolStr::new(text))
    }

    /// The same value from `origin`; children keep theirs.
    #[must_use]
    pub fn at(mut self, origin: impl Into<Origin>) -> Self {
        self.origin = origin.into();
        self
    }

    /// Gives `origin` to this node and to every descendant that has none yet.
    pub fn stamp(&mut self, origin: &Origin) {
        if self.origin.is_unknown() {
            self.origin = origin.clone();
        }
        match &mut self.value {
            Value::Sequence(items) => items.iter_mut().for_each(|item| item.stamp(origin)),
            Value::Mapping(mapping) => mapping.values_mut().for_each(|value| value.stamp(origin)),
            _ => {}
        }
    }

    /// The origins of the scalars and empty collections below this node, each place once, in order.
    #[must_use]
    pub fn origins(&self) -> Vec<Origin> {
        fn collect(node: &Node, origins: &mut Vec<Origin>) {
            match &node.value {
                Value::Sequence(items) if !items.is_empty() => items.iter().for_each(|item| collect(item, origins)),
                Value::Mapping(mapping) if !mapping.is_empty() => {
                    mapping.values().for_each(|value| collect(value, origins));
                }
                _ => origins.push(node.origin.clone()),
            }
        }
        let mut origins = Vec::new();
        collect(self, &mut origins);
        origins
    }

    /// [`Node::stamp`] by value.
    #[must_use]
    pub fn stamped(mut self, origin: &Origin) -> Self {
        self.stamp(origin);
        self
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The integer, if this is one that `i64` holds.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The items, if this is a list.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The items for change, if this is a list.
    pub fn as_sequence_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a mapping.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The entries for change, if this is a mapping.
    pub fn as_mapping_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The value under `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_mapping()?.get(key)
    }

    /// The value under `key` for change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_mapping_mut()?.get_mut(key)
    }

    /// The value below nested keys: `pod.at_keys(&["spec", "volumes"])`.
    #[must_use]
    pub fn at_keys(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The node at `path`.
    #[must_use]
    pub fn at_path(&self, path: &FieldPath) -> Option<&Node> {
        path.0.iter().try_fold(self, |node, segment| match segment {
            Segment::Key(key) => node.get(key),
            Segment::Index(index) => node.as_sequence()?.get(*index),
        })
    }

    /// Removes the entry of a mapping at `path`, if it is there; items of lists are not removed.
    pub fn remove_at(&mut self, path: &FieldPath) -> Option<Node> {
        let (Segment::Key(last), parents) = path.0.split_last()? else { return None };
        let parent = parents.iter().try_fold(self, |node, segment| match segment {
            Segment::Key(key) => node.get_mut(key),
            Segment::Index(index) => node.as_sequence_mut()?.get_mut(*index),
        })?;
        parent.as_mapping_mut()?.remove(last)
    }

    /// The text below nested keys.
    #[must_use]
    pub fn str_at(&self, keys: &[&str]) -> Option<&str> {
        self.at_keys(keys)?.as_str()
    }

    /// The mapping under `key`, made first if it is absent or null. Panics (a bug) if `self` is no mapping.
    pub fn mapping_at(&mut self, key: &str) -> &mut Mapping {
        let child = self.child_or(key, || Value::Mapping(Mapping::new()));
        child.as_mapping_mut().expect("callers ask for mappings where Kubernetes has mappings")
    }

    /// The list under `key`, made first if it is absent or null. Panics (a bug) if `self` is no mapping.
    pub fn sequence_at(&mut self, key: &str) -> &mut Vec<Node> {
        let child = self.child_or(key, || Value::Sequence(Vec::new()));
        child.as_sequence_mut().expect("callers ask for lists where Kubernetes has lists")
    }

    fn child_or(&mut self, key: &str, value: impl FnOnce() -> Value) -> &mut Node {
        let mapping = self.as_mapping_mut().expect("only mappings have children");
        let child = mapping.get_or_insert_with(key, Node::default);
        if child.is_null() {
            *child = Node::new(value());
        }
        child
    }

    /// The same value for `serde_json`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::String(text) => text.as_str().into(),
            Value::Sequence(items) => items.iter().map(Node::to_json).collect(),
            Value::Mapping(mapping) => serde_json::Value::Object(
                mapping.iter().map(|(key, value)| (key.to_owned(), value.to_json())).collect(),
            ),
        }
    }

    /// A tree from `serde_json`, of unknown origin.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        Self::new(match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(*flag),
            serde_json::Value::Number(number) => Value::Number(number.clone()),
            serde_json::Value::String(text) => Value::String(text.into()),
            serde_json::Value::Array(items) => Value::Sequence(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(object) => {
                Value::Mapping(object.iter().map(|(key, value)| (Key::from(key), Self::from_json(value))).collect())
            }
        })
    }
}

impl<V: Into<Value>> From<V> for Node {
    fn from(value: V) -> Self {
        Self::new(value)
    }
}
/// A constant, which is not copied. See [`Node::text`] for other texts.
impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::String(SmolStr::new_static(text))
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::String(text.into())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}
impl From<SmolStr> for Value {
    fn from(text: SmolStr) -> Self {
        Self::String(text)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}
impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}
impl From<Vec<Node>> for Value {
    fn from(items: Vec<Node>) -> Self {
        Self::Sequence(items)
    }
}
impl From<Mapping> for Value {
    fn from(mapping: Mapping) -> Self {
        Self::Mapping(mapping)
    }
}

/// A mapping node: `map! { "name" => "x", "ports" => seq![port] }`. Values are anything that is `Into<Node>`; the keys
/// differ.
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut mapping = $crate::tree::Mapping::with_capacity(<[&str]>::len(&[$(stringify!($key)),*]));
        $( mapping.push($key, $value); )*
        $crate::tree::Node::new(mapping)
    }};
}
pub(crate) use map;

/// A list node: `seq!["driver", "--class", class]`.
macro_rules! seq {
    ($($item:expr),* $(,)?) => {
        $crate::tree::Node::new(vec![$($crate::tree::Node::from($item)),*])
    };
}
pub(crate) use seq;
