//! Words for `bash -c` inside a container's `args`: what a variable of the server fills in, and what the shell and,
//! before it, the kubelet must not touch.

use std::collections::BTreeSet;

use crate::{
    kube::env::{Token, name, tokens},
    operator::webhook::env::is_of_a_service,
    tree::Node,
};

/// The variables of the server's container, and who fills them into its confs under the operator: the kubelet always,
/// for it reads the command line; a shell too, where the operator does not quote.
#[derive(Debug)]
pub(crate) struct Variables<'a> {
    names: BTreeSet<&'a str>,
    /// Whether there are more, whose names are not known here.
    more: bool,
    by_shell: bool,
}

/// A part of a conf's value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A variable of the server.
    Variable(String),
    /// `$(NAME)` for which the server has no variable.
    Unknown(String),
}

impl<'a> Variables<'a> {
    /// Those of `container`.
    pub(crate) fn of(container: &'a Node, by_shell: bool) -> Self {
        let list = |field| container.get(field).and_then(Node::as_sequence).unwrap_or_default();
        Self { names: list("env").iter().map(name).collect(), more: !list("envFrom").is_empty(), by_shell }
    }

    fn parts(&self, value: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for token in tokens(value) {
            match token {
                Token::Reference(name) if self.more || self.names.contains(name.as_str()) || is_of_a_service(&name) => {
                    parts.push(Part::Variable(name));
                }
                Token::Reference(name) => parts.push(Part::Unknown(name)),
                Token::Text(text) if self.by_shell => of_shell(&text, &mut parts),
                Token::Text(text) => parts.push(Part::Text(text)),
            }
        }
        parts
    }

    /// `key=value` as one word: variables are filled in without being split or read again, everything else is literal.
    pub(crate) fn word(&self, key: &str, value: &str) -> String {
        let mut word = String::new();
        let mut literal = format!("{key}=");
        for part in self.parts(value) {
            match part {
                Part::Text(text) => literal.push_str(&text),
                Part::Unknown(name) => literal.extend(["$(", &name, ")"]),
                Part::Variable(name) => {
                    word.push_str(&quoted(&std::mem::take(&mut literal)));
                    // A name that is none for a shell is left to the kubelet.
                    let filled = if is_identifier(&name) { format!("\"${{{name}}}\"") } else { format!("'$({name})'") };
                    word.push_str(&filled);
                }
            }
        }
        if !literal.is_empty() {
            word.push_str(&quoted(&literal));
        }
        word
    }

    /// The `$(NAME)` of `value` that nobody fills in.
    pub(crate) fn unknown(&self, value: &str) -> Vec<String> {
        let unknown = |part| if let Part::Unknown(name) = part { Some(name) } else { None };
        self.parts(value).into_iter().filter_map(unknown).collect()
    }

    /// Whether `value` has variables, and the server has all of them.
    pub(crate) fn has_all_of(&self, value: &str) -> bool {
        let parts = self.parts(value);
        let has = |part: &Part| match part {
            Part::Text(text) => !text.contains("${"),
            Part::Variable(name) => self.more || self.names.contains(name.as_str()),
            Part::Unknown(_) => false,
        };
        parts.iter().any(|part| matches!(part, Part::Variable(_))) && parts.iter().all(has)
    }
}

/// Splits at `$NAME` and `${NAME}`. Other forms, such as Spark's `${env:NAME}`, stay text.
fn of_shell(text: &str, parts: &mut Vec<Part>) {
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        literal.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let length = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, next) = match braced {
            Some(braced) => braced,
            None => after.split_at(length),
        };
        if is_identifier(name) {
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Variable(name.to_owned()));
            rest = next;
        } else {
            literal.push('$');
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
}

/// Whether a shell can have a variable of this name.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `text` as one word that neither bash expands nor the kubelet: `$` is doubled, because the kubelet reads `$(X)`
/// as a reference and `$$` as `$`.
fn quoted(text: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '=' | ',' | '@' | '%' | '+');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''").replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::{Variables, quoted};
    use crate::{map, seq, tree::Node};

    fn server() -> Node {
        map! { "env" => seq![map! { "name" => "KEY" }, map! { "name" => "a.b" }] }
    }

    #[test]
    fn nothing_is_left_for_a_shell_or_the_kubelet() {
        assert_eq!(quoted("spark.a=b"), "spark.a=b");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a b*"), "'a b*'");
        assert_eq!(quoted("it's $HOME $(X) `id`"), "'it'\\''s $$HOME $$(X) `id`'");
    }

    #[test]
    fn variables_are_filled_in_as_under_the_operator() {
        let server = server();
        let unquoted = Variables::of(&server, true);
        let quoted = Variables::of(&server, false);
        for (value, by_shell, by_kubelet) in [
            ("$(KEY)", "k=\"${KEY}\"", "k=\"${KEY}\""),
            ("$(a.b)", "k='$(a.b)'", "k='$(a.b)'"),
            ("$(NONE)", "'k=$$(NONE)'", "'k=$$(NONE)'"),
            ("$$(KEY)", "'k=$$(KEY)'", "'k=$$(KEY)'"),
            ("$KEY/x y", "k=\"${KEY}\"'/x y'", "'k=$$KEY/x y'"),
            ("a;${KEY}", "'k=a;'\"${KEY}\"", "'k=a;$${KEY}'"),
            ("${env:KEY}", "'k=$${env:KEY}'", "'k=$${env:KEY}'"),
            ("${KEY:-x}$", "'k=$${KEY:-x}$$'", "'k=$${KEY:-x}$$'"),
            ("`id` $(id -u)", "'k=`id` $$(id -u)'", "'k=`id` $$(id -u)'"),
        ] {
            assert_eq!(unquoted.word("k", value), by_shell, "{value}");
            assert_eq!(quoted.word("k", value), by_kubelet, "{value}");
        }
        assert_eq!(quoted.unknown("$(KEY) $(NONE)"), ["NONE"]);
        assert!(unquoted.has_all_of("$KEY") && !unquoted.has_all_of("$OTHER") && !quoted.has_all_of("$KEY"));
    }
}
