//! The annotations by which the programs that apply objects are told what to do with them: Argo CD, Flux, and
//! everything that speaks KRM (kubectl, kustomize, kpt).

/// What `kubectl logs` and `kubectl exec` take where no container is named.
pub(crate) const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// Argo CD: comma-separated options of a sync; read from the live object.
pub(crate) const ARGOCD_SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
/// Argo CD: the wave of a sync in which the object is applied.
pub(crate) const ARGOCD_SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";
/// Argo CD: the phase of a sync in which the object is applied.
pub(crate) const ARGOCD_HOOK: &str = "argocd.argoproj.io/hook";
/// Argo CD 3.6 and later: JSON pointers that its comparison leaves out. Earlier versions read no such annotation.
pub(crate) const ARGOCD_IGNORED_POINTERS: &str = "argocd.argoproj.io/ignore-differences-json-pointers";

/// Flux: whether an object that cannot be changed is made anew.
pub(crate) const FLUX_FORCE: &str = "kustomize.toolkit.fluxcd.io/force";
/// Flux: how an object is applied.
pub(crate) const FLUX_SSA: &str = "kustomize.toolkit.fluxcd.io/ssa";
/// Flux: whether an object may be deleted when it leaves the render.
pub(crate) const FLUX_PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";
/// Flux: whether variables in the object are substituted.
pub(crate) const FLUX_SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// KRM: the object is configuration of a program, and is not applied.
pub(crate) const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";
