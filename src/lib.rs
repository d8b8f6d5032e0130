//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Other programs use [`embed`]: text in, objects out. The other modules are the command's own. Knowledge lives in them
//! by authority, from bottom to top; a module uses only those above it in this list. See ARCHITECTURE.md.

mod tree;
mod text;
mod kube;
mod spark;
mod operator;
mod hosts;
mod render;
mod review;
pub mod embed;
mod cli;
#[doc(hidden)]
pub mod internals;

#[doc(hidden)]
pub use cli::main;
use tree::node::{map, seq};
