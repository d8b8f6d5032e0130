//! YAML, JSON and templates in, YAML and JSON out. Knows nothing of Kubernetes but lists.

pub mod read;
pub mod template;
pub mod write;
