//! Nothing inside of Kubernetes' own types gets lost.

use spark_render::internals::{
    operator::resolve::{ResolveOptions, resolve},
    text::read::Document,
    tree::{Diagnostics, Node},
};

use crate::nodes::{map, seq};

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
    assert_eq!(app.spec.driver.unwrap().shared.template.unwrap(), template);
    assert_eq!(app.spec.executor.unwrap().shared.affinity.unwrap(), map! { "unheardOf" => 1 });
}
