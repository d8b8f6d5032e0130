//! Steps 16 to 19 and 21 to 24: the confs of the driver and of the executors.

use super::{Context, local_dirs, prefixed, set_field, set_text, set_value};
use crate::{
    operator::{
        api::v1beta2::SparkPodSpec,
        fields,
        names::{APP_NAME_LABEL, KUEUE_PREFIX, SCHEDULED_APP_NAME_LABEL},
        resolve::ResolvedApplication,
    },
    spark::SparkConf,
    tree::{Diagnostics, Origin, Sourced, Stage},
};

/// The fields of a role, and where in the table they are.
struct RoleFields<'a> {
    role: &'static str,
    owner: &'static str,
    fields: &'a SparkPodSpec,
}

impl RoleFields<'_> {
    /// The conf that the field `name` becomes; for a map, what its keys are put behind.
    fn key(&self, name: &str) -> &'static str {
        fields::conf(self.owner, name)
    }
}

/// The driver's block.
pub(crate) fn driver(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(driver) = &context.spec.driver else { return };
    let fields = RoleFields { role: "driver", owner: "DriverSpec", fields: driver };
    app_name_label(context, &fields, conf);
    resources(context, &fields, conf);
    set_field(conf, fields.key("kubernetesMaster"), driver.kubernetes_master.as_ref());
    labels(context, &fields, conf);
    prefixed(conf, fields.key("serviceLabels"), driver.service_labels.as_ref());
    prefixed(conf, fields.key("serviceAnnotations"), driver.service_annotations.as_ref());
    environment(&fields, conf);
    let mounts = driver.volume_mounts.as_deref().unwrap_or_default();
    local_dirs::set(context, fields.role, mounts, conf, diagnostics);
}

/// The executors' block.
pub(crate) fn executor(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let Some(executor) = &context.spec.executor else { return };
    let fields = RoleFields { role: "executor", owner: "ExecutorSpec", fields: executor };
    app_name_label(context, &fields, conf);
    set_value(conf, fields.key("instances"), executor.instances.as_ref());
    resources(context, &fields, conf);
    set_value(conf, fields.key("deleteOnTermination"), executor.delete_on_termination.as_ref());
    labels(context, &fields, conf);
    environment(&fields, conf);
    let mounts = executor.volume_mounts.as_deref().unwrap_or_default();
    local_dirs::set(context, fields.role, mounts, conf, diagnostics);
}

/// Of the operator's own labels only the name: the others would make an installed operator act upon the pod.
fn app_name_label(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let name = &context.app.name;
    let prefix = fields.key("labels");
    let key = |label| [prefix, label].concat();
    let origin = |label: &'static str| Origin::derived(Stage::Operator, label, [name.origin.clone()]);
    conf.set(key(APP_NAME_LABEL), &name.value, origin(APP_NAME_LABEL));
    if context.app.schedule.is_some() {
        let origin = origin(SCHEDULED_APP_NAME_LABEL);
        conf.set(key(SCHEDULED_APP_NAME_LABEL), &name.value, origin);
    }
}

fn resources(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let own = fields.fields;
    let image = own.image.as_ref().filter(|image| !image.value.is_empty());
    set_text(conf, fields.key("image"), image.or(context.spec.image.as_ref()));
    set_value(conf, fields.key("cores"), own.cores.as_ref());
    for (name, field) in [
        ("coreRequest", &own.core_request),
        ("coreLimit", &own.core_limit),
        ("memory", &own.memory),
        ("memoryOverhead", &own.memory_overhead),
        ("serviceAccount", &own.service_account),
        ("javaOptions", &own.java_options),
    ] {
        set_field(conf, fields.key(name), field.as_ref());
    }
}

/// The application's labels that its pods get.
pub(crate) fn propagated_labels(app: &ResolvedApplication) -> impl Iterator<Item = (&String, &Sourced<String>)> {
    app.labels.iter().filter(|(key, _)| !key.starts_with(KUEUE_PREFIX))
}

/// The application's labels, the role's labels over them, annotations, references to keys of Secrets.
fn labels(context: &Context<'_>, fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let (prefix, own) = (fields.key("labels"), fields.fields);
    for (key, value) in propagated_labels(context.app) {
        conf.set([prefix, key].concat(), &value.value, &value.origin);
    }
    prefixed(conf, prefix, own.labels.as_ref());
    prefixed(conf, fields.key("annotations"), own.annotations.as_ref());
    let secret_keys = fields.key("envSecretKeyRefs");
    for (env, reference) in own.env_secret_key_refs.iter().flat_map(|map| &map.value) {
        if let (Some(name), Some(key)) = (&reference.name, &reference.key) {
            let value = format!("{}:{}", name.value, key.value);
            let inputs = [reference.origin.clone(), name.origin.clone(), key.origin.clone()];
            let origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", inputs);
            let key_origin = Origin::derived(Stage::Operator, "envSecretKeyRefs", [reference.origin.clone()]);
            conf.set_keyed([secret_keys, env].concat(), key_origin, value, origin);
        }
    }
}

/// `envVars`, Secrets, and the variables by which programs find Secrets of special types.
fn environment(fields: &RoleFields<'_>, conf: &mut SparkConf) {
    let (env_prefix, secrets) = (fields.key("envVars"), fields.key("secrets"));
    prefixed(conf, env_prefix, fields.fields.env_vars.as_ref());
    for secret in fields.fields.secrets.iter().flatten() {
        let (Some(name), Some(path)) = (&secret.name, &secret.path) else { continue };
        let key = [secrets, &name.value].concat();
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
