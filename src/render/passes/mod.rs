//! What `render` does otherwise than Spark, one named pass a file; the order is that of [`super::assemble`].

pub(crate) mod cleanup_labels;
pub(crate) mod content_names;
pub(crate) mod empty_values;
pub(crate) mod gitops;
pub(crate) mod ip_families;
pub(crate) mod metadata;
pub(crate) mod per_run;
pub(crate) mod properties;
pub(crate) mod protocol;
pub(crate) mod selectors;
pub(crate) mod stable_names;
mod yunikorn;
