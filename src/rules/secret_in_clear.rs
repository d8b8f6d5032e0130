//! Rule: a secret that stands in the file. Neither the message nor a quoted line shows its value.

use super::{
    Rule, Subject,
    subject::{ROLES, items, key_place},
};
use crate::{
    diagnostics::{CodeDoc, Diagnostic, Diagnostics, sensitive::is_sensitive},
    node::{FieldPath, Mapping, Node, Origin},
};

/// The rule.
pub const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "secret-in-clear",
        summary: "a secret stands in clear",
        explanation: "The key says that its value is a secret, and the value is written out: it is in the repository's \
                      history, in the driver's ConfigMap or pod, and in Spark's UI unless `spark.redaction.regex` hides it. \
                      Variables can come from a Secret (`env` with `secretKeyRef`); many confs can be replaced by \
                      credential providers or by files of a mounted Secret.",
    },
    check,
};

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let path = subject.app.spec_path();
    let mut maps = vec![
        (&["sparkConf"][..], "a Secret by a credential provider"),
        (&["hadoopConf"][..], "a Secret by a credential provider"),
    ];
    let env_vars = ROLES.map(|role| [role, "envVars"]);
    maps.extend(env_vars.iter().map(|keys| (&keys[..], "`env` with `valueFrom.secretKeyRef`")));
    for (keys, instead) in maps {
        let Some(map) = subject.written(keys) else { continue };
        let path = keys.iter().fold(path.clone(), |path, key| path.key(*key));
        for (key, value) in map.as_mapping().into_iter().flat_map(Mapping::iter) {
            if is_sensitive(key) && is_literal(value) {
                report(key, &path.key(key), key_place(map, key), instead, diagnostics);
            }
        }
    }
    for role in ROLES {
        for (index, entry) in items(subject.written(&[role, "env"])).iter().enumerate() {
            let (Some(name), Some(value)) = (entry.get("name"), entry.get("value")) else { continue };
            let text = name.as_str().unwrap_or_default();
            if is_sensitive(text) && is_literal(value) {
                let path = path.key(role).key("env").index(index);
                report(text, &path, name.origin.clone(), "`valueFrom.secretKeyRef`", diagnostics);
            }
        }
    }
}

/// Whether the value is the secret itself: references, placeholders, switches, numbers, paths and class names are not.
fn is_literal(value: &Node) -> bool {
    let Some(text) = value.as_str().map(str::trim) else { return false };
    let placeholder = ["$(", "${", "{{", "<", "%", "@"].iter().any(|start| text.starts_with(start))
        || text.contains("${")
        || text.contains("{{");
    // `YOUR-SECRET-KEY`, `AWS_SESSION_TOKEN`.
    let stand_in = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("your"))
        || text.contains(['_', '-']) && text.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '-'));
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "none" | "null");
    let path = text.starts_with('/') || text.contains("://");
    let class = text.split('.').count() > 2
        && text.split('.').all(|part| {
            part.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
        });
    let number = text.chars().all(|c| c.is_ascii_digit());
    let masked = text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_'));
    !(placeholder || stand_in || word || path || class || number || masked)
}

fn report(key: &str, path: &FieldPath, place: Origin, instead: &str, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, format!("the value of `{key}` is a secret, and stands in clear"))
            .field(path.clone())
            .at(place)
            .hint(format!("take it from {instead}; what was committed is known, so change the secret as well")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_counts() {
        for text in ["hunter2", "AKIAIOSFODNN7EXAMPLE", "minio123"] {
            assert!(is_literal(&Node::from(text)), "{text}");
        }
        for text in [
            "",
            "$(SECRET)",
            "${env:SECRET}",
            "{{ .Values.secret }}",
            "<secret>",
            "true",
            "/etc/secrets/key",
            "YOUR-SECRET-KEY",
            "AWS_SESSION_TOKEN",
            "****",
            "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
            "3600",
        ] {
            assert!(!is_literal(&Node::from(text)), "{text}");
        }
    }
}
