//! `spark-render` expands Kubeflow `SparkApplication` resources into the complete Kubernetes manifests that
//! Apache Spark and the Spark operator would otherwise only produce at run time.
//!
//! Data flows one way, in the order of the modules below: load → decode → resolve → plan → build → mutate →
//! assemble → tailor → emit. See ARCHITECTURE.md.

pub mod failure;
mod parallel;
pub mod node;
pub mod diagnostics;
pub mod emit;
pub mod source;
pub mod template;
pub mod api;
pub mod config;
pub mod resolve;
pub mod conf;
pub mod pod;
pub mod submit;
pub mod mutate;
pub mod compat;
pub mod manifest;
pub mod render;
pub mod explain;
pub mod diff;
pub mod certs;
pub mod rules;
pub mod krm;
pub mod cli;
pub mod commands;
