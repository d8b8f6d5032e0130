//! Names and ids that follow the content: application ids, and names of objects with a hash in them.

use std::collections::{BTreeMap, BTreeSet};

use super::{last_key, texts};
use crate::{
    review::diff::{Change, ObjectChange},
    tree::{Node, Value},
};

/// Length of a hash in a name, ours and kustomize's.
const HASH_LENGTH: usize = 10;
/// Digits of kustomize's hashes, beside ours.
const KUSTOMIZE_DIGITS: &str = "bcdfghkmt2456789";
/// Hexadecimal digits of an application id.
const ID_LENGTH: usize = 32;

/// A namespace and a name in it on the old side.
type OldName = (String, String);

/// A name that was found in an object. Ids of applications come first: nothing else says as well what is whose.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    is_other: bool,
    name: OldName,
}

/// The names that changed with the content, with their new ones.
pub(super) struct Names(BTreeMap<OldName, String>);

impl Names {
    /// Finds them. A name that became two is none.
    pub(super) fn of(objects: &[ObjectChange]) -> Self {
        let mut found: BTreeMap<OldName, BTreeSet<String>> = BTreeMap::new();
        for object in objects {
            let ids = object.fields.iter().filter_map(texts).filter(|(old, new)| is_id(old) && is_id(new));
            for (old, new) in ids {
                found.entry((namespace(object), old.to_owned())).or_default().insert(new.to_owned());
            }
        }
        // A hash is another one because of a change, which must be there.
        let renames: Vec<_> = objects.iter().filter_map(|object| Some((object, rename(object)?))).collect();
        let grounded: BTreeSet<_> = renames
            .iter()
            .filter(|(object, _)| object.fields.iter().any(|field| !is_name(&field.path.0)))
            .map(|(object, rename)| (namespace(object), rename.hashes))
            .collect();
        for (object, rename) in renames {
            if grounded.contains(&(namespace(object), rename.hashes)) {
                let old = (namespace(object), rename.names.0.to_owned());
                found.entry(old).or_default().insert(rename.names.1.to_owned());
            }
        }
        let single =
            |(old, new): (OldName, BTreeSet<String>)| (new.len() == 1).then_some((old, new.into_iter().next()?));
        Self(found.into_iter().filter_map(single).collect())
    }

    /// Marks the fields that are equal but for these names. Returns the names that were found in them.
    pub(super) fn mark(&self, object: &mut ObjectChange) -> impl Iterator<Item = Use> + use<> {
        let mut used = BTreeSet::new();
        let namespace = namespace(object);
        let mut renamed: Vec<usize> = Vec::new();
        for (place, field) in object.fields.iter().enumerate() {
            if let Some((old, new)) = texts(field) {
                let mut here = BTreeSet::new();
                if self.replaced(&namespace, old, &mut here) == new {
                    used.append(&mut here);
                    renamed.push(place);
                }
            }
        }
        // Items of lists that are matched by such a name: one is gone, one is new.
        for (gone, removed) in object.fields.iter().enumerate().filter(|(_, field)| !field.secret) {
            let Change::Removed(old) = &removed.change else { continue };
            let mut here = BTreeSet::new();
            let wanted = self.replaced_below(&namespace, old, &mut here);
            let parents = |steps: &[crate::review::diff::Step]| steps[..steps.len().saturating_sub(1)].to_vec();
            let twin = object.fields.iter().enumerate().find(|(place, field)| {
                !here.is_empty()
                    && !renamed.contains(place)
                    && matches!(&field.change, Change::Added(new) if *new == wanted)
                    && parents(&field.path.0) == parents(&removed.path.0)
            });
            if let Some((place, _)) = twin {
                used.append(&mut here);
                renamed.extend([gone, place]);
            }
        }
        renamed.into_iter().for_each(|place| object.fields[place].follows = true);
        used.into_iter().map(|name| Use { is_other: !is_id(&name.1), name })
    }

    /// The text with the new names. Dots end a name too: `svc.namespace.svc`.
    fn replaced(&self, namespace: &str, text: &str, used: &mut BTreeSet<OldName>) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = rest.find(|c| is_part(c) != is_part(first)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            rest = after;
            let ends = std::iter::once(word.len()).chain(word.rmatch_indices('.').map(|(at, _)| at));
            let name =
                ends.map(|end| (namespace.to_owned(), word[..end].to_owned())).find(|name| self.0.contains_key(name));
            match name {
                Some(name) => {
                    out.push_str(&self.0[&name]);
                    out.push_str(&word[name.1.len()..]);
                    used.insert(name);
                }
                None => out.push_str(word),
            }
        }
        out
    }

    fn replaced_below(&self, namespace: &str, node: &Node, used: &mut BTreeSet<OldName>) -> Node {
        let mut node = node.clone();
        self.replace(namespace, &mut node, used);
        node
    }

    fn replace(&self, namespace: &str, node: &mut Node, used: &mut BTreeSet<OldName>) {
        match &mut node.value {
            Value::Mapping(mapping) => mapping.values_mut().for_each(|value| self.replace(namespace, value, used)),
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.replace(namespace, item, used)),
            Value::String(text) => {
                let new = self.replaced(namespace, text, used);
                if new != **text {
                    node.value = Value::from(new);
                }
            }
            _ => {}
        }
    }
}

fn namespace(object: &ObjectChange) -> String {
    object.name.namespace.clone().unwrap_or_default()
}

fn is_name(steps: &[crate::review::diff::Step]) -> bool {
    steps.len() == 2 && last_key(steps) == Some("name") && last_key(&steps[..1]) == Some("metadata")
}

/// `spark-<32 digits>`, as `KubernetesConf.getKubernetesAppId` makes them.
fn is_id(text: &str) -> bool {
    text.strip_prefix("spark-").is_some_and(|id| id.len() == ID_LENGTH && id.bytes().all(is_hexadecimal))
}

fn is_hexadecimal(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

struct Rename<'a> {
    names: (&'a str, &'a str),
    hashes: (&'a str, &'a str),
}

/// The names of an object that differ in a hash and nothing else.
fn rename(object: &ObjectChange) -> Option<Rename<'_>> {
    let from = object.renamed_from.as_ref().filter(|from| from.namespace == object.name.namespace)?;
    let names = (from.name.as_str(), object.name.name.as_str());
    let parts = [names.0, names.1].map(|name| name.split('-').collect::<Vec<_>>());
    let [old, new] = &parts;
    let mut unlike = old.iter().zip(new).skip(1).filter(|(old, new)| old != new);
    let (old_hash, new_hash) = unlike.next()?;
    let is_other = unlike.next().is_some() || old.len() != new.len() || old[0] != new[0];
    (!is_other && is_hash(old_hash) && is_hash(new_hash)).then_some(Rename { names, hashes: (old_hash, new_hash) })
}

fn is_hash(text: &str) -> bool {
    let is_kustomize = |byte: u8| KUSTOMIZE_DIGITS.as_bytes().contains(&byte);
    text.len() == HASH_LENGTH && (text.bytes().all(is_hexadecimal) || text.bytes().all(is_kustomize))
}
