//! Environment lists as the kubelet evaluates them, and the same environment with one entry per name.
//!
//! The kubelet (`makeEnvironmentVariables`) goes through the list in order: `$(NAME)` means the value that NAME
//! has at that place, `$$` is an escaped dollar sign, an unknown reference stays as it is, and a later entry of
//! a name replaces an earlier one. Server-side apply wants one entry per name, so earlier ones must go without
//! changing any value.

use std::collections::BTreeMap;

use crate::{
    kube::env::{Token, literal, name, references, tokens, value},
    tree::{Node, Origin, Stage, Value},
};

/// Whether a variable has the form of those that the kubelet makes for each Service.
#[must_use]
pub(crate) fn is_of_a_service(name: &str) -> bool {
    name.contains("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.contains("_PORT")
}

/// Whether no name has two entries: then there is nothing to make unique.
#[must_use]
pub(crate) fn has_one_entry_per_name(entries: &[Node]) -> bool {
    let mut names: Vec<&str> = entries.iter().map(name).collect();
    names.sort_unstable();
    names.is_sorted_by(|one, next| one < next)
}

/// What stands in the way of one entry per name.
#[derive(Debug, Clone)]
pub(crate) enum Conflict {
    /// `user` refers to an earlier entry of `name` whose value is not known before run time.
    Reference {
        /// The name with two entries.
        name: String,
        /// The entry that refers to it.
        user: String,
        /// The earlier entry.
        earlier: Origin,
        /// The entry that replaces it.
        later: Origin,
    },
    /// A value that would have to be written out elsewhere refers to a name that means something else there.
    Shadowed {
        /// The name that means something else.
        name: String,
        /// The entry that would change.
        user: String,
        /// The place of that entry.
        origin: Origin,
    },
    /// The later entry is optional: without its key the earlier value would count.
    Optional {
        /// The name with two entries.
        name: String,
        /// The earlier entry.
        earlier: Origin,
        /// The optional one.
        later: Origin,
    },
}

enum Piece {
    Text(String),
    Definition(usize),
    Outer(String),
}

struct Definition<'a> {
    entry: &'a Node,
    pieces: Option<Vec<Piece>>,
}

/// One entry per name with the same values for every name: an entry that is replaced later is dropped; where
/// something in between refers to it, its text is written out there.
#[must_use]
pub(crate) fn unique(entries: &[Node]) -> (Vec<Node>, Vec<Conflict>) {
    let mut conflicts = Vec::new();
    let mut current: BTreeMap<&str, usize> = BTreeMap::new();
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    for entry in entries {
        let known = current.get(name(entry)).copied();
        if let Some(earlier) = known
            && definitions[earlier].entry == entry
            && references(entry).is_empty()
        {
            continue;
        }
        if let Some(earlier) = known
            && is_optional(entry)
        {
            conflicts.push(Conflict::Optional {
                name: name(entry).to_owned(),
                earlier: definitions[earlier].entry.origin.clone(),
                later: entry.origin.clone(),
            });
        }
        let pieces = literal(entry).map(|text| {
            let piece = |token| match token {
                Token::Text(text) => Piece::Text(text),
                Token::Reference(name) => match current.get(name.as_str()) {
                    Some(index) => Piece::Definition(*index),
                    None => Piece::Outer(name),
                },
            };
            tokens(text).into_iter().map(piece).collect()
        });
        current.insert(name(entry), definitions.len());
        definitions.push(Definition { entry, pieces });
    }

    let writer = Writer { definitions: &definitions, last: &current };
    let mut result = Vec::new();
    for (index, definition) in definitions.iter().enumerate() {
        if writer.is_kept(index) {
            result.push(writer.entry(index, definition, &mut conflicts));
        }
    }
    (result, conflicts)
}

fn is_optional(entry: &Node) -> bool {
    ["configMapKeyRef", "secretKeyRef"]
        .iter()
        .any(|kind| entry.at_keys(&["valueFrom", kind, "optional"]).and_then(Node::as_bool) == Some(true))
}

struct Writer<'a> {
    definitions: &'a [Definition<'a>],
    last: &'a BTreeMap<&'a str, usize>,
}

impl Writer<'_> {
    fn is_kept(&self, index: usize) -> bool {
        self.last.get(name(self.definitions[index].entry)) == Some(&index)
    }

    /// The kept entry, rewritten if it refers to one that is not kept.
    fn entry(&self, index: usize, definition: &Definition<'_>, conflicts: &mut Vec<Conflict>) -> Node {
        let mut entry = definition.entry.clone();
        let Some(pieces) = &definition.pieces else { return entry };
        let dropped = |piece: &&Piece| matches!(piece, Piece::Definition(other) if !self.is_kept(*other));
        if !pieces.iter().any(|piece| dropped(&piece)) {
            return entry;
        }
        let mut written = Vec::new();
        let mut inputs = Vec::new();
        self.write(index, pieces, false, &mut written, &mut inputs, conflicts);
        if let Some(old) = entry.get_mut("value") {
            inputs.insert(0, old.origin.clone());
            let note = "written out, because the name that it refers to is set again later";
            old.value = Value::from(value(&written));
            old.origin = Origin::noted(Stage::Webhook, "env", note, inputs);
        }
        entry
    }

    fn write(
        &self,
        user: usize,
        pieces: &[Piece],
        inlined: bool,
        written: &mut Vec<Token>,
        inputs: &mut Vec<Origin>,
        conflicts: &mut Vec<Conflict>,
    ) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => written.push(Token::Text(text.clone())),
                Piece::Definition(index) if self.is_kept(*index) => {
                    written.push(Token::Reference(name(self.definitions[*index].entry).to_owned()));
                }
                Piece::Definition(index) => {
                    let dropped = &self.definitions[*index];
                    if let Some(pieces) = &dropped.pieces {
                        inputs.push(dropped.entry.origin.clone());
                        self.write(user, pieces, true, written, inputs, conflicts);
                    } else {
                        let name_of = name(dropped.entry);
                        written.push(Token::Reference(name_of.to_owned()));
                        conflicts.push(Conflict::Reference {
                            name: name_of.to_owned(),
                            user: name(self.definitions[user].entry).to_owned(),
                            earlier: dropped.entry.origin.clone(),
                            later: self.definitions[self.last[name_of]].entry.origin.clone(),
                        });
                    }
                }
                Piece::Outer(outer) => {
                    if inlined && self.last.get(outer.as_str()).is_some_and(|index| *index < user) {
                        conflicts.push(Conflict::Shadowed {
                            name: outer.clone(),
                            user: name(self.definitions[user].entry).to_owned(),
                            origin: self.definitions[user].entry.origin.clone(),
                        });
                    }
                    written.push(Token::Reference(outer.clone()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::map;

    fn plain(name: &str, value: &str) -> Node {
        map! { "name" => Node::text(name), "value" => Node::text(value) }
    }

    fn secret(name: &str, secret: &str) -> Node {
        let reference = map! { "name" => Node::text(secret), "key" => "k" };
        map! { "name" => Node::text(name), "valueFrom" => map! { "secretKeyRef" => reference } }
    }

    /// The kubelet: values of `valueFrom` are opaque, names of `envFrom` are known before.
    fn kubelet(entries: &[Node], outer: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut result = outer.clone();
        for entry in entries {
            let text = match literal(entry) {
                None => format!("<{}>", entry.to_json()["valueFrom"]),
                Some(text) => tokens(text)
                    .into_iter()
                    .map(|token| match token {
                        Token::Text(text) => text,
                        Token::Reference(name) => result.get(&name).cloned().unwrap_or_else(|| format!("$({name})")),
                    })
                    .collect(),
            };
            result.insert(name(entry).to_owned(), text);
        }
        result
    }

    #[test]
    fn the_last_entry_of_a_name_wins_and_keeps_its_place() {
        let (result, conflicts) = unique(&[plain("A", "1"), plain("B", "2"), plain("A", "3")]);
        assert!(conflicts.is_empty());
        assert_eq!(result, [plain("B", "2"), plain("A", "3")]);
    }

    #[test]
    fn a_literal_is_written_out_where_something_in_between_refers_to_it() {
        let (result, conflicts) =
            unique(&[plain("A", "a$$b$"), plain("B", "<$(A)(C)>"), plain("A", "$(A):x"), plain("C", "$(A)")]);
        assert!(conflicts.is_empty());
        assert_eq!(result, [plain("B", "<a$$b$$(C)>"), plain("A", "a$$b$$:x"), plain("C", "$(A)")]);
    }

    #[test]
    fn a_reference_to_a_replaced_secret_is_a_conflict() {
        let (_, conflicts) = unique(&[secret("A", "s"), plain("B", "$(A)"), plain("A", "3")]);
        assert!(matches!(&conflicts[..], [Conflict::Reference { name, user, .. }] if name == "A" && user == "B"));
    }

    #[test]
    fn the_same_entry_twice_counts_once() {
        let (result, conflicts) = unique(&[secret("A", "s"), plain("B", "$(A)"), secret("A", "s")]);
        assert!(conflicts.is_empty());
        assert_eq!(result, [secret("A", "s"), plain("B", "$(A)")]);
    }

    #[test]
    fn an_optional_entry_over_a_default_is_reported() {
        let optional = map! {
            "name" => "A",
            "valueFrom" => map! { "configMapKeyRef" => map! { "name" => "c", "key" => "k", "optional" => true } },
        };
        let (result, conflicts) = unique(&[plain("A", "1"), optional.clone()]);
        assert!(matches!(&conflicts[..], [Conflict::Optional { name, .. }] if name == "A"));
        assert_eq!(result, [optional]);
    }

    fn entry() -> impl Strategy<Value = Node> {
        let part = prop_oneof![
            Just("$(A)"),
            Just("$(B)"),
            Just("$(C)"),
            Just("$(D)"),
            Just("$$"),
            Just("$"),
            Just("("),
            Just(")"),
            Just("x"),
            Just("$$(A)")
        ];
        let text = proptest::collection::vec(part, 0..4).prop_map(|parts| parts.concat());
        ("[A-D]", prop_oneof![4 => text.prop_map(Some), 1 => Just(None)], "[st]").prop_map(|(name, text, from)| {
            match text {
                Some(text) => plain(&name, &text),
                None => secret(&name, &from),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_environment_is_that_of_the_appended_list(
            entries in proptest::collection::vec(entry(), 0..9),
            outer in proptest::collection::btree_map("[A-D]", "[yz$]{0,2}", 0..3),
        ) {
            let (result, conflicts) = unique(&entries);
            let mut names: Vec<_> = result.iter().map(name).collect();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(names.len(), result.len());
            if conflicts.is_empty() {
                prop_assert_eq!(kubelet(&result, &outer), kubelet(&entries, &outer));
            }
        }
    }
}
