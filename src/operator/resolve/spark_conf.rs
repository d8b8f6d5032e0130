//! `sparkConf`: what the operator's webhook refuses (`internal/webhook/sparkconf_validator.go`, 2.5.2), and
//! what Spark would not read.

use super::DecodedApplication;
use crate::{
    operator::{Version, since},
    tree::{Diagnostic, Diagnostics, Severity, Sourced},
};

/// Keys that operator 2.5.2 and later refuse, and what to use instead. Older operators accept them, and the
/// confs work, so a finding is a warning, unless such an operator is to read the output.
const DENIED: &[(&str, &str)] = &[
    ("spark.kubernetes.authenticate.driver.serviceAccountName", "use `spec.driver.serviceAccount`"),
    ("spark.kubernetes.authenticate.executor.serviceAccountName", "use `spec.executor.serviceAccount`"),
    ("spark.kubernetes.authenticate.oauthToken", "remove it; pods use their service account"),
    ("spark.kubernetes.authenticate.oauthTokenFile", "remove it; pods use their service account"),
    ("spark.kubernetes.authenticate.driver.oauthToken", "use `spec.driver.serviceAccount`"),
    ("spark.kubernetes.authenticate.driver.oauthTokenFile", "use `spec.driver.serviceAccount`"),
    ("spark.kubernetes.authenticate.executor.oauthToken", "use `spec.executor.serviceAccount`"),
    ("spark.kubernetes.authenticate.executor.oauthTokenFile", "use `spec.executor.serviceAccount`"),
    ("spark.master", "remove it; the driver runs inside of the cluster"),
    ("spark.kubernetes.driver.master", "use `spec.driver.kubernetesMaster`"),
    ("spark.kubernetes.container.image", "use `spec.image`"),
    ("spark.kubernetes.driver.container.image", "use `spec.driver.image`"),
    ("spark.kubernetes.executor.container.image", "use `spec.executor.image`"),
];

/// Whether `operator` refuses them.
pub(crate) fn are_denied_by(operator: Version) -> bool {
    Version::read(since::CONFS_DENIED).is_ok_and(|since| operator.is_at_least(since.used))
}

/// Reports refused keys; an error where they are `denied`.
pub(crate) fn check(
    written: &DecodedApplication,
    namespace: Option<&Sourced<String>>,
    denied: bool,
    diagnostics: &mut Diagnostics,
) {
    let severity = if denied { Severity::Error } else { Severity::Warning };
    let Some(conf) = &written.spec.spark_conf else { return };
    for (key, hint) in DENIED {
        let Some(value) = conf.get(*key) else { continue };
        diagnostics.push(
            Diagnostic::new(
                "denied-conf",
                severity,
                format!("operator {} and later refuse `{key}` in `sparkConf`", since::CONFS_DENIED),
            )
            .field(written.path(&["sparkConf"]).key(*key))
            .at(&value.origin)
            .hint(*hint),
        );
    }
    let key = "spark.kubernetes.namespace";
    if let (Some(value), Some(namespace)) = (conf.get(key), namespace)
        && value.value != namespace.value
    {
        diagnostics.push(
            Diagnostic::error(
                "conf-namespace",
                format!("`{key}` is `{}`, but the application is in `{}`", value.value, namespace.value),
            )
            .field(written.path(&["sparkConf"]).key(key))
            .at(&value.origin)
            .label(&namespace.origin, "the namespace comes from here")
            .hint("remove the conf, and set `metadata.namespace`"),
        );
    }
}
