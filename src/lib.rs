//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Data flows one way, in the order of the modules below: load → decode → resolve → plan → build → mutate →
//! assemble → tailor → emit. See ARCHITECTURE.md.

pub mod api;
pub mod cli;
pub mod commands;
pub mod compat;
pub mod conf;
pub mod config;
pub mod diagnostics;
pub mod emit;
pub mod failure;
pub mod manifest;
pub mod mutate;
pub mod node;
pub mod pod;
pub mod resolve;
pub mod source;
pub mod submit;
pub mod template;
