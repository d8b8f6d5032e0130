//! The two ways in which Argo CD names fields: JSON pointers (RFC 6901), and jq paths as far as they are plain.

use crate::tree::{Node, Value};

/// The value at a JSON pointer.
#[must_use]
pub fn pointer<'a>(root: &'a Node, pointer: &str) -> Option<&'a Node> {
    if pointer.is_empty() {
        return Some(root);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(root, |node, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        match &node.value {
            Value::Mapping(mapping) => mapping.get(&token),
            Value::Sequence(items) => {
                let index = token.parse::<usize>().ok().filter(|index| index.to_string() == token)?;
                items.get(index)
            }
            _ => None,
        }
    })
}

/// One step of a jq path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    Each,
}

/// The values that a jq path selects: `.a.b`, `."a b"`, `["a"]`, `[0]`, `[]`, each with or without `?`.
/// `None` if it is another expression, which only jq can judge.
#[must_use]
pub fn jq<'a>(root: &'a Node, expression: &str) -> Option<Vec<&'a Node>> {
    let mut found = vec![root];
    for step in steps(expression.trim())? {
        found = found
            .into_iter()
            .flat_map(|node| match (&step, &node.value) {
                (Step::Key(key), Value::Mapping(mapping)) => mapping.get(key).into_iter().collect(),
                (Step::Index(index), Value::Sequence(items)) => items.get(*index).into_iter().collect(),
                (Step::Each, Value::Sequence(items)) => items.iter().collect(),
                (Step::Each, Value::Mapping(mapping)) => mapping.values().collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    Some(found)
}

fn steps(expression: &str) -> Option<Vec<Step>> {
    let mut rest = expression;
    let mut steps = Vec::new();
    if !rest.starts_with('.') {
        return None;
    }
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix(".[").or_else(|| rest.strip_prefix('[')) {
            if let Some(after) = inside.strip_prefix(']') {
                steps.push(Step::Each);
                rest = after;
            } else if inside.starts_with('"') {
                let (key, after) = quoted(inside)?;
                steps.push(Step::Key(key));
                rest = after.strip_prefix(']')?;
            } else {
                let (index, after) = inside.split_once(']')?;
                steps.push(Step::Index(index.parse().ok()?));
                rest = after;
            }
        } else {
            let name = rest.strip_prefix('.')?;
            if name.starts_with('"') {
                let (key, after) = quoted(name)?;
                steps.push(Step::Key(key));
                rest = after;
            } else {
                let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
                if end == 0 || name.starts_with(|c: char| c.is_ascii_digit()) {
                    return (steps.is_empty() && name.is_empty()).then_some(steps);
                }
                steps.push(Step::Key(name[..end].to_owned()));
                rest = &name[end..];
            }
        }
        rest = rest.trim_start_matches('?');
    }
    Some(steps)
}

/// A string in double quotes without escapes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (key, after) = text.strip_prefix('"')?.split_once('"')?;
    (!key.contains('\\')).then(|| (key.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    fn sample() -> Node {
        map! {
            "data" => map! { "a/b~c" => "x" },
            "webhooks" => seq![
                map! { "clientConfig" => map! { "caBundle" => "1" } },
                map! { "clientConfig" => map! {} },
                map! { "clientConfig" => map! { "caBundle" => "2" } },
            ],
        }
    }

    #[test]
    fn pointers_select_as_rfc_6901_says() {
        let node = sample();
        assert_eq!(pointer(&node, "/data/a~1b~0c").unwrap().as_str(), Some("x"));
        assert_eq!(pointer(&node, "/webhooks/2/clientConfig/caBundle").unwrap().as_str(), Some("2"));
        assert_eq!(pointer(&node, "").unwrap(), &node);
        for nothing in ["data", "/data/x", "/webhooks/3", "/webhooks/00", "/webhooks/*/clientConfig", "/data/"] {
            assert!(pointer(&node, nothing).is_none(), "{nothing}");
        }
    }

    #[test]
    fn plain_jq_paths_select_as_jq_does() {
        let node = sample();
        let count = |expression| jq(&node, expression).map(|found| found.len());
        assert_eq!(count(".webhooks[]?.clientConfig.caBundle"), Some(2));
        assert_eq!(count(".webhooks[0].clientConfig[\"caBundle\"]"), Some(1));
        assert_eq!(count(".data.\"a/b~c\""), Some(1));
        assert_eq!(count(".nothing[]?.x"), Some(0));
        assert_eq!(count("."), Some(1));
        for other in [".webhooks[] | select(.name == \"x\")", "del(.x)", ".a..b", ".1"] {
            assert_eq!(count(other), None, "{other}");
        }
    }
}
