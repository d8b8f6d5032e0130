//! The command line: arguments, exit status, terminals. The only module that reads the environment or prints.

pub mod args;
mod environment;
mod exit;
mod terminal;

pub use environment::{no_color, variables};
pub use exit::ExitStatus;
pub use terminal::Terminal;
