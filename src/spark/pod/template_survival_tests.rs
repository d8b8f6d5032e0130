//! Every row of the table against executors that are built from a template with the field.

use serde_json::{Value, json};

use super::{Fate, TEMPLATE_SURVIVAL};
use crate::{
    map,
    spark::{
        Identity, RECORDED, SparkConf, Submission, Version,
        pod::{ExecutorRequest, RunningDriver, executor},
    },
    tree::{Diagnostics, Key, Node, Origin, Sourced},
};

/// A value for each field, unlike anything that Spark writes.
fn sample(field: &str) -> Value {
    match field {
        "metadata.labels" | "metadata.annotations" | "spec.nodeSelector" => json!({ "mine": "1" }),
        "metadata.ownerReferences" => json!([{ "kind": "ConfigMap", "name": "mine" }]),
        "spec.terminationGracePeriodSeconds" => json!(77),
        "spec.imagePullSecrets" | "spec.initContainers" => json!([{ "name": "mine" }]),
        "spec.volumes" => json!([{ "name": "mine", "emptyDir": { "medium": "Memory" } }]),
        "spec.containers[].args" | "spec.containers[].command" => json!(["mine"]),
        "spec.containers[].envFrom" => json!([{ "secretRef": { "name": "mine" } }]),
        "spec.containers[].livenessProbe" => json!({ "exec": { "command": ["mine"] } }),
        "spec.tolerations" => json!([{ "key": "mine" }]),
        "spec.topologySpreadConstraints" => json!([{ "topologyKey": "mine" }]),
        "spec.hostAliases" => json!([{ "ip": "1.1.1.1" }]),
        "spec.affinity" => {
            json!({ "podAffinity": { "preferredDuringSchedulingIgnoredDuringExecution": [{ "weight": 7 }] } })
        }
        "spec.securityContext" => json!({ "runAsUser": 7 }),
        "spec.containers[].env" => json!([{ "name": "MINE", "value": "1" }]),
        "spec.containers[].ports" => json!([{ "name": "mine", "containerPort": 9 }]),
        "spec.containers[].volumeMounts" => json!([{ "name": "mine", "mountPath": "/mine" }]),
        "spec.containers[].resources.requests" | "spec.containers[].resources.limits" => json!({ "mine.io/x": "7" }),
        "spec.containers[].lifecycle" => json!({ "postStart": { "exec": { "command": ["mine"] } } }),
        "spec.containers[].resizePolicy" => json!([{ "resourceName": "cpu", "restartPolicy": "RestartContainer" }]),
        field if field.ends_with("allowPrivilegeEscalation") => json!(true),
        field if field.contains("resources") => json!("7"),
        _ => json!("mine"),
    }
}

/// Other values for conf keys, so that a template that yields is seen to do so.
fn conf_value(key: &str) -> &'static str {
    match key {
        "spark.decommission.enabled" => "true",
        "spark.kubernetes.executor.limit.cores" => "9",
        "spark.kubernetes.executor.terminationGracePeriodSeconds" => "88",
        key if key.contains("allowPrivilegeEscalation") => "true",
        key if key.ends_with("pullPolicy") => "Always",
        key if key.ends_with("memoryOverhead") => "999",
        key if key.ends_with("cores") => "3",
        _ => "theirs",
    }
}

fn template(field: &str, value: Value) -> Value {
    let mut pod = json!({ "apiVersion": "v1", "kind": "Pod", "spec": { "containers": [{ "name": "main" }] } });
    let mut place = &mut pod;
    for key in field.split('.') {
        place = match key.strip_suffix("[]") {
            Some(list) => &mut place[list][0],
            None => &mut place[key],
        };
    }
    *place = value;
    pod
}

fn field_of(pod: &Node, field: &str) -> Option<Value> {
    let mut value = pod.to_json();
    for key in field.split('.') {
        value = match key.strip_suffix("[]") {
            Some(list) => value.get(list)?.get(0)?.clone(),
            None => value.get(key)?.clone(),
        };
    }
    Some(value)
}

fn submission(version: &Version, conf: &SparkConf, template: &Value) -> Submission {
    let text = |text: &str| Sourced::new(text.to_owned(), Origin::Unknown);
    let hash = || "0123456789abcdef".to_owned();
    Submission {
        spark_version: version.clone(),
        version_origin: Origin::Unknown,
        conf: conf.clone(),
        main_class: None,
        primary_resource: text("local:///a.jar"),
        arguments: Vec::new(),
        proxy_user: None,
        spark_user: text("spark"),
        local_dirs: None,
        identity: Identity {
            app_id: Sourced::new("spark-0".to_owned(), Origin::Unknown),
            prefix_hash: hash(),
            executor_prefix_hash: hash(),
            driver_conf_hash: hash(),
            executor_conf_hash: hash(),
            service_hash: hash(),
            local_dir_uuid: hash(),
            upload_uuid: hash(),
            origin: Origin::Unknown,
        },
        conf_dir: Vec::new(),
        hadoop_conf_dir: None,
        local_files: Vec::new(),
        dated_properties: false,
        driver_template: None,
        executor_template: Some(Node::from_json(template)),
        pod_group_template: None,
    }
}

/// The field in an executor of `version`; `Err` if Spark refuses.
fn executed(version: &Version, field: &str, extra: Option<&str>) -> Result<Option<Value>, String> {
    let mut conf = SparkConf::new();
    let mut set = |key: &str, value: &str| conf.set(Key::of(key), value, Origin::Unknown);
    set("spark.kubernetes.container.image", "spark:1");
    set("spark.app.name", "app");
    set("spark.kubernetes.executor.podTemplateFile", "/t.yaml");
    if let Some(key) = extra {
        set(&key.replace('*', "theirs"), conf_value(key));
    }
    let submission = submission(version, &conf, &template(field, sample(field)));
    let driver = RunningDriver::of(&map! {}, None);
    let request = ExecutorRequest { submission: &submission, system_properties: &conf, driver: &driver, count: 1 };
    let mut diagnostics = Diagnostics::new();
    let spec = executor(&request, &mut diagnostics);
    let messages = || diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>().join("; ");
    Ok(field_of(&spec.ok_or_else(messages)?.pods[0], field))
}

fn recorded() -> impl Iterator<Item = Version> {
    RECORDED.iter().map(|(major, minor, patch)| format!("{major}.{minor}.{patch}").parse().expect("a version"))
}

#[test]
fn every_row_says_what_executors_get() {
    for version in recorded() {
        for row in TEMPLATE_SURVIVAL.iter().filter(|row| row.when.holds(&version)) {
            let (field, mine) = (row.field, sample(row.field));
            let built = executed(&version, field, None);
            if row.fate == Fate::Refused {
                assert!(built.is_err(), "{version} {field} is not refused");
                continue;
            }
            let value = built.unwrap_or_else(|reason| panic!("{version} {field}: {reason}"));
            let what = format!("{version} {field}: {value:?}");
            match row.fate {
                Fate::Carried | Fate::YieldsToConf => assert_eq!(value, Some(mine.clone()), "{what}"),
                Fate::Overwritten => assert_ne!(value, Some(mine.clone()), "{what}"),
                Fate::Merged => {
                    let entries = mine.as_object().expect("samples of maps are maps");
                    assert!(
                        entries.iter().all(|(key, entry)| value.as_ref().unwrap().get(key) == Some(entry)),
                        "{what}"
                    );
                }
                Fate::Extended => {
                    let (items, first) = (value.as_ref().unwrap().as_array().expect("a list"), &mine[0]);
                    assert_eq!(items.first(), Some(first), "{what}");
                }
                Fate::Refused => unreachable!("handled above"),
            }
            if let (Fate::YieldsToConf | Fate::Overwritten, Some(key)) = (row.fate, row.instead) {
                let with_conf = executed(&version, field, Some(key)).expect("confs are accepted");
                assert_ne!(with_conf, value, "{version} {field} does not follow `{key}`");
            }
        }
    }
}

#[test]
fn a_field_has_one_row_per_version() {
    for version in recorded() {
        for row in TEMPLATE_SURVIVAL {
            let rows = TEMPLATE_SURVIVAL.iter().filter(|other| other.field == row.field && other.when.holds(&version));
            assert!(rows.count() <= 1, "{version} {}", row.field);
        }
    }
}

#[test]
fn fields_without_a_row_are_carried() {
    let fields = [
        "spec.priorityClassName",
        "spec.runtimeClassName",
        "spec.subdomain",
        "spec.dnsPolicy",
        "spec.preemptionPolicy",
        "spec.containers[].command",
        "spec.containers[].workingDir",
        "spec.containers[].terminationMessagePath",
        "spec.containers[].envFrom",
        "spec.tolerations",
        "spec.affinity",
        "spec.securityContext",
        "spec.hostAliases",
        "spec.containers[].livenessProbe",
        "spec.initContainers",
        "spec.topologySpreadConstraints",
    ];
    for version in recorded() {
        for field in fields {
            assert!(!TEMPLATE_SURVIVAL.iter().any(|row| row.field == field && row.when.holds(&version)));
            assert_eq!(executed(&version, field, None), Ok(Some(sample(field))), "{version} {field}");
        }
    }
}
