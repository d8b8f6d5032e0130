//! Every field of the resource has a place in the model.

use spark_render::{
    map,
    operator::{
        api::v1beta2::{
            BatchSchedulerConfiguration, Dependencies, DriverIngressConfiguration, DriverSpec, DynamicAllocation,
            ExecutorSpec, GPUSpec, MonitoringSpec, NameKey, NamePath, Port, PrometheusSpec, RestartPolicy, SecretInfo,
            SparkApplicationSpec, SparkUIConfiguration,
        },
        resolve::{ResolveOptions, resolve},
    },
    seq,
    text::read::Document,
    tree::{Diagnostics, Node},
};

/// Path, effect and where it shows, of each field of SparkApplication v1beta2.
const TABLE: &str = include_str!("field-effects.tsv");

/// The fields of the mapping at `parent`.
fn fields(parent: &str) -> Option<&'static [&'static str]> {
    let role_free = parent.replacen("spec.executor", "spec.driver", 1);
    Some(match (parent, role_free.as_str()) {
        ("", _) => &["spec"],
        ("spec", _) => SparkApplicationSpec::FIELDS,
        ("spec.driver", _) => DriverSpec::FIELDS,
        ("spec.executor", _) => ExecutorSpec::FIELDS,
        ("spec.deps", _) => Dependencies::FIELDS,
        ("spec.dynamicAllocation", _) => DynamicAllocation::FIELDS,
        ("spec.restartPolicy", _) => RestartPolicy::FIELDS,
        ("spec.monitoring", _) => MonitoringSpec::FIELDS,
        ("spec.monitoring.prometheus", _) => PrometheusSpec::FIELDS,
        ("spec.sparkUIOptions", _) => SparkUIConfiguration::FIELDS,
        ("spec.batchSchedulerOptions", _) => BatchSchedulerConfiguration::FIELDS,
        ("spec.driverIngressOptions[]", _) => DriverIngressConfiguration::FIELDS,
        (_, "spec.driver.configMaps[]") => NamePath::FIELDS,
        (_, "spec.driver.secrets[]") => SecretInfo::FIELDS,
        (_, "spec.driver.ports[]") => Port::FIELDS,
        (_, "spec.driver.gpu") => GPUSpec::FIELDS,
        (_, "spec.driver.envSecretKeyRefs.*") => NameKey::FIELDS,
        _ => return None,
    })
}

#[test]
fn every_field_of_the_resource_is_in_the_model() {
    let mut missing = Vec::new();
    let mut count = 0;
    for row in TABLE.lines().skip(1) {
        count += 1;
        let path = row.split('\t').next().unwrap();
        let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
        match fields(parent) {
            Some(fields) if fields.contains(&field) => {}
            _ => missing.push(path),
        }
    }
    assert_eq!(count, 182);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn everything_inside_of_kubernetes_own_types_is_carried() {
    let template = map! { "spec" => map! { "containers" => seq![map! { "name" => "c", "unheardOf" => seq![1, 2] }] } };
    let volumes = seq![map! { "name" => "v", "unheardOf" => map! { "deep" => true } }];
    let node = map! {
        "apiVersion" => "sparkoperator.k8s.io/v1beta2",
        "kind" => "SparkApplication",
        "metadata" => map! { "name" => "pi", "namespace" => "jobs" },
        "spec" => map! {
            "type" => "Scala",
            "sparkVersion" => "3.5.1",
            "mainApplicationFile" => "local:///opt/app.py",
            "volumes" => volumes.clone(),
            "driver" => map! { "template" => template.clone() },
            "executor" => map! { "affinity" => map! { "unheardOf" => 1 } },
        },
    };
    let mut diagnostics = Diagnostics::new();
    let app = resolve(&Document { node: node.into(), index: 0 }, &ResolveOptions::default(), &mut diagnostics).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(Node::new(app.spec.volumes.unwrap()), volumes);
    assert_eq!(app.spec.driver.unwrap().template.unwrap(), template);
    assert_eq!(app.spec.executor.unwrap().affinity.unwrap(), map! { "unheardOf" => 1 });
}
