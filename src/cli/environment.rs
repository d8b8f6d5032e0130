//! The environment variables that are read at all, each with its one reader.

#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]

use std::{collections::BTreeMap, ffi::OsString};

/// Those of `names` that are set to text.
#[must_use]
pub(crate) fn variables(names: &[&str]) -> BTreeMap<String, String> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect()
}

/// Whether colours are unwanted: `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
#[must_use]
pub(crate) fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// Whether kustomize runs this process as a legacy exec plugin (`KUSTOMIZE_PLUGIN_CONFIG_ROOT`).
#[must_use]
pub(crate) fn is_kustomize_plugin() -> bool {
    std::env::var_os("KUSTOMIZE_PLUGIN_CONFIG_ROOT").is_some_and(|root| !root.is_empty())
}

/// What Argo CD says to a config management plugin. Variables that are set but empty say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ArgoCdEnvironment {
    /// `ARGOCD_APP_NAMESPACE`: where the application goes to.
    pub namespace: Option<String>,
    /// `KUBE_VERSION`: the cluster's; empty under the Source Hydrator.
    pub kube_version: Option<String>,
    /// `KUBE_API_VERSIONS`: the cluster's APIs.
    pub api_versions: Option<String>,
    /// `ARGOCD_APP_PARAMETERS`: JSON; present (perhaps `null`) where the Application names a plugin.
    pub parameters: Option<OsString>,
    /// `ARGOCD_APP_SOURCE_PATH`: the application's directory in its repository.
    pub source_path: Option<String>,
}

impl ArgoCdEnvironment {
    /// Reads the variables.
    #[must_use]
    pub(crate) fn read() -> Self {
        let full = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            namespace: full("ARGOCD_APP_NAMESPACE"),
            kube_version: full("KUBE_VERSION"),
            api_versions: full("KUBE_API_VERSIONS"),
            parameters: std::env::var_os("ARGOCD_APP_PARAMETERS"),
            source_path: full("ARGOCD_APP_SOURCE_PATH"),
        }
    }
}
