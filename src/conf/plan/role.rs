//! Steps 16 to 19 and 21 to 24: the confs of the driver and of the executors.

use super::{Context, local_dirs, prefixed, set_field, set_text};
use crate::{
    api::{
        Sourced, StringMap,
        v1beta2::{NameKey, SecretInfo},
    },
    conf::SparkConf,
    diagnostics::Diagnostics,
    node::{Node, Origin, Stage},
    resolve::ResolvedApplication,
};

/// Labels of the application with this prefix are Kueue's, for the resource itself (operator 2.4 and later).
const KUEUE_PREFIX: &str = "kueue.x-k8s.io/";
/// The label by which the operator and our own Services find the pods of an application.
const APP_NAME_LABEL: &str = "sparkoperator.k8s.io/app-name";
/// The label of the runs of a schedule.
const SCHEDULED_APP_NAME_LABEL: &str = "sparkoperator.k8s.io/scheduled-app-name";

/// The fields that both roles have and that become confs.
struct RoleFields<'a> {
    role: &'static str,
    env_prefix: &'static str,
    image: Option<&'a Sourced<String>>,
    cores: Option<&'a Sourced<i64>>,
    core_request: Option<&'a Sourced<String>>,
    core_limit: Option<&'a Sourced<String>>,
    memory: Option<&'a Sourced<String>>,
    memory_overhead: Option<&'a Sourced<String>>,
    service_account: Option<&'a Sourced<String>>,
    java_options: Option<&'a Sourced<String>>,
    labels: Option<&'a StringMap>,
    annotations: Option<&'a StringMap>,
    env_vars: Option<&'a StringMap>,
    env_secret_key_refs: Option<&'a Sourced<std::collections::BTreeMap<String, NameKey>>>,
    secrets: &'a [SecretInfo],
    volume_mounts: &'a [Node],
}

macro_rules! role_fields {
    ($spec:expr, $role:literal, $env_prefix:literal) => {
        RoleFields {
            role: $role,
            env_prefix: $env_prefix,
            image: $spec.image.as_ref(),
            cores: $spec.cores.as_ref(),
            core_request: $spec.core_request.as_ref(),
            core_limit: $spec.core_limit.as_ref(),
            memory: $spec.memory.as_ref(),
            memory_overhead: $spec.memory_overhead.as_ref(),
            service_account: $spec.service_account.as_ref(),
            java_options: $spec.java_options.as_ref(),
            labels: $spec.labels.as_ref(),
            annotations: $spec.annotations.as_ref(),
            env_vars: $spec.env_vars.as_ref(),
            env_secret_key_refs: $spec.env_secret_key_refs.as_ref(),
            secrets: $spec.secrets.as_deref().unwrap_or_default(),
            volume_mounts: $spec.volume_mounts.as_deref().unwrap_or_default(),
        }
    };
}

/// The driver's block.
pub(super) fn driver(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(driver) = &context.spec.driver else { return };
    let fields = role_fields!(driver, "driver", "spark.kubernetes.driverEnv.");
    app_name_label(context, &fields, conf);
    resources(context, &fields, conf);
    set_field(conf, &["spark.kubernetes.driver.master"], driver.kubernetes_master.as_ref());
    labels(context, &fields, conf);
    prefixed(conf, "spark.kubernetes.driver.service.label.", driver.service_labels.as_ref());
    prefixed(conf, "spark.kubernetes.driver.service.annotation.", driver.service_annotations.as_ref());
    environment(&fields, conf);
    local_dirs::set(context, fields.role, fields.volume_mounts, conf, diagnostics);
}

/// The executors' block.
pub(super) fn executor(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(executor) = &context.spec.executor else { return };
    let fields = role_fields!(executor, "executor", "spark.executorEnv.");
    app_name_label(context, &fields, conf);
    set_field(conf, &["spark.executor.instances"], executor.instances.as_ref());
    resources(context, &fields, conf);
    let delete = "spark.kubernetes.executor.deleteOnTermination";
    set_field(conf, &[delete], executor.delete_on_termination.as_ref());
    labels(context, &fields, conf);
    environment(&fields, conf);
    local_dirs::set(context, fields.role, fields.volume_mounts, conf, diagnostics);
}

/// Of the operator's own labels only the name: the others would make an installed operator act upon the pod.
fn app_name_label(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let name = &context.app.name;
    let key = |label| ["spark.kubernetes.", fields.role, ".label.", label].concat();
    let origin = |label: &'static str| Origin::derived(Stage::Operator, label, [name.origin.clone()]);
    conf.set(key(APP_NAME_LABEL), &name.value, origin(APP_NAME_LABEL));
    if context.app.schedule.is_some() {
        let origin = origin(SCHEDULED_APP_NAME_LABEL);
        conf.set(key(SCHEDULED_APP_NAME_LABEL), &name.value, origin);
    }
}

fn resources(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let role = fields.role;
    let own = fields.image.filter(|image| !image.value.is_empty());
    let image = own.or(context.spec.image.as_ref());
    set_text(conf, &["spark.kubernetes.", role, ".container.image"], image);
    set_field(conf, &["spark.", role, ".cores"], fields.cores);
    set_field(conf, &["spark.kubernetes.", role, ".request.cores"], fields.core_request);
    set_field(conf, &["spark.kubernetes.", role, ".limit.cores"], fields.core_limit);
    set_field(conf, &["spark.", role, ".memory"], fields.memory);
    set_field(conf, &["spark.", role, ".memoryOverhead"], fields.memory_overhead);
    let account = ["spark.kubernetes.authenticate.", role, ".serviceAccountName"];
    set_field(conf, &account, fields.service_account);
    set_field(conf, &["spark.", role, ".extraJavaOptions"], fields.java_options);
}

/// The application's labels that its pods get.
pub(super) fn propagated_labels(app: &ResolvedApplication) -> impl Iterator<Item = (&String, &Sourced<String>)> {
    app.labels.iter().filter(|(key, _)| !key.starts_with(KUEUE_PREFIX))
}

/// The application's labels, the role's labels over them, annotations, references to keys of Secrets.
fn labels(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let prefix = ["spark.kubernetes.", fields.role, "."].concat();
    for (key, value) in propagated_labels(context.app) {
        conf.set([&prefix, "label.", key].concat(), &value.value, &value.origin);
    }
    prefixed(conf, &[&prefix, "label."].concat(), fields.labels);
    prefixed(conf, &[&prefix, "annotation."].concat(), fields.annotations);
    for (env, reference) in fields.env_secret_key_refs.iter().flat_map(|map| &map.value) {
        if let (Some(name), Some(key)) = (&reference.name, &reference.key) {
            let value = format!("{}:{}", name.value, key.value);
            let inputs = [reference.origin.clone(), name.origin.clone(), key.origin.clone()];
            let origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", inputs);
            let key_origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", [reference.origin.clone()]);
            conf.set_keyed(&format!("{prefix}secretKeyRef.{env}"), key_origin, value, origin);
        }
    }
}

/// `envVars`, Secrets, and the variables by which programs find Secrets of special types.
fn environment(fields: &RoleFields<'_>, conf: &mut SparkConf) {
    prefixed(conf, fields.env_prefix, fields.env_vars);
    for secret in fields.secrets {
        let (Some(name), Some(path)) = (&secret.name, &secret.path) else { continue };
        let key = format!("spark.kubernetes.{}.secrets.{}", fields.role, name.value);
        let inputs = [path.origin.clone(), name.origin.clone(), secret.origin.clone()];
        let key_origin = Origin::derived(Stage::Operator, "secrets", [name.origin.clone(), secret.origin.clone()]);
        conf.set_keyed(&key, key_origin, &path.value, Origin::derived(Stage::Operator, "secrets", inputs));
        let Some(secret_type) = &secret.secret_type else { continue };
        let (variable, file) = match secret_type.value.as_str() {
            "GCPServiceAccount" => ("GOOGLE_APPLICATION_CREDENTIALS", "key.json"),
            "HadoopDelegationToken" => ("HADOOP_TOKEN_FILE_LOCATION", "hadoop.token"),
            _ => continue,
        };
        let origin = |inputs| Origin::derived(Stage::Operator, "secrets.secretType", inputs);
        let key_origin = origin(vec![secret_type.origin.clone(), secret.origin.clone()]);
        let origin = origin(vec![secret_type.origin.clone(), path.origin.clone(), secret.origin.clone()]);
        let key = format!("{}{variable}", fields.env_prefix);
        conf.set_keyed(&key, key_origin, join_path(&path.value, file), origin);
    }
}

/// Go's `filepath.Join`: cleaned lexically.
fn join_path(directory: &str, file: &str) -> String {
    let absolute = directory.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain([file]) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join_path;

    #[test]
    fn paths_of_secrets_are_cleaned_as_go_does() {
        assert_eq!(join_path("/mnt/secrets", "key.json"), "/mnt/secrets/key.json");
        assert_eq!(join_path("/mnt//secrets/./a/../", "key.json"), "/mnt/secrets/key.json");
        assert_eq!(join_path("../a", "key.json"), "../a/key.json");
        assert_eq!(join_path("/../a", "key.json"), "/a/key.json");
        assert_eq!(join_path("", "key.json"), "key.json");
    }
}
