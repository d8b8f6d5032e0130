//! Environment variables as the kubelet evaluates them (`makeEnvironmentVariables`): it goes through the list in order,
//! `$(NAME)` means the value that NAME has at that place, `$$` is an escaped dollar sign, an unknown reference stays as it
//! is, and a later entry of a name replaces an earlier one.

use std::collections::BTreeMap;

use crate::tree::Node;

/// A part of an environment value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Text, escapes already resolved.
    Text(String),
    /// `$(NAME)`.
    Reference(String),
}

/// Splits a value (`k8s.io/kubernetes/third_party/forked/golang/expansion`).
#[must_use]
pub(crate) fn tokens(value: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            text.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            if !text.is_empty() {
                found.push(Token::Text(std::mem::take(&mut text)));
            }
            found.push(Token::Reference(name.to_owned()));
            rest = after;
        } else {
            text.push('$');
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        found.push(Token::Text(text));
    }
    found
}

/// Writes tokens so that [`tokens`] reads them back. Every dollar sign of a text is escaped.
#[must_use]
pub(crate) fn value(tokens: &[Token]) -> String {
    tokens
        .iter()
        .map(|token| match token {
            Token::Text(text) => text.replace('$', "$$"),
            Token::Reference(name) => format!("$({name})"),
        })
        .collect()
}

/// The names that a value refers to.
#[must_use]
pub(crate) fn references(entry: &Node) -> Vec<String> {
    literal(entry)
        .filter(|text| text.contains('$'))
        .map(tokens)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|token| match token {
            Token::Reference(name) => Some(name),
            Token::Text(_) => None,
        })
        .collect()
}

/// The text of an entry that is no `valueFrom`; an entry without a value is empty.
#[must_use]
pub(crate) fn literal(entry: &Node) -> Option<&str> {
    let text = entry.get("value").filter(|value| !value.is_null());
    let from = entry.get("valueFrom").is_some_and(|from| !from.is_null());
    match text {
        Some(text) if !(from && text.as_str() == Some("")) => text.as_str(),
        _ if from => None,
        _ => Some(""),
    }
}

/// The name of an entry.
#[must_use]
pub(crate) fn name(entry: &Node) -> &str {
    entry.str_at(&["name"]).unwrap_or_default()
}

/// The variables of a container: `None` for a value that is known only at run time.
#[must_use]
pub(crate) fn evaluated(container: &Node) -> BTreeMap<&str, Option<String>> {
    let entries = container.get("env").and_then(Node::as_sequence).unwrap_or_default();
    let is_open = container.get("envFrom").and_then(Node::as_sequence).is_some_and(|sources| !sources.is_empty());
    let mut values = BTreeMap::new();
    evaluate(entries, is_open, &mut values);
    values
}

/// Adds the variables of `entries` to `values`, those before them. With `is_open` there may be more before them, of
/// `envFrom`.
pub(crate) fn evaluate<'n>(entries: &'n [Node], is_open: bool, values: &mut BTreeMap<&'n str, Option<String>>) {
    for entry in entries {
        let value = literal(entry).and_then(|text| expanded(text, is_open, values));
        values.insert(name(entry), value);
    }
}

/// `text` with its references replaced; `None` if one is known only at run time.
#[must_use]
pub(crate) fn expanded(text: &str, is_open: bool, values: &BTreeMap<&str, Option<String>>) -> Option<String> {
    let part = |token| match token {
        Token::Text(text) => Some(text),
        Token::Reference(name) => match values.get(name.as_str()) {
            Some(value) => value.clone(),
            None if is_open => None,
            None => Some(format!("$({name})")),
        },
    };
    tokens(text).into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{map, seq};

    #[test]
    fn a_dollar_sign_that_is_no_reference_is_text() {
        assert_eq!(tokens("$"), [Token::Text("$".into())]);
        assert_eq!(tokens("$(A"), [Token::Text("$(A".into())]);
        assert_eq!(tokens("$$(A)"), [Token::Text("$(A)".into())]);
        assert_eq!(tokens("$x$(A)"), [Token::Text("$x".into()), Token::Reference("A".into())]);
    }

    #[test]
    fn values_that_only_a_run_knows_are_unknown() {
        let secret = map! { "secretKeyRef" => map! { "name" => "s", "key" => "k" } };
        let plain = |name: &str, value: &str| map! { "name" => Node::text(name), "value" => Node::text(value) };
        let entries = seq![
            plain("A", "1"),
            map! { "name" => "S", "valueFrom" => secret },
            plain("B", "$(A)-$$(A)-$(C)"),
            plain("D", "x$(S)"),
            plain("S", "late"),
        ];
        let container = map! { "env" => entries.clone() };
        let known = |text: &str| Some(text.to_owned());
        let mut expected =
            BTreeMap::from([("A", known("1")), ("B", known("1-$(A)-$(C)")), ("D", None), ("S", known("late"))]);
        assert_eq!(evaluated(&container), expected);
        let source = map! { "configMapRef" => map! { "name" => "m" } };
        let container = map! { "env" => entries, "envFrom" => seq![source] };
        expected.insert("B", None);
        assert_eq!(evaluated(&container), expected);
    }

    proptest! {
        #[test]
        fn tokens_survive_writing(text in "[$()ab]{0,8}") {
            let once = tokens(&text);
            prop_assert_eq!(tokens(&value(&once)), once);
        }
    }
}
