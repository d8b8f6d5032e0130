//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Other programs use [`embed`]: text in, objects out. The other modules belong to the command and its tests; they
//! change with any release. Knowledge lives in them by authority, from bottom to top; a module uses only those above it
//! in this list. See ARCHITECTURE.md.

pub mod tree;
pub mod text;
pub mod kube;
pub mod spark;
pub mod operator;
pub mod hosts;
pub mod render;
pub mod review;
pub mod embed;
pub mod cli;
