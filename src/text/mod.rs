//! YAML, JSON and templates in, YAML and JSON out, and the number form of versions. Knows nothing of Kubernetes but
//! lists.

pub(crate) mod dotted;
pub(crate) mod read;
pub(crate) mod template;
pub(crate) mod tsv;
pub(crate) mod write;
