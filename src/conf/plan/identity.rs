//! Names that Spark draws at random, made from the application instead: the same input has the same names.

use sha2::{Digest, Sha256};

use super::Plan;
use crate::{
    node::{Mapping, Node, Value},
    pod::Identity,
    resolve::ResolvedApplication,
};

/// Names that only depend on namespace and name, so that they do not change with the content.
pub(super) fn stable(app: &ResolvedApplication) -> Identity {
    let digest = |use_: &str| {
        let mut hasher = Sha256::new();
        for part in [app.namespace.value.as_str(), app.name.value.as_str(), use_] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hex(&hasher.finalize())
    };
    let short = |use_: &str| digest(use_)[..16].to_owned();
    Identity {
        app_id: String::new(),
        prefix_hash: short("prefix"),
        executor_prefix_hash: short("executor prefix"),
        driver_conf_hash: short("driver conf"),
        executor_conf_hash: short("executor conf"),
        service_hash: short("service"),
        local_dir_uuid: uuid(&digest("local dir")),
        upload_uuid: uuid(&digest("upload")),
    }
}

/// `spark-` and 32 hex digits of namespace, name and everything that makes the application what it is.
pub(super) fn app_id(app: &ResolvedApplication, plan: &Plan) -> String {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    add(&app.namespace.value);
    add(&app.name.value);
    add(&plan.spark_version.text);
    for (key, entry) in plan.conf.iter() {
        add(key);
        add(&entry.value);
    }
    if let Some(spec) = app.document.get("spec") {
        add(&canonical(spec).to_json().to_string());
    }
    for template in [&plan.driver_template, &plan.executor_template].into_iter().flatten() {
        add(&canonical(template).to_json().to_string());
    }
    format!("spark-{}", &hex(&hasher.finalize())[..32])
}

/// The same tree with its keys in order and without nulls, which mean the same as absent keys.
fn canonical(node: &Node) -> Node {
    Node::new(match &node.value {
        Value::Mapping(mapping) => {
            let mut sorted: Mapping = mapping
                .entries()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), canonical(value)))
                .collect();
            sorted.sort();
            Value::Mapping(sorted)
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(canonical).collect()),
        other => other.clone(),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// The first 32 of `digits` in the form of a UUID.
fn uuid(digits: &str) -> String {
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
}
