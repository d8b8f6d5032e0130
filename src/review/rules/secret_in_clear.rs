//! Rule: a secret that stands in the file. Neither the message nor a quoted line shows its value.

use super::{
    Check, Rule, Written,
    written::{CONTAINERS, ROLES, items, key_place},
};
use crate::tree::{
    CodeDoc, Diagnostic, Diagnostics, FieldPath, Mapping, Node, Origin,
    secret::{assignments, is_told},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "secret-in-clear",
        summary: "a secret stands in clear",
        explanation: "The key says that its value is a secret, and the value is written out: it is in the repository's \
                      history, in the driver's ConfigMap or pod, and in Spark's UI unless `spark.redaction.regex` hides it. \
                      Variables can come from a Secret (`env` with `secretKeyRef`); many confs can be replaced by \
                      credential providers or by files of a mounted Secret.",
    },
    check: Check::Written(check),
};

const BY_PROVIDER: &str = "take it from a Secret by a credential provider";
const BY_ENV: &str = "take it by `env` from `valueFrom.secretKeyRef`";
const BY_FILE: &str = "take it from a file of a mounted Secret";
/// The default of `fs.s3a.aws.credentials.provider` looks into the environment.
const S3A: (&str, &str) = (
    "fs.s3a.secret.key",
    "give the keys as `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` by `env` from a Secret, where S3A finds them",
);

fn check(written: &Written<'_>, diagnostics: &mut Diagnostics) {
    let [driver, executor] = ROLES;
    let maps: [(&[&str], &str); 4] = [
        (&["sparkConf"], BY_PROVIDER),
        (&["hadoopConf"], BY_PROVIDER),
        (&[driver, "envVars"], BY_ENV),
        (&[executor, "envVars"], BY_ENV),
    ];
    for (keys, instead) in maps {
        let Some(map) = written.get(keys) else { continue };
        for (key, value) in map.as_mapping().into_iter().flat_map(Mapping::iter) {
            let is_variable = VARIABLES.iter().any(|prefix| key.starts_with(prefix));
            let instead = if key.ends_with(S3A.0) {
                S3A.1
            } else if is_variable {
                BY_ENV
            } else {
                instead
            };
            entry(key, value, &written.path(keys).key(key), key_place(map, key), instead, diagnostics);
        }
    }
    for role in ROLES {
        variables(written.get(&[role, "env"]), &written.path(&[role, "env"]), diagnostics);
        for keys in CONTAINERS {
            let keys = [&[role], keys].concat();
            for (index, container) in items(written.get(&keys)).iter().enumerate() {
                variables(container.get("env"), &written.path(&keys).index(index).key("env"), diagnostics);
            }
        }
        if let Some(options) = written.get(&[role, "javaOptions"]) {
            let place = key_place(written.get(&[role]).unwrap_or(options), "javaOptions");
            inside("javaOptions", options, &written.path(&[role, "javaOptions"]), &place, diagnostics);
        }
    }
    for (index, argument) in items(written.get(&["arguments"])).iter().enumerate() {
        inside("arguments", argument, &written.path(&["arguments"]).index(index), &argument.origin, diagnostics);
    }
}

/// Confs that become variables.
const VARIABLES: [&str; 2] = ["spark.kubernetes.driverEnv.", "spark.executorEnv."];

fn variables(list: Option<&Node>, path: &FieldPath, diagnostics: &mut Diagnostics) {
    for (index, variable) in items(list).iter().enumerate() {
        let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) else { continue };
        let key = name.as_str().unwrap_or_default();
        entry(key, value, &path.index(index), name.origin.clone(), BY_ENV, diagnostics);
    }
}

/// Looks at an entry, whose key may say that the value is a secret, and at what its value holds.
fn entry(key: &str, value: &Node, path: &FieldPath, place: Origin, instead: &str, diagnostics: &mut Diagnostics) {
    if !is_told(key) {
        inside(key, value, path, &place, diagnostics);
    } else if is_literal(value.as_str().unwrap_or_default()) {
        let message = format!("the value of `{key}` is a secret, and stands in clear");
        report(message, path, place, instead, diagnostics);
    }
}

/// Reports each secret inside of a text once.
fn inside(key: &str, text: &Node, path: &FieldPath, place: &Origin, diagnostics: &mut Diagnostics) {
    let text = text.as_str().unwrap_or_default();
    let mut said: Vec<&str> = Vec::new();
    for secret in assignments(text).into_iter().filter(|secret| is_told(secret.name)) {
        let value = &text[secret.value.clone()];
        // Every JDK has a trust store with this password, and what it holds is public.
        let public = value == "changeit" && secret.name.ends_with("trustStorePassword");
        if public || !is_literal(value) || said.contains(&secret.name) {
            continue;
        }
        said.push(secret.name);
        let message = format!("`{}` in `{key}` is a secret, and stands in clear", secret.name);
        report(message, path, place.clone(), BY_FILE, diagnostics);
    }
}

/// Whether the value is the secret itself: references, placeholders, switches, numbers, paths and class names are not.
fn is_literal(text: &str) -> bool {
    let text = text.trim();
    let placeholder = ["$(", "${", "{{", "<", "%", "@"].iter().any(|start| text.starts_with(start))
        || text.contains("${")
        || text.contains("{{");
    // `YOUR-SECRET-KEY`, `AWS_SESSION_TOKEN`, `secret_key`.
    let stand_in = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("your"))
        || text.contains(['_', '-'])
            && (is_told(text) || text.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '-')));
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

fn report(message: String, path: &FieldPath, place: Origin, instead: &str, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, message)
            .field(path.clone())
            .at(place)
            .hint(format!("{instead}; what was committed is known, so change the secret as well")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_counts() {
        for text in ["hunter2", "AKIAIOSFODNN7EXAMPLE", "minio123"] {
            assert!(is_literal(text), "{text}");
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
            "secret_key",
            "****",
            "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
            "3600",
        ] {
            assert!(!is_literal(text), "{text}");
        }
    }
}
