//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Knowledge lives by authority, in the modules below from bottom to top; a module uses only those above it in this
//! list. See ARCHITECTURE.md.

pub mod tree;
pub mod text;
pub mod kube;
pub mod spark;
pub mod operator;
pub mod hosts;
pub mod render;
pub mod review;
pub mod cli;
