//! Rule: a `$(VAR)` that nothing resolves.

use std::collections::BTreeSet;

use super::{Check, Rule, Subject, written::items};
use crate::{
    kube::env,
    tree::{CodeDoc, Diagnostic, Diagnostics, Mapping, Node, Span},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "env-reference",
        summary: "a `$(VAR)` that nothing resolves",
        explanation: "The kubelet replaces `$(VAR)` in `env`, `command` and `args` by variables of the same container that \
                      stand earlier in the list; a reference to any other name stays as text, without a word. Variables \
                      of the image, of sidecars and of the shell are not known to it. In `subPathExpr` such a reference \
                      keeps the container from starting. Confs of `sparkConf` are not read by the kubelet at all, but for \
                      those that become variables.",
    },
    check: Check::Rendered(check),
};

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let mut said: BTreeSet<(Span, String)> = BTreeSet::new();
    for pod in subject.pods() {
        for list in ["initContainers", "containers"] {
            for container in items(pod.at_keys(&["spec", list])) {
                look(container, &mut said, diagnostics);
            }
        }
    }
    confs(subject, diagnostics);
}

/// Confs that become variables, or whose text becomes part of a command line.
fn is_expanded(key: &str) -> bool {
    key.starts_with("spark.kubernetes.driverEnv.")
        || key.starts_with("spark.executorEnv.")
        || key.ends_with("JavaOptions")
        || key.contains(".volumes.")
}

fn confs(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(map) = subject.written(&["sparkConf"]) else { return };
    for (key, value) in map.as_mapping().into_iter().flat_map(Mapping::iter).filter(|(key, _)| !is_expanded(key)) {
        for token in env::tokens(value.as_str().unwrap_or_default()) {
            let env::Token::Reference(name) = token else { continue };
            if is_name(&name) {
                diagnostics.push(
                    Diagnostic::warning(
                        RULE.doc.code,
                        format!("`$({name})` stays as text: nobody expands it in a conf"),
                    )
                    .field(subject.app.spec_path().key("sparkConf").key(key))
                    .at(&value.origin)
                    .hint(format!("write the value, or, for confs of Spark itself, `${{env:{name}}}`")),
                );
            }
        }
    }
}

/// Checks a container; what a person did not write is not looked at.
fn look(container: &Node, said: &mut BTreeSet<(Span, String)>, diagnostics: &mut Diagnostics) {
    // Names from ConfigMaps and Secrets are not known here.
    if !items(container.get("envFrom")).is_empty() {
        return;
    }
    let entries = items(container.get("env"));
    let all: BTreeSet<&str> = entries.iter().map(env::name).collect();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut report = |text: &Node, name: &str, later: bool| {
        let Some(span) = text.origin.span() else { return };
        if is_of_a_service(name) || !is_name(name) || !said.insert((span, name.to_owned())) {
            return;
        }
        let message = if later {
            format!("`$({name})` stays as text: `{name}` stands later in the list")
        } else {
            format!("`$({name})` stays as text: the container has no variable `{name}`")
        };
        let hint = if later {
            format!("move `{name}` before it")
        } else {
            format!("define `{name}` before it, or write `$$({name})` if the text is meant")
        };
        diagnostics.push(Diagnostic::warning(RULE.doc.code, message).at(&text.origin).hint(hint));
    };
    for entry in entries {
        for name in env::references(entry) {
            if !known.contains(name.as_str()) {
                report(entry.get("value").unwrap_or(entry), &name, all.contains(name.as_str()));
            }
        }
        known.insert(env::name(entry));
    }
    let paths = items(container.get("volumeMounts")).iter().filter_map(|mount| mount.get("subPathExpr"));
    let words = items(container.get("command")).iter().chain(items(container.get("args")));
    for text in paths.chain(words) {
        for token in env::tokens(text.as_str().unwrap_or_default()) {
            if let env::Token::Reference(name) = token
                && !known.contains(name.as_str())
            {
                report(text, &name, false);
            }
        }
    }
}

/// Names that can be variables: others, such as `$(date +%F)`, are meant for a shell.
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// Variables that the kubelet makes for each Service.
fn is_of_a_service(name: &str) -> bool {
    name.contains("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.contains("_PORT")
}
