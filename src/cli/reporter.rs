//! What a run says on standard error.

use super::{Progress, Terminal};
use crate::tree::{
    Diagnostics, Severity, Sources,
    printers::{self, DiagnosticFormat},
};

/// How a run says what it found: where, in which form, and how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reporter {
    /// Where to.
    pub terminal: Terminal,
    /// In which form.
    pub format: DiagnosticFormat,
    /// Whether only errors are printed.
    pub quiet: bool,
}

impl Reporter {
    /// Begins to count `total` files.
    pub(crate) fn progress(self, doing: &'static str, total: usize) -> Progress {
        Progress::new(self.terminal, doing, total)
    }

    /// [`Reporter::findings`] while work is counted.
    pub(crate) fn findings_during(self, progress: &Progress, diagnostics: &Diagnostics, sources: &Sources) {
        if !diagnostics.is_empty() {
            progress.aside(|| self.findings(diagnostics, sources));
        }
    }

    /// Prints findings.
    pub(crate) fn findings(self, diagnostics: &Diagnostics, sources: &Sources) {
        let mut errors;
        let diagnostics = if self.quiet {
            errors = diagnostics.clone();
            errors.retain(|item| item.severity == Severity::Error);
            &errors
        } else {
            diagnostics
        };
        if diagnostics.is_empty() {
            return;
        }
        let text = printers::render(diagnostics, sources, self.format, self.terminal.stderr_styled);
        self.terminal.report_styled(&text);
    }
}
