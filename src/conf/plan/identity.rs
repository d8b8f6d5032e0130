//! Names that Spark draws at random, made from the application instead: the same input has the same names.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Plan, role};
use crate::{
    api::Sourced,
    node::{Node, Origin, Stage, Value},
    pod::{Identity, names::hex},
    resolve::ResolvedApplication,
};

/// Names that only depend on namespace and name, so that they do not change with the content.
pub(super) fn stable(app: &ResolvedApplication) -> Identity {
    let mut named = Sha256::new();
    for part in [&app.namespace.value, &app.name.value] {
        named.update(part);
        named.update([0]);
    }
    let digest = |use_: &str| named.clone().chain_update(use_).chain_update([0]).finalize();
    let short = |use_: &str| hex(&digest(use_)[..8]);
    let uuid = |use_: &str| uuid(&hex(&digest(use_)[..16]));
    Identity {
        app_id: Sourced::default(),
        prefix_hash: short("prefix"),
        executor_prefix_hash: short("executor prefix"),
        driver_conf_hash: short("driver conf"),
        executor_conf_hash: short("executor conf"),
        service_hash: short("service"),
        local_dir_uuid: uuid("local dir"),
        upload_uuid: uuid("upload"),
        origin: Origin::derived(Stage::Assemble, "identity", [app.name.origin.clone(), app.namespace.origin.clone()]),
    }
}

/// Room for what most applications consist of, in bytes.
const CONTENT: usize = 4096;

/// `spark-` and 32 hex digits of namespace, name and everything that makes the application what it is.
pub(super) fn app_id(app: &ResolvedApplication, plan: &Plan) -> Sourced<String> {
    // One piece: a hasher that is fed some hundred short texts spends its time on keeping the rest of a block.
    let mut content = Vec::with_capacity(CONTENT);
    for text in [&app.namespace.value, &app.name.value, &plan.spark_version.text] {
        add(text.as_bytes(), &mut content);
    }
    for (key, entry) in plan.conf.iter() {
        add(key.as_bytes(), &mut content);
        add(entry.value.as_bytes(), &mut content);
    }
    let trees = [app.document.get("spec"), plan.driver_template.as_ref(), plan.executor_template.as_ref()];
    let mut text = Vec::with_capacity(CONTENT);
    for tree in trees.into_iter().flatten() {
        text.clear();
        canonical(tree, &mut text);
        add(&text, &mut content);
    }
    let id = ["spark-", &hex(&Sha256::digest(&content)[..16])].concat();
    let spec = app.document.get("spec").map(|spec| spec.origin.clone());
    let labels = role::propagated_labels(app).map(|(_, label)| label.origin.clone());
    let names = [app.name.origin.clone(), app.namespace.origin.clone()];
    let inputs = spec.into_iter().chain(names).chain(labels);
    Sourced::new(
        id,
        Origin::noted(Stage::Assemble, "app-id", "a hash of the whole spec, the names and the labels", inputs),
    )
}

/// Adds `text` with its length before it.
fn add(text: &[u8], content: &mut Vec<u8>) {
    content.extend_from_slice(&(text.len() as u64).to_be_bytes());
    content.extend_from_slice(text);
}

/// The tree as JSON, with its keys in order and without nulls, which mean the same as absent keys.
fn canonical(node: &Node, text: &mut Vec<u8>) {
    match &node.value {
        Value::Mapping(mapping) => {
            let mut entries = Vec::with_capacity(mapping.len());
            entries.extend(mapping.iter().filter(|(_, value)| !value.is_null()));
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push(b'{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                scalar(key, text);
                text.push(b':');
                canonical(value, text);
            }
            text.push(b'}');
        }
        Value::Sequence(items) => {
            text.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                canonical(item, text);
            }
            text.push(b']');
        }
        Value::String(value) => scalar(value.as_str(), text),
        Value::Number(number) => scalar(number, text),
        Value::Bool(flag) => scalar(flag, text),
        Value::Null => text.extend_from_slice(b"null"),
    }
}

fn scalar(value: &(impl Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text, value).expect("no scalar is beyond JSON, and memory takes all");
}

/// The first 32 of `digits` in the form of a UUID.
fn uuid(digits: &str) -> String {
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
}
