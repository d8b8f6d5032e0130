//! ServiceAccount, Role and RoleBinding of a driver: exactly what Spark of its version and configuration asks the
//! API server for.

use super::Context;
use crate::{
    map,
    operator::{names, rule},
    seq,
    spark::{SparkConf, SparkVersion},
    tree::{Node, Origin, Sourced},
};

/// When a driver needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
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

/// A permission: API group, resource, verbs, first Spark version that needs them, condition.
type Permission = (&'static str, &'static str, &'static [&'static str], (u32, u32, u32), When);

/// What every version needs is the version's no more.
const OLDEST: (u32, u32, u32) = (3, 1, 0);

/// What drivers do: watch and replace executors, label idle ones, keep their ConfigMap and claims, and delete all
/// of them by label at the end (one by one up to 3.3, as a collection since).
const PERMISSIONS: &[Permission] = &[
    ("", "pods", &["create", "delete", "get", "list", "patch", "watch"], (3, 1, 0), When::Always),
    ("", "pods", &["deletecollection"], (3, 4, 0), When::Always),
    ("", "pods/resize", &["patch"], (4, 2, 0), When::ResizesPods),
    ("", "configmaps", &["create", "delete", "get", "list"], (3, 1, 0), When::Always),
    ("", "configmaps", &["deletecollection"], (3, 4, 0), When::Always),
    ("", "persistentvolumeclaims", &["create", "delete", "get", "list", "patch"], (3, 1, 0), When::Always),
    ("", "persistentvolumeclaims", &["deletecollection"], (3, 4, 0), When::Always),
    ("", "services", &["delete", "get", "list"], (3, 2, 0), When::DeletesServices),
    ("", "services", &["deletecollection"], (3, 4, 0), When::DeletesServices),
    ("apps", "statefulsets", &["create", "delete", "get", "patch", "update"], (3, 3, 0), When::StatefulSets),
    ("apps", "statefulsets/scale", &["get", "patch", "update"], (3, 3, 0), When::StatefulSets),
    ("apps", "deployments", &["create", "delete", "get", "patch", "update"], (4, 3, 0), When::Deployments),
    ("apps", "deployments/scale", &["get", "patch", "update"], (4, 3, 0), When::Deployments),
];

/// For whom the objects are made.
pub(crate) struct Account<'a> {
    /// The resource's name.
    pub(crate) name: &'a Sourced<String>,
    /// What Role and RoleBinding have behind it.
    pub(crate) suffix: &'a str,
    /// Their namespace.
    pub(crate) namespace: &'a Sourced<String>,
    /// Whose verbs.
    pub(crate) version: &'a Sourced<SparkVersion>,
    /// The confs in force.
    pub(crate) conf: &'a SparkConf,
    /// The pod that uses the account.
    pub(crate) pod: &'a Node,
    /// Labels of Role and RoleBinding.
    pub(crate) labels: Node,
}

/// The objects of an application's driver.
pub(crate) fn objects(context: Context<'_>) -> Vec<Node> {
    account_objects(&Account {
        name: &context.application.name,
        suffix: "driver",
        namespace: &context.application.namespace,
        version: &context.application.spark_version,
        conf: context.conf,
        pod: context.pod,
        labels: context.labels(),
    })
}

/// ServiceAccount (unless it is the namespace's own), Role and RoleBinding.
pub(crate) fn account_objects(of: &Account<'_>) -> Vec<Node> {
    const KEY: &str = "spark.kubernetes.authenticate.driver.serviceAccountName";
    let origin = rule::option("rbac");
    let account = of.pod.at_keys(&["spec", "serviceAccountName"]).filter(|account| !account.is_null());
    let account = account.cloned().unwrap_or_else(|| Node::from("default").at(of.conf.origin(KEY)));
    let role_name = names::limited(of.name, of.suffix);
    let role_name = Node::from(role_name).at(rule::operator("rbac", [of.name.origin.clone()]));
    let mut objects = Vec::new();
    if account.as_str() != Some("default") {
        // Applications may share the account, so nothing in it names this one.
        objects.push(map! {
            "apiVersion" => "v1",
            "kind" => "ServiceAccount",
            "metadata" => map! { "name" => account.clone() },
        });
    }
    objects.push(map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "Role",
        "metadata" => map! { "name" => role_name.clone(), "labels" => of.labels.clone() },
        "rules" => rules(of),
    });
    let namespace = of.namespace;
    objects.push(map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "RoleBinding",
        "metadata" => map! { "name" => role_name.clone(), "labels" => of.labels.clone() },
        "subjects" => seq![map! {
            "kind" => "ServiceAccount",
            "name" => account,
            "namespace" => Node::from(&namespace.value).at(rule::render("namespace", [namespace.origin.clone()])),
        }],
        "roleRef" => map! { "apiGroup" => "rbac.authorization.k8s.io", "kind" => "Role", "name" => role_name },
    });
    objects.into_iter().map(|object| object.stamped(&origin)).collect()
}

/// A rule in the making: API group, resource, where the two come from, and verbs with theirs.
type Rule<'a> = (&'a str, &'a str, Origin, Vec<(&'a str, Origin)>);

/// The rules of the Role: one for each API group and resource, verbs sorted.
fn rules(of: &Account<'_>) -> Node {
    let mut rules: Vec<Rule<'_>> = Vec::new();
    for (group, resource, verbs, since, when) in PERMISSIONS {
        if of.version.numbers < *since || !when.applies(of.conf) {
            continue;
        }
        let version = (*since > OLDEST).then(|| of.version.origin.clone());
        let origin = rule::operator("rbac", version.into_iter().chain(when.key().map(|key| of.conf.origin(key))));
        let verbs = verbs.iter().map(|verb| (*verb, origin.clone()));
        match rules.iter_mut().find(|rule| (rule.0, rule.1) == (*group, *resource)) {
            Some(rule) => rule.3.extend(verbs),
            None => rules.push((group, resource, origin.clone(), verbs.collect())),
        }
    }
    let rules = rules.into_iter().map(|(group, resource, origin, mut verbs)| {
        verbs.sort_unstable_by_key(|(verb, _)| *verb);
        let verbs: Vec<Node> = verbs.into_iter().map(|(verb, origin)| Node::from(verb).at(origin)).collect();
        map! { "apiGroups" => seq![group], "resources" => seq![resource], "verbs" => verbs }.stamped(&origin)
    });
    Node::new(rules.collect::<Vec<_>>())
}

impl When {
    /// The conf that decides.
    fn key(self) -> Option<&'static str> {
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
