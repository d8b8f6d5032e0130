//! Environment of executors. The webhook appends after everything that Spark sets; entries of a template come
//! before it. So names that Spark sets too need a conf, and references to Spark's names need those names early.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{
    ConfChange,
    env::{has_one_entry_per_name, literal, name, references, unique},
    mutation::{MutatedPod, Mutation, webhook},
};
use crate::map;
use crate::spark;
use crate::spark::Behaviour;
use crate::spark::SparkConf;
use crate::spark::names::SPARK_CONF_DIR;
use crate::tree::Diagnostic;
use crate::tree::Diagnostics;
use crate::tree::FieldPath;
use crate::tree::Node;
use crate::tree::Origin;

const EXECUTOR_ENV: &str = "spark.executorEnv.";
const SECRET_KEY_REF: &str = "spark.kubernetes.executor.secretKeyRef.";

/// Where Spark puts an entry (`BasicExecutorFeatureStep`, `EnvSecretsFeatureStep` and others).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnvPosition {
    /// Before the entries of `spark.executorEnv.*`: a conf wins over it.
    Early,
    /// Made from the conf of this prefix and its name.
    Conf(&'static str),
    /// After them: nothing wins over it.
    Late,
}

struct SparkEntry<'c> {
    name: &'c str,
    place: EnvPosition,
    value: Known<'c>,
}

/// What is known of a value before run time.
enum Known<'c> {
    /// Nothing.
    Nothing,
    /// The text.
    Text(&'c str),
    /// The field of the pod.
    Field(&'static str),
    /// Name and key of the Secret.
    Secret(&'c str, &'c str),
}

impl SparkEntry<'_> {
    /// An entry with the same value.
    fn known(&self) -> Option<Node> {
        let from = match self.value {
            Known::Nothing => return None,
            Known::Text(text) => return Some(map! { "name" => Node::text(self.name), "value" => Node::text(text) }),
            Known::Field(path) => map! { "fieldRef" => map! { "fieldPath" => path } },
            Known::Secret(secret, key) => {
                map! { "secretKeyRef" => map! { "name" => Node::text(secret), "key" => Node::text(key) } }
            }
        };
        Some(map! { "name" => Node::text(self.name), "valueFrom" => from })
    }

    /// The conf that it is made from.
    fn conf(&self) -> Option<String> {
        match self.place {
            EnvPosition::Conf(prefix) => Some(format!("{prefix}{}", self.name)),
            EnvPosition::Early | EnvPosition::Late => None,
        }
    }
}

/// The entries that Spark adds to executors, in its order.
fn spark_entries<'c>(conf: &'c SparkConf, version: &spark::Version) -> Vec<SparkEntry<'c>> {
    let entry = |name: &'c str, place: EnvPosition, value: Known<'c>| SparkEntry { name, place, value };
    let cores = conf.get("spark.executor.cores").unwrap_or("1");

    let mut entries = vec![
        entry("SPARK_USER", EnvPosition::Early, Known::Nothing),
        entry("SPARK_DRIVER_URL", EnvPosition::Early, Known::Nothing),
        entry("SPARK_EXECUTOR_CORES", EnvPosition::Early, Known::Text(cores)),
        entry("SPARK_EXECUTOR_MEMORY", EnvPosition::Early, Known::Nothing),
        entry("SPARK_APPLICATION_ID", EnvPosition::Early, Known::Field("metadata.labels['spark-app-selector']")),
        entry("SPARK_CONF_DIR", EnvPosition::Early, Known::Text(SPARK_CONF_DIR)),
        entry("SPARK_EXECUTOR_ID", EnvPosition::Early, Known::Field("metadata.labels['spark-exec-id']")),
        entry(
            "SPARK_RESOURCE_PROFILE_ID",
            EnvPosition::Early,
            Known::Field("metadata.labels['spark-exec-resourceprofile-id']"),
        ),
    ];
    for (name, value) in conf.with_prefix(EXECUTOR_ENV) {
        entries.push(entry(name, EnvPosition::Conf(EXECUTOR_ENV), Known::Text(&value.value)));
    }
    for (key, name, needs) in [
        ("spark.authenticate", "_SPARK_AUTH_SECRET", None),
        ("spark.executor.extraClassPath", "SPARK_CLASSPATH", None),
        ("spark.executor.defaultExtraClassPath", "SPARK_CLASSPATH", Some(Behaviour::DefaultExtraClassPath)),
        ("spark.executor.extraLibraryPath", "SPARK_EXECUTOR_LIBRARY_PATH", Some(Behaviour::ExecutorLibraryPath)),
    ] {
        let is_set = conf.get(key).is_some_and(|value| value != "false");
        if is_set && needs.is_none_or(|behaviour| version.has(behaviour)) {
            entries.push(entry(name, EnvPosition::Late, Known::Nothing));
        }
    }
    entries.push(entry("SPARK_EXECUTOR_POD_IP", EnvPosition::Late, Known::Field("status.podIP")));
    entries.push(entry("SPARK_EXECUTOR_POD_NAME", EnvPosition::Late, Known::Field("metadata.name")));
    for (name, value) in conf.with_prefix(SECRET_KEY_REF) {
        let known = value.value.split_once(':').map_or(Known::Nothing, |(secret, key)| Known::Secret(secret, key));
        entries.push(entry(name, EnvPosition::Conf(SECRET_KEY_REF), known));
    }
    if version.has(Behaviour::ExecutorHadoopConfigMap) && conf.contains("spark.kubernetes.hadoop.configMapName") {
        entries.push(entry("HADOOP_CONF_DIR", EnvPosition::Late, Known::Text("/opt/hadoop/conf")));
    }
    entries.push(entry("SPARK_LOCAL_DIRS", EnvPosition::Late, Known::Nothing));
    entries
}

/// Puts the environment of the template's Spark container in order; `template_env` entries were there before the
/// webhook's steps, `fixed` those of Spark whose values are known. Returns the confs that are needed beside it.
pub(super) fn settle(
    mutation: &Mutation<'_>,
    target: &mut MutatedPod<'_>,
    template_env: usize,
    conf: &SparkConf,
    fixed: &[Node],
) -> Vec<ConfChange> {
    let entries = target.container().get("env").and_then(Node::as_sequence).unwrap_or_default();
    if entries.len() <= template_env {
        return Vec::new();
    }
    let mut merged = std::mem::take(target.container_list("env"));
    let added = &merged[template_env..];
    let spark = spark_entries(conf, mutation.version());
    let early = referenced(mutation, added, &spark, fixed, target.diagnostics);
    let mut seen = BTreeSet::new();
    let names: Vec<SmolStr> = added.iter().map(name).filter(|name| seen.insert(*name)).map(SmolStr::from).collect();
    merged.splice(template_env..template_env, early);
    // Executors are created with a plain POST, where two entries of a name pass.
    if !has_one_entry_per_name(&merged) {
        let (unique, conflicts) = unique(&merged);
        if conflicts.is_empty() {
            merged = unique;
        }
    }

    let mut confs = Vec::new();
    let last: BTreeMap<&str, &Node> = merged.iter().map(|entry| (name(entry), entry)).collect();
    let mut rivals: BTreeMap<&str, Vec<&SparkEntry<'_>>> = BTreeMap::new();
    spark.iter().for_each(|entry| rivals.entry(entry.name).or_default().push(entry));
    for entry_name in &names {
        // Each name keeps its last entry.
        let Some(last) = last.get(entry_name.as_str()) else { continue };
        let rivals = rivals.get(entry_name.as_str()).map_or(&[][..], Vec::as_slice);
        prevail(mutation, last, rivals, &mut confs, target.diagnostics);
    }
    *target.container_list("env") = merged;
    confs
}

/// Spark's entries that `added` ones refer to, with the values that Spark will give them again later.
fn referenced(
    mutation: &Mutation<'_>,
    added: &[Node],
    spark: &[SparkEntry<'_>],
    fixed: &[Node],
    diagnostics: &mut Diagnostics,
) -> Vec<Node> {
    let mut needed: BTreeMap<String, Origin> = BTreeMap::new();
    let mut defined: BTreeSet<&str> = BTreeSet::new();
    for entry in added {
        for reference in references(entry) {
            if !defined.contains(reference.as_str()) {
                needed.entry(reference).or_insert_with(|| entry.origin.clone());
            }
        }
        defined.insert(name(entry));
    }
    let mut early = Vec::new();
    for entry in spark.iter().rev() {
        let Some(origin) = needed.remove(entry.name) else { continue };
        let known = entry.known().or_else(|| fixed.iter().find(|one| name(one) == entry.name).cloned());
        let Some(known) = known else {
            diagnostics.push(
                Diagnostic::warning(
                    "runtime-object",
                    format!(
                        "an entry refers to `{}`, which Spark {} sets after it in executors, so it stays unexpanded",
                        entry.name,
                        mutation.version()
                    ),
                )
                .field(mutation.field("env"))
                .at(origin)
                .hint("expand it in the program that reads the variable"),
            );
            continue;
        };
        for reference in references(&known) {
            needed.entry(reference).or_insert_with(|| origin.clone());
        }
        early.push(known.stamped(&webhook("env", &origin)));
    }
    early.reverse();
    early
}

/// Makes `entry` win over `rivals`, Spark's own entries of the same name.
fn prevail(
    mutation: &Mutation<'_>,
    entry: &Node,
    rivals: &[&SparkEntry<'_>],
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let entry_name = name(entry);
    let origin = entry.get("value").map_or(&entry.origin, |value| &value.origin).clone();
    let late = entry_name.starts_with("SPARK_JAVA_OPT_") || rivals.iter().any(|rival| rival.place == EnvPosition::Late);
    let early = rivals.iter().any(|rival| rival.place == EnvPosition::Early);
    let plain = literal(entry).filter(|text| !text.contains('$'));

    confs.extend(rivals.iter().filter_map(|rival| Some(ConfChange::remove(rival.conf()?, origin.clone()))));
    if early
        && !late
        && let Some(text) = plain
    {
        confs.push(ConfChange::set(format!("{EXECUTOR_ENV}{entry_name}"), text, origin));
    } else if early || late {
        diagnostics.push(
            Diagnostic::warning(
                "runtime-object",
                format!(
                    "`{entry_name}` of executors keeps the value that Spark {} sets after the template's",
                    mutation.version()
                ),
            )
            .field(field_of(mutation, entry))
            .at(&entry.origin)
            .hint(way_out(entry_name)),
        );
    }
}

/// The field that an entry comes from.
fn field_of(mutation: &Mutation<'_>, entry: &Node) -> FieldPath {
    match &entry.origin {
        Origin::Derived(derivation) if derivation.rule.ends_with("ConfigMap") => mutation.spec_field(&derivation.rule),
        _ => mutation.field("env"),
    }
}

fn way_out(name: &str) -> &'static str {
    match name {
        "SPARK_LOCAL_DIRS" => "set `spark.local.dir`, or mount a volume named `spark-local-dir-1`",
        "SPARK_CLASSPATH" => "set `spark.executor.extraClassPath`",
        "SPARK_EXECUTOR_LIBRARY_PATH" => "set `spark.executor.extraLibraryPath`",
        "HADOOP_CONF_DIR" => "remove `spark.kubernetes.hadoop.configMapName`",
        _ if name.starts_with("SPARK_JAVA_OPT_") => "set `spec.executor.javaOptions`",
        _ => "give a plain value, which `spark.executorEnv` can carry, or remove the entry",
    }
}
