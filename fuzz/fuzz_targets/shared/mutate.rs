//! Changes of trees: texts that are still YAML get further than texts with random bytes. What is put in is what
//! fixtures have elsewhere, and what is odd.

use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};

use fastrand::Rng;
use serde_json::{Map, Value, json};
use spark_render::internals::{
    text::write::{json as write_json, yaml},
    tree::Node,
};

/// Fixtures whose parts go into mutations; the targets themselves never see them.
const FIXTURES: &[&str] = &["types", "manifest", "explain", "rules", "cli", "effects", "diff"];
/// Larger files are of no use.
const LARGEST: u64 = 32 << 10;

/// What the fixtures are made of.
#[derive(Default)]
struct Pool {
    keys: Vec<String>,
    values: Vec<Value>,
    documents: Vec<Value>,
    /// By the key of a mapping: what is written in such mappings.
    below: BTreeMap<String, Vec<(String, Value)>>,
}

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut pool = Pool::default();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
        for folder in FIXTURES {
            gather_files(&fixtures.join(folder), &mut pool);
        }
        pool.keys.sort();
        pool.keys.dedup();
        assert!(!pool.documents.is_empty(), "fixtures are beside the targets");
        pool
    })
}

fn gather_files(folder: &Path, pool: &mut Pool) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
        if path.is_dir() {
            gather_files(&path, pool);
        } else if is_yaml && path.metadata().is_ok_and(|file| file.len() <= LARGEST) {
            for node in super::read(&fs::read(&path).unwrap_or_default()) {
                let value = node.to_json();
                gather("", &value, pool);
                pool.documents.push(value);
            }
        }
    }
}

fn gather(key: &str, value: &Value, pool: &mut Pool) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(key, item, pool)),
        Value::Object(fields) => {
            for (name, field) in fields {
                pool.keys.push(name.clone());
                pool.values.push(field.clone());
                pool.below.entry(key.to_owned()).or_default().push((name.clone(), field.clone()));
                gather(name, field, pool);
            }
        }
        _ => {}
    }
}

/// Texts on which readers and rules have stumbled.
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "", "0", "-1", "1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "1e400", "0.1", "-0", "1Gi", "1g", "512m", "1Ki", "1.5", "8388607t", "1pb", "0.0000001", "$(A)", "$(", "$$(A)",
    "{{$appName}}", "{{ .x }}", "${x}", "${", "$${x}", "true", "null", "~", "yes", "0777", "0x1f", "1_000", "a,b", "a=b",
    "a:b", "é", "\u{1f600}", "\u{feff}", "\u{2028}", "\n", "a\nb", "a\r\nb", "\t", "\0", "\u{1b}[31m", "\u{7f}", "\u{85}",
    "\u{202e}", " a ", "'", "\"", "%", "#", " #", "- a", "? a", ": ", "...", "---", "\n---\n", "@", "`", "|", ">", "!x", "&a",
    "*a", "<<", "}}", "..", "../x", "/", "//", "local:///x", "local:", "file:/x", "s3a://b/k", "http://u:p@h/", "-Dx=y",
    "\"-Dx=a b\" -Dy='", "Never", "OnFailure", "Always", "Java", "Scala", "R", "Python", "cluster", "client", "3.5",
    "3.5.1", "4.0.0-preview1", "latest", "spark", "executor", "@every 1h", "@hourly", "* * * * *", "0 0 31 2 *",
    "CRON_TZ=UTC 0 0 * * *", "TZ=x * * * * *", "*/0 * * * *", "[secret]", "--password", "PersistentVolumeClaim", "OnDemand",
    "spark-kubernetes-driver", "/opt/spark/conf", "/var/data/spark-local-dir-1", "spark-local-dir-1",
    "executor-pod-template", "pod-template.yaml", "spark.kubernetes.driver.label.x",
    "spark.kubernetes.driver.volumes.hostPath.x.mount.path", "spark.kubernetes.executor.volumes.emptyDir.x.mount.path",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.x.options.claimName", "spark.kubernetes.driver.podTemplateFile",
    "spark.kubernetes.executor.podTemplateFile", "spark.kubernetes.driver.secretKeyRef.A", "spark.kubernetes.driver.secrets.x",
    "spark.kubernetes.node.selector.a", "spark.kubernetes.executor.deleteOnTermination", "spark.driver.memoryOverheadFactor",
    "spark.executor.pyspark.memory", "spark.kubernetes.driver.request.cores", "spark.kubernetes.driver.limit.cores",
    "spark.driver.resource.gpu.amount", "spark.kubernetes.driver.pod.name", "spark.kubernetes.executor.podNamePrefix",
    "spark.app.id", "spark.kubernetes.namespace", "spark.kubernetes.local.dirs.tmpfs", "spark.driver.extraJavaOptions",
    "spark.kubernetes.file.upload.path", "spark.jars.packages", "spark.kubernetes.driverEnv.A", "spark.executorEnv.A",
    "spark.ui.port", "spark.driver.port", "spark.kubernetes.scheduler.name", "spark.kubernetes.kerberos.krb5.path",
    "spark.kubernetes.authenticate.driver.serviceAccountName", "spark.kerberos.keytab", "spark.ui.reverseProxyUrl",
];

fn of<'a, T>(rng: &mut Rng, items: &'a [T]) -> &'a T {
    &items[rng.usize(..items.len())]
}

fn odd_text(rng: &mut Rng) -> String {
    (*of(rng, TEXTS)).to_owned()
}

fn odd(rng: &mut Rng) -> Value {
    match rng.usize(..14) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.u8(..10)),
        3 => json!(i64::MAX),
        4 => json!(i64::MIN),
        5 => json!(u64::MAX),
        6 => json!(1.5),
        7 => json!([]),
        8 => json!({}),
        9 => json!(i32::MAX),
        10 => json!("x".repeat(rng.usize(1..300))),
        _ => odd_text(rng).into(),
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// The value number `index` in the order of writing, and the key below which it stands.
fn at<'v>(value: &'v mut Value, key: &str, index: &mut usize) -> Option<(&'v mut Value, String)> {
    if *index == 0 {
        return Some((value, key.to_owned()));
    }
    *index -= 1;
    let mut inside = |child: &Value| {
        let size = count(child);
        let found = *index < size;
        if !found {
            *index -= size;
        }
        found
    };
    match value {
        Value::Array(items) => {
            let item = items.iter_mut().find(|item| inside(item))?;
            at(item, key, index)
        }
        Value::Object(fields) => {
            let (name, field) = fields.iter_mut().find(|(_, field)| inside(field))?;
            let name = name.clone();
            at(field, &name, index)
        }
        _ => None,
    }
}

fn some_key(fields: &Map<String, Value>, rng: &mut Rng) -> Option<String> {
    (!fields.is_empty()).then(|| fields.keys().nth(rng.usize(..fields.len())).cloned())?
}

/// Changes a tree in a few places.
pub fn tree(tree: &mut Value, rng: &mut Rng) {
    for _ in 0..rng.usize(1..5) {
        let mut index = rng.usize(..count(tree));
        let Some((place, key)) = at(tree, "", &mut index) else { continue };
        match place {
            Value::Object(fields) => change_fields(fields, &key, rng),
            Value::Array(items) => change_items(items, rng),
            Value::String(text) if rng.bool() => {
                let more = odd_text(rng);
                *text = if rng.bool() { format!("{text}{more}") } else { more };
            }
            other => match rng.u8(..4) {
                0 => *other = json!([other.clone()]),
                1 => *other = of(rng, &pool().values).clone(),
                _ => *other = odd(rng),
            },
        }
    }
}

fn change_fields(fields: &mut Map<String, Value>, key: &str, rng: &mut Rng) {
    match rng.u8(..12) {
        // What is written there elsewhere.
        0..=5 => {
            if let Some(known) = pool().below.get(key) {
                let (name, value) = of(rng, known).clone();
                fields.insert(name, value);
            }
        }
        6 => {
            if let Some(name) = some_key(fields, rng) {
                fields.remove(&name);
            }
        }
        7 => {
            if let Some(name) = some_key(fields, rng) {
                let value = fields.remove(&name).unwrap_or_default();
                fields.insert(
                    if rng.bool() { of(rng, &pool().keys).clone() } else { format!("{name}{}", odd_text(rng)) },
                    value,
                );
            }
        }
        8 => {
            fields.insert(odd_text(rng), odd_text(rng).into());
        }
        9 => {
            fields.insert(of(rng, &pool().keys).clone(), of(rng, &pool().values).clone());
        }
        _ => {
            if let Some(name) = some_key(fields, rng) {
                fields.insert(name, odd(rng));
            }
        }
    }
}

fn change_items(items: &mut Vec<Value>, rng: &mut Rng) {
    let index = rng.usize(..=items.len());
    match rng.u8(..4) {
        0 if index < items.len() => drop(items.remove(index)),
        1 if index < items.len() => items.push(items[index].clone()),
        2 => items.insert(index, odd(rng)),
        _ => items.push(of(rng, &pool().values).clone()),
    }
}

/// A text of changed documents.
fn text(old: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut trees: Vec<Value> = super::read(old).iter().map(Node::to_json).collect();
    if trees.is_empty() || rng.u8(..60) == 0 {
        trees = vec![of(rng, &pool().documents).clone()];
    }
    if trees.len() < 4 && rng.u8(..40) == 0 {
        trees.push(of(rng, &pool().documents).clone());
    }
    if trees.len() > 1 && rng.u8(..40) == 0 {
        trees.remove(rng.usize(..trees.len()));
    }
    let index = rng.usize(..trees.len());
    tree(&mut trees[index], rng);
    let nodes: Vec<Node> = trees.iter().map(Node::from_json).collect();
    let mut out = String::new();
    match nodes.as_slice() {
        [one] if rng.u8(..8) == 0 => write_json::write_line(one, &mut out),
        all => yaml::write_stream(all, &mut out),
    }
    out.into_bytes()
}

/// For `fuzz_mutator!`: changes one of the texts between `separator` after the first `head` bytes as a tree, or all of it
/// byte by byte.
pub fn mutate(data: &mut [u8], size: usize, most: usize, seed: u32, head: usize, separator: &str) -> usize {
    let mut rng = Rng::with_seed(seed.into());
    if size <= head || rng.u8(..4) == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, most);
    }
    if head > 0 && rng.u8(..3) == 0 {
        data[rng.usize(..head)] = rng.u8(..);
        if rng.bool() {
            return size;
        }
    }
    let body = String::from_utf8_lossy(&data[head..size]).into_owned();
    let mut parts: Vec<Vec<u8>> = if separator.is_empty() {
        vec![body.into_bytes()]
    } else {
        body.split(separator).map(|part| part.as_bytes().to_vec()).collect()
    };
    let index = rng.usize(..parts.len());
    // A part may begin with a line that says what it is.
    let title = if parts[index].starts_with(b"#") {
        parts[index].iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1)
    } else {
        0
    };
    let mut changed = parts[index][..title].to_vec();
    changed.extend(text(&parts[index][title..], &mut rng));
    parts[index] = changed;
    put(data, head, &parts.join(separator.as_bytes()), most)
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, most))
}

/// Copies `new` behind the first `head` bytes, if there is room.
pub fn put(data: &mut [u8], head: usize, new: &[u8], most: usize) -> Option<usize> {
    let size = head + new.len();
    data.get_mut(head..size).filter(|_| size <= most)?.copy_from_slice(new);
    Some(size)
}
