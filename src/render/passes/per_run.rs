//! Runs that name themselves: pods of a Job or CronJob, and pods that a host may rename after us, cannot carry
//! their names in text. The application id, the driver pod's name, the executors' prefix and the driver's address
//! come from the downward API, through `$(VAR)` in arguments.

use std::borrow::Cow;

use super::{properties, yunikorn};
use crate::{
    map,
    operator::{resolve::ResolvedApplication, rule},
    render::driver_objects::{DriverObjects, spark_container_mut},
    spark::{SparkConf, names::APP_SELECTOR_LABEL},
    tree::{Diagnostic, Diagnostics, Node},
};

/// Longest `spark.kubernetes.executor.podNamePrefix` that Spark ≥ 3.3 takes (`KUBERNETES_POD_NAME_PREFIX_MAX_LENGTH`).
pub(crate) const EXECUTOR_PREFIX_LENGTH: usize = 47;

/// An env entry that the arguments refer to, and the field that it takes its value from.
type Downward = (&'static str, &'static str);

/// What every run needs.
const DOWNWARD: &[Downward] = &[("POD_NAME", "metadata.name"), ("POD_UID", "metadata.uid")];

const NAMESPACE: &str = "spark.kubernetes.namespace";
/// Confs with the name of a service account; executors use the driver's where they have none of their own.
const ACCOUNTS: &[&str] = &[
    "spark.kubernetes.authenticate.driver.serviceAccountName",
    "spark.kubernetes.authenticate.executor.serviceAccountName",
];

/// What the runs of a workload may be called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunNames {
    /// The longest name that a driver pod can get.
    pub(crate) longest_pod_name: usize,
    /// Whether a host may also move the objects to another namespace, and rename their service account.
    pub(crate) rename_proof: bool,
}

/// The confs that arguments give instead of the properties, and the env that these refer to.
struct RunIdentity {
    confs: Vec<(Cow<'static, str>, String)>,
    downward: Vec<Downward>,
}

impl RunIdentity {
    fn of(parts: &DriverObjects, conf: &SparkConf, names: RunNames) -> Self {
        let executors =
            if names.longest_pod_name <= EXECUTOR_PREFIX_LENGTH { "$(POD_NAME)" } else { "spark-$(POD_UID)" };
        let mut confs = vec![
            ("spark.app.id", "spark-$(POD_UID)".to_owned()),
            ("spark.driver.host", "$(SPARK_DRIVER_BIND_ADDRESS)".to_owned()),
            ("spark.kubernetes.driver.pod.name", "$(POD_NAME)".to_owned()),
            ("spark.kubernetes.executor.podNamePrefix", executors.to_owned()),
        ];
        let mut downward = DOWNWARD.to_vec();
        if names.rename_proof {
            confs.push((NAMESPACE, "$(POD_NAMESPACE)".to_owned()));
            downward.push(("POD_NAMESPACE", "metadata.namespace"));
            let account = parts.pod.str_at(&["spec", "serviceAccountName"]);
            let same = ACCOUNTS.iter().filter(|key| account.is_some() && conf.get(key) == account);
            let before = confs.len();
            confs.extend(same.map(|key| (*key, "$(POD_SERVICE_ACCOUNT)".to_owned())));
            if confs.len() > before {
                downward.push(("POD_SERVICE_ACCOUNT", "spec.serviceAccountName"));
            }
        }
        let confs = confs.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
        Self { confs, downward }
    }
}

/// Makes the driver of `parts` independent of its own name.
pub(crate) fn apply(
    parts: &mut DriverObjects,
    conf: &mut SparkConf,
    application: &ResolvedApplication,
    names: RunNames,
    diagnostics: &mut Diagnostics,
) {
    report_fixed_prefix(conf, application, diagnostics);
    let mut identity = RunIdentity::of(parts, conf, names);
    identity.confs.extend(yunikorn::one_application(&mut parts.pod, conf, application, diagnostics));
    properties::leave_out_per_run(conf);
    if names.rename_proof {
        let keys: Vec<&str> = identity.confs.iter().map(|(key, _)| key.as_ref()).collect();
        properties::leave_out_renamed(conf, &keys, parts.config_map.as_mut());
    }
    let labels = parts.pod.mapping_at("metadata").get_mut("labels").and_then(Node::as_mapping_mut);
    if let Some(labels) = labels {
        labels.remove(APP_SELECTOR_LABEL);
    }
    let Some(container) = parts.pod.get_mut("spec").and_then(spark_container_mut) else { return };
    keep_references_literal(container, &identity.downward);
    name_env(container, &identity.downward, application, diagnostics);
    name_arguments(container, &identity);
}

/// The arguments that take the place of fixed names.
fn name_arguments(container: &mut Node, identity: &RunIdentity) {
    let Some(args) = container.get_mut("args").and_then(Node::as_sequence_mut) else { return };
    let is = |node: Option<&Node>, word: &str| node.and_then(Node::as_str) == Some(word);
    let driver = (0..args.len()).find(|&index| {
        is(args.get(index), "driver")
            && (is(args.get(index + 1), "--properties-file") || is(args.get(index + 1), "--proxy-user"))
    });
    let Some(driver) = driver else { return };
    let origin = rule::render("per-run-identity", []);
    let arguments = identity.confs.iter().flat_map(|(key, value)| {
        [Node::from("--conf").at(origin.clone()), Node::from(format!("{key}={value}")).at(origin.clone())]
    });
    let tail = args.split_off(driver + 1);
    args.extend(arguments);
    args.extend(tail);
}

/// `$(POD_NAME)` in the user's text was no reference before there was such a variable: it stays text.
fn keep_references_literal(container: &mut Node, downward: &[Downward]) {
    let env = container.get("env").and_then(Node::as_sequence).unwrap_or_default();
    let added: Vec<String> = downward
        .iter()
        .filter(|(name, _)| !env.iter().any(|entry| entry.str_at(&["name"]) == Some(name)))
        .map(|(name, _)| format!("$({name})"))
        .collect();
    let escape = |text: &mut Node| {
        let Some(old) = text.as_str() else { return };
        let new = added.iter().fold(old.to_owned(), |new, reference| escape_reference(&new, reference));
        if new != old {
            let origin = rule::render("per-run-identity", [text.origin.clone()]);
            *text = Node::from(new).at(origin);
        }
    };
    container.get_mut("args").and_then(Node::as_sequence_mut).into_iter().flatten().for_each(escape);
    let env = container.get_mut("env").and_then(Node::as_sequence_mut).into_iter().flatten();
    env.filter(|entry| entry.str_at(&["name"]) != Some("SPARK_APPLICATION_ID"))
        .filter_map(|entry| entry.get_mut("value"))
        .for_each(escape);
}

/// `reference` is doubled where it is one: after an even number of `$`.
fn escape_reference(text: &str, reference: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find(reference) {
        out.push_str(&rest[..position]);
        let dollars = out.chars().rev().take_while(|c| *c == '$').count();
        if dollars % 2 == 0 {
            out.push('$');
        }
        out.push_str(reference);
        rest = &rest[position + reference.len()..];
    }
    out.push_str(rest);
    out
}

/// `POD_NAME`, `POD_UID` and so on in front of everything that may refer to them.
fn name_env(
    container: &mut Node,
    downward: &[Downward],
    application: &ResolvedApplication,
    diagnostics: &mut Diagnostics,
) {
    let origin = rule::render("per-run-identity", []);
    let env = container.sequence_at("env");
    for (name, field) in downward.iter().rev() {
        let taken = env.iter().position(|entry| entry.str_at(&["name"]) == Some(name));
        if let Some(position) = taken {
            if env[position].str_at(&["valueFrom", "fieldRef", "fieldPath"]) == Some(field) {
                let entry = env.remove(position);
                env.insert(0, entry);
            } else {
                diagnostics.push(
                    Diagnostic::error("env-name-taken", format!("env `{name}` is needed for the pod's own identity"))
                        .field(application.spec_path().key("driver").key("env"))
                        .at(&env[position].origin)
                        .hint(format!("rename the variable, or let it be a `fieldRef` to `{field}`")),
                );
            }
            continue;
        }
        let entry = map! {
            "name" => *name,
            "valueFrom" => map! { "fieldRef" => map! { "apiVersion" => "v1", "fieldPath" => *field } },
        };
        env.insert(0, entry.stamped(&origin));
    }
    for entry in env {
        if entry.str_at(&["name"]) == Some("SPARK_APPLICATION_ID") && entry.get("value").is_some() {
            entry
                .as_mapping_mut()
                .expect("it has a name")
                .insert("value", Node::from("spark-$(POD_UID)").at(origin.clone()));
        }
    }
}

/// A prefix of the user's own would let the executors of two runs collide.
fn report_fixed_prefix(conf: &SparkConf, application: &ResolvedApplication, diagnostics: &mut Diagnostics) {
    const KEY: &str = "spark.kubernetes.executor.podNamePrefix";
    let Some(entry) = conf.entry(KEY) else { return };
    if entry.value != application.name.value {
        diagnostics.push(
            Diagnostic::warning(
                "per-run-name",
                format!("`{KEY}` is not used: each run names its executors after its own pod"),
            )
            .field(application.spec_path().key("sparkConf").key(KEY))
            .at(entry.origin())
            .hint("remove the conf, or use target `pod`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::escape_reference;

    #[test]
    fn only_real_references_are_escaped() {
        assert_eq!(escape_reference("a $(X) $$(X) $$$(X)", "$(X)"), "a $$(X) $$(X) $$$$(X)");
    }
}
