//! `versions`: which Spark, operator and Kubernetes versions are supported, and their known conflicts.

use crate::review::compatibility::versions;

/// How the versions are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum VersionsFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What the command prints.
#[must_use]
pub fn run(format: VersionsFormat) -> String {
    match format {
        VersionsFormat::Text => versions::text(),
        VersionsFormat::Json => format!("{:#}\n", versions::json()),
    }
}
