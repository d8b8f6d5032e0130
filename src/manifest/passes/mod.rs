//! What `render` does otherwise than Spark, one named pass a file; the order is that of [`super::assemble`].

pub(super) mod cleanup_labels;
pub(super) mod content_names;
pub(super) mod gitops;
pub(super) mod ip_families;
pub(super) mod metadata;
pub(super) mod per_run;
pub(super) mod properties;
pub(super) mod protocol;
pub(super) mod stable_names;
