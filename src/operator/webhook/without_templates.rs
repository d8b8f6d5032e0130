//! Spark 2.4 builds executors without a pod template: what confs can carry is carried, the rest is accounted for,
//! field by field.

use super::{
    ConfChange, ExecutorTemplate, STEPS,
    executor_confs::memory_limit,
    mutation::{Mutation, webhook},
    steps::volumes::{LOCAL_DIR_PREFIX, spec_volumes},
};
use crate::{
    kube::env::{literal, name},
    operator::fields,
    spark::{Behaviour, SparkConf},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin},
};

/// Carries what it can in confs and reports every field that executors lose.
pub(super) fn executor_confs(
    mutation: &Mutation<'_>,
    base: Option<&Node>,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) -> ExecutorTemplate {
    let mut confs = Vec::new();
    if let Some(base) = base {
        lost(mutation, mutation.field("template"), &base.origin, diagnostics);
    }
    for step in STEPS {
        let Some(origin) = step.given(mutation) else { continue };
        match step.field {
            "env" => env(mutation, conf, &mut confs, diagnostics),
            "volumeMounts" => volumes(mutation, &mut confs, diagnostics),
            "memoryLimit" => memory_limit(mutation, &Node::default(), conf, &mut confs, diagnostics),
            field if step.secures => diagnostics.push(
                Diagnostic::error(
                    "security-unsupported",
                    format!("executors of Spark {} run without `{field}`: it has no pod templates", mutation.version()),
                )
                .field(mutation.field(field))
                .at(origin)
                .hint(format!("use Spark {} or newer, or remove the field", Behaviour::PodTemplates.first())),
            ),
            field if step.is_of_spec() => lost(mutation, mutation.spec_field(field), &origin, diagnostics),
            "schedulerName" if mutation.app.spec.batch_scheduler.as_ref().is_some_and(|name| name.is_empty()) => {}
            "schedulerName" if mutation.app.spec.batch_scheduler.is_some() => {
                lost(mutation, mutation.spec_field("batchScheduler"), &origin, diagnostics);
            }
            field => lost(mutation, mutation.field(field), &origin, diagnostics),
        }
    }
    ExecutorTemplate { template: None, confs }
}

fn lost(mutation: &Mutation<'_>, field: FieldPath, origin: &Origin, diagnostics: &mut Diagnostics) {
    let version = mutation.version();
    let message = format!("executors run without `{field}`: Spark {version} has no pod templates and no conf for it");
    diagnostics.push(
        Diagnostic::warning("executor-field-lost", message)
            .field(field)
            .at(origin)
            .hint(format!("use Spark {} or newer", Behaviour::PodTemplates.first())),
    );
}

/// Plain values and keys of Secrets have confs.
fn env(mutation: &Mutation<'_>, conf: &SparkConf, confs: &mut Vec<ConfChange>, diagnostics: &mut Diagnostics) {
    for (index, entry) in mutation.fields.env.as_ref().into_iter().flatten().enumerate() {
        let entry_name = name(entry);
        let plain_key = [fields::conf("ExecutorSpec", "envVars"), entry_name].concat();
        let secret_key = [fields::conf("ExecutorSpec", "envSecretKeyRefs"), entry_name].concat();
        let origin = webhook("env", &entry.origin);
        let reference = entry.at_keys(&["valueFrom", "secretKeyRef"]);
        let secret = reference.and_then(|from| Some(format!("{}:{}", from.str_at(&["name"])?, from.str_at(&["key"])?)));
        let (key, value, rival) = match (literal(entry), secret) {
            (Some(text), _) => (plain_key, text.to_owned(), secret_key),
            (None, Some(secret)) => (secret_key, secret, plain_key),
            (None, None) => {
                lost(mutation, mutation.field("env").index(index), &entry.origin, diagnostics);
                continue;
            }
        };
        if conf.contains(&rival) {
            confs.push(ConfChange::remove(rival, origin.clone()));
        }
        confs.push(ConfChange::set(key, value, origin));
    }
}

/// Spark 2.4 mounts hostPath, emptyDir and persistentVolumeClaim by confs, and Secrets as a whole.
fn volumes(mutation: &Mutation<'_>, confs: &mut Vec<ConfChange>, diagnostics: &mut Diagnostics) {
    let known = spec_volumes(mutation);
    for (index, mount) in mutation.fields.volume_mounts.as_ref().into_iter().flatten().enumerate() {
        let volume_name = mount.str_at(&["name"]).unwrap_or_default();
        if volume_name.starts_with(LOCAL_DIR_PREFIX) {
            continue;
        }
        let carried = known.get(volume_name).and_then(|volume| volume_confs(volume, mount));
        match carried {
            Some(carried) => confs.extend(carried),
            None => lost(mutation, mutation.field("volumeMounts").index(index), &mount.origin, diagnostics),
        }
    }
}

fn volume_confs(volume: &Node, mount: &Node) -> Option<Vec<ConfChange>> {
    let origin = webhook("volumeMounts", &mount.origin);
    let source = webhook("volumes", &volume.origin);
    let path = mount.str_at(&["mountPath"])?;
    if mount.as_mapping()?.keys().any(|key| !["name", "mountPath", "readOnly"].contains(&key)) {
        return None;
    }
    if let Some(secret) = volume.get("secret") {
        if secret.as_mapping()?.len() > 1 {
            return None;
        }
        let key = format!("spark.kubernetes.executor.secrets.{}", secret.str_at(&["secretName"])?);
        return Some(vec![ConfChange::set(key, path, origin)]);
    }
    let kinds: &[(&str, &[(&str, &str)])] = &[
        ("hostPath", &[("path", "path")]),
        ("emptyDir", &[("medium", "medium"), ("sizeLimit", "sizeLimit")]),
        ("persistentVolumeClaim", &[("claimName", "claimName")]),
    ];
    let (kind, options) = kinds.iter().find(|(kind, _)| volume.get(kind).is_some())?;
    let prefix = format!("spark.kubernetes.executor.volumes.{kind}.{}", volume.str_at(&["name"])?);
    let mut confs = vec![ConfChange::set(format!("{prefix}.mount.path"), path, origin.clone())];
    if mount.get("readOnly").and_then(Node::as_bool) == Some(true) {
        confs.push(ConfChange::set(format!("{prefix}.mount.readOnly"), "true", origin));
    }
    for (field, option) in *options {
        if let Some(value) = volume.str_at(&[kind, field]) {
            confs.push(ConfChange::set(format!("{prefix}.options.{option}"), value, source.clone()));
        }
    }
    Some(confs)
}
