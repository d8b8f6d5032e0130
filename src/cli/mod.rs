//! The commands: thin layers that read, call the stages, and print.

pub mod argocd;
pub mod args;
pub mod bug;
pub mod certs;
pub mod check;
pub mod completions;
pub mod diff;
pub mod environment;
pub mod exit;
pub mod explain;
pub mod files;
pub mod inputs;
pub mod krm;
pub mod output_tree;
pub mod progress;
pub mod render;
pub mod reporter;
pub mod run;
pub mod schema;
pub mod settings;
pub mod spool;
pub mod submit;
pub mod terminal;
pub mod unique;
pub mod rendered_file;
pub mod version;
pub mod versions;

pub use bug::report_bugs;
pub use environment::{ArgoCdEnvironment, is_kustomize_plugin, no_color, variables};
pub use exit::ExitStatus;
pub use progress::Progress;
pub use run::main;
pub use terminal::{ColorChoice, Terminal};
