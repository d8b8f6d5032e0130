//! Names that Spark draws at random, made from the application instead: the same input has the same names.

use sha2::{Digest, Sha256};

use super::{Plan, role};
use crate::{
    api::Sourced,
    node::{Node, Origin, Stage, Value},
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
        app_id: Sourced::default(),
        prefix_hash: short("prefix"),
        executor_prefix_hash: short("executor prefix"),
        driver_conf_hash: short("driver conf"),
        executor_conf_hash: short("executor conf"),
        service_hash: short("service"),
        local_dir_uuid: uuid(&digest("local dir")),
        upload_uuid: uuid(&digest("upload")),
        origin: Origin::derived(Stage::Assemble, "identity", [app.name.origin.clone(), app.namespace.origin.clone()]),
    }
}

/// `spark-` and 32 hex digits of namespace, name and everything that makes the application what it is.
pub(super) fn app_id(app: &ResolvedApplication, plan: &Plan) -> Sourced<String> {
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
    let trees = [app.document.get("spec"), plan.driver_template.as_ref(), plan.executor_template.as_ref()];
    let mut text = String::new();
    for tree in trees.into_iter().flatten() {
        text.clear();
        canonical(tree, &mut text);
        add(&text);
    }
    let id = format!("spark-{}", &hex(&hasher.finalize())[..32]);
    let spec = app.document.get("spec").map(|spec| spec.origin.clone());
    let labels = role::propagated_labels(app).map(|(_, label)| label.origin.clone());
    let names = [app.name.origin.clone(), app.namespace.origin.clone()];
    let inputs = spec.into_iter().chain(names).chain(labels);
    Sourced::new(
        id,
        Origin::noted(Stage::Assemble, "app-id", "a hash of the whole spec, the names and the labels", inputs),
    )
}

/// The tree as JSON, with its keys in order and without nulls, which mean the same as absent keys.
fn canonical(node: &Node, text: &mut String) {
    let quoted = |value: &str, text: &mut String| {
        if value.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\') {
            text.push('"');
            text.push_str(value);
            text.push('"');
        } else {
            text.push_str(&serde_json::Value::from(value).to_string());
        }
    };
    match &node.value {
        Value::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.iter().filter(|(_, value)| !value.is_null()).collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                quoted(key, text);
                text.push(':');
                canonical(value, text);
            }
            text.push('}');
        }
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        Value::String(value) => quoted(value, text),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Null => text.push_str("null"),
    }
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
