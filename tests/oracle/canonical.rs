//! What may differ between our objects and Spark's, and nothing else:
//! - names and times that Spark draws (the fixtures hold fixed words for them),
//! - the order of entries that come from one map of confs, inside their block,
//! - the numbers of `SPARK_JAVA_OPT_n`: a multiset of values,
//! - local directories, which Spark shuffles,
//! - the order of lines in spark.properties, a hash order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use spark_render::internals::spark::{Submission, pod::KubernetesConf};

/// The driver pod's IP address while recording.
pub(crate) const DRIVER_POD_IP: &str = "127.0.0.1";

/// What is known about the submission that both sides come from.
pub(crate) struct Context {
    /// A drawn text and the word for it, longest first.
    drawn: Vec<(String, String)>,
    /// `name=value` of the role's environment confs, and names of its secret references.
    env: BTreeSet<(String, String)>,
    secret_refs: BTreeSet<String>,
    /// Names of volumes from secrets and from volume confs.
    secret_volumes: BTreeSet<String>,
    user_volumes: BTreeSet<String>,
}

impl Context {
    /// For the objects of spark-submit.
    pub(crate) fn driver(submission: &Submission) -> Self {
        Self::of(submission, "driver", "spark.kubernetes.driverEnv.")
    }

    /// For the objects of the driver.
    pub(crate) fn executor(submission: &Submission) -> Self {
        let mut context = Self::of(submission, "executor", "spark.executorEnv.");
        // The image's entrypoint adds it to the executors' environment confs.
        context.env.insert(("SPARK_DRIVER_POD_IP".to_owned(), DRIVER_POD_IP.to_owned()));
        // Spark fills in the ids, so its value is not the conf's.
        let dirs = context.env.iter().find(|(name, _)| name == "SPARK_EXECUTOR_DIRS").cloned();
        if let Some((name, value)) = dirs {
            let value = value.replace("SPARK_APPLICATION_ID", "spark-APPID").replace("SPARK_EXECUTOR_ID", "1");
            context.env.insert((name, value));
        }
        context
    }

    fn of(submission: &Submission, role: &str, env_prefix: &str) -> Self {
        let identity = &submission.identity;
        let hashes = [
            &identity.prefix_hash,
            &identity.executor_prefix_hash,
            &identity.driver_conf_hash,
            &identity.executor_conf_hash,
            &identity.service_hash,
        ];
        let mut drawn = vec![
            (identity.app_id.value.clone(), "spark-APPID".to_owned()),
            (format!("/var/data/spark-{}", identity.local_dir_uuid), "/var/data/spark-UUID".to_owned()),
        ];
        for hash in hashes {
            drawn.push((hash.clone(), "HASH".to_owned()));
            drawn.push((format!("x{}", &hash[1..]), "HASH".to_owned()));
        }
        let conf = KubernetesConf::driver(submission);
        let prefixed = |prefix: &str| -> Vec<(String, String)> {
            let entries = conf.prefixed(prefix);
            entries.iter().map(|(key, value)| (key.to_owned(), value.as_str().unwrap().to_owned())).collect()
        };
        let names = |prefix: &str| prefixed(prefix).into_iter().map(|(key, _)| key);
        let volume = |rest: String| rest.split('.').nth(1).map(str::to_owned);
        Self {
            drawn,
            env: prefixed(env_prefix).into_iter().collect(),
            secret_refs: names(&format!("spark.kubernetes.{role}.secretKeyRef.")).collect(),
            secret_volumes: names(&format!("spark.kubernetes.{role}.secrets."))
                .map(|name| format!("{name}-volume"))
                .collect(),
            user_volumes: names(&format!("spark.kubernetes.{role}.volumes.")).filter_map(volume).collect(),
        }
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (drawn, word) in &self.drawn {
            text = text.replace(drawn.as_str(), word);
        }
        for (url, word) in [
            ("http://127.0.0.1:6443", "http://127.0.0.1:PORT"),
            ("http\\://127.0.0.1\\:6443", "http\\://127.0.0.1\\:PORT"),
        ] {
            text = text.replace(url, word);
        }
        without_upload_uuid(&text)
    }
}

/// `spark-upload-<uuid>` becomes `spark-upload-UUID`.
fn without_upload_uuid(text: &str) -> String {
    const STEM: &str = "spark-upload-";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(STEM) {
        let (before, after) = rest.split_at(at + STEM.len());
        out.push_str(before);
        let uuid = after.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').count();
        out.push_str(if uuid == 36 { "UUID" } else { &after[..uuid] });
        rest = &after[uuid..];
    }
    out + rest
}

/// The object without what may differ.
pub(crate) fn canonical(object: &Value, context: &Context) -> Value {
    let mut object = walk(object, context);
    if let Some(pod) = pod_spec(&mut object) {
        order_blocks(pod, context);
    }
    object
}

fn walk(value: &Value, context: &Context) -> Value {
    match value {
        Value::String(text) => Value::String(context.text(text)),
        Value::Array(items) => items.iter().map(|item| walk(item, context)).collect(),
        Value::Object(entries) => {
            let secret = entries.get("name").and_then(Value::as_str) == Some("_SPARK_AUTH_SECRET");
            let entry = |(key, value): (&String, &Value)| {
                let value = match key.as_str() {
                    "uid" | "resourceVersion" | "creationTimestamp" => format!("<{key}>").into(),
                    "value" if secret => "<secret>".into(),
                    "spark.properties" => properties(&context.text(value.as_str().unwrap_or_default())),
                    _ => walk(value, context),
                };
                (context.text(key), value)
            };
            // In the order of the keys, so that texts of equal objects are equal.
            entries.iter().map(entry).collect::<BTreeMap<_, _>>().into_iter().collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// The lines as a sorted list, comments first; a date and a time that are drawn have fixed words.
fn properties(text: &str) -> Value {
    const DAYS: &[&str] = &["#Mon ", "#Tue ", "#Wed ", "#Thu ", "#Fri ", "#Sat ", "#Sun "];
    let line = |line: &str| match line {
        _ if DAYS.iter().any(|day| line.starts_with(day)) => "#DATE".to_owned(),
        _ if line.starts_with("spark.app.submitTime=") => "spark.app.submitTime=TIME".to_owned(),
        _ => line.to_owned(),
    };
    let mut lines: Vec<String> = text.split('\n').filter(|line| !line.is_empty()).map(line).collect();
    lines
        .sort_by_key(|line| (!line.starts_with('#'), if line.starts_with('#') { String::new() } else { line.clone() }));
    lines.into()
}

/// `spec` of a Pod or of the pod template of a StatefulSet or Deployment.
fn pod_spec(object: &mut Value) -> Option<&mut Map<String, Value>> {
    let spec = object.get_mut("spec")?;
    let spec = if spec.get("template").is_some() { spec.get_mut("template")?.get_mut("spec")? } else { spec };
    spec.get("containers")?;
    spec.as_object_mut()
}

fn order_blocks(spec: &mut Map<String, Value>, context: &Context) {
    let block = |volume: &Value| {
        let name = volume["name"].as_str().unwrap_or_default();
        if context.secret_volumes.contains(name) {
            Some("secrets")
        } else if context.user_volumes.contains(name) {
            Some("volumes")
        } else {
            None
        }
    };
    if let Some(volumes) = spec.get_mut("volumes").and_then(Value::as_array_mut) {
        sort_runs(volumes, block);
    }
    for container in spec["containers"].as_array_mut().unwrap() {
        if let Some(mounts) = container.get_mut("volumeMounts").and_then(Value::as_array_mut) {
            sort_runs(mounts, block);
            shuffled_mounts(mounts, context);
        }
        if let Some(env) = container.get_mut("env").and_then(Value::as_array_mut) {
            sort_runs(env, |entry| env_block(entry, context));
            java_options(env);
            env.iter_mut().for_each(local_dirs);
        }
    }
}

fn env_block(entry: &Value, context: &Context) -> Option<&'static str> {
    let name = entry["name"].as_str().unwrap_or_default().to_owned();
    match entry["value"].as_str() {
        Some(value) if context.env.contains(&(name.clone(), value.to_owned())) => Some("env"),
        None if entry["valueFrom"].get("secretKeyRef").is_some() && context.secret_refs.contains(&name) => Some("refs"),
        _ => None,
    }
}

/// Sorts each run of neighbours of one block.
fn sort_runs<F: Fn(&Value) -> Option<&'static str>>(items: &mut [Value], block: F) {
    let mut start = 0;
    while start < items.len() {
        let of = block(&items[start]);
        let length = items[start..].iter().take_while(|item| block(item) == of).count();
        if of.is_some() {
            items[start..start + length].sort_by_key(ToString::to_string);
        }
        start += length;
    }
}

/// `SPARK_JAVA_OPT_n`: within their run, the numbers and the values each in order.
fn java_options(env: &mut [Value]) {
    let is_option = |entry: &Value| entry["name"].as_str().is_some_and(|name| name.starts_with("SPARK_JAVA_OPT_"));
    let Some(start) = env.iter().position(is_option) else { return };
    let length = env[start..].iter().take_while(|entry| is_option(entry)).count();
    let run = &mut env[start..start + length];
    let mut sorted = |field: &str| {
        let mut texts: Vec<Value> = run.iter().map(|entry| entry[field].clone()).collect();
        texts.sort_by_key(ToString::to_string);
        run.iter_mut().zip(texts).for_each(|(entry, text)| entry[field] = text);
    };
    sorted("name");
    sorted("value");
}

/// Mounts of `spark-local-dir-n` that no conf names: their paths in order.
fn shuffled_mounts(mounts: &mut [Value], context: &Context) {
    let drawn = |mount: &&mut Value| {
        let name = mount["name"].as_str().unwrap_or_default();
        name.starts_with("spark-local-dir-") && !context.user_volumes.contains(name)
    };
    let mut paths: Vec<Value> = mounts.iter_mut().filter(drawn).map(|mount| mount["mountPath"].take()).collect();
    paths.sort_by_key(ToString::to_string);
    mounts.iter_mut().filter(drawn).zip(paths).for_each(|(mount, path)| mount["mountPath"] = path);
}

fn local_dirs(entry: &mut Value) {
    if entry["name"] == "SPARK_LOCAL_DIRS" {
        let mut dirs: Vec<&str> = entry["value"].as_str().unwrap_or_default().split(',').collect();
        dirs.sort_unstable();
        entry["value"] = dirs.join(",").into();
    }
}
