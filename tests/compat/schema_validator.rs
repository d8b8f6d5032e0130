//! An independent validator (Python's jsonschema, `tests/tools`) refuses by our JSON Schemas what decoding finds fault
//! with, and takes everything else: every resource in `fixtures`, faulty ones too.
//!
//! `SPARK_RENDER_VALIDATE=PATH:PATH` looks at files, directories or lists of files (`.txt`, relative to the list) as well.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use spark_render::internals::{
    operator::{
        api::{self, ResourceKind},
        documents,
    },
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Severity, Sources, Value as Tree},
};

use crate::schemas::{SCHEMAS, schema};

/// Reads `[schemas, documents]`, writes the errors of each document: keyword, path, message.
const VALIDATE: &str = r"
import json, sys, jsonschema
schemas, documents = json.load(sys.stdin)
validators = {}
for kind, schema in schemas.items():
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[kind] = jsonschema.Draft202012Validator(schema)
errors = [[[e.validator, '.'.join(map(str, e.absolute_path)), e.message, e.instance == '']
           for e in validators[d['kind']].iter_errors(d)] for d in documents]
json.dump(errors, sys.stdout)
";

fn validated(documents: &[Value]) -> Vec<Vec<(String, String, String, bool)>> {
    let install = Command::new("bash").args(["tests/tools/install.sh", "python"]).output().unwrap();
    assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));
    let python = String::from_utf8(install.stdout).unwrap();
    let schemas: serde_json::Map<String, Value> =
        SCHEMAS.into_iter().map(|(kind, which)| (kind.to_owned(), schema(which))).collect();
    let mut child = Command::new(python.trim())
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let input = json!([schemas, documents]).to_string();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    serde_json::from_slice(&output.stdout).expect("the validator runs")
}

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| files(entry, found));
    } else if path.extension().is_some_and(|extension| extension == "txt") {
        let folder = path.parent().unwrap();
        let list = fs::read_to_string(path).unwrap();
        found.extend(list.split_whitespace().flat_map(|name| [folder.join(name), folder.join("apps").join(name)]));
        found.retain(|file| file.exists());
    } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
        found.push(path.to_owned());
    }
}

/// The API server takes fields that are null as absent. Adds the paths of those to `pruned`.
fn prune(node: &mut Node, path: &FieldPath, pruned: &mut BTreeSet<String>) {
    match &mut node.value {
        Tree::Mapping(mapping) => {
            let nulls = mapping.iter().filter(|(_, value)| value.is_null());
            for key in nulls.map(|(key, _)| key.to_owned()).collect::<Vec<_>>() {
                mapping.remove(&key);
                pruned.insert(path.key(&*key).to_string());
            }
            let keys: Vec<_> = mapping.iter().map(|(key, _)| path.key(key)).collect();
            mapping.values_mut().zip(keys).for_each(|(value, path)| prune(value, &path, pruned));
        }
        Tree::Sequence(items) => {
            items.iter_mut().enumerate().for_each(|(index, item)| prune(item, &path.index(index), pruned));
        }
        _ => {}
    }
}

/// A warning about a null that was pruned: the schema is asked about what is left, which is in order.
fn is_about_pruned(item: &Diagnostic, pruned: &BTreeSet<String>) -> bool {
    item.severity == Severity::Warning && item.code == "null-in-map" && pruned.contains(&item.path.to_string())
}

/// Fields that the operator's webhook, or an option, supplies before the schema is looked at.
fn is_supplied(kind: &str, (keyword, path, message, is_empty): &(String, String, String, bool)) -> bool {
    const LATE: [&str; 5] = ["driver", "executor", "mainApplicationFile", "sparkVersion", "type"];
    const DEFAULTED: [&str; 3] = ["mode", "restartPolicy.type", "type"];
    let spec = match kind {
        "SparkApplication" => "spec",
        "ScheduledSparkApplication" => "spec.template",
        _ => return false,
    };
    match keyword.as_str() {
        "required" => path == spec && LATE.iter().any(|field| message.starts_with(&format!("'{field}'"))),
        "enum" => *is_empty && DEFAULTED.iter().any(|field| *path == format!("{spec}.{field}")),
        _ => false,
    }
}

#[test]
fn the_schemas_agree_with_decoding() {
    #[allow(clippy::disallowed_methods)] // only here a test is told where more inputs are
    let more = std::env::var("SPARK_RENDER_VALIDATE").unwrap_or_default();
    let mut paths = Vec::new();
    files(Path::new("fixtures"), &mut paths);
    more.split(':').filter(|path| !path.is_empty()).for_each(|path| files(Path::new(path), &mut paths));

    let (mut names, mut documents, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add("x.yaml", text);
        let parsed = documents::parse(id, &sources, &mut diagnostics);
        if diagnostics.has_errors() {
            continue; // refused before anything is decoded
        }
        for document in parsed {
            let mut node = document.into_node();
            let Some(kind) = ResourceKind::of(&node) else { continue };
            let version = if kind == ResourceKind::SparkConnect { "v1alpha1" } else { "v1beta2" };
            if node.str_at(&["apiVersion"]) != Some(&format!("sparkoperator.k8s.io/{version}")) {
                continue;
            }
            let mut diagnostics = Diagnostics::new();
            let _ = api::decode(&node, &mut diagnostics);
            let mut pruned = BTreeSet::new();
            prune(&mut node, &FieldPath::root(), &mut pruned);
            // Kubernetes' own metadata has a schema of its own.
            let faults: Vec<String> = diagnostics
                .iter()
                .filter(|item| !item.path.to_string().starts_with("metadata."))
                .filter(|item| !is_about_pruned(item, &pruned))
                .map(|item| format!("{}[{}]", item.path, item.code))
                .collect();
            names.push(path.display().to_string());
            documents.push(node.to_json());
            found.push(faults);
        }
    }
    let errors = validated(&documents);
    assert_eq!(errors.len(), documents.len());
    let mut differences = Vec::new();
    let mut refused = 0;
    for ((name, document), (faults, errors)) in names.iter().zip(&documents).zip(found.iter().zip(&errors)) {
        let kind = document["kind"].as_str().unwrap();
        let errors: Vec<_> = errors.iter().filter(|error| !is_supplied(kind, error)).collect();
        refused += usize::from(!errors.is_empty());
        if errors.is_empty() != faults.is_empty() {
            differences.push(format!("{name}: the validator says {errors:?}, decoding {faults:?}"));
        }
    }
    println!("{} resources, {refused} of them refused", documents.len());
    assert!(documents.len() > 250 && refused > 10, "{} resources, {refused} refused", documents.len());
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
