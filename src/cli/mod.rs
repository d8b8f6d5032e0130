//! The command line: arguments, exit status, terminals. The only module that reads the environment or prints.

pub mod args;
mod bug;
mod environment;
mod exit;
mod progress;
mod terminal;

pub use bug::report_bugs;
pub use environment::{ArgoCdEnvironment, is_kustomize_plugin, no_color, variables};
pub use exit::ExitStatus;
pub use progress::Progress;
pub use terminal::{ColorChoice, Terminal};
