//! A baseline: the findings that were there when it was written. An entry knows code, file, object and field, so that
//! moved lines and reworded messages do not matter.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;

use super::policy::{self, is_refusal};
use crate::{
    text::read::{API_VERSION, BASELINE as KIND},
    tree::{Diagnostic, Diagnostics, Node, Origin},
};

/// What is the same in a finding of today and one of the baseline: code, file, object, field.
type Key = [String; 4];

const FIELDS: [&str; 4] = ["code", "file", "object", "field"];

/// Findings with their number.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    entries: BTreeMap<Key, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    count: i64,
    origin: Origin,
}

fn key(one: &Diagnostic, file: &str, base: &Path) -> Key {
    let object = one.object.as_ref().map(|object| {
        let namespace = object.namespace.as_deref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{}/{namespace}{}", object.kind, object.name)
    });
    let field = if one.path.is_root() { String::new() } else { one.path.to_string() };
    [one.code.to_owned(), policy::relative(file, base), object.unwrap_or_default(), field]
}

impl Baseline {
    /// Reads the documents of a file; what is wrong with it is reported.
    pub(crate) fn read<'a>(documents: impl Iterator<Item = &'a Node>, diagnostics: &mut Diagnostics) -> Self {
        let mut baseline = Self::default();
        for document in documents {
            let findings = document.get("findings").and_then(Node::as_sequence);
            let (true, Some(findings)) = (document.str_at(&["kind"]) == Some(KIND), findings) else {
                diagnostics.push(
                    Diagnostic::error("invalid-config", format!("this is not a baseline: its `kind` is not `{KIND}`"))
                        .at(&document.origin)
                        .hint("name a file that `check --write-baseline` wrote"),
                );
                continue;
            };
            for finding in findings {
                let key = FIELDS.map(|field| finding.str_at(&[field]).unwrap_or_default().to_owned());
                let count = finding.get("count").and_then(Node::as_i64).unwrap_or(1);
                let entry = baseline.entries.entry(key).or_default();
                entry.count += count;
                entry.origin = finding.origin.clone();
            }
        }
        baseline
    }

    /// Adds a finding in `file`, relative to the folder `base` of the baseline. What `render` refuses is no part of it.
    pub(crate) fn add(&mut self, one: &Diagnostic, file: &str, base: &Path) {
        if !is_refusal(one) {
            self.entries.entry(key(one, file, base)).or_default().count += 1;
        }
    }

    /// Whether the finding is one of those in the baseline, of which each counts once.
    pub(crate) fn takes(&mut self, one: &Diagnostic, file: &str, base: &Path) -> bool {
        if is_refusal(one) {
            return false;
        }
        let Some(entry) = self.entries.get_mut(&key(one, file, base)).filter(|entry| entry.count > 0) else {
            return false;
        };
        entry.count -= 1;
        true
    }

    /// Number of findings.
    pub(crate) fn len(&self) -> i64 {
        self.entries.values().map(|entry| entry.count).sum()
    }

    /// Reports the entries with findings that are left over, of codes that are reported at all.
    pub(crate) fn report_stale(&self, is_selected: impl Fn(&str) -> bool, diagnostics: &mut Diagnostics) {
        for ([code, file, object, field], entry) in &self.entries {
            if entry.count > 0 && is_selected(code) {
                let about: Vec<&str> =
                    [object, field].into_iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
                let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
                let message = format!("{} `{code}` of the baseline less in {file}{about}", entry.count);
                diagnostics.push(
                    Diagnostic::warning("stale-baseline", message)
                        .at(&entry.origin)
                        .hint("write the baseline again: `--write-baseline`"),
                );
            }
        }
    }

    /// The file: one line for each entry, in order.
    pub(crate) fn text(&self) -> String {
        let entries: Vec<String> = self
            .entries
            .iter()
            .map(|([code, file, object, field], entry)| {
                json!({ "code": code, "file": file, "object": object, "field": field, "count": entry.count })
                    .to_string()
            })
            .collect();
        let separator = if entries.is_empty() { "" } else { "\n" };
        format!(
            "{{\"apiVersion\":\"{API_VERSION}\",\"kind\":\"{KIND}\",\"findings\":[{separator}{}{separator}]}}\n",
            entries.join(",\n")
        )
    }
}
