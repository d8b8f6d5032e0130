//! What renders or applies manifests around us: Argo CD, kustomize, kpt, Flux.

pub mod argocd;
pub mod flux;
pub mod krm;
pub mod kustomize;
pub mod moving;
pub mod setup;
