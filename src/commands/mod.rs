//! The commands: thin layers that read, call the stages, and print.

mod parallel;
pub mod tree;

use clap::Parser;

use crate::cli::{ExitStatus, args::Cli};

/// Runs the process's own command line.
#[must_use]
pub fn main() -> ExitStatus {
    let _cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitStatus::CouldNotRun } else { ExitStatus::Done };
        }
    };
    ExitStatus::Done
}
