//! Keys that a resource does not have: where they belong, how they are spelled, or that they are dropped.
//!
//! The API server prunes undeclared fields without a word. One that exists nowhere changes nothing, with the
//! operator as with us, so it is a warning. One that exists elsewhere, or nearly under this name, is meant, and
//! what was meant is lost: an error.

use std::sync::LazyLock;

use crate::{
    operator::fields::{self, Field, SPARK_APPLICATION, Shape},
    tree::{Diagnostic, Diagnostics, FieldPath, Key, Node, Segment},
};

const APPLICATION_SPEC: &str = "SparkApplicationSpec";
const SCHEDULED_SPEC: &str = "ScheduledSparkApplicationSpec";

/// Where fields of an application can live: path below its spec, fields. The first match is named first: `spec`, then
/// the roles.
static HOMES: LazyLock<Vec<(&str, &[&Field])>> = LazyLock::new(|| {
    let mut homes: Vec<(&str, &[&Field])> = fields::all()
        .iter()
        .filter(|field| field.kind == SPARK_APPLICATION && matches!(field.shape, Shape::Object(_)))
        .filter_map(|field| {
            let path = field.path.strip_prefix("spec")?.trim_start_matches('.');
            Some((path, fields::of_type(field.shape.object()?)))
        })
        .filter(|(path, fields)| !fields.is_empty() && !path.contains(['[', '*']))
        .collect();
    homes.sort_by_key(|(path, _)| match *path {
        "" => 0,
        "driver" => 1,
        "executor" => 2,
        _ => 3,
    });
    homes
});

fn has(resource: &str, name: &str) -> bool {
    fields::field(resource, name).is_some()
}

/// Names too general to say where they belong.
const AMBIGUOUS: &[&str] = &["enabled", "files", "name", "path", "port", "ports", "queue", "resources", "type"];

/// Words that people write for a field: key, the field that is meant.
const ALIASES: &[(&str, &str)] = &[
    ("serviceAccountName", "serviceAccount"),
    ("extraJavaOptions", "javaOptions"),
    ("javaOpts", "javaOptions"),
    ("environment", "env"),
    ("envVar", "envVars"),
    ("replicas", "instances"),
    ("numExecutors", "instances"),
    ("executorInstances", "instances"),
    ("cpu", "cores"),
    ("cpuLimit", "coreLimit"),
    ("coresLimit", "coreLimit"),
    ("coresRequest", "coreRequest"),
    ("priorityClass", "priorityClassName"),
    ("args", "arguments"),
    ("class", "mainClass"),
    ("conf", "sparkConf"),
    ("dependencies", "deps"),
    ("ttlSecondsAfterFinished", "timeToLiveSeconds"),
];

/// Fields of Kubernetes pods that applications do not have, but pod templates do.
const POD_FIELDS: &[&str] = &[
    "activeDeadlineSeconds",
    "automountServiceAccountToken",
    "dnsPolicy",
    "enableServiceLinks",
    "ephemeralContainers",
    "hostIPC",
    "hostPID",
    "hostUsers",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "os",
    "overhead",
    "preemptionPolicy",
    "priority",
    "readinessGates",
    "resourceClaims",
    "runtimeClassName",
    "schedulingGates",
    "subdomain",
    "topologySpreadConstraints",
];

/// Fields of Kubernetes containers that applications do not have, but containers of pod templates do.
const CONTAINER_FIELDS: &[&str] = &[
    "args",
    "command",
    "imagePullPolicy",
    "livenessProbe",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "startupProbe",
    "stdin",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "workingDir",
];

/// Fields of operators before v1beta2: resource, key.
const REMOVED: &[(&str, &str)] = &[
    (APPLICATION_SPEC, "initContainerImage"),
    ("Dependencies", "downloadTimeout"),
    ("Dependencies", "filesDownloadDir"),
    ("Dependencies", "jarsDownloadDir"),
    ("Dependencies", "maxSimultaneousDownloads"),
    (SCHEDULED_SPEC, "runHistoryLimit"),
];

/// Reports `entry`, which `resource` at `path` does not have.
pub(crate) fn report(entry: (&Key, &Node), resource: &str, path: &FieldPath, diagnostics: &mut Diagnostics) {
    let (key, value) = entry;
    let known: Vec<&str> = fields::of_type(resource).iter().map(|field| field.name).collect();
    let name = key.text.as_str();
    let field = path.key(name);
    let diagnostic = if REMOVED.contains(&(resource, name)) {
        Diagnostic::warning("removed-field", format!("`{field}` has no effect since v1beta2"))
            .hint(format!("remove `{name}`"))
    } else if let Some(homes) = misplaced(name, resource, path) {
        Diagnostic::error("misplaced-field", format!("unknown field `{field}`; it belongs elsewhere"))
            .hint(format!("move it to {}", homes.join(" or ")))
    } else if let Some(meant) = misspelled(name, &known) {
        Diagnostic::error("misspelled-field", format!("unknown field `{field}`")).hint(format!("write `{meant}`"))
    } else {
        Diagnostic::warning("unknown-field", format!("unknown field `{field}`, which the API server drops"))
            .hint(format!("remove `{name}`"))
    };
    let diagnostic = diagnostic.field(field);
    diagnostics.push(match key.span {
        Some(span) => diagnostic.at(span),
        None => diagnostic.at(&value.origin),
    });
}

/// The spelling of `known` that is nearest to `name`, if near enough to be meant.
fn misspelled(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let limit = match name.len() {
        0..=3 => 0,
        4..=5 => 1,
        6..=11 => 2,
        _ => 3,
    };
    let aliases = ALIASES.iter().copied().filter(|(_, meant)| known.contains(meant));
    known
        .iter()
        .map(|field| (*field, *field))
        .chain(aliases)
        .map(|(word, meant)| (strsim::damerau_levenshtein(&word.to_ascii_lowercase(), &lower), meant))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, meant)| meant)
}

/// The places where a field called `name` exists, in backticks.
fn misplaced(name: &str, resource: &str, path: &FieldPath) -> Option<Vec<String>> {
    if resource == SCHEDULED_SPEC && has(APPLICATION_SPEC, name) {
        return Some(vec![format!("`{}`", path.key("template").key(name))]);
    }
    if resource == APPLICATION_SPEC && has(SCHEDULED_SPEC, name) {
        return match path.0.last() {
            Some(Segment::Key(last)) if last == "template" => Some(vec![format!("`spec.{name}`")]),
            _ => Some(vec!["a resource of kind `ScheduledSparkApplication`".to_owned()]),
        };
    }
    if matches!(resource, "ServerSpec" | "ConnectExecutorSpec") {
        let lives_in_pods = has("ExecutorSpec", name) || POD_FIELDS.contains(&name);
        return (lives_in_pods || CONTAINER_FIELDS.contains(&name))
            .then(|| vec![format!("the pod template `{}`", path.key("template"))]);
    }
    let base = base(path)?;
    let meant =
        ALIASES.iter().find(|(alias, meant)| *alias == name && !has(resource, meant)).map_or(name, |(_, meant)| *meant);
    if !AMBIGUOUS.contains(&name) && resource != "SecretInfo" && resource != "NamePath" {
        let homes: Vec<String> = HOMES
            .iter()
            .filter(|(_, fields)| fields::find(fields, meant).is_some())
            .map(|(home, _)| format!("`{}`", join(&[base, home, meant])))
            .collect();
        if !homes.is_empty() {
            return Some(homes);
        }
    }
    let roles: &[&str] = match resource {
        APPLICATION_SPEC => &["driver", "executor"],
        "DriverSpec" => &["driver"],
        "ExecutorSpec" => &["executor"],
        _ => return None,
    };
    let place = if POD_FIELDS.contains(&name) {
        format!("template.spec.{name}")
    } else if CONTAINER_FIELDS.contains(&name) {
        format!("template.spec.containers[0].{name}")
    } else {
        return None;
    };
    Some(roles.iter().map(|role| format!("`{}`", join(&[base, role, &place]))).collect())
}

/// `spec` or, inside a ScheduledSparkApplication, `spec.template`; nothing outside an application.
fn base(path: &FieldPath) -> Option<&'static str> {
    let key = |position: usize| match path.0.get(position) {
        Some(Segment::Key(key)) => key.as_str(),
        _ => "",
    };
    match (key(0), key(1)) {
        ("spec", "template") => Some("spec.template"),
        ("spec", _) => Some("spec"),
        _ => None,
    }
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// Reports a key beside `apiVersion`, `kind`, `metadata` and `spec`.
pub(crate) fn report_top_level(key: &Key, value: &Node, diagnostics: &mut Diagnostics) {
    let name = key.text.as_str();
    let diagnostic = if has(APPLICATION_SPEC, name) {
        Diagnostic::error("misplaced-field", format!("unknown field `{name}`; it belongs elsewhere"))
            .hint(format!("move it to `spec.{name}`"))
    } else if let Some(meant) = misspelled(name, &["apiVersion", "kind", "metadata", "spec", "status"]) {
        Diagnostic::error("misspelled-field", format!("unknown field `{name}`")).hint(format!("write `{meant}`"))
    } else {
        Diagnostic::warning("unknown-field", format!("unknown field `{name}`, which the API server drops"))
            .hint(format!("remove `{name}`"))
    };
    let diagnostic = diagnostic.field(FieldPath::keys(&[name]));
    diagnostics.push(match key.span {
        Some(span) => diagnostic.at(span),
        None => diagnostic.at(&value.origin),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_exists() {
        let exists = |name: &str| HOMES.iter().any(|(_, fields)| fields::find(fields, name).is_some());
        assert!(ALIASES.iter().all(|(alias, meant)| exists(meant) && !exists(alias)));
        assert!(REMOVED.iter().all(|(resource, name)| !fields::of_type(resource).is_empty() && !has(resource, name)));
    }

    #[test]
    fn homes_are_the_mappings_of_an_application() {
        let paths: Vec<&str> = HOMES.iter().map(|(path, _)| *path).collect();
        assert_eq!(paths[..3], ["", "driver", "executor"]);
        assert!(
            paths.contains(&"monitoring.prometheus") && !paths.iter().any(|path| path.contains("ports")),
            "{paths:?}"
        );
    }
}
