//! The commands: thin layers that read, call the stages, and print.

pub(crate) mod argocd;
pub(crate) mod args;
pub(crate) mod bug;
pub(crate) mod certs;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod environment;
pub(crate) mod exit;
pub(crate) mod explain;
pub(crate) mod files;
pub(crate) mod inputs;
pub(crate) mod krm;
pub(crate) mod output_tree;
pub(crate) mod progress;
pub(crate) mod render;
pub(crate) mod reporter;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod settings;
pub(crate) mod spool;
pub(crate) mod submit;
pub(crate) mod terminal;
pub(crate) mod unique;
pub(crate) mod rendered_file;
pub(crate) mod version;
pub(crate) mod versions;

pub use bug::report_bugs;
pub(crate) use environment::{ArgoCdEnvironment, is_kustomize_plugin, no_color, variables};
pub use exit::ExitStatus;
pub(crate) use progress::Progress;
pub use run::main;
pub(crate) use terminal::{ColorChoice, Terminal};
