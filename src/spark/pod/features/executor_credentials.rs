//! `ExecutorKubernetesCredentialsFeatureStep`: the executors' service account, else the driver's.

use crate::{
    spark::pod::{Build, KubernetesConf},
    tree::{Diagnostics, Node, Origin, Stage},
};

/// The confs in the order in which they are asked.
const SERVICE_ACCOUNTS: &[&str] = &[
    "spark.kubernetes.authenticate.executor.serviceAccountName",
    "spark.kubernetes.authenticate.driver.serviceAccountName",
];

/// Sets both spellings of the field, unless the template used the old one: Spark looks at `serviceAccount` only.
pub(crate) fn configure(conf: &KubernetesConf<'_>, build: &mut Build, _: &mut Diagnostics) {
    let spec = build.pod.spec();
    let Some(account) = conf.first_node(SERVICE_ACCOUNTS) else { return };
    if spec.get("serviceAccount").is_some_and(|account| !account.is_null()) {
        return;
    }
    let origin =
        Origin::derived(Stage::FeatureStep, "ExecutorKubernetesCredentialsFeatureStep", [account.origin.clone()]);
    let account: Node = account.at(origin);
    let spec = spec.as_mapping_mut().expect("specs are mappings");
    spec.insert("serviceAccount", account.clone());
    spec.insert("serviceAccountName", account);
}
