//! Environment of executors. The webhook appends after everything that Spark sets; entries of a template come
//! before it. So names that Spark sets too need a conf, and references to Spark's names need those names early.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{
    ConfChange,
    env::{has_one_entry_per_name, unique},
    mutation::{MutatedPod, Mutation, webhook},
};
use crate::kube::env::{self, Token, literal, name, references};
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
    /// After them: only a key of a Secret wins over it.
    Late,
    /// After those, too: nothing wins over it.
    Last,
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
            EnvPosition::Early | EnvPosition::Late | EnvPosition::Last => None,
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
        entries.push(entry("HADOOP_CONF_DIR", EnvPosition::Last, Known::Text("/opt/hadoop/conf")));
    }
    entries.push(entry("SPARK_LOCAL_DIRS", EnvPosition::Last, Known::Nothing));
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
    let copied: BTreeSet<&str> = early.iter().map(name).collect();
    let is_open = target.container().get("envFrom").and_then(Node::as_sequence).is_some_and(|from| !from.is_empty());
    let base = &merged[..template_env];
    let before = BeforeWebhook { mutation, base, is_open, spark: &spark, conf, set: &seen, copied: &copied };
    let mut confs = before.keep(target.diagnostics);
    merged.splice(template_env..template_env, early);
    // Executors are created with a plain POST, where two entries of a name pass.
    if !has_one_entry_per_name(&merged) {
        let (unique, conflicts) = unique(&merged);
        if conflicts.is_empty() {
            merged = unique;
        }
    }

    let last: BTreeMap<&str, (usize, &Node)> =
        merged.iter().enumerate().map(|(index, entry)| (name(entry), (index, entry))).collect();
    let mut rivals: BTreeMap<&str, Vec<&SparkEntry<'_>>> = BTreeMap::new();
    spark.iter().for_each(|entry| rivals.entry(entry.name).or_default().push(entry));
    for entry_name in &names {
        // Each name keeps its last entry.
        let Some((index, last)) = last.get(entry_name.as_str()) else { continue };
        let own = rivals.get(entry_name.as_str()).map_or(&[][..], Vec::as_slice);
        // What a value refers to means the same where Spark puts its confs.
        let is_early =
            |name: &str| rivals.get(name).is_some_and(|all| all.iter().all(|one| one.place == EnvPosition::Early));
        let movable = references(last).iter().all(|reference| {
            is_early(reference)
                || merged[..*index].iter().any(|entry| name(entry) == reference)
                    && !rivals.contains_key(reference.as_str())
        });
        prevail(mutation, last, own, movable, &mut confs, target.diagnostics);
    }
    *target.container_list("env") = merged;
    confs
}

/// Confs that become variables of executors, other than `spark.executorEnv.*`.
const VARIABLES: [&str; 5] = [
    "spark.executor.extraJavaOptions",
    "spark.executor.defaultJavaOptions",
    "spark.executor.extraClassPath",
    "spark.executor.defaultExtraClassPath",
    "spark.executor.extraLibraryPath",
];

/// What Spark's entries refer to under the operator, whose webhook sets its own after them.
struct BeforeWebhook<'m> {
    mutation: &'m Mutation<'m>,
    /// The template's entries.
    base: &'m [Node],
    /// Whether there are variables of `envFrom`.
    is_open: bool,
    spark: &'m [SparkEntry<'m>],
    conf: &'m SparkConf,
    /// What the webhook sets after Spark's entries, and the template before them.
    set: &'m BTreeSet<&'m str>,
    /// Spark's entries of which the template has copies.
    copied: &'m BTreeSet<&'m str>,
}

impl BeforeWebhook<'_> {
    /// Confs whose references would mean something else now, with what they meant written out.
    fn keep(&self, diagnostics: &mut Diagnostics) -> Vec<ConfChange> {
        let mut confs = Vec::new();
        let mut values = BTreeMap::new();
        env::evaluate(self.base, self.is_open, &mut values);
        for entry in self.spark {
            let text = if let Known::Text(text) = entry.value { Some(text) } else { None };
            if entry.place == EnvPosition::Conf(EXECUTOR_ENV) && !self.set.contains(entry.name) {
                confs.extend(self.written_out(&format!("{EXECUTOR_ENV}{}", entry.name), &values, diagnostics));
            }
            values.insert(entry.name, text.and_then(|text| env::expanded(text, self.is_open, &values)));
        }
        confs.extend(VARIABLES.iter().filter_map(|key| self.written_out(key, &values, diagnostics)));
        confs
    }

    /// Whether a reference to `name` means something else now.
    fn is_changed(&self, name: &str, values: &BTreeMap<&str, Option<String>>) -> bool {
        self.set.contains(name) || self.copied.contains(name) && !values.contains_key(name)
    }

    fn written_out(
        &self,
        key: &str,
        values: &BTreeMap<&str, Option<String>>,
        diagnostics: &mut Diagnostics,
    ) -> Option<ConfChange> {
        let text = self.conf.get(key).filter(|text| text.contains("$("))?;
        let mut is_changed = false;
        let written: Vec<Token> = env::tokens(text)
            .into_iter()
            .map(|token| match token {
                Token::Reference(name) if self.is_changed(&name, values) => {
                    let value = values.get(name.as_str()).cloned();
                    let value = value.unwrap_or_else(|| (!self.is_open).then(|| format!("$({name})")));
                    is_changed |= value.is_some();
                    value.map_or_else(|| self.ambiguous(key, name, diagnostics), Token::Text)
                }
                other => other,
            })
            .collect();
        is_changed.then(|| ConfChange::set(key, env::value(&written), self.conf.origin(key)))
    }

    /// A reference to a value that is known only at run time: it cannot be written out.
    fn ambiguous(&self, key: &str, name: String, diagnostics: &mut Diagnostics) -> Token {
        let message = format!(
            "`{key}` refers to `{name}`, which `{}` sets again: in executors it gets the later value, under the operator the earlier one",
            self.mutation.field("env")
        );
        diagnostics.push(
            Diagnostic::warning("runtime-object", message)
                .field(self.mutation.field("env"))
                .at(self.conf.origin(key))
                .hint("give one of the two variables another name"),
        );
        Token::Reference(name)
    }
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
    movable: bool,
    confs: &mut Vec<ConfChange>,
    diagnostics: &mut Diagnostics,
) {
    let entry_name = name(entry);
    let origin = entry.get("value").map_or(&entry.origin, |value| &value.origin).clone();
    let is_at = |place| rivals.iter().any(|rival| rival.place == place);
    let late = entry_name.starts_with("SPARK_JAVA_OPT_") || is_at(EnvPosition::Late) || is_at(EnvPosition::Last);
    let early = is_at(EnvPosition::Early);
    let plain = literal(entry).filter(|_| movable);

    confs.extend(rivals.iter().filter_map(|rival| Some(ConfChange::remove(rival.conf()?, origin.clone()))));
    if early
        && !late
        && let Some(text) = plain
    {
        confs.push(ConfChange::set(format!("{EXECUTOR_ENV}{entry_name}"), text, origin));
    } else if (early || late)
        && !is_at(EnvPosition::Last)
        && let Some(secret) = secret_key(entry)
    {
        confs.push(ConfChange::set(format!("{SECRET_KEY_REF}{entry_name}"), secret, origin));
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

/// `<secret>:<key>`, if that says all of the entry.
fn secret_key(entry: &Node) -> Option<String> {
    let from = entry.at_keys(&["valueFrom", "secretKeyRef"])?;
    let is_optional = from.get("optional").and_then(Node::as_bool) == Some(true);
    (!is_optional).then_some(format!("{}:{}", from.str_at(&["name"])?, from.str_at(&["key"])?))
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
