//! Table: what a driver asks the API server for, by version and configuration.

use super::{SparkConf, Version, version::Numbers};

/// When a driver needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NeededWhen {
    /// In every application.
    Always,
    /// `spark.kubernetes.driver.service.deleteOnTermination` is on.
    DeletesServices,
    /// `spark.kubernetes.allocation.pods.allocator` is `statefulset`.
    StatefulSets,
    /// `spark.kubernetes.allocation.pods.allocator` is `deployment`.
    Deployments,
    /// An executor resize plugin is on.
    ResizesPods,
}

/// A permission.
#[derive(Debug)]
pub(crate) struct Permission {
    /// API group, empty for the core.
    pub(crate) group: &'static str,
    /// Resource or subresource.
    pub(crate) resource: &'static str,
    /// Verbs.
    pub(crate) verbs: &'static [&'static str],
    /// The first version that needs them; none where all versions do.
    pub(crate) since: Option<Numbers>,
    /// Who needs them.
    pub(crate) when: NeededWhen,
}

const fn always(resource: &'static str, verbs: &'static [&'static str]) -> Permission {
    Permission { group: "", resource, verbs, since: None, when: NeededWhen::Always }
}

const fn since(major: u32, minor: u32, permission: Permission) -> Permission {
    Permission { since: Some((major, minor, 0)), ..permission }
}

const fn when(when: NeededWhen, permission: Permission) -> Permission {
    Permission { when, ..permission }
}

const fn apps(permission: Permission) -> Permission {
    Permission { group: "apps", ..permission }
}

const CONTROLLER: &[&str] = &["create", "delete", "get", "patch", "update"];
const SCALE: &[&str] = &["get", "patch", "update"];

/// What drivers do: watch and replace executors, label idle ones, keep their ConfigMap and claims, and delete all
/// of them by label at the end (one by one up to 3.3, as a collection since).
pub(crate) const PERMISSIONS: &[Permission] = &[
    always("pods", &["create", "delete", "get", "list", "patch", "watch"]),
    since(3, 4, always("pods", &["deletecollection"])),
    since(4, 2, when(NeededWhen::ResizesPods, always("pods/resize", &["patch"]))),
    always("configmaps", &["create", "delete", "get", "list"]),
    since(3, 4, always("configmaps", &["deletecollection"])),
    always("persistentvolumeclaims", &["create", "delete", "get", "list", "patch"]),
    since(3, 4, always("persistentvolumeclaims", &["deletecollection"])),
    since(3, 2, when(NeededWhen::DeletesServices, always("services", &["delete", "get", "list"]))),
    since(3, 4, when(NeededWhen::DeletesServices, always("services", &["deletecollection"]))),
    since(3, 3, when(NeededWhen::StatefulSets, apps(always("statefulsets", CONTROLLER)))),
    since(3, 3, when(NeededWhen::StatefulSets, apps(always("statefulsets/scale", SCALE)))),
    since(4, 3, when(NeededWhen::Deployments, apps(always("deployments", CONTROLLER)))),
    since(4, 3, when(NeededWhen::Deployments, apps(always("deployments/scale", SCALE)))),
];

/// The permissions that a driver of `version` needs with `conf`.
pub(crate) fn permissions<'a>(
    version: &'a Version,
    conf: &'a SparkConf,
) -> impl Iterator<Item = &'static Permission> + use<'a> {
    PERMISSIONS
        .iter()
        .filter(|row| row.since.is_none_or(|since| version.used >= since))
        .filter(|row| row.when.applies(conf))
}

impl NeededWhen {
    /// The conf that decides.
    pub(crate) fn key(self) -> Option<&'static str> {
        match self {
            Self::Always => None,
            Self::DeletesServices => Some("spark.kubernetes.driver.service.deleteOnTermination"),
            Self::StatefulSets | Self::Deployments => Some("spark.kubernetes.allocation.pods.allocator"),
            Self::ResizesPods => Some("spark.plugins"),
        }
    }

    fn applies(self, conf: &SparkConf) -> bool {
        let value = self.key().and_then(|key| conf.get(key));
        match self {
            Self::Always => true,
            Self::DeletesServices => value != Some("false"),
            Self::StatefulSets => value == Some("statefulset"),
            Self::Deployments => value == Some("deployment"),
            Self::ResizesPods => value.is_some_and(|plugins| plugins.contains("ResizePlugin")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_before_the_oldest_known_one_need_what_that_one_needs() {
        let conf = SparkConf::default();
        let of = |version: &str| {
            let version = version.parse().unwrap();
            permissions(&version, &conf).map(|row| (row.resource, row.verbs)).collect::<Vec<_>>()
        };
        assert!(!of("3.1.3").is_empty());
        for older in ["2.4.8", "3.0", "3.0.3"] {
            assert_eq!(of(older), of("3.1.3"), "{older}");
        }
        assert_eq!(of("3.3.4").len() + 4, of("3.4.1").len(), "deletecollection of four resources");
    }
}
