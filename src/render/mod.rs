//! The street: from documents to manifests.

pub mod assembly;
pub mod choices;
pub mod codes;
pub mod config;
pub mod connect;
pub mod executors;
pub mod options;
pub mod driver_objects;
pub mod passes;
pub mod pipeline;
pub mod rewrite;
pub mod workload;

pub use assembly::{Assembly, Previews, assemble};
pub use choices::{Executors, NameSuffix, Target, TtlPolicy};
pub use codes::CODES;
pub use connect::{ConnectAssembly, assemble_connect};
pub use options::{Host, Options, settle};
pub use rewrite::{Rewriting, rewrite, templates_mut};
pub use workload::{Workload, schedule};
