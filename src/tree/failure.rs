//! The world's fault: what could not be read, written or started. Ends the run with status 2.

use std::{io, path::PathBuf};

/// Why the tool could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or directory could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A file or directory could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// Flags that make no sense, alone or together.
    #[error("{0}")]
    Usage(String),
    /// Another program that was needed could not be run or failed.
    #[error("{program}: {message}")]
    Program {
        /// Its name.
        program: String,
        /// What happened.
        message: String,
    },
}
