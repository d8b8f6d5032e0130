//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Other programs use [`embed`]: text in, objects out. The other modules belong to the command and its tests; they
//! change with any release. Knowledge lives in them by authority, from bottom to top; a module uses only those above it
//! in this list. See ARCHITECTURE.md.

#[doc(hidden)]
pub mod tree;
#[doc(hidden)]
pub mod text;
#[doc(hidden)]
pub mod kube;
#[doc(hidden)]
pub mod spark;
#[doc(hidden)]
pub mod operator;
#[doc(hidden)]
pub mod hosts;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod review;
pub mod embed;
#[doc(hidden)]
pub mod cli;
