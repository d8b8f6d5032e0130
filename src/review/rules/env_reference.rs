//! Rule: a `$(VAR)` that nothing resolves.

use std::collections::BTreeSet;

use super::{
    Check, Rule, Subject,
    conf_reference::{self, is_name},
    written::items,
};
use crate::{
    kube::env,
    operator::webhook::env::is_of_a_service,
    tree::{CodeDoc, Diagnostic, Diagnostics, Node, Span},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "env-reference",
        summary: "a `$(VAR)` that nothing resolves",
        explanation: "The kubelet replaces `$(VAR)` in `env`, `command` and `args` by variables of the same container that \
                      stand earlier in the list; a reference to any other name stays as text, without a word. Variables \
                      of the image, of sidecars and of the shell are not known to it. In `subPathExpr` such a reference \
                      keeps the container from starting. Confs reach the driver in a file, so the kubelet \
                      does not read them, but for those that become variables (`spark.kubernetes.driverEnv.*`, \
                      `spark.executorEnv.*`, options and class path of executors). Spark fills in `${env:VAR}` in its own \
                      confs, Hadoop `${env.VAR}` in the values of `hadoopConf` and `spark.hadoop.*`; options of the driver's \
                      JVM are read by a launcher that fills in nothing.",
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
    conf_reference::check(subject, diagnostics);
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
