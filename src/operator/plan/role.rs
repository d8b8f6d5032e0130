//! Steps 16 to 19 and 21 to 24: the confs of the driver and of the executors.

use super::{Context, local_dirs, prefixed, set_field, set_text, set_value};
use crate::{
    operator::{
        api::{
            StringMap,
            v1beta2::{NameKey, SecretInfo},
        },
        resolve::ResolvedApplication,
    },
    spark::SparkConf,
    tree::{Diagnostics, Node, Origin, Sourced, Stage},
};

/// Labels of the application with this prefix are Kueue's, for the resource itself (operator 2.4 and later).
const KUEUE_PREFIX: &str = "kueue.x-k8s.io/";
/// The label by which the operator and our own Services find the pods of an application.
const APP_NAME_LABEL: &str = "sparkoperator.k8s.io/app-name";
/// The label of the runs of a schedule.
const SCHEDULED_APP_NAME_LABEL: &str = "sparkoperator.k8s.io/scheduled-app-name";

/// The fields that both roles have and that become confs, and the keys of these.
struct RoleFields<'a> {
    role: &'static str,
    image: (&'static str, Option<&'a Sourced<String>>),
    cores: (&'static str, Option<&'a Sourced<i64>>),
    texts: [(&'static str, Option<&'a Sourced<String>>); 6],
    labels: (&'static str, Option<&'a StringMap>),
    annotations: (&'static str, Option<&'a StringMap>),
    env_vars: (&'static str, Option<&'a StringMap>),
    env_secret_key_refs: Option<&'a Sourced<std::collections::BTreeMap<String, NameKey>>>,
    secrets: &'a [SecretInfo],
    volume_mounts: &'a [Node],
}

macro_rules! role_fields {
    ($spec:expr, $role:literal, $env_prefix:literal) => {
        RoleFields {
            role: $role,
            image: (concat!("spark.kubernetes.", $role, ".container.image"), $spec.image.as_ref()),
            cores: (concat!("spark.", $role, ".cores"), $spec.cores.as_ref()),
            texts: [
                (concat!("spark.kubernetes.", $role, ".request.cores"), $spec.core_request.as_ref()),
                (concat!("spark.kubernetes.", $role, ".limit.cores"), $spec.core_limit.as_ref()),
                (concat!("spark.", $role, ".memory"), $spec.memory.as_ref()),
                (concat!("spark.", $role, ".memoryOverhead"), $spec.memory_overhead.as_ref()),
                (
                    concat!("spark.kubernetes.authenticate.", $role, ".serviceAccountName"),
                    $spec.service_account.as_ref(),
                ),
                (concat!("spark.", $role, ".extraJavaOptions"), $spec.java_options.as_ref()),
            ],
            labels: (concat!("spark.kubernetes.", $role, ".label."), $spec.labels.as_ref()),
            annotations: (concat!("spark.kubernetes.", $role, ".annotation."), $spec.annotations.as_ref()),
            env_vars: ($env_prefix, $spec.env_vars.as_ref()),
            env_secret_key_refs: $spec.env_secret_key_refs.as_ref(),
            secrets: $spec.secrets.as_deref().unwrap_or_default(),
            volume_mounts: $spec.volume_mounts.as_deref().unwrap_or_default(),
        }
    };
}

/// The driver's block.
pub(crate) fn driver(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(driver) = &context.spec.driver else { return };
    let fields = role_fields!(driver, "driver", "spark.kubernetes.driverEnv.");
    app_name_label(context, &fields, conf);
    resources(context, &fields, conf);
    set_field(conf, "spark.kubernetes.driver.master", driver.kubernetes_master.as_ref());
    labels(context, &fields, conf);
    prefixed(conf, "spark.kubernetes.driver.service.label.", driver.service_labels.as_ref());
    prefixed(conf, "spark.kubernetes.driver.service.annotation.", driver.service_annotations.as_ref());
    environment(&fields, conf);
    local_dirs::set(context, fields.role, fields.volume_mounts, conf, diagnostics);
}

/// The executors' block.
pub(crate) fn executor(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(executor) = &context.spec.executor else { return };
    let fields = role_fields!(executor, "executor", "spark.executorEnv.");
    app_name_label(context, &fields, conf);
    set_value(conf, "spark.executor.instances", executor.instances.as_ref());
    resources(context, &fields, conf);
    let delete = "spark.kubernetes.executor.deleteOnTermination";
    set_value(conf, delete, executor.delete_on_termination.as_ref());
    labels(context, &fields, conf);
    environment(&fields, conf);
    local_dirs::set(context, fields.role, fields.volume_mounts, conf, diagnostics);
}

/// Of the operator's own labels only the name: the others would make an installed operator act upon the pod.
fn app_name_label(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let name = &context.app.name;
    let key = |label| [fields.labels.0, label].concat();
    let origin = |label: &'static str| Origin::derived(Stage::Operator, label, [name.origin.clone()]);
    conf.set(key(APP_NAME_LABEL), &name.value, origin(APP_NAME_LABEL));
    if context.app.schedule.is_some() {
        let origin = origin(SCHEDULED_APP_NAME_LABEL);
        conf.set(key(SCHEDULED_APP_NAME_LABEL), &name.value, origin);
    }
}

fn resources(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let (key, own) = fields.image;
    let own = own.filter(|image| !image.value.is_empty());
    set_text(conf, key, own.or(context.spec.image.as_ref()));
    set_value(conf, fields.cores.0, fields.cores.1);
    for (key, field) in fields.texts {
        set_field(conf, key, field);
    }
}

/// The application's labels that its pods get.
pub(crate) fn propagated_labels(app: &ResolvedApplication) -> impl Iterator<Item = (&String, &Sourced<String>)> {
    app.labels.iter().filter(|(key, _)| !key.starts_with(KUEUE_PREFIX))
}

/// The application's labels, the role's labels over them, annotations, references to keys of Secrets.
fn labels(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let (prefix, own) = fields.labels;
    for (key, value) in propagated_labels(context.app) {
        conf.set([prefix, key].concat(), &value.value, &value.origin);
    }
    prefixed(conf, prefix, own);
    prefixed(conf, fields.annotations.0, fields.annotations.1);
    for (env, reference) in fields.env_secret_key_refs.iter().flat_map(|map| &map.value) {
        if let (Some(name), Some(key)) = (&reference.name, &reference.key) {
            let value = format!("{}:{}", name.value, key.value);
            let inputs = [reference.origin.clone(), name.origin.clone(), key.origin.clone()];
            let origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", inputs);
            let key_origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", [reference.origin.clone()]);
            let key = format!("spark.kubernetes.{}.secretKeyRef.{env}", fields.role);
            conf.set_keyed(key, key_origin, value, origin);
        }
    }
}

/// `envVars`, Secrets, and the variables by which programs find Secrets of special types.
fn environment(fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let (env_prefix, env_vars) = fields.env_vars;
    prefixed(conf, env_prefix, env_vars);
    for secret in fields.secrets {
        let (Some(name), Some(path)) = (&secret.name, &secret.path) else { continue };
        let key = format!("spark.kubernetes.{}.secrets.{}", fields.role, name.value);
        let inputs = [path.origin.clone(), name.origin.clone(), secret.origin.clone()];
        let key_origin = Origin::derived(Stage::Operator, "secrets", [name.origin.clone(), secret.origin.clone()]);
        conf.set_keyed(key, key_origin, &path.value, Origin::derived(Stage::Operator, "secrets", inputs));
        let Some(secret_type) = &secret.secret_type else { continue };
        let (variable, file) = match secret_type.value.as_str() {
            "GCPServiceAccount" => ("GOOGLE_APPLICATION_CREDENTIALS", "key.json"),
            "HadoopDelegationToken" => ("HADOOP_TOKEN_FILE_LOCATION", "hadoop.token"),
            _ => continue,
        };
        let origin = |inputs| Origin::derived(Stage::Operator, "secrets.secretType", inputs);
        let key_origin = origin(vec![secret_type.origin.clone(), secret.origin.clone()]);
        let origin = origin(vec![secret_type.origin.clone(), path.origin.clone(), secret.origin.clone()]);
        let key = format!("{env_prefix}{variable}");
        conf.set_keyed(key, key_origin, join_path(&path.value, file), origin);
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
