//! What renders or applies manifests around us: Argo CD, kustomize, kpt, Flux.

pub(crate) mod argocd;
pub(crate) mod flux;
pub(crate) mod folder;
pub(crate) mod krm;
pub(crate) mod kustomize;
pub(crate) mod moving;
pub(crate) mod setup;
