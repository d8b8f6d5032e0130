//! The order in which Scala's immutable maps of more than four entries are walked: a function of the keys alone.
//! It shows where Spark numbers things by it, as it does with OnDemand claims.

use crate::spark::{Behaviour, Version};

/// Most entries that a map keeps in the order of insertion (`Map1` … `Map4`).
const SMALL: usize = 4;

/// `keys` in the order of the map; up to four keys, whose order depends on the whole conf, stay as they are.
#[must_use]
pub(crate) fn scala_order<'a>(keys: Vec<&'a str>, version: &Version) -> Vec<&'a str> {
    if keys.len() <= SMALL {
        return keys;
    }
    let hashed: Vec<(u32, &str)> = keys.into_iter().map(|key| (improve(java_hash(key)), key)).collect();
    let mut ordered = Vec::with_capacity(hashed.len());
    if version.has(Behaviour::Scala213) {
        champ(hashed, 0, &mut ordered);
    } else {
        trie(hashed, 0, &mut ordered);
    }
    ordered
}

/// `java.lang.String.hashCode`.
fn java_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

/// `scala.collection.Hashing.improve`.
fn improve(hash: u32) -> u32 {
    let mut hash = hash.wrapping_add(!(hash << 9));
    hash ^= hash >> 14;
    hash = hash.wrapping_add(hash << 4);
    hash ^ (hash >> 10)
}

fn groups(keys: Vec<(u32, &str)>, shift: u32) -> Vec<Vec<(u32, &str)>> {
    let mut groups = vec![Vec::new(); 32];
    for key in keys {
        groups[(key.0 >> shift) as usize & 31].push(key);
    }
    groups
}

/// Scala 2.12, `HashMap.HashTrieMap`: depth first.
fn trie<'a>(keys: Vec<(u32, &'a str)>, shift: u32, ordered: &mut Vec<&'a str>) {
    if keys.len() <= 1 || shift >= 32 {
        ordered.extend(keys.into_iter().map(|(_, key)| key));
        return;
    }
    for group in groups(keys, shift) {
        trie(group, shift + 5, ordered);
    }
}

/// Scala 2.13, the CHAMP map: first the entries of a node, then its sub-nodes.
fn champ<'a>(keys: Vec<(u32, &'a str)>, shift: u32, ordered: &mut Vec<&'a str>) {
    if shift >= 32 {
        ordered.extend(keys.into_iter().map(|(_, key)| key));
        return;
    }
    let (single, several): (Vec<_>, Vec<_>) =
        groups(keys, shift).into_iter().filter(|group| !group.is_empty()).partition(|group| group.len() == 1);
    ordered.extend(single.into_iter().flatten().map(|(_, key)| key));
    for group in several {
        champ(group, shift + 5, ordered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pod labels of an executor as recorded with Spark 3.5.1 and 4.0.5.
    const LABELS: [&str; 6] = [
        "spark-app-name",
        "spark-app-selector",
        "spark-exec-id",
        "spark-exec-resourceprofile-id",
        "spark-role",
        "spark-version",
    ];

    #[test]
    fn labels_come_in_the_recorded_order() {
        let recorded = [
            "spark-exec-id",
            "spark-app-name",
            "spark-version",
            "spark-exec-resourceprofile-id",
            "spark-role",
            "spark-app-selector",
        ];
        for version in ["3.5.1", "4.0.5"] {
            assert_eq!(scala_order(LABELS.to_vec(), &version.parse().expect("a version")), recorded, "{version}");
        }
    }

    #[test]
    fn small_maps_stay_as_they_are() {
        assert_eq!(scala_order(vec!["b", "a"], &"3.5.1".parse().expect("a version")), ["b", "a"]);
    }
}
