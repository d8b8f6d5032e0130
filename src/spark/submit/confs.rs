//! `SparkSubmit.prepareSubmitEnvironment`: flags, `--conf`, properties files and defaults become one SparkConf.
//! A flag wins over `--conf`, which wins over the properties file, which wins over spark-defaults.conf.

use super::{Arguments, Input, Machine, refusal};
use crate::{
    spark::{Behaviour, SparkConf, pod::upload, properties, submit_rules},
    tree::{Diagnostic, Diagnostics, Key, Origin, Sourced, Sources, Span, Stage},
};

/// Option, the conf that it becomes, and the environment variable that stands in for both.
const FLAGS: &[(&str, &str, Option<&str>)] = &[
    ("--driver-class-path", "spark.driver.extraClassPath", None),
    ("--driver-java-options", "spark.driver.extraJavaOptions", None),
    ("--driver-library-path", "spark.driver.extraLibraryPath", None),
    ("--driver-memory", "spark.driver.memory", Some("SPARK_DRIVER_MEMORY")),
    ("--driver-cores", "spark.driver.cores", None),
    ("--executor-memory", "spark.executor.memory", Some("SPARK_EXECUTOR_MEMORY")),
    ("--executor-cores", "spark.executor.cores", Some("SPARK_EXECUTOR_CORES")),
    ("--total-executor-cores", "spark.cores.max", None),
    ("--num-executors", "spark.executor.instances", None),
    ("--name", "spark.app.name", None),
    ("--jars", "spark.jars", None),
    ("--files", "spark.files", None),
    ("--archives", "spark.archives", None),
    ("--py-files", "spark.submit.pyFiles", None),
    ("--packages", "spark.jars.packages", None),
    ("--exclude-packages", "spark.jars.excludes", None),
    ("--repositories", "spark.jars.repositories", None),
    ("--keytab", "spark.kerberos.keytab", None),
    ("--principal", "spark.kerberos.principal", None),
];

/// The confs in force.
pub(super) fn merge(
    input: &Input<'_>,
    arguments: &Arguments,
    resource: &Sourced<String>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<SparkConf> {
    let mut conf = properties(input, arguments, sources, diagnostics);
    for (flag, key, variable) in FLAGS {
        if *flag == "--total-executor-cores" && !input.spark_version.has(Behaviour::TotalExecutorCores) {
            continue;
        }
        if let Some(value) = arguments.value(flag) {
            conf.set(*key, value.value.as_str(), &value.origin);
        } else if let Some((name, value)) = variable.and_then(|name| input.environment.get_key_value(name)) {
            conf.set_if_missing(*key, value.as_str(), Origin::derived(Stage::CommandLine, name.clone(), []));
        }
    }
    target(input, arguments, &mut conf, diagnostics)?;
    application_name(arguments, resource, &mut conf);
    submit_rules::check_numbers(&conf, &input.spark_version, diagnostics);
    // In cluster mode the driver's host is Spark's own affair.
    conf.remove("spark.driver.host");
    dependencies(input, resource, &mut conf, diagnostics);
    Some(conf)
}

/// `--conf`, then the properties file or spark-defaults.conf, without what is no Spark property.
fn properties(
    input: &Input<'_>,
    arguments: &Arguments,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> SparkConf {
    let mut conf = SparkConf::new();
    let mut set = |conf: &mut SparkConf, key: &str, value: &str, origin: &Origin| {
        if key.starts_with("spark.") {
            conf.set(Key::of(key), value, origin);
        } else {
            diagnostics.push(
                Diagnostic::warning(
                    "ignored-property",
                    format!("`{key}` is no Spark property, so spark-submit drops it"),
                )
                .at(origin)
                .hint("prefix it with `spark.`, for example as `spark.hadoop.…`"),
            );
        }
    };
    let given = arguments.value("--properties-file");
    let defaults = input.environment.get("SPARK_CONF_DIR").map(|directory| {
        let path = format!("{}/spark-defaults.conf", directory.trim_end_matches('/'));
        Sourced::new(path, Origin::derived(Stage::CommandLine, "SPARK_CONF_DIR", []))
    });
    let mut missing = None;
    let mut load = |conf: &mut SparkConf, file: &Sourced<String>, required: bool| {
        let Some(bytes) = input.machine.read(&file.value) else {
            if required {
                missing = Some(file.clone());
            }
            return;
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let source = sources.add(file.value.as_str(), text.as_str());
        for entry in properties::read_with_places(&text) {
            let span = Span { source, start: place(entry.start), end: place(entry.end) };
            set(conf, &entry.key, entry.value.trim(), &Origin::Source(span));
        }
    };
    // The weakest first.
    if let Some(defaults) = &defaults
        && (given.is_none() || arguments.has("--load-spark-defaults"))
    {
        load(&mut conf, defaults, false);
    }
    if let Some(file) = given {
        load(&mut conf, file, true);
    }
    for (key, value) in &arguments.confs {
        set(&mut conf, key, &value.value, &value.origin);
    }
    if let Some(file) = missing {
        diagnostics.push(
            refusal(format!("properties file `{}` cannot be read", file.value))
                .at(file.origin)
                .hint("name an existing file"),
        );
    }
    conf
}

fn place(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Master and deploy mode: Kubernetes in cluster mode, or nothing.
fn target(input: &Input<'_>, arguments: &Arguments, conf: &mut SparkConf, diagnostics: &mut Diagnostics) -> Option<()> {
    let find = |flag: &str, key: &str, variable: &str| {
        let from_conf = || Some(Sourced::new(conf.get(key)?.to_owned(), conf.entry(key)?.origin().clone()));
        let from_environment = || {
            let value = input.environment.get(variable)?.clone();
            Some(Sourced::new(value, Origin::derived(Stage::CommandLine, variable.to_owned(), [])))
        };
        arguments.value(flag).cloned().or_else(from_conf).or_else(from_environment)
    };
    let master = find("--master", "spark.master", "MASTER");
    let mode = find("--deploy-mode", "spark.submit.deployMode", "DEPLOY_MODE");
    let url = match &master {
        Some(master) if master.value.starts_with("k8s://") => master_url(&master.value["k8s://".len()..]),
        other => {
            let text = other.as_ref().map_or("local[*]", |master| &master.value);
            diagnostics.push(
                Diagnostic::error("not-on-kubernetes", format!("master `{text}` is no Kubernetes master"))
                    .at(other.as_ref().map(|master| master.origin.clone()).unwrap_or_default())
                    .hint("write `--master k8s://https://…`"),
            );
            return None;
        }
    };
    let Some(url) = url else {
        let master = master?;
        diagnostics.push(
            refusal(format!("`{}` is no URL of a Kubernetes master", master.value))
                .at(master.origin)
                .hint("write `k8s://https://<host>:<port>`"),
        );
        return None;
    };
    match mode {
        Some(mode) if mode.value == "cluster" => conf.set("spark.submit.deployMode", "cluster", mode.origin),
        other => {
            let text = other.as_ref().map_or("client", |mode| &mode.value);
            diagnostics.push(
                Diagnostic::error(
                    "not-on-kubernetes",
                    format!("deploy mode is `{text}`, and only `cluster` creates a driver"),
                )
                .at(other.as_ref().map(|mode| mode.origin.clone()).unwrap_or_default())
                .hint("write `--deploy-mode cluster`"),
            );
            return None;
        }
    }
    conf.set("spark.master", url, master?.origin);
    Some(())
}

/// `Utils.checkAndGetK8sMasterUrl`: `https` unless a scheme is given, which must be `http` or `https`.
fn master_url(url: &str) -> Option<String> {
    match url.split_once("://") {
        None => Some(format!("k8s://https://{url}")),
        Some(("http" | "https", _)) => Some(format!("k8s://{url}")),
        Some(_) => None,
    }
}

/// The name: given, else the main class, else the file's name.
fn application_name(arguments: &Arguments, resource: &Sourced<String>, conf: &mut SparkConf) {
    let (name, origin) = match arguments.value("--class") {
        Some(class) => (class.value.as_str(), &class.origin),
        None => (resource.value.rsplit('/').next().unwrap_or_default(), &resource.origin),
    };
    let (name, origin) = (name.to_owned(), origin.clone());
    conf.set_if_missing("spark.app.name", name, origin);
}

/// The lists of dependencies as absolute URIs; a main jar goes behind spark.jars.
fn dependencies(input: &Input<'_>, resource: &Sourced<String>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    for key in ["spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles"] {
        let Some(entry) = conf.entry(key) else { continue };
        let origin = entry.origin().clone();
        let uris = split(&entry.value).map(|uri| resolve(uri, input.machine)).collect::<Vec<_>>();
        for uri in uris.iter().filter(|uri| is_glob(uri)) {
            diagnostics.push(
                Diagnostic::error("glob-in-dependency", format!("`{uri}` is a pattern, in conf `{key}`"))
                    .at(&origin)
                    .hint("name each file"),
            );
        }
        let joined = uris.join(",");
        if joined != entry.value {
            conf.set(key, joined, origin);
        }
    }
    submit_rules::add_application_files(conf, resource);
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|uri| !uri.is_empty())
}

/// Whether Hadoop would take the path for a pattern.
fn is_glob(uri: &str) -> bool {
    !matches!(upload::scheme(uri), Some("local" | "http" | "https" | "ftp")) && uri.contains(['*', '?', '[', '{'])
}

/// `Utils.resolveURI`: a path without scheme becomes `file:` and its absolute form.
fn resolve(uri: &str, machine: &dyn Machine) -> String {
    if upload::scheme(uri).is_some() {
        return uri.to_owned();
    }
    match uri.split_once('#') {
        Some((path, fragment)) => format!("file:{}#{fragment}", machine.absolute(path)),
        None => format!("file:{}", machine.absolute(uri)),
    }
}

/// The main application file as `SparkSubmitArguments.handleUnknown` keeps it.
pub(super) fn resolved(resource: &Sourced<String>, machine: &dyn Machine) -> Sourced<String> {
    const INTERNAL: &[&str] = &["spark-internal", "spark-shell", "pyspark-shell", "sparkr-shell"];
    if INTERNAL.contains(&resource.value.as_str()) {
        return resource.clone();
    }
    Sourced::new(resolve(&resource.value, machine), &resource.origin)
}
