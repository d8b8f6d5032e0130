//! What API servers do to objects by themselves: the defaults of their types, what admission plug-ins and registries add,
//! what they write for themselves, and what they do not keep. Live objects have it, manifests have not.
//!
//! Which of it a server does follows from its version; a row is so narrow (a certain value, a certain name, only in an
//! object that a server keeps) that the work of all versions can be known at once.

mod added;
mod rows;
mod rules;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Typed, quantity::is_same_amount};
use crate::tree::{Key, Mapping, Node};
pub(crate) use added::{is_added_item, is_written_by_servers};
use rows::{DEFAULTS, FOREIGN};

/// What is filled in where a field is absent.
#[derive(Debug, Clone, Copy)]
enum DefaultValue {
    /// This text.
    Text(&'static str),
    /// This number.
    Number(i64),
    /// This flag.
    Flag(bool),
    /// A mapping without entries.
    Empty,
    /// This JSON.
    Json(&'static str),
    /// What the field of that name beside it says.
    Beside(&'static str),
    /// Whatever the server chose.
    Any,
    /// Whatever a server or controller chose, in an object that a server keeps.
    Assigned,
    /// A value for which this is true.
    Rule(fn(&Lone<'_>) -> bool),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
struct DefaultRow {
    /// The type, `core.v1.PodSpec`.
    owner: &'static str,
    /// Its field.
    field: &'static str,
    /// The value.
    value: DefaultValue,
}

/// A value that one of two sides has, and the other has not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lone<'a> {
    /// The value.
    pub value: &'a Node,
    /// Its key.
    pub key: &'a str,
    /// The keys that lead to it; empty ones for items of lists.
    pub path: &'a [&'a str],
    /// The type of the mapping that holds it.
    pub owner: Option<&'static str>,
    /// The mappings around it, from the object inwards: of the side that has it, and of the other one.
    pub around: &'a [(&'a Mapping, &'a Mapping)],
}

impl<'a> Lone<'a> {
    /// The field `key` of the mapping around the value: of the other side, else of its own.
    fn beside(&self, key: &str) -> Option<&'a Node> {
        let (own, other) = self.around.last()?;
        other.get(key).or_else(|| own.get(key))
    }

    /// The field `key` of the mapping around that one.
    fn above(&self, key: &str) -> Option<&'a Node> {
        let (own, other) = self.around.len().checked_sub(2).map(|place| &self.around[place])?;
        other.get(key).or_else(|| own.get(key))
    }

    /// The kind of the object.
    fn kind(&self) -> &'a str {
        self.around.first().and_then(|(own, _)| own.get("kind")).and_then(Node::as_str).unwrap_or_default()
    }

    /// Whether the object of this side comes from a server.
    fn is_live(&self) -> bool {
        self.around
            .first()
            .is_some_and(|(own, _)| own.get("metadata").is_some_and(|own| own.str_at(&["uid"]).is_some()))
    }
}

/// Whether a server would add `lone` to the side that lacks it.
pub(crate) fn is_default(lone: &Lone<'_>) -> bool {
    added::is_added(lone)
        || DEFAULTS
            .iter()
            .filter(|row| row.field == lone.key && Some(row.owner) == lone.owner)
            .any(|row| row.value.is(lone))
        || FOREIGN.iter().any(|(kind, path, value)| *kind == lone.kind() && *path == lone.path && value.is(lone))
}

impl DefaultValue {
    fn is(self, lone: &Lone<'_>) -> bool {
        let value = lone.value;
        match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Number(number) => value.as_i64() == Some(number),
            Self::Flag(flag) => value.as_bool() == Some(flag),
            Self::Empty => value.as_mapping().is_some_and(Mapping::is_empty),
            Self::Json(json) => {
                serde_json::from_str::<serde_json::Value>(json).is_ok_and(|json| json == value.to_json())
            }
            Self::Beside(field) => lone.beside(field) == Some(value),
            Self::Any => true,
            Self::Assigned => lone.is_live(),
            Self::Rule(rule) => rule(lone),
        }
    }
}

/// Whether no server keeps `value` in a field of the type `typed`.
pub(crate) fn is_not_kept(value: &Node, typed: Option<Typed>) -> bool {
    typed.is_some_and(|typed| {
        (typed.is_collection() && (value.is_null() || is_empty_collection(value)))
            || (typed.is_left_out_when_empty() && super::empty_values::is_empty(value))
    })
}

fn is_empty_collection(value: &Node) -> bool {
    value.as_mapping().is_some_and(Mapping::is_empty) || value.as_sequence().is_some_and(<[Node]>::is_empty)
}

/// A Secret as servers keep it, its `stringData` among its `data`, if it has any.
pub(crate) fn with_string_data(object: &Node) -> Option<Node> {
    let text = object.get("stringData")?.as_mapping()?;
    if object.str_at(&["kind"]) != Some("Secret") {
        return None;
    }
    let mut kept = object.clone();
    let data = kept.mapping_at("data");
    for (key, value) in text.iter() {
        let encoded = BASE64_STANDARD.encode(value.as_str()?);
        data.insert(Key::of(key), Node::from(encoded).at(&value.origin));
    }
    kept.as_mapping_mut()?.remove("stringData");
    Some(kept)
}
