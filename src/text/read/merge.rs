//! Merge keys (`<<`) as go-yaml v2 applies them: in their order among the other keys, overriding what came
//! before; of a list of mappings the earlier ones win.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::tree::{Diagnostic, Key, Mapping, Node, Span, Value};

/// The keys of a mapping that came through merge keys.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    keys: BTreeSet<SmolStr>,
    applied: usize,
}

impl Merged {
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether `key` was merged; from now on it counts as written.
    pub(crate) fn take(&mut self, key: &str) -> bool {
        self.keys.remove(key)
    }
}

/// Applies the value of a merge key that stands at `span`.
pub(crate) fn merge(node: Node, span: Span, mapping: &mut Mapping, merged: &mut Merged) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    merged.applied += 1;
    if merged.applied == 2 {
        findings.push(
            Diagnostic::warning("yaml-dialect", "a second merge key `<<`, which kustomize refuses")
                .at(span)
                .hint("write one `<<` with a list"),
        );
    }
    let sources = match node.value {
        Value::Mapping(source) => vec![source],
        Value::Sequence(items) => {
            let mut sources = Vec::new();
            for item in items.into_iter().rev() {
                match item.value {
                    Value::Mapping(source) => sources.push(source),
                    _ => findings.push(no_mapping(span)),
                }
            }
            sources
        }
        _ => {
            findings.push(no_mapping(span));
            Vec::new()
        }
    };
    for source in sources {
        for (key, value) in source {
            if let Some(finding) = set(key, value, span, mapping, merged) {
                findings.push(finding);
            }
        }
    }
    findings
}

fn set(key: Key, value: Node, span: Span, mapping: &mut Mapping, merged: &mut Merged) -> Option<Diagnostic> {
    let text = key.text.clone();
    let before = mapping.remove(&text);
    let overridden = before.filter(|before| *before != value && !merged.keys.contains(&text));
    mapping.insert(key, value);
    let finding = overridden.map(|before| {
        let message = format!("`<<` overrides the key `{text}` before it in kubectl, and not in kustomize");
        Diagnostic::warning("yaml-dialect", message)
            .at(span)
            .label(before.origin, "overridden value")
            .hint("put `<<` first")
    });
    merged.keys.insert(text);
    finding
}

fn no_mapping(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-value", "a merge key `<<` whose value is neither a mapping nor a list of mappings")
        .at(span)
        .hint("give it an alias to a mapping, or quote the key")
}
