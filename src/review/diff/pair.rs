//! Which object of the old side is which of the new one: by group, kind, namespace and name; then by names that
//! differ only in a hash of the content; then by content.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use super::list::write_canonical;
use crate::tree::{Node, Value};

/// Objects that belong together, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The place on the old side.
    pub old: Option<usize>,
    /// The place on the new side.
    pub new: Option<usize>,
}

/// Length of the hash in names of `render`.
const HASH_LENGTH: usize = 10;
/// How much of two objects must be equal for a rename.
const ALIKE: f64 = 0.7;
/// The most objects of a kind among which renames with changes are looked for.
const MAX_CANDIDATES: usize = 64;

type ObjectKey<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Pairs the objects; in the order of the new side, what is only on the old side at the end.
pub(crate) fn pair(old: &[Node], new: &[Node]) -> Vec<Pair> {
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut free_old = vec![true; old.len()];
    let mut take = |pairs: Vec<(usize, usize)>, partner: &mut Vec<Option<usize>>| {
        for (from, to) in pairs {
            partner[to] = Some(from);
            free_old[from] = false;
        }
        (rest(free_old.iter().copied()), rest(partner.iter().map(Option::is_none)))
    };
    let all_old: Vec<usize> = (0..old.len()).collect();
    let all_new: Vec<usize> = (0..new.len()).collect();
    let (left, right) =
        take(by_key(old, &all_old, new, &all_new, |object| Some(identity(object)), false), &mut partner);
    let (left, right) = take(by_key(old, &left, new, &right, without_hash, true), &mut partner);
    let (left, right) = take(by_key(old, &left, new, &right, content, true), &mut partner);
    let (left, _) = take(alike(old, &left, new, &right), &mut partner);
    let pairs = partner.into_iter().enumerate().map(|(new, old)| Pair { old, new: Some(new) });
    pairs.chain(left.into_iter().map(|old| Pair { old: Some(old), new: None })).collect()
}

fn rest(free: impl Iterator<Item = bool>) -> Vec<usize> {
    free.enumerate().filter(|(_, free)| *free).map(|(index, _)| index).collect()
}

/// Pairs objects of equal keys: the first with the first, or only those whose key is `unique` on both sides.
fn by_key<'a, K: Ord>(
    old: &'a [Node],
    left: &[usize],
    new: &'a [Node],
    right: &[usize],
    key: fn(&'a Node) -> Option<K>,
    unique: bool,
) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<K, (Vec<usize>, VecDeque<usize>)> = BTreeMap::new();
    for index in left {
        if let Some(key) = key(&old[*index]) {
            places.entry(key).or_default().0.push(*index);
        }
    }
    for index in right {
        if let Some(entry) = key(&new[*index]).and_then(|key| places.get_mut(&key)) {
            entry.1.push_back(*index);
        }
    }
    let usable = places.into_values().filter(|(left, right)| !unique || (left.len() == 1 && right.len() == 1));
    usable.flat_map(|(left, right)| left.into_iter().zip(right)).collect()
}

fn identity(object: &Node) -> ObjectKey<'_> {
    let text = |keys: &[&str]| object.str_at(keys).unwrap_or_default();
    let group = text(&["apiVersion"]).rsplit_once('/').map_or("", |(group, _)| group);
    (group, text(&["kind"]), text(&["metadata", "namespace"]), text(&["metadata", "name"]))
}

/// The identity of an object whose name ends in a hash, without it.
fn without_hash(object: &Node) -> Option<ObjectKey<'_>> {
    let (group, kind, namespace, name) = identity(object);
    let (base, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == HASH_LENGTH && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then_some((group, kind, namespace, base))
}

/// Group, kind and everything but the name.
fn content(object: &Node) -> Option<(&str, &str, u64)> {
    let (group, kind, ..) = identity(object);
    if kind.is_empty() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    let mut nameless = object.clone();
    if let Some(metadata) = nameless.get_mut("metadata").and_then(Node::as_mapping_mut) {
        metadata.remove("name");
        metadata.remove("namespace");
    }
    let mut text = String::new();
    write_canonical(&nameless, &mut text);
    text.hash(&mut hasher);
    Some((group, kind, hasher.finish()))
}

/// Objects of a kind that are mostly equal, the most equal first.
fn alike(old: &[Node], left: &[usize], new: &[Node], right: &[usize]) -> Vec<(usize, usize)> {
    type Sides = (Vec<usize>, Vec<usize>);
    let mut kinds: BTreeMap<(&str, &str), Sides> = BTreeMap::new();
    let kind = |object| {
        let (group, kind, ..) = identity(object);
        (!kind.is_empty()).then_some((group, kind))
    };
    for index in left {
        if let Some(kind) = kind(&old[*index]) {
            kinds.entry(kind).or_default().0.push(*index);
        }
    }
    for index in right {
        if let Some(kind) = kind(&new[*index]) {
            kinds.entry(kind).or_default().1.push(*index);
        }
    }
    let mut pairs = Vec::new();
    for (left, right) in kinds.into_values() {
        if left.is_empty() || right.is_empty() || left.len().max(right.len()) > MAX_CANDIDATES {
            continue;
        }
        let leaves = |objects: &[Node], places: &[usize]| -> Vec<BTreeSet<u64>> {
            places.iter().map(|place| leaves(&objects[*place])).collect()
        };
        let (left_leaves, right_leaves) = (leaves(old, &left), leaves(new, &right));
        let mut scores = Vec::new();
        for (i, a) in left_leaves.iter().enumerate() {
            for (j, b) in right_leaves.iter().enumerate() {
                let common = a.intersection(b).count();
                #[expect(clippy::cast_precision_loss, reason = "numbers of fields are small")]
                let score = common as f64 / a.len().max(b.len()).max(1) as f64;
                if score >= ALIKE {
                    scores.push((score, i, j));
                }
            }
        }
        scores.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1 + a.2, a.1).cmp(&(b.1 + b.2, b.1))));
        let (mut used_left, mut used_right) = (BTreeSet::new(), BTreeSet::new());
        for (_, i, j) in scores {
            if !used_left.contains(&i) && !used_right.contains(&j) {
                used_left.insert(i);
                used_right.insert(j);
                pairs.push((left[i], right[j]));
            }
        }
    }
    pairs
}

/// The scalars of an object with their keys; its type and name play no part.
fn leaves(object: &Node) -> BTreeSet<u64> {
    fn collect(node: &Node, path: u64, found: &mut BTreeSet<u64>) {
        let below = |part: &str| {
            let mut hasher = DefaultHasher::new();
            (path, part).hash(&mut hasher);
            hasher.finish()
        };
        match &node.value {
            Value::Mapping(mapping) => mapping.iter().for_each(|(key, value)| collect(value, below(key), found)),
            Value::Sequence(items) => items.iter().for_each(|item| collect(item, below("[]"), found)),
            _ => {
                let mut text = String::new();
                write_canonical(node, &mut text);
                found.insert(below(&text));
            }
        }
    }
    let mut found = BTreeSet::new();
    if let Some(mapping) = object.as_mapping() {
        for (key, value) in mapping.iter().filter(|(key, _)| !matches!(*key, "apiVersion" | "kind")) {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            if key == "metadata" {
                let rest: Vec<_> = value.as_mapping().into_iter().flat_map(crate::tree::Mapping::iter).collect();
                for (name, value) in rest.into_iter().filter(|(name, _)| !matches!(*name, "name" | "namespace")) {
                    let mut hasher = hasher.clone();
                    name.hash(&mut hasher);
                    collect(value, hasher.finish(), &mut found);
                }
            } else {
                collect(value, hasher.finish(), &mut found);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    fn config_map(name: &'static str, value: &'static str) -> Node {
        map! {
            "apiVersion" => "v1", "kind" => "ConfigMap",
            "metadata" => map! { "name" => name }, "data" => map! { "a" => value, "b" => "2", "c" => "3", "d" => "4" },
        }
    }

    fn check(old: &[Node], new: &[Node]) -> Vec<(Option<usize>, Option<usize>)> {
        pair(old, new).into_iter().map(|pair| (pair.old, pair.new)).collect()
    }

    #[test]
    fn objects_are_paired_by_name_then_without_hash_then_by_content() {
        let old =
            [config_map("x", "1"), config_map("y-0123456789", "1"), config_map("z", "9"), config_map("gone", "7")];
        let mut other = config_map("other", "8");
        other.mapping_at("data").retain(|key, _| key == "a");
        let new = [config_map("renamed", "9"), config_map("y-abcdef0123", "2"), config_map("x", "1"), other];
        let (some, none) = (Some::<usize>, None);
        assert_eq!(
            check(&old, &new),
            [(some(2), some(0)), (some(1), some(1)), (some(0), some(2)), (none, some(3)), (some(3), none)]
        );
    }

    #[test]
    fn mostly_equal_objects_are_a_rename() {
        assert_eq!(check(&[config_map("p", "1")], &[config_map("q", "2")]), [(Some(0), Some(0))]);
    }

    #[test]
    fn hashed_names_are_paired_only_where_there_is_one_of_them() {
        let old = [config_map("y-0123456789", "1"), config_map("y-1123456789", "2")];
        let mut new = config_map("y-abcdef0123", "2");
        new.mapping_at("data").retain(|key, _| key == "c");
        assert_eq!(check(&old, &[new]).len(), 3);
    }
}
