//! What a diagnostic code means.

/// What `explain CODE` prints.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// Kebab-case, stable.
    pub code: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Why it is reported and what to do, in full sentences.
    pub explanation: &'static str,
}
