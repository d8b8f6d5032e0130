//! Names that Spark draws at random, made from the application instead: the same input has the same names.

use sha2::{Digest, Sha256};

use super::role;
use crate::{
    operator::{Plan, resolve::ResolvedApplication},
    spark::{Identity, names::hex},
    tree::{Canonical, Node, Origin, Sourced, Stage},
};

/// Names that only depend on namespace and name, so that they do not change with the content.
pub(crate) fn stable(app: &ResolvedApplication) -> Identity {
    let mut named = Sha256::new();
    for part in [&app.namespace.value, &app.name.value] {
        named.update(part);
        named.update([0]);
    }
    let digest = |use_: &str| named.clone().chain_update(use_).chain_update([0]).finalize();
    let short = |use_: &str| hex(&digest(use_)[..8]);
    let uuid = |use_: &str| uuid(&hex(&digest(use_)[..16]));
    Identity {
        app_id: Sourced::default(),
        prefix_hash: short("prefix"),
        executor_prefix_hash: short("executor prefix"),
        driver_conf_hash: short("driver conf"),
        executor_conf_hash: short("executor conf"),
        service_hash: short("service"),
        local_dir_uuid: uuid("local dir"),
        upload_uuid: uuid("upload"),
        origin: Origin::derived(Stage::Assemble, "identity", [app.name.origin.clone(), app.namespace.origin.clone()]),
    }
}

/// Room for what most applications consist of, in bytes.
const CONTENT: usize = 4096;

/// `spark-` and 32 hex digits of namespace, name and everything that makes the application what it is.
/// `spark_user` is what the configuration has for it: not of the application, but of the driver.
pub(crate) fn app_id(app: &ResolvedApplication, plan: &Plan, spark_user: Option<&str>) -> Sourced<String> {
    let mut content = Canonical::with_capacity(CONTENT);
    for text in [&app.namespace.value, &app.name.value, &plan.spark_version.asked] {
        content.text(text);
    }
    spark_user.into_iter().for_each(|user| content.text(user));
    for (key, entry) in plan.conf.iter() {
        content.text(key);
        content.text(&entry.value);
    }
    let absent = Node::default();
    for tree in [app.document.get("spec"), plan.driver_template.as_ref(), plan.executor_template.as_ref()] {
        content.tree(tree.unwrap_or(&absent));
    }
    let id = ["spark-", &hex(&Sha256::digest(content.as_bytes())[..16])].concat();
    let spec = app.document.get("spec").map(|spec| spec.origin.clone());
    let labels = role::propagated_labels(app).map(|(_, label)| label.origin.clone());
    let names = [app.name.origin.clone(), app.namespace.origin.clone()];
    let inputs = spec.into_iter().chain(names).chain(labels);
    Sourced::new(
        id,
        Origin::noted(Stage::Assemble, "app-id", "a hash of the whole spec, the names and the labels", inputs),
    )
}

/// The first 32 of `digits` in the form of a UUID.
fn uuid(digits: &str) -> String {
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
}
