//! Operators from 2.1 on: everything that a template can carry moves into `driver.template` and
//! `executor.template`.

use std::collections::BTreeSet;

use super::{
    DRIVER, EXECUTOR, Rewritten, RewrittenRole,
    role::{is_local_dir, says_something},
};
use crate::{
    map,
    operator::{fields, resolve::ResolvedApplication, rule, webhook},
    spark::SparkConf,
    tree::{Diagnostics, Mapping, Node, Origin},
};

/// Moves the fields of both roles.
pub(crate) fn apply(rewritten: &mut Rewritten<'_, '_>) {
    let application = rewritten.rewriting.application;
    let conf = rewritten.rewriting.conf;
    report_config_map(rewritten);
    let reduced = reduced(rewritten, conf);

    let driver = driver_template(&reduced, rewritten);
    let executor = application.spec.executor.as_ref().and_then(|executor| executor.template.clone());
    let executor = webhook::executor_template(&reduced, executor, conf, &[], rewritten.diagnostics);

    let used = moved_volumes(rewritten);
    for role in [DRIVER, EXECUTOR] {
        clear(rewritten, role, &reduced);
    }
    set_template(rewritten, DRIVER, driver);
    set_template(rewritten, EXECUTOR, executor.template);
    for change in &executor.confs {
        change_conf(rewritten, &change.key, change.value.as_deref(), &change.origin);
    }
    clear_common(rewritten, &used);
}

/// `sparkConfigMap` sets an env variable that Spark sets too, after those of a template.
fn report_config_map(rewritten: &mut Rewritten<'_, '_>) {
    if let Some(name) = rewritten.spec.get("sparkConfigMap").filter(|name| says_something(name)).cloned() {
        let path = rewritten.path("sparkConfigMap");
        rewritten.stays(path, &name.origin, "Spark sets SPARK_CONF_DIR after the variables of a template");
    }
}

/// The application with the fields that a template can carry.
fn reduced(rewritten: &mut Rewritten<'_, '_>, conf: &SparkConf) -> ResolvedApplication {
    let mut reduced = rewritten.rewriting.application.clone();
    reduced.spec.spark_config_map = None;
    for (role, limit) in [
        (DRIVER, reduced.spec.driver.as_mut().and_then(|driver| driver.memory_limit.take())),
        (EXECUTOR, reduced.spec.executor.as_mut().and_then(|executor| executor.memory_limit.take())),
    ] {
        if let Some(limit) = limit {
            let path = rewritten.path(role.name).key("memoryLimit");
            rewritten.stays(path, &limit.origin, "Spark sets the memory limit of its container itself");
        }
    }
    if let Some(env) = reduced.spec.driver.as_mut().and_then(|driver| driver.env.as_mut()) {
        let (moved, kept): (Vec<Node>, Vec<Node>) =
            std::mem::take(env).into_iter().partition(|entry| overrides(entry, conf).is_none());
        *env = moved;
        for entry in kept {
            let name = entry.str_at(&["name"]).unwrap_or_default().to_owned();
            let reason = overrides(&entry, conf).unwrap_or_default();
            let path = rewritten.path("driver").key("env").key(name);
            rewritten.stays(path, &entry.origin, &reason);
        }
    }
    reduced
}

/// Why a template's env entry would not have the effect that the webhook's has: Spark appends its own entries to
/// those of a template, and later ones win.
fn overrides(entry: &Node, conf: &SparkConf) -> Option<String> {
    let name = entry.str_at(&["name"])?;
    let set_by_spark = |name: &str| {
        name.starts_with("SPARK_")
            || conf.contains(&format!("spark.kubernetes.driverEnv.{name}"))
            || conf.contains(&format!("spark.kubernetes.driver.secretKeyRef.{name}"))
            || (name == "PYSPARK_PYTHON" && conf.contains("spark.pyspark.python"))
            || (name == "PYSPARK_DRIVER_PYTHON" && conf.contains("spark.pyspark.driver.python"))
            || (name == "HADOOP_CONF_DIR" && conf.contains("spark.kubernetes.hadoop.configMapName"))
    };
    if set_by_spark(name) {
        return Some(format!("Spark sets `{name}` after the variables of a template"));
    }
    let text = entry.str_at(&["value"])?;
    let referred = text.split("$(").skip(1).filter_map(|rest| rest.split_once(')')).map(|(name, _)| name);
    let later = referred.into_iter().find(|name| set_by_spark(name))?;
    Some(format!("it refers to `{later}`, which Spark sets after the variables of a template"))
}

/// The driver's template: the user's, or a container with Spark's name, with the webhook's mutations.
fn driver_template(reduced: &ResolvedApplication, rewritten: &mut Rewritten<'_, '_>) -> Option<Node> {
    let own = reduced.spec.driver.as_ref().and_then(|driver| driver.template.clone());
    let mut pod = own.clone().unwrap_or_else(|| map! {});
    if pod.as_mapping().is_none() {
        return own;
    }
    pod.mapping_at("spec");
    let spec = pod.get_mut("spec")?;
    let containers = spec.sequence_at("containers");
    if containers.is_empty() {
        containers.push(map! { "name" => DRIVER.container });
    }
    // The operator tells Spark the name; a template without it means the first container, and the mutations
    // take the last where there is no such name.
    let named = containers.iter().any(|container| container.str_at(&["name"]) == Some(DRIVER.container));
    if !named {
        containers.rotate_left(1);
    }
    let before = pod.clone();
    let later = volumes_of_confs(rewritten.rewriting.conf, &pod);
    pod.get_mut("spec")?.sequence_at("volumes").extend(later.iter().map(|name| map! { "name" => name }));
    let mut found = Diagnostics::new();
    let mut pod = webhook::driver(reduced, pod, &mut found);
    let spec = pod.get_mut("spec")?.as_mapping_mut()?;
    if let Some(volumes) = spec.get_mut("volumes").and_then(Node::as_sequence_mut) {
        volumes.retain(|volume| {
            volume
                .str_at(&["name"])
                .is_none_or(|name| later.binary_search_by(|later| later.as_str().cmp(name)).is_err())
        });
        if volumes.is_empty() {
            spec.remove("volumes");
        }
    }
    if !named {
        // Said of the order that was turned round.
        found.retain(|diagnostic| diagnostic.code != "operator-differs");
    }
    rewritten.diagnostics.extend(found);
    if own.is_none() && pod == before {
        return None;
    }
    if !named {
        pod.get_mut("spec")?.get_mut("containers")?.as_sequence_mut()?.rotate_right(1);
    }
    Some(pod)
}

/// Volumes that Spark will add to the driver, so that mounts of the template may name them.
fn volumes_of_confs(conf: &SparkConf, pod: &Node) -> Vec<String> {
    let volumes = conf.with_prefix("spark.kubernetes.driver.volumes.").filter_map(|(key, _)| key.split('.').nth(1));
    let secrets = conf.with_prefix("spark.kubernetes.driver.secrets.").map(|(name, _)| format!("{name}-volume"));
    let mut names: Vec<String> = volumes.map(str::to_owned).chain(secrets).collect();
    if !names.iter().any(|name| name.starts_with("spark-local-dir-")) {
        names.push("spark-local-dir-1".to_owned());
    }
    names.sort_unstable();
    names.dedup();
    let own = pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default();
    let own: BTreeSet<&str> = own.iter().filter_map(|volume| volume.str_at(&["name"])).collect();
    names.retain(|name| !own.contains(name.as_str()));
    names
}

/// The names of the volumes that moved mounts use.
fn moved_volumes(rewritten: &mut Rewritten<'_, '_>) -> Vec<String> {
    let mut names = Vec::new();
    for role in [DRIVER, EXECUTOR] {
        let mounts = rewritten.role(role).get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default();
        let moved = mounts.iter().filter(|mount| !is_local_dir(mount));
        names.extend(moved.filter_map(|mount| mount.str_at(&["name"])).map(str::to_owned));
    }
    names
}

/// Takes the moved fields out of a role.
fn clear(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole, reduced: &ResolvedApplication) {
    let kept_env: Vec<Node> = {
        let moved = match role.name {
            "driver" => reduced.spec.driver.as_ref().and_then(|driver| driver.env.as_ref()),
            _ => reduced.spec.executor.as_ref().and_then(|executor| executor.env.as_ref()),
        };
        let moved: Vec<&str> = moved.into_iter().flatten().filter_map(|entry| entry.str_at(&["name"])).collect();
        let written = rewritten.role(role).get("env").and_then(Node::as_sequence).unwrap_or_default();
        let stays = |entry: &&Node| entry.str_at(&["name"]).is_none_or(|name| !moved.contains(&name));
        written.iter().filter(stays).cloned().collect()
    };
    let mapping = rewritten.role(role);
    for field in fields::webhook_fields() {
        match field {
            "memoryLimit" => {}
            "env" => keep(mapping, field, kept_env.clone()),
            "volumeMounts" => {
                let mounts = mapping.get(field).and_then(Node::as_sequence).unwrap_or_default();
                let local = mounts.iter().filter(|mount| is_local_dir(mount)).cloned().collect();
                keep(mapping, field, local);
            }
            _ => {
                mapping.remove(field);
            }
        }
    }
}

/// Leaves `items` in the list `field`, or takes it out.
fn keep(mapping: &mut Mapping, field: &str, items: Vec<Node>) {
    if items.is_empty() {
        mapping.remove(field);
    } else if let Some(list) = mapping.get_mut(field) {
        *list = Node::new(items).at(list.origin.clone());
    }
}

/// `template` of a role; Kind and version belong to pods only.
fn set_template(rewritten: &mut Rewritten<'_, '_>, role: RewrittenRole, template: Option<Node>) {
    let Some(mut template) = template else { return };
    if let Some(mapping) = template.as_mapping_mut() {
        mapping.remove("apiVersion");
        mapping.remove("kind");
        if mapping.get("metadata").is_some_and(|metadata| !says_something(metadata)) {
            mapping.remove("metadata");
        }
    }
    let origin = rule::render("target", [rewritten.rewriting.application.origin.clone()]);
    rewritten.role(role).insert("template", template.stamped(&origin));
}

/// Confs that go with the executors' template; typed fields come after `sparkConf`, so they must not contradict.
fn change_conf(rewritten: &mut Rewritten<'_, '_>, key: &str, value: Option<&str>, origin: &Origin) {
    const OPERATORS_OWN: &[&str] =
        &["spark.kubernetes.executor.podTemplateFile", "spark.kubernetes.executor.podTemplateContainerName"];
    if OPERATORS_OWN.contains(&key) {
        return;
    }
    for field in ["envVars", "envSecretKeyRefs"] {
        if let Some(name) = key.strip_prefix(fields::conf(EXECUTOR.owner, field))
            && let Some(map) = rewritten.role(EXECUTOR).get_mut(field).and_then(Node::as_mapping_mut)
        {
            map.remove(name);
        }
    }
    match value {
        Some(value) if key == fields::conf(EXECUTOR.owner, "memoryOverhead") => {
            rewritten.role(EXECUTOR).insert("memoryOverhead", Node::text(value).at(origin.clone()));
        }
        Some(value) => rewritten.set_conf(key, value, origin.clone()),
        None => {
            if let Some(confs) = rewritten.spec.get_mut("sparkConf").and_then(Node::as_mapping_mut) {
                confs.remove(key);
            }
        }
    }
}

/// What both roles shared: `hadoopConfigMap`, and volumes that nothing in the resource mounts any more.
fn clear_common(rewritten: &mut Rewritten<'_, '_>, moved: &[String]) {
    rewritten.spec.remove("hadoopConfigMap");
    let mut mounted: BTreeSet<String> = BTreeSet::new();
    let moved: BTreeSet<&str> = moved.iter().map(String::as_str).collect();
    for role in [DRIVER, EXECUTOR] {
        let mounts = rewritten.role(role).get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default();
        mounted.extend(mounts.iter().filter_map(|mount| mount.str_at(&["name"])).map(str::to_owned));
    }
    let Some(volumes) = rewritten.spec.get("volumes").and_then(Node::as_sequence) else { return };
    let is_left = |volume: &&Node| {
        let name = volume.str_at(&["name"]).unwrap_or_default();
        mounted.contains(name) || !moved.contains(name)
    };
    let left: Vec<Node> = volumes.iter().filter(is_left).cloned().collect();
    keep(rewritten.spec, "volumes", left);
}
