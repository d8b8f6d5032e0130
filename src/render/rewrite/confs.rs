//! Operators before 2.1, and Spark before 3.0: no templates. Some fields have a conf; the others stay.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    DRIVER, EXECUTOR, Rewritten, RewrittenRole,
    role::{is_local_dir, says_something},
};
use crate::{
    operator::fields,
    spark::conf_keys,
    tree::{Diagnostic, Mapping, Node},
};

/// Moves what confs can carry, and reports the rest.
pub(crate) fn apply(rewritten: &mut Rewritten<'_, '_>) {
    let reason = if rewritten.rewriting.operator.has_pod_templates() {
        "Spark 2 has no pod templates, and there is no conf for it"
    } else {
        "it takes no pod templates, and there is no conf for it"
    };
    for role in [DRIVER, EXECUTOR] {
        report_template(rewritten, role);
        env(rewritten, role);
        mounts(rewritten, role);
        scheduling(rewritten, role);
        for field in fields::webhook_fields().filter(|field| !matches!(*field, "env" | "volumeMounts")) {
            let value = rewritten.role(role).get(field).filter(|value| says_something(value)).cloned();
            if let Some(value) = value {
                let path = rewritten.path(role.name).key(field);
                rewritten.stays(path, &value.origin, reason);
            }
        }
    }
    let of_spec = fields::of_type("SparkApplicationSpec").iter().filter(|field| field.has_effect("W"));
    // Volumes follow the mounts of the roles.
    for field in of_spec.map(|field| field.name).filter(|name| *name != "volumes") {
        let value = rewritten.spec.get(field).filter(|value| says_something(value)).cloned();
        if let Some(value) = value {
            let path = rewritten.path(field);
            rewritten.stays(path, &value.origin, reason);
        }
    }
    drop_unused_volumes(rewritten);
}

/// A template in a resource whose definition does not have it.
fn report_template(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole) {
    let operator = rewritten.rewriting.operator;
    let Some(template) = rewritten.role(role).get("template").filter(|template| says_something(template)).cloned()
    else {
        return;
    };
    let path = rewritten.path(role.name).key("template");
    let reason =
        if operator.has_pod_templates() { " of applications on Spark 2" } else { ": its resource has no such field" };
    rewritten.diagnostics.push(
        Diagnostic::error("template-not-taken", format!("operator {operator} takes no `{path}`{reason}"))
            .field(path)
            .at(&template.origin)
            .hint("upgrade the operator, or use target `pod` or `job`"),
    );
}

/// Plain values and single keys of Secrets have confs.
fn env(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole) {
    let entries = rewritten.role(role).get("env").and_then(Node::as_sequence).unwrap_or_default().to_vec();
    let mut kept = Vec::new();
    for entry in entries {
        let name = entry.str_at(&["name"]).unwrap_or_default().to_owned();
        match env_conf(rewritten, role, &entry) {
            Ok((key, value)) => rewritten.set_conf(&key, &value, entry.origin.clone()),
            Err(reason) => {
                let path = rewritten.path(role.name).key("env").key(name);
                rewritten.stays(path, &entry.origin, reason);
                kept.push(entry);
            }
        }
    }
    replace_list(rewritten, role, "env", kept);
}

fn env_conf(
    rewritten: &mut Rewritten<'_, '_>,
    role: RewrittenRole,
    entry: &Node,
) -> Result<(String, String), &'static str> {
    let name = entry.str_at(&["name"]).unwrap_or_default();
    let plain = [fields::conf(role.owner, "envVars"), name].concat();
    let secret = [fields::conf(role.owner, "envSecretKeyRefs"), name].concat();
    let mapping = rewritten.role(role);
    let rival = ["envVars", "envSecretKeyRefs"]
        .iter()
        .any(|field| mapping.get(field).is_some_and(|map| map.get(name).is_some()));
    if rival || rewritten.has_conf(&plain) || rewritten.has_conf(&secret) {
        return Err("another field sets the same variable");
    }
    if name.starts_with("SPARK_") {
        return Err("Spark sets the same variable, and which one wins depends on the order");
    }
    match (entry.get("value").and_then(Node::as_str), entry.at_keys(&["valueFrom", "secretKeyRef"])) {
        (Some(text), _) if text.contains("$(") => Err("it refers to other variables, and confs have no order"),
        (Some(text), _) => Ok((plain, text.to_owned())),
        (None, Some(reference)) => {
            if let (Some(name), Some(key), None) =
                (reference.str_at(&["name"]), reference.str_at(&["key"]), reference.get("optional"))
            {
                Ok((secret, format!("{name}:{key}")))
            } else {
                Err("an optional reference has no conf")
            }
        }
        (None, None) if entry.get("valueFrom").is_none() => Ok((plain, String::new())),
        (None, None) => Err("only plain values and keys of Secrets have a conf"),
    }
}

/// Volumes of four types, and whole Secrets, have confs.
fn mounts(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole) {
    let mounts = rewritten.role(role).get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default().to_vec();
    let mut kept = Vec::new();
    let volumes = rewritten.spec.get("volumes").and_then(Node::as_sequence).unwrap_or_default().iter().rev();
    let volumes: BTreeMap<String, Node> =
        volumes.filter_map(|volume| Some((volume.str_at(&["name"])?.to_owned(), volume.clone()))).collect();
    for mount in mounts {
        if is_local_dir(&mount) {
            kept.push(mount);
            continue;
        }
        let name = mount.str_at(&["name"]).unwrap_or_default().to_owned();
        let confs = volumes.get(&name).and_then(|volume| volume_confs(role, volume, &mount));
        if let Some(confs) = confs {
            for (key, value) in confs {
                rewritten.set_conf(&key, &value, mount.origin.clone());
            }
        } else {
            let path = rewritten.path(role.name).key("volumeMounts").key(name);
            rewritten.stays(path, &mount.origin, "Spark has no conf for such a volume or mount");
            kept.push(mount);
        }
    }
    replace_list(rewritten, role, "volumeMounts", kept);
}

fn volume_confs(role: RewrittenRole, volume: &Node, mount: &Node) -> Option<Vec<(String, String)>> {
    const MOUNT_FIELDS: &[&str] = &["name", "mountPath", "readOnly", "subPath"];
    let name = volume.str_at(&["name"])?;
    let path = mount.str_at(&["mountPath"])?;
    if !mount.as_mapping()?.keys().all(|field| MOUNT_FIELDS.contains(&field)) {
        return None;
    }
    if let Some(secret) = volume.get("secret") {
        let whole = secret.as_mapping()?.keys().all(|field| field == "secretName") && mount.get("subPath").is_none();
        let secret = secret.str_at(&["secretName"])?;
        return whole.then(|| vec![(format!("spark.kubernetes.{}.secrets.{secret}", role.name), path.to_owned())]);
    }
    let types: [(&str, &[&str]); 4] = [
        ("emptyDir", &["medium", "sizeLimit"]),
        ("hostPath", &["path"]),
        ("nfs", &["server", "path"]),
        ("persistentVolumeClaim", &["claimName"]),
    ];
    let (kind, options) = types.into_iter().find(|(kind, _)| volume.get(kind).is_some())?;
    let source = volume.get(kind)?.as_mapping()?;
    let prefix = format!("spark.kubernetes.{}.volumes.{kind}.{name}", role.name);
    let mut confs = vec![(format!("{prefix}.mount.path"), path.to_owned())];
    for (field, value) in source.iter() {
        let value = value.as_str().filter(|_| options.contains(&field))?;
        confs.push((format!("{prefix}.options.{field}"), value.to_owned()));
    }
    if let Some(sub_path) = mount.str_at(&["subPath"]) {
        confs.push((format!("{prefix}.mount.subPath"), sub_path.to_owned()));
    }
    if mount.get("readOnly").and_then(Node::as_bool) == Some(true) {
        confs.push((format!("{prefix}.mount.readOnly"), "true".to_owned()));
    }
    Some(confs)
}

/// Newer Sparks have confs for the scheduler and the node selector of a role. The driver is built by the operator's
/// Spark, executors by the application's.
fn scheduling(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole) {
    let used = rewritten.rewriting.application.spark_version.used;
    let (major, minor) = rewritten.rewriting.operator.submitter();
    let spark = if role == DRIVER { (major, minor, 0) } else { used };
    let reads = |key: &str| conf_keys::find(key).is_some_and(|row| row.is_read_by(spark));
    let key = format!("spark.kubernetes.{}.scheduler.name", role.name);
    if reads(&key)
        && rewritten.spec.get("batchScheduler").is_none_or(Node::is_null)
        && let Some(name) = take(rewritten, role, "schedulerName")
    {
        rewritten.set_conf(&key, name.as_str().unwrap_or_default(), name.origin.clone());
    }
    if !reads(&format!("spark.kubernetes.{}.node.selector.label", role.name)) {
        return;
    }
    if let Some(selector) = take(rewritten, role, "nodeSelector") {
        for (label, value) in selector.as_mapping().into_iter().flat_map(Mapping::iter) {
            let key = format!("spark.kubernetes.{}.node.selector.{label}", role.name);
            rewritten.set_conf(&key, value.as_str().unwrap_or_default(), value.origin.clone());
        }
    }
}

fn take(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole, field: &str) -> Option<Node> {
    let mapping = rewritten.role(role);
    says_something(mapping.get(field)?).then(|| mapping.remove(field))?
}

fn replace_list(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole, field: &str, items: Vec<Node>) {
    let mapping = rewritten.role(role);
    if items.is_empty() {
        mapping.remove(field);
    } else if let Some(list) = mapping.get_mut(field) {
        *list = Node::new(items).at(list.origin.clone());
    }
}

/// Volumes that no mount of the resource needs any more.
fn drop_unused_volumes(rewritten: &mut Rewritten<'_, '_>) {
    let application = rewritten.rewriting.application;
    let (driver, executor) = (application.spec.driver.as_ref(), application.spec.executor.as_ref());
    let written = [
        driver.and_then(|driver| driver.volume_mounts.as_ref()),
        executor.and_then(|executor| executor.volume_mounts.as_ref()),
    ];
    let names = |mounts: &[Node]| -> Vec<String> {
        mounts.iter().filter_map(|mount| mount.str_at(&["name"])).map(str::to_owned).collect()
    };
    let before: BTreeSet<String> = written.into_iter().flatten().flat_map(|mounts| names(mounts)).collect();
    let mut after = BTreeSet::new();
    for role in [DRIVER, EXECUTOR] {
        after.extend(names(rewritten.role(role).get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default()));
    }
    let Some(volumes) = rewritten.spec.get("volumes").and_then(Node::as_sequence) else { return };
    let left: Vec<Node> = volumes
        .iter()
        .filter(|volume| {
            let name = volume.str_at(&["name"]).unwrap_or_default();
            after.contains(name) || !before.contains(name)
        })
        .cloned()
        .collect();
    if left.is_empty() {
        rewritten.spec.remove("volumes");
    } else if let Some(list) = rewritten.spec.get_mut("volumes") {
        *list = Node::new(left).at(list.origin.clone());
    }
}
