//! ServiceAccount, Role and RoleBinding of a driver: exactly what Spark of its version and configuration asks the
//! API server for.

use super::Context;
use crate::{
    map,
    operator::{names, rule},
    seq,
    spark::{
        self, SparkConf,
        permissions::{self, Permission},
    },
    tree::{Diagnostic, FieldPath, Node, Origin, Sourced},
};

/// For whom the objects are made.
pub(crate) struct Account<'a> {
    /// The resource's name.
    pub(crate) name: &'a Sourced<String>,
    /// What Role and RoleBinding have behind it.
    pub(crate) suffix: &'a str,
    /// Their namespace.
    pub(crate) namespace: &'a Sourced<String>,
    /// Whose verbs.
    pub(crate) version: &'a Sourced<spark::Version>,
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

/// The conf that names the driver's account; executors use it where they have none of their own.
pub(crate) const DRIVER_ACCOUNT: &str = "spark.kubernetes.authenticate.driver.serviceAccountName";
/// The account that each namespace has, and pods that name none.
pub(crate) const NAMESPACE_DEFAULT: &str = "default";

/// The account that a pod or its template names, by the field's new or its old spelling.
pub(crate) fn account_of(pod: &Node) -> Option<&Node> {
    let named =
        |field| pod.at_keys(&["spec", field]).filter(|account| account.as_str().is_some_and(|it| !it.is_empty()));
    named("serviceAccountName").or_else(|| named("serviceAccount"))
}

/// The account that a driver of these confs and this template gets, if one is named.
pub(crate) fn driver_account(conf: &SparkConf, template: Option<&Node>) -> Option<Node> {
    conf.node(DRIVER_ACCOUNT).or_else(|| template.and_then(account_of).cloned())
}

/// Says what an account of its own changes for the pods of an application.
pub(crate) fn own_account_note(account: &str, path: FieldPath) -> Diagnostic {
    Diagnostic::warning(
        "rbac-account",
        format!(
            "no service account is named: `{account}` is made. What the namespace's `{NAMESPACE_DEFAULT}` may carry, such as \
             a cloud identity or image pull secrets, it does not have"
        ),
    )
    .field(path)
    .hint("name the account that has them")
    .hint(format!("set `rbac: {{account: {NAMESPACE_DEFAULT}}}` to keep the namespace's account"))
}

/// Says who else gets the permissions of a driver with the account of its namespace.
pub(crate) fn shared_account_note(path: FieldPath) -> Diagnostic {
    Diagnostic::warning(
        "rbac-account",
        format!(
            "the Role is bound to the namespace's `{NAMESPACE_DEFAULT}` account: each pod there that names none gets it"
        ),
    )
    .field(path)
    .hint("name another account, or none, so that one is made for this driver")
}

/// ServiceAccount (unless it is the namespace's own), Role and RoleBinding.
pub(crate) fn account_objects(of: &Account<'_>) -> Vec<Node> {
    let origin = rule::option("rbac");
    let account = account_of(of.pod).cloned();
    let account = account.unwrap_or_else(|| Node::from(NAMESPACE_DEFAULT).at(of.conf.origin(DRIVER_ACCOUNT)));
    let role_name = names::limited(of.name, of.suffix);
    let role_name = Node::from(role_name).at(rule::operator("rbac", [of.name.origin.clone()]));
    let mut objects = Vec::new();
    if account.as_str() != Some(NAMESPACE_DEFAULT) {
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
type PolicyRule<'a> = (&'a str, &'a str, Origin, Vec<(&'a str, Origin)>);

/// The rules of the Role: one for each API group and resource, verbs sorted.
fn rules(of: &Account<'_>) -> Node {
    let mut rules: Vec<PolicyRule<'_>> = Vec::new();
    for Permission { group, resource, verbs, since, when } in permissions::permissions(of.version, of.conf) {
        let version = since.map(|_| of.version.origin.clone());
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
