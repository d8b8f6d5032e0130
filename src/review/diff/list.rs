//! Which item of the old list is which item of the new one.
//!
//! Lists with keys are matched by them; others by equal items first (longest common subsequence), then by their
//! place between equal ones. Both directions of a comparison give the same pairs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Step;
use crate::{
    kube::Typed,
    tree::{Node, Value},
};

/// Keys by which items of lists outside Kubernetes' table are matched, if they tell all items apart.
const FALLBACK_KEYS: &[&[&str]] = &[
    &["mountPath"],
    &["devicePath"],
    &["name"],
    &["key", "effect"],
    &["key"],
    &["containerPort"],
    &["port"],
    &["ip"],
    &["topologyKey"],
    &["uid"],
    &["host"],
    &["secretName"],
];

/// Lists with keys whose order has meaning: later variables refer to earlier ones, init containers run one after
/// the other, Spark and kubectl take the first container.
const ORDERED: &[&str] = &["env", "initContainers", "containers"];

/// Lists without keys in Kubernetes' table whose order has no meaning.
const UNORDERED: &[&str] = &[
    "accessModes",
    "add",
    "apiGroups",
    "apiVersions",
    "drop",
    "finalizers",
    "hostAliases",
    "imagePullSecrets",
    "items",
    "loadBalancerSourceRanges",
    "externalIPs",
    "matchExpressions",
    "matchFields",
    "nodeSelectorTerms",
    "nonResourceURLs",
    "operations",
    "ownerReferences",
    "policyTypes",
    "ports",
    "preferredDuringSchedulingIgnoredDuringExecution",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "resourceNames",
    "resources",
    "schedulingGates",
    "secrets",
    "subjects",
    "supplementalGroups",
    "sysctls",
    "tls",
    "tolerations",
    "topologySpreadConstraints",
    "values",
    "verbs",
    "volumeDevices",
    "volumeMounts",
    "volumes",
];

/// The most cells of the table in which the longest common subsequence is looked for.
const MAX_CELLS: usize = 1 << 20;

/// How two lists relate.
#[derive(Debug, Default)]
pub(crate) struct Alignment {
    /// The same item: its place in the old and in the new list, by the old place.
    pub pairs: Vec<(usize, usize)>,
    /// Items of the old list that are gone.
    pub removed: Vec<usize>,
    /// Items of the new list that are new.
    pub added: Vec<usize>,
    /// Those of `pairs` that changed their place among the others, where order has meaning.
    pub moved: Vec<(usize, usize)>,
    /// The keys, if the items have them.
    pub keys: Option<&'static [&'static str]>,
}

impl Alignment {
    /// The step that leads to `item`.
    pub(crate) fn step(&self, item: &Node, index: usize) -> Step {
        Step::Item { index, label: self.keys.and_then(|keys| identity(item, keys)) }
    }
}

/// Aligns the lists of the field `name`.
pub(crate) fn align(old: &[Node], new: &[Node], name: &str, typed: Option<Typed>) -> Alignment {
    let declared = typed.map(Typed::list_keys).filter(|keys| !keys.is_empty());
    let keys = declared.into_iter().chain(FALLBACK_KEYS.iter().copied()).find(|keys| tell_apart(old, new, keys));
    let ordered = match keys {
        Some(_) if declared.is_some() => ORDERED.contains(&name),
        _ => !UNORDERED.contains(&name),
    };
    let mut alignment = match keys {
        Some(keys) => by_keys(old, new, keys),
        None if ordered => by_sequence(old, new),
        None => by_value(old, new),
    };
    if ordered {
        alignment.moved = moves(&alignment.pairs);
    }
    alignment
}

fn tell_apart(old: &[Node], new: &[Node], keys: &[&str]) -> bool {
    let unique = |items: &[Node]| {
        let mut seen = BTreeSet::new();
        items.iter().all(|item| identity(item, keys).is_some_and(|identity| seen.insert(identity)))
    };
    unique(old) && unique(new)
}

fn identity(item: &Node, keys: &[&str]) -> Option<String> {
    let mut text = String::new();
    for (position, key) in keys.iter().enumerate() {
        if position > 0 {
            text.push('/');
        }
        match item.as_mapping()?.get(key).map(|value| &value.value) {
            Some(Value::String(value)) => text.push_str(value),
            Some(Value::Number(number)) => text.push_str(&number.to_string()),
            None if *key == "protocol" => text.push_str("TCP"),
            _ => return None,
        }
    }
    Some(text)
}

fn by_keys(old: &[Node], new: &[Node], keys: &'static [&'static str]) -> Alignment {
    let names = |items: &[Node]| -> Vec<String> {
        items.iter().map(|item| identity(item, keys).expect("checked by the caller")).collect()
    };
    Alignment { keys: Some(keys), ..by_name(&names(old), &names(new)) }
}

/// Items of equal names belong together, the first to the first.
fn by_name(old: &[String], new: &[String]) -> Alignment {
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (index, name) in new.iter().enumerate() {
        places.entry(name).or_default().push_back(index);
    }
    let mut alignment = Alignment::default();
    for (index, name) in old.iter().enumerate() {
        match places.get_mut(name.as_str()).and_then(VecDeque::pop_front) {
            Some(place) => alignment.pairs.push((index, place)),
            None => alignment.removed.push(index),
        }
    }
    alignment.added = places.into_values().flatten().collect();
    alignment.added.sort_unstable();
    alignment
}

/// Equal items first; what is left is paired in order if it is made of fields.
fn by_value(old: &[Node], new: &[Node]) -> Alignment {
    let mut alignment = by_name(&canonical(old), &canonical(new));
    pair_rest(old, new, &mut alignment, |_, _| true);
    alignment.pairs.sort_unstable();
    alignment
}

fn by_sequence(old: &[Node], new: &[Node]) -> Alignment {
    let (old_texts, new_texts) = (canonical(old), canonical(new));
    // Seen from the other side the pairs must be the same.
    let common = if old_texts <= new_texts {
        common_subsequence(&old_texts, &new_texts)
    } else {
        common_subsequence(&new_texts, &old_texts).into_iter().map(|(new, old)| (old, new)).collect()
    };
    let free = |count: usize, taken: BTreeSet<usize>| (0..count).filter(move |index| !taken.contains(index));
    let old_free: Vec<usize> = free(old.len(), common.iter().map(|pair| pair.0).collect()).collect();
    let new_free: Vec<usize> = free(new.len(), common.iter().map(|pair| pair.1).collect()).collect();
    let texts =
        |places: &[usize], texts: &[String]| places.iter().map(|place| texts[*place].clone()).collect::<Vec<_>>();
    let elsewhere = by_name(&texts(&old_free, &old_texts), &texts(&new_free, &new_texts));
    let mut alignment = Alignment {
        pairs: elsewhere.pairs.iter().map(|(old, new)| (old_free[*old], new_free[*new])).collect(),
        removed: elsewhere.removed.iter().map(|place| old_free[*place]).collect(),
        added: elsewhere.added.iter().map(|place| new_free[*place]).collect(),
        ..Alignment::default()
    };
    // Between the same two common items.
    let gap_of_old = |place: usize| common.partition_point(|pair| pair.0 < place);
    let gap_of_new = |place: usize| common.partition_point(|pair| pair.1 < place);
    pair_rest(old, new, &mut alignment, |old, new| gap_of_old(old) == gap_of_new(new));
    alignment.pairs.extend(common.iter().copied());
    alignment.pairs.sort_unstable();
    alignment
}

/// Pairs what was removed with what was added, in order, where `fits`.
fn pair_rest(old: &[Node], new: &[Node], alignment: &mut Alignment, fits: impl Fn(usize, usize) -> bool) {
    let mut added: VecDeque<usize> = alignment.added.drain(..).collect();
    let mut removed = Vec::new();
    for place in alignment.removed.drain(..) {
        let found =
            added.iter().position(|candidate| fits(place, *candidate) && is_alike(&old[place], &new[*candidate]));
        match found.and_then(|found| added.remove(found)) {
            Some(partner) => alignment.pairs.push((place, partner)),
            None => removed.push(place),
        }
    }
    alignment.removed = removed;
    alignment.added = added.into();
}

fn is_alike(old: &Node, new: &Node) -> bool {
    std::mem::discriminant(&old.value) == std::mem::discriminant(&new.value)
}

/// The items as text, independent of the order of keys.
fn canonical(items: &[Node]) -> Vec<String> {
    items
        .iter()
        .map(|item| {
            let mut text = String::new();
            write_canonical(item, &mut text);
            text
        })
        .collect()
}

/// Appends `node` as JSON with sorted keys.
pub(crate) fn write_canonical(node: &Node, out: &mut String) {
    match &node.value {
        Value::Sequence(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in entries {
                out.push_str(&format!("{key:?}:"));
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::String(text) => out.push_str(&format!("{text:?}")),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
}

/// The pairs of a longest common subsequence; only common ends, if the middle is too large to search.
fn common_subsequence(a: &[String], b: &[String]) -> Vec<(usize, usize)> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|index| (index, index)).collect();
    if middle_a.len().saturating_mul(middle_b.len()) <= MAX_CELLS {
        let width = middle_b.len() + 1;
        let mut lengths = vec![0_u32; (middle_a.len() + 1) * width];
        for i in (0..middle_a.len()).rev() {
            for j in (0..middle_b.len()).rev() {
                lengths[i * width + j] = if middle_a[i] == middle_b[j] {
                    lengths[(i + 1) * width + j + 1] + 1
                } else {
                    lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < middle_a.len() && j < middle_b.len() {
            if middle_a[i] == middle_b[j] {
                pairs.push((start + i, start + j));
                (i, j) = (i + 1, j + 1);
            } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..end).map(|index| (a.len() - end + index, b.len() - end + index)));
    pairs
}

/// The pairs outside a longest increasing subsequence of places; `pairs` are ordered by the old place.
fn moves(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    if pairs.is_sorted_by_key(|pair| pair.1) {
        return Vec::new();
    }
    let mut turned: Vec<(usize, usize)> = pairs.iter().map(|(old, new)| (*new, *old)).collect();
    turned.sort_unstable();
    if turned.as_slice() < pairs {
        let mut moved: Vec<_> = outside_increasing(&turned).into_iter().map(|(new, old)| (old, new)).collect();
        moved.sort_unstable();
        moved
    } else {
        outside_increasing(pairs)
    }
}

fn outside_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `tails[n]` is the pair with the smallest new place that ends an increasing run of n + 1.
    let (mut tails, mut before) = (Vec::<usize>::new(), vec![None; pairs.len()]);
    for (index, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|tail| pairs[*tail].1 < pair.1);
        before[index] = length.checked_sub(1).map(|last| tails[last]);
        if length == tails.len() {
            tails.push(index);
        } else {
            tails[length] = index;
        }
    }
    let mut kept = BTreeSet::new();
    let mut last = tails.last().copied();
    while let Some(index) = last {
        kept.insert(index);
        last = before[index];
    }
    pairs.iter().enumerate().filter(|(index, _)| !kept.contains(index)).map(|(_, pair)| *pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    fn check(name: &str, old: &Node, new: &Node) -> Alignment {
        align(old.as_sequence().unwrap(), new.as_sequence().unwrap(), name, None)
    }

    #[test]
    fn an_inserted_item_leaves_the_others_where_they_were() {
        let found =
            check("args", &seq!["--conf", "a", "--conf", "b"], &seq!["--conf", "x", "--conf", "a", "--conf", "b"]);
        assert_eq!((found.added.len(), found.removed.len(), found.moved.len(), found.pairs.len()), (2, 0, 0, 4));
    }

    #[test]
    fn a_moved_item_is_one_move() {
        let found = check("args", &seq!["a", "b", "c", "d"], &seq!["d", "a", "b", "c"]);
        assert_eq!((found.moved, found.added.len(), found.removed.len()), (vec![(3, 0)], 0, 0));
    }

    #[test]
    fn a_changed_item_is_paired_in_its_place() {
        let found = check("args", &seq!["a", "b", "c"], &seq!["a", "x", "c"]);
        assert_eq!(found.pairs, [(0, 0), (1, 1), (2, 2)]);
    }

    #[test]
    fn duplicate_keys_are_no_keys() {
        let env = seq![map! { "name" => "A", "value" => "1" }, map! { "name" => "A", "value" => "2" }];
        assert!(check("env", &env, &env).keys.is_none());
        let env = seq![map! { "name" => "A", "value" => "1" }, map! { "name" => "B", "value" => "2" }];
        assert!(check("env", &env, &env).keys.is_some());
    }
}
