//! Secrets in trees.

use std::borrow::Cow;

use super::{
    HIDDEN, LAST_APPLIED, covered,
    inline::{assignments, is_doubtful_flag, is_secret_flag},
    names::is_secret,
};
use crate::tree::{FieldPath, Mapping, Node, Segment, Value};

/// How a value has to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// All of it may be seen: the user said so.
    Shown,
    /// It may be seen, but for what looks like a secret inside a text.
    Open,
    /// It may not be seen.
    Hidden,
}

/// The cover of the entry `key` of `parent`, which is the root of a Secret if `in_secret`.
#[must_use]
pub(crate) fn of_entry(cover: Cover, key: &str, parent: &Mapping, in_secret: bool) -> Cover {
    if cover != Cover::Open {
        return cover;
    }
    let is_value_of_secret = in_secret && key == "data" || key == "stringData";
    let is_env = key == "value" && parent.get("name").and_then(Node::as_str).is_some_and(is_secret);
    // `secret` of a volume is a mapping that names one; `password` of a configuration is a text.
    let is_setting = || key.contains('.') || !key.chars().any(|c| c.is_ascii_lowercase());
    let is_named = is_secret(key) && (is_setting() || parent.get(key).is_some_and(is_plain));
    if is_value_of_secret || is_env || is_named || key == LAST_APPLIED { Cover::Hidden } else { Cover::Open }
}

/// Whether a value is a scalar or a list of them.
fn is_plain(value: &Node) -> bool {
    let is_scalar = |node: &Node| !matches!(node.value, Value::Mapping(_) | Value::Sequence(_) | Value::Bool(_));
    value.as_sequence().map_or_else(|| is_scalar(value), |items| items.iter().all(is_scalar))
}

/// The cover of an item: what follows `--password` is one, and what follows `-p` beside such a flag.
#[must_use]
pub(crate) fn of_item(cover: Cover, items: &[Node], index: usize) -> Cover {
    let text = |node: &'_ Node| node.as_str().map(str::to_owned);
    let Some(flag) = index.checked_sub(1).and_then(|before| text(&items[before])).filter(|_| cover == Cover::Open)
    else {
        return cover;
    };
    let tells = |item: &Node| {
        item.as_str().is_some_and(|item| is_secret_flag(item) || item.starts_with('-') && !assignments(item).is_empty())
    };
    let follows = is_secret_flag(&flag) || is_doubtful_flag(&flag) && items.iter().any(tells);
    if follows { Cover::Hidden } else { cover }
}

/// Hides all secrets of an object, unless `cover` says otherwise.
pub(crate) fn hide_object(object: &mut Node, cover: Cover) {
    let in_secret = object.str_at(&["kind"]) == Some("Secret");
    hide(object, cover, in_secret);
}

/// The cover of the field at `path` of `object`. Steps into a text, which has no nodes, count by their names.
#[must_use]
pub(crate) fn of_field(object: &Node, path: &FieldPath) -> Cover {
    let in_secret = object.str_at(&["kind"]) == Some("Secret");
    let (mut cover, mut node) = (Cover::Open, Some(object));
    for (depth, segment) in path.0.iter().enumerate() {
        let value = node.map(|node| &node.value);
        (cover, node) = match (segment, value) {
            (Segment::Key(key), Some(Value::Mapping(mapping))) => {
                (of_entry(cover, key, mapping, in_secret && depth == 0), mapping.get(key))
            }
            (Segment::Index(index), Some(Value::Sequence(items))) if *index < items.len() => {
                (of_item(cover, items, *index), items.get(*index))
            }
            (Segment::Key(key), _) if cover == Cover::Open && is_secret(key) => (Cover::Hidden, None),
            _ => (cover, None),
        };
    }
    cover
}

/// The text of a value under this cover.
#[must_use]
pub(crate) fn shown(text: &str, cover: Cover) -> Cow<'_, str> {
    match cover {
        Cover::Shown => Cow::Borrowed(text),
        Cover::Open => covered(text),
        Cover::Hidden => Cow::Borrowed(HIDDEN),
    }
}

/// Hides the secrets of a value below an object; says whether there were any.
pub(crate) fn hide_value(node: &mut Node, cover: Cover) -> bool {
    hide(node, cover, false)
}

fn hide(node: &mut Node, cover: Cover, in_secret: bool) -> bool {
    if cover == Cover::Shown {
        return false;
    }
    match &mut node.value {
        Value::Mapping(mapping) => {
            let covers: Vec<Cover> = mapping.iter().map(|(key, _)| of_entry(cover, key, mapping, in_secret)).collect();
            let entries = mapping.values_mut().zip(covers);
            entries.fold(false, |hidden, (value, cover)| hide(value, cover, false) | hidden)
        }
        Value::Sequence(items) => {
            let covers: Vec<Cover> = (0..items.len()).map(|index| of_item(cover, items, index)).collect();
            let items = items.iter_mut().zip(covers);
            items.fold(false, |hidden, (item, cover)| {
                // Objects of a List.
                let in_secret = item.str_at(&["kind"]) == Some("Secret");
                hide(item, cover, in_secret) | hidden
            })
        }
        Value::Null => false,
        _ if cover == Cover::Hidden => {
            node.value = Value::from(HIDDEN);
            true
        }
        Value::String(text) => {
            let clean = covered(text);
            let hidden = clean != text.as_str();
            if hidden {
                *text = clean.as_ref().into();
            }
            hidden
        }
        _ => false,
    }
}

/// Hides two values that differ, and says on which side each is if they would look the same.
pub(crate) fn hide_pair(old: &mut Node, new: &mut Node, cover: Cover) -> bool {
    let hidden = hide_value(old, cover) | hide_value(new, cover);
    if hidden && old == new {
        *old = Node::from(format!("{HIDDEN} (before)")).at(&old.origin);
        *new = Node::from(format!("{HIDDEN} (after)")).at(&new.origin);
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn no_secret_survives_in_an_object() {
        let mut object = map! {
            "kind" => "ConfigMap",
            "data" => map! { "DB_PASSWORD" => "hunter2", "app.conf" => "user=a\npassword=hunter2\ntoken: hunter2\n" },
            "spec" => map! {
                "args" => seq!["--password", "hunter2", "-p", "hunter2", "--conf", "spark.x.secret=hunter2", "jdbc://u:hunter2@h/db"],
                "env" => seq![map! { "name" => "API_TOKEN", "value" => "hunter2" }],
                "sparkConf" => map! { "spark.hadoop.fs.s3a.secret.key" => "hunter2" },
                "nested" => map! { "password" => "hunter2", "passwords" => seq!["hunter2"] },
            },
        };
        hide_object(&mut object, Cover::Open);
        let text = object.to_json().to_string();
        assert!(!text.contains("hunter2") && text.contains("user=a"), "{text}");
    }

    #[test]
    fn values_of_secrets_are_hidden_and_their_keys_are_not() {
        let mut object = map! { "kind" => "Secret", "data" => map! { "x" => "aHVudGVyMg==" }, "type" => "Opaque" };
        hide_object(&mut object, Cover::Open);
        assert_eq!(object.str_at(&["data", "x"]), Some("****"));
        assert_eq!(object.str_at(&["type"]), Some("Opaque"));
    }

    #[test]
    fn references_to_secrets_are_shown() {
        let object = map! {
            "volumes" => seq![map! { "name" => "v", "secret" => map! { "secretName" => "db" } }],
            "env" => seq![map! { "name" => "DB_PASSWORD", "valueFrom" => map! { "secretKeyRef" => map! { "name" => "db", "key" => "password" } } }],
            "automountServiceAccountToken" => true,
            "args" => seq!["-p", "8080"],
        };
        let mut hidden = object.clone();
        hide_object(&mut hidden, Cover::Open);
        assert_eq!(hidden, object);
    }
}
