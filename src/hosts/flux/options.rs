//! How Flux treats the rendered objects.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the output behaves in Flux.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FluxOptions {
    /// Annotate Pods and Jobs with `kustomize.toolkit.fluxcd.io/force: Enabled`.
    pub recreate: bool,
    /// Annotate objects that contain `${` with `kustomize.toolkit.fluxcd.io/substitute: disabled`.
    pub disable_substitution: bool,
    /// Write `${` as `$${`, so that substitution gives back what is meant; not together with `disableSubstitution`.
    pub escape_substitution: bool,
    /// Annotate Pods and Jobs with `kustomize.toolkit.fluxcd.io/ssa: IfNotPresent`: a changed one waits until the old
    /// one is deleted.
    pub if_not_present: bool,
    /// Write a `kustomization.yaml` into `-o DIR`.
    pub kustomization: bool,
}
