//! Findings that a whole fleet shares are said once: at their first place, with the others named.

use std::collections::BTreeMap;

use super::report::Report;
use crate::tree::{Diagnostic, Diagnostics, Severity, Sources};

/// Codes whose findings say the same of each application. Errors are never put together.
const SHARED: [&str; 9] = [
    "duplicate-application",
    "no-effect",
    "no-namespace",
    "old-api-version",
    "operator-option-off",
    "schedule-every",
    "spark-version-nearest",
    "time-to-live",
    "version-conflict",
];

/// Number of other places that a text lists; JSON has all of them.
const LISTED: usize = 100;

/// What was found so far, by code and message.
#[derive(Default)]
pub(super) struct Repeats {
    found: BTreeMap<(&'static str, String), Repeated>,
}

struct Repeated {
    first: Diagnostic,
    file: String,
    sources: Sources,
    others: Vec<Place>,
}

/// File, line and column, the last two from 1.
pub(super) type Place = (String, usize, usize);

impl Repeats {
    /// Takes those findings of `file` that a fleet may share.
    pub(super) fn take(&mut self, file: &str, diagnostics: &mut Diagnostics, sources: &Sources) {
        let mut rest = Diagnostics::new();
        for one in std::mem::take(diagnostics) {
            if one.severity == Severity::Error || !SHARED.contains(&one.code) {
                rest.push(one);
                continue;
            }
            let place = one.origin.span().map_or_else(
                || (file.to_owned(), 1, 1),
                |span| {
                    let (span, (line, column)) = (sources.written(span), sources.line_column(span));
                    (sources.file(span.source).name.clone(), line, column)
                },
            );
            self.found
                .entry((one.code, one.message.clone()))
                .and_modify(|repeated| repeated.others.push(place))
                .or_insert_with(|| Repeated {
                    first: one,
                    file: file.to_owned(),
                    sources: sources.clone(),
                    others: Vec::new(),
                });
        }
        *diagnostics = rest;
    }

    /// Reports each once.
    pub(super) fn finish(self, report: &mut Report) {
        for Repeated { mut first, file, sources, others } in self.found.into_values() {
            if !others.is_empty() {
                let (count, places) = (others.len(), if others.len() == 1 { "place" } else { "places" });
                let mut list: Vec<String> =
                    others.iter().take(LISTED).map(|(file, line, column)| format!("{file}:{line}:{column}")).collect();
                if count > LISTED {
                    list.push("…".to_owned());
                }
                first.hints.push(format!("see {count} more {places}: {}", list.join(", ")));
            }
            let mut diagnostics = Diagnostics::new();
            diagnostics.items.push(first);
            report.add_shared(&file, &diagnostics, &others, &sources);
        }
    }
}
