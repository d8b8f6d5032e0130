//! The street: from documents to manifests.

pub(crate) mod assembly;
pub(crate) mod choices;
pub(crate) mod codes;
pub(crate) mod config;
pub(crate) mod connect;
pub(crate) mod executors;
pub(crate) mod label_references;
pub(crate) mod options;
pub(crate) mod driver_objects;
pub(crate) mod passes;
pub(crate) mod pipeline;
pub(crate) mod rewrite;
pub(crate) mod workload;

pub use choices::{DriverAccount, Executors, NameSuffix, Target, TtlPolicy};
pub(crate) use codes::CODES;
pub(crate) use connect::ConnectAssembly;
pub use options::{Host, Options, settle};
pub(crate) use rewrite::Rewriting;
pub(crate) use workload::Workload;
