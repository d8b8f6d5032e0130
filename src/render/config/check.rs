//! `spec.check` of a SparkRender: which findings `check` reports, and as what.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tree::Severity;

/// Which findings `check` reports, and as what. What `render` refuses is always reported, as an error.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CheckSpec {
    /// Codes that are reported; empty: all.
    pub select: Vec<String>,
    /// Findings that are counted but not reported.
    pub ignore: Vec<IgnoreSpec>,
    /// Severity by code.
    pub severity: BTreeMap<String, Severity>,
    /// A file that `check --write-baseline` wrote, relative to this one: the findings in it are counted but not reported.
    pub baseline: Option<String>,
}

/// Findings that are counted but not reported: those of one code, in some files, about some objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct IgnoreSpec {
    /// The code of the findings; required.
    pub code: String,
    /// Globs of files, relative to this file (`legacy/**/*.yaml`); empty: all files.
    pub paths: Vec<String>,
    /// Globs of objects, as `name`, `Kind/name` or `Kind/namespace/name`; empty: all objects.
    pub objects: Vec<String>,
    /// Why they are ignored; required.
    pub reason: String,
}
