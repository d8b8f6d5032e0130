//! Exit statuses.

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// Done.
    Done,
    /// Findings, differences, invalid input, or nothing to emit.
    Findings,
    /// Could not run: usage, input or output.
    CouldNotRun,
    /// A bug was met; what could be done in spite of it was done.
    Bug,
}

impl ExitStatus {
    /// 0, 1, 2 or 101.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::CouldNotRun => 2,
            Self::Bug => super::bug::STATUS,
        }
    }
}
