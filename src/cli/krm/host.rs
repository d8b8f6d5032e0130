//! What goes back to the host: objects, findings, results.

use super::Call;
use crate::{
    cli::{
        render,
        reporter::Reporter,
        unique::{Admission, ObjectSummary, Seen},
    },
    hosts::krm::{self, Finding},
    kube::Manifest,
    tree::{Diagnostic, Diagnostics, Node, Severity, Sources},
};

/// Findings about one item, or about one file that a generator has read.
pub(crate) struct ReplyPart {
    /// Index of the item; none for files.
    pub(crate) item: Option<usize>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: Sources,
}

/// The answer.
pub(crate) struct Reply {
    pub(crate) transformer: bool,
    pub(crate) items: Vec<Node>,
    pub(crate) parts: Vec<ReplyPart>,
}

impl Reply {
    pub(crate) fn failed(&self) -> bool {
        self.parts.iter().any(|part| part.diagnostics.has_errors())
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(diagnostic);
        self.parts.push(ReplyPart { item: None, diagnostics, sources: Sources::new() });
    }

    /// Two objects of one identity: kustomize refuses them without saying where they come from, kpt does not.
    pub(crate) fn report_duplicates(&mut self) {
        let mut seen = Seen::default();
        let (mut kept, mut duplicates) = (Vec::with_capacity(self.items.len()), Vec::new());
        for item in std::mem::take(&mut self.items) {
            let manifest = Manifest::rendered(item);
            let card = ObjectSummary::of(&manifest);
            match seen.admit(&card) {
                Admission::Shared => continue,
                Admission::Duplicate => duplicates.push(render::duplicate(&card)),
                Admission::New | Admission::Preview => {}
            }
            kept.push(manifest.object);
        }
        self.items = kept;
        for mut diagnostic in duplicates {
            // Its place is in one of many tables of texts.
            diagnostic.origin = crate::tree::Origin::Unknown;
            self.push(diagnostic);
        }
    }

    pub(crate) fn findings<'a>(&'a self, call: &'a Call<'_>) -> Vec<(&'a Diagnostics, &'a Sources)> {
        let parts = self.parts.iter().map(|part| (&part.diagnostics, &part.sources));
        std::iter::once((&call.diagnostics, &call.sources)).chain(parts).collect()
    }

    pub(crate) fn results(&self, call: &Call<'_>, items: &[Node]) -> Vec<Node> {
        let general =
            call.diagnostics.iter().map(|diagnostic| Finding { diagnostic, item: None, sources: &call.sources });
        let parts = self.parts.iter().flat_map(|part| {
            let item = part.item.map(|index| &items[index]);
            part.diagnostics.iter().map(move |diagnostic| Finding { diagnostic, item, sources: &part.sources })
        });
        krm::results(&general.chain(parts).collect::<Vec<_>>())
    }
}

/// Prints findings: where there are errors, these alone, since a host shows all of it as one message.
pub(crate) fn report(reporter: Reporter, parts: &[(&Diagnostics, &Sources)]) {
    let failed = parts.iter().any(|(diagnostics, _)| diagnostics.has_errors());
    let mut text = String::new();
    for (diagnostics, sources) in parts {
        let shown = diagnostics.iter().filter(|diagnostic| !failed || diagnostic.severity == Severity::Error);
        text.push_str(&crate::tree::printers::render(shown, sources, reporter.format, reporter.terminal.stderr_styled));
    }
    reporter.terminal.report_styled(&text);
}
