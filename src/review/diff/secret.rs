//! What nobody may see in a difference: values of Secrets, and values whose name says that they are secret
//! (`spark.redaction.regex`: secret, password, token, access key).

use crate::tree::{Mapping, Node, Value};

/// Stands for a hidden value.
const HIDDEN: &str = "****";
/// The annotation in which kubectl keeps the whole object, values of Secrets included.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Parts of names of secrets; letters only, for names are written in many ways.
const WORDS: &[&str] = &["secret", "password", "passwd", "token", "accesskey", "apikey", "privatekey", "credential"];
/// Confs that name a Secret or a file, and hold none.
const HARMLESS: &[&str] = &[".secrets.", "secretkeyref", "secretname"];
/// Endings of names that hold a place, a number or a name instead of a secret.
const HARMLESS_ENDINGS: &[&str] =
    &["file", "path", "dir", "name", "enabled", "provider", "class", "interval", "timeout"];

/// How a value has to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cover {
    /// It may be seen, but for what looks like a secret inside a text.
    Open,
    /// It may not be seen.
    Hidden,
}

/// The cover of the entry `key` of `parent`, which is the root of a Secret if `in_secret`.
pub(crate) fn of_entry(cover: Cover, key: &str, parent: &Mapping, in_secret: bool) -> Cover {
    let is_value_of_secret = in_secret && matches!(key, "data" | "stringData");
    let is_env = key == "value" && parent.get("name").and_then(Node::as_str).is_some_and(is_secret_name);
    let is_setting = (key.contains('.') || !key.chars().any(|c| c.is_ascii_lowercase())) && is_secret_name(key);
    if cover == Cover::Hidden || is_value_of_secret || is_env || is_setting || key == LAST_APPLIED {
        Cover::Hidden
    } else {
        Cover::Open
    }
}

/// Whether values under this name are secrets.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let mut letters = name.to_ascii_lowercase();
    letters.retain(|c| c.is_ascii_alphanumeric());
    if !WORDS.iter().any(|word| letters.contains(word)) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    !HARMLESS.iter().any(|part| lower.contains(part))
        && !HARMLESS_ENDINGS.iter().any(|ending| letters.ends_with(ending))
}

/// Hides all secrets of an object.
pub(crate) fn hide_object(object: &mut Node) {
    let in_secret = object.str_at(&["kind"]) == Some("Secret");
    hide(object, Cover::Open, in_secret);
}

/// Hides the secrets of a value below an object; says whether there were any.
pub(crate) fn hide_value(node: &mut Node, cover: Cover) -> bool {
    hide(node, cover, false)
}

fn hide(node: &mut Node, cover: Cover, in_secret: bool) -> bool {
    match &mut node.value {
        Value::Mapping(mapping) => {
            let covers: Vec<Cover> = mapping.iter().map(|(key, _)| of_entry(cover, key, mapping, in_secret)).collect();
            let entries = mapping.values_mut().zip(covers);
            entries.fold(false, |hidden, (value, cover)| hide(value, cover, false) | hidden)
        }
        Value::Sequence(items) => {
            let covers: Vec<Cover> = (0..items.len()).map(|index| of_item(cover, items, index)).collect();
            let items = items.iter_mut().zip(covers);
            items.fold(false, |hidden, (item, cover)| hide(item, cover, false) | hidden)
        }
        Value::Null => false,
        _ if cover == Cover::Hidden => {
            node.value = Value::from(HIDDEN);
            true
        }
        Value::String(text) => match hide_in_text(text) {
            Some(clean) => {
                *text = clean.into();
                true
            }
            None => false,
        },
        _ => false,
    }
}

/// The cover of an item: what follows `--password` is one.
pub(crate) fn of_item(cover: Cover, items: &[Node], index: usize) -> Cover {
    let flag = index.checked_sub(1).and_then(|before| items[before].as_str());
    let follows = flag.is_some_and(|flag| flag.starts_with('-') && !flag.contains(['=', ' ']) && is_secret_name(flag));
    if follows { Cover::Hidden } else { cover }
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

/// A text with `name=value` and `name: value` of secrets and the passwords of URLs hidden, if it has any.
fn hide_in_text(text: &str) -> Option<String> {
    if !text.contains(['=', ':']) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut hidden = false;
    for piece in text.split_inclusive(['\n', ' ', '\t', '&', ';', '"', '\'']) {
        let body = piece.trim_end_matches(['\n', ' ', '\t', '&', ';', '"', '\'']);
        match clean(body) {
            Some(clean) => {
                out.push_str(&clean);
                out.push_str(&piece[body.len()..]);
                hidden = true;
            }
            None => out.push_str(piece),
        }
    }
    // `password: hunter2` of YAML in a text has a blank in between.
    let lines: Vec<String> = out
        .split('\n')
        .map(|line| match line.split_once(": ") {
            Some((name, value)) if !value.trim().is_empty() && !value.contains(HIDDEN) && is_name(name) => {
                hidden = true;
                format!("{name}: {HIDDEN}")
            }
            _ => line.to_owned(),
        })
        .collect();
    hidden.then(|| lines.join("\n"))
}

fn is_name(text: &str) -> bool {
    let name = text.trim().trim_start_matches(['-', ' ', '"', '\'']);
    !name.contains(' ') && is_secret_name(name)
}

fn clean(word: &str) -> Option<String> {
    if let Some((scheme, rest)) = word.split_once("://") {
        let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
        if let Some((user, host)) = authority.rsplit_once('@')
            && let Some((name, _)) = user.split_once(':')
        {
            return Some(format!("{scheme}://{name}:{HIDDEN}@{host}{}", &rest[authority.len()..]));
        }
    }
    let at = word.rfind('=').filter(|at| is_secret_name(&word[..*at])).or_else(|| word.find('='))?;
    let (name, value) = (&word[..at], &word[at + 1..]);
    (!value.is_empty() && is_secret_name(name)).then(|| format!("{name}={HIDDEN}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in ["spark.hadoop.fs.s3a.secret.key", "DB_PASSWORD", "AWS_ACCESS_KEY_ID", "GITHUB_TOKEN", "api-key"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["spark.kubernetes.driver.secrets.db", "spark.kubernetes.driver.secretKeyRef.A", "TOKEN_FILE", "key"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn no_secret_survives_in_an_object() {
        let mut object = map! {
            "kind" => "ConfigMap",
            "data" => map! { "DB_PASSWORD" => "hunter2", "app.conf" => "user=a\npassword=hunter2\ntoken: hunter2\n" },
            "spec" => map! {
                "args" => seq!["--password", "hunter2", "--conf", "spark.x.secret=hunter2", "jdbc://u:hunter2@h/db"],
                "env" => seq![map! { "name" => "API_TOKEN", "value" => "hunter2" }],
                "sparkConf" => map! { "spark.hadoop.fs.s3a.secret.key" => "hunter2" },
            },
        };
        hide_object(&mut object);
        let text = object.to_json().to_string();
        assert!(!text.contains("hunter2") && text.contains("user=a"), "{text}");
    }

    #[test]
    fn values_of_secrets_are_hidden_and_their_keys_are_not() {
        let mut object = map! { "kind" => "Secret", "data" => map! { "x" => "aHVudGVyMg==" }, "type" => "Opaque" };
        hide_object(&mut object);
        assert_eq!(object.str_at(&["data", "x"]), Some("****"));
        assert_eq!(object.str_at(&["type"]), Some("Opaque"));
    }
}
