//! The proof of the executor side: a pod that Spark builds from our template and confs is the pod that the
//! webhook would have made of the one that Spark builds without them.

#![allow(clippy::unwrap_used)] // a test may fail

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value as Json, json};

use super::{
    executor_template,
    mutation::{MutatedPod, Mutation},
    role::PodRole,
    step,
};
use crate::{
    kube::env::{self, Token},
    operator::{
        self, PlanOptions,
        resolve::{self, ResolveOptions, ResolvedApplication},
    },
    spark::{
        Submission,
        pod::{self, ExecutorRequest, RunningDriver},
    },
    tree::{Diagnostics, Node, Sources},
};

const FIXTURES: &str = "fixtures/mutate";

fn application(name: &str, version: &str) -> ResolvedApplication {
    let mut sources = Sources::new();
    let id = sources.add("app.yaml", fs::read_to_string(Path::new(FIXTURES).join(name).join("app.yaml")).unwrap());
    let mut diagnostics = Diagnostics::new();
    let document = crate::operator::documents::parse(id, &sources, &mut diagnostics).remove(0);
    let mut app = resolve::resolve(&document, &ResolveOptions::default(), &mut diagnostics).unwrap();
    app.spark_version.value = version.parse().unwrap();
    app
}

/// The first executor of a submission, as the driver creates it.
fn executor(submission: &Submission) -> Node {
    let mut diagnostics = Diagnostics::new();
    let driver = pod::driver(submission, &mut diagnostics).unwrap();
    let container = driver.pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).and_then(<[Node]>::last);
    let request = ExecutorRequest {
        submission,
        system_properties: &driver.system_properties,
        driver: &RunningDriver::of(container.unwrap(), None),
        count: 1,
    };
    let built = pod::executor(&request, &mut diagnostics);
    built.unwrap_or_else(|| panic!("{:?}", diagnostics.iter().collect::<Vec<_>>())).pods.remove(0)
}

fn environment(container: &Json) -> BTreeMap<String, String> {
    let mut result: BTreeMap<String, String> = BTreeMap::new();
    for entry in container["env"].as_array().into_iter().flatten().map(Node::from_json) {
        let text = match env::literal(&entry) {
            None => entry.to_json()["valueFrom"].to_string(),
            Some(text) => env::tokens(text)
                .into_iter()
                .map(|token| match token {
                    Token::Text(text) => text,
                    Token::Reference(name) => result.get(&name).cloned().unwrap_or_else(|| format!("$({name})")),
                })
                .collect(),
        };
        result.insert(env::name(&entry).to_owned(), text);
    }
    // Options for the JVM are numbered in the order of all confs.
    result.retain(|name, _| !name.starts_with("SPARK_JAVA_OPT_"));
    result
}

fn as_set(list: &mut Json) {
    let mut texts: Vec<String> = list.as_array().into_iter().flatten().map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    *list = texts.into();
}

/// A pod in which the order of lists without an order does not count.
fn comparable(pod: &Node) -> Json {
    let mut json = pod.to_json();
    for container in json["spec"]["containers"].as_array_mut().unwrap() {
        container["env"] = json!(environment(container));
        for list in ["ports", "volumeMounts"] {
            as_set(&mut container[list]);
        }
    }
    // The order of the containers is not compared either; the annotation says which one counts.
    if let Some(annotations) = json["metadata"].get_mut("annotations").and_then(|all| all.as_object_mut()) {
        annotations.remove("kubectl.kubernetes.io/default-container");
        if annotations.is_empty() {
            json["metadata"].as_object_mut().unwrap().remove("annotations");
        }
    }
    let spec = &mut json["spec"];
    spec["containers"].as_array_mut().unwrap().sort_by_key(|container| container["name"].to_string());
    for list in ["volumes", "hostAliases"] {
        as_set(&mut spec[list]);
    }
    if spec["nodeSelector"] == json!({}) {
        spec.as_object_mut().unwrap().remove("nodeSelector");
    }
    json
}

#[test]
fn executors_get_what_the_webhook_would_have_given_them() {
    let mut compared = 0;
    let mut names: Vec<_> = fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap()).collect();
    names.sort_by_key(fs::DirEntry::path);
    for entry in names.iter().filter(|entry| entry.path().join("app.yaml").exists()) {
        let name = entry.file_name().into_string().unwrap();
        for version in ["3.1.3", "3.5.1", "4.3.0"] {
            let app = application(&name, version);
            let mut diagnostics = Diagnostics::new();
            let mut plan = operator::plan(&app, &PlanOptions::default(), &mut diagnostics).unwrap();
            let without = executor(&plan.submission(plan.conf.clone(), plan.executor_template.clone()));

            let mut diagnostics = Diagnostics::new();
            let made = executor_template(&app, plan.executor_template.take(), &plan.conf, &[], &mut diagnostics);
            // What cannot be kept, or is done better than the operator does it, has been said.
            if diagnostics.iter().any(|item| item.code != "overruled-field") || name == "hostAliases" {
                continue;
            }
            made.apply_to(&mut plan.conf);
            let actual = executor(&plan.submission(plan.conf.clone(), made.template));

            let containers = without.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).unwrap();
            let container = containers.len() - 1;
            let mut target = MutatedPod::new(without, container, &mut diagnostics);
            step::run(&Mutation::new(&app, PodRole::Executor), &mut target);
            assert_eq!(comparable(&actual), comparable(&target.pod), "{name} with Spark {version}");
            compared += 1;
        }
    }
    assert!(compared > 75, "only {compared} pods were compared");
}
