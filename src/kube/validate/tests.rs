//! Each rule of the server that is listed in `fixtures/server-rules` is seen broken.

use serde_json::{Value, json};

use super::{Mode, findings};
use crate::{
    kube::Version,
    tree::{Node, Severity},
};

/// Lays `over` over `value`: mappings are merged, everything else is replaced.
fn lay(value: &mut Value, over: &Value) {
    match (value, over) {
        (Value::Object(fields), Value::Object(others)) => {
            for (key, other) in others {
                lay(fields.entry(key).or_insert(Value::Null), other);
            }
        }
        (value, other) => *value = other.clone(),
    }
}

fn pod_spec() -> Value {
    json!({
        "restartPolicy": "Never",
        "containers": [{ "name": "main", "image": "image:1" }],
        "volumes": [{ "name": "data", "emptyDir": {} }],
    })
}

/// The errors of a good Pod and a good Job over which the part called `what` is laid.
fn errors(what: &str, part: &Value) -> Vec<String> {
    let mut spec = pod_spec();
    let object = match what {
        "job" => {
            let mut job = json!({ "template": { "spec": spec } });
            lay(&mut job, part);
            json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "a" }, "spec": job })
        }
        _ => {
            match what {
                "container" => lay(&mut spec["containers"][0], part),
                _ => lay(&mut spec, part),
            }
            json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": spec })
        }
    };
    let found = findings(&Node::from_json(&object), Version::NEWEST, Mode::Strict).found;
    let errors = found.into_iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.message).collect()
}

#[test]
fn every_rule_of_the_server_that_is_listed_is_seen_broken() {
    for what in ["pod", "container", "job"] {
        assert_eq!(errors(what, &json!({})), Vec::<String>::new(), "{what}");
    }
    let text = include_str!("../../../fixtures/server-rules/rules.yaml");
    let rules: Vec<Value> = serde_yaml::from_str(text).expect("a list of rules");
    let mut faults = Vec::new();
    let mut broken = 0;
    for rule in &rules {
        let name = rule["rule"].as_str().expect("a rule has a name");
        let part = ["pod", "container", "job"].into_iter().find_map(|what| Some((what, rule.get(what)?)));
        match (part, rule["says"].as_str(), rule["left"].as_str()) {
            (Some((what, part)), Some(says), None) => {
                broken += 1;
                let errors = errors(what, part);
                if errors.len() != 1 || !errors[0].contains(says) {
                    faults.push(format!("{name}: {errors:?}"));
                }
            }
            (None, None, Some(_)) => {}
            _ => faults.push(format!("{name}: either something that breaks it, or why it is left")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(broken > 100, "{broken}");
}
