//! spark-submit's own work in cluster mode: arguments, confs, defaults and files become a [`Submission`].
//!
//! Pure: files, and the few environment variables that spark-submit looks at, come from the caller.

mod arguments;
mod conf_dir;
mod confs;
mod identity;

use std::collections::BTreeMap;

pub(crate) use arguments::Arguments;
pub(crate) use identity::identity;

use super::{
    Behaviour, ConfFile, LocalFile, SparkConf, Submission, Version,
    pod::{REFUSED_BY_SPARK, template_fields, upload},
};
use crate::{
    text::read,
    tree::{CodeDoc, Diagnostic, Diagnostics, Node, Origin, Sourced, Sources, Stage},
};

/// The environment variables that spark-submit reads and that shape what it creates.
pub(crate) const ENVIRONMENT: &[&str] = &[
    "SPARK_USER",
    "SPARK_CONF_DIR",
    "HADOOP_CONF_DIR",
    "SPARK_LOCAL_DIRS",
    "SPARK_DRIVER_MEMORY",
    "SPARK_EXECUTOR_MEMORY",
    "SPARK_EXECUTOR_CORES",
    "MASTER",
    "DEPLOY_MODE",
];

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "not-on-kubernetes",
        summary: "a submission to another cluster manager, or in client mode",
        explanation: "The tool shows what spark-submit creates in Kubernetes in cluster mode. In client mode, and with \
                      other masters, spark-submit creates nothing there.",
    },
    CodeDoc {
        code: "glob-in-dependency",
        summary: "a dependency is given as a pattern",
        explanation: "spark-submit expands patterns in jars, files, archives and Python files with the files that exist \
                      when it runs. The tool does not look for them.",
    },
    CodeDoc {
        code: "ignored-property",
        summary: "a property that spark-submit drops",
        explanation: "spark-submit keeps only the properties whose names start with `spark.`.",
    },
];

/// The submitter's machine, as far as spark-submit looks at it.
pub trait Machine {
    /// The content of a file, or `None` if there is none.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// Names of the regular files in a directory, or `None` if it is no directory.
    fn list(&self, directory: &str) -> Option<Vec<String>>;
    /// The absolute form of a path.
    fn absolute(&self, path: &str) -> String;
    /// The operating system's user, for `SPARK_USER`.
    fn user(&self) -> String;
}

/// What a submission is made of.
pub struct Input<'a> {
    /// Spark's version.
    pub spark_version: Version,
    /// The arguments of spark-submit.
    pub arguments: &'a [String],
    /// Values of [`ENVIRONMENT`].
    pub environment: &'a BTreeMap<String, String>,
    /// Files.
    pub machine: &'a dyn Machine,
}

/// What spark-submit hands on to its Kubernetes part. `None` if it refuses; then `diagnostics` says why.
pub fn submission(input: &Input<'_>, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Submission> {
    let mut found = Diagnostics::new();
    let submission = build(input, sources, &mut found);
    let refused = found.has_errors();
    diagnostics.extend(found);
    submission.filter(|_| !refused)
}

fn build(input: &Input<'_>, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Submission> {
    let arguments = arguments::parse(input.arguments, &input.spark_version, sources, diagnostics)?;
    let Some(resource) = arguments.primary_resource.clone() else {
        diagnostics.push(
            refusal("no primary resource is given").hint("name a jar, a Python file or an R file after the options"),
        );
        return None;
    };
    let primary_resource = confs::resolved(&resource, input.machine);
    let conf = confs::merge(input, &arguments, &primary_resource, sources, diagnostics)?;
    check_local_files(&conf, &primary_resource, input.machine, diagnostics);
    if arguments.value("--proxy-user").is_some() && conf.contains("spark.kerberos.principal") {
        diagnostics.push(refusal("both a proxy user and a Kerberos principal are given").hint("keep one of them"));
    }

    let proxy_user = arguments.value("--proxy-user").cloned();
    let variable = |name: &str| {
        let value = input.environment.get(name)?;
        Some(Sourced::new(value.clone(), Origin::derived(Stage::CommandLine, name.to_owned(), [])))
    };
    let proxy_first = input.spark_version.has(Behaviour::ProxyUserFirst);
    let by_variable = variable("SPARK_USER");
    let named =
        if proxy_first { proxy_user.clone().or(by_variable) } else { by_variable.or_else(|| proxy_user.clone()) };
    let spark_user = named.unwrap_or_else(|| {
        Sourced::new(input.machine.user(), Origin::derived(Stage::CommandLine, "user of the system", []))
    });
    let conf_dir = variable("SPARK_CONF_DIR")
        .map(|directory| conf_dir::files(&directory.value, &conf, input.machine))
        .unwrap_or_default();
    let hadoop_conf_dir = variable("HADOOP_CONF_DIR").map(|directory| hadoop_files(&directory.value, input.machine));
    let mut template = |key: &str, diagnostics: &mut Diagnostics| {
        let path = local_path(conf.get(key)?)?;
        let text = String::from_utf8_lossy(&input.machine.read(path)?).into_owned();
        let source = sources.add(path, text);
        let mut documents = read::parse(source, sources, |_| false, diagnostics);
        if documents.len() > 1 && input.spark_version.has(Behaviour::TemplateSingleDocument) {
            diagnostics.push(
                refusal(format!("`{path}` holds {} objects, and Spark reads one", documents.len()))
                    .at(conf.origin(key))
                    .hint("keep one document in the file"),
            );
        }
        if documents.is_empty() {
            return None;
        }
        let mut node = documents.swap_remove(0).into_node();
        template_fields::read_as_jackson(&mut node, sources, &input.spark_version);
        Some(node)
    };
    let driver_template = template("spark.kubernetes.driver.podTemplateFile", diagnostics);
    let executor_template = template("spark.kubernetes.executor.podTemplateFile", diagnostics);
    let pod_group_template = template("spark.kubernetes.scheduler.volcano.podGroupTemplateFile", diagnostics);
    check_templates(&conf, driver_template.as_ref(), diagnostics);

    let mut submission = Submission {
        spark_version: input.spark_version.clone(),
        version_origin: Origin::derived(Stage::CommandLine, "--spark-version", []),
        local_files: local_files(&conf, input.machine),
        main_class: arguments.value("--class").cloned(),
        primary_resource,
        arguments: arguments.rest,
        proxy_user,
        spark_user,
        local_dirs: variable("SPARK_LOCAL_DIRS"),
        identity: identity::unset(),
        conf_dir,
        hadoop_conf_dir,
        dated_properties: true,
        driver_template,
        executor_template,
        pod_group_template,
        conf,
    };
    submission.identity = identity(&submission);
    if submission.spark_version.has(Behaviour::SubmitTime) {
        let origin = Origin::derived(Stage::SparkDefault, "spark.app.submitTime", []);
        submission.conf.set("spark.app.submitTime", "0", origin);
    }
    Some(submission)
}

/// An error about the command line as a whole.
fn refusal(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(REFUSED_BY_SPARK, message)
}

/// The confs that name a file of the submitting machine which goes into an object.
const LOCAL_FILES: &[&str] = &[
    "spark.kubernetes.kerberos.krb5.path",
    "spark.kerberos.keytab",
    "spark.kubernetes.authenticate.driver.caCertFile",
    "spark.kubernetes.authenticate.driver.clientKeyFile",
    "spark.kubernetes.authenticate.driver.clientCertFile",
    "spark.kubernetes.executor.podTemplateFile",
];

fn local_files(conf: &SparkConf, machine: &dyn Machine) -> Vec<LocalFile> {
    let file = |key: &&str| {
        let bytes = machine.read(local_path(conf.get(key)?)?)?;
        Some(LocalFile { conf_key: (*key).to_owned(), bytes })
    };
    LOCAL_FILES.iter().filter_map(file).collect()
}

/// The path of a URI on this machine: no scheme, or `file`.
fn local_path(uri: &str) -> Option<&str> {
    match upload::scheme(uri) {
        None => Some(uri),
        Some("file") => {
            let path = uri.trim_start_matches("file:");
            Some(path.strip_prefix("//").unwrap_or(path))
        }
        Some(_) => None,
    }
}

fn hadoop_files(directory: &str, machine: &dyn Machine) -> Vec<ConfFile> {
    let mut names = machine.list(directory).unwrap_or_default();
    names.sort_unstable();
    let file = |name: String| {
        let bytes = machine.read(&format!("{}/{name}", directory.trim_end_matches('/')))?;
        Some(ConfFile { name, text: String::from_utf8_lossy(&bytes).into_owned() })
    };
    names.into_iter().filter_map(file).collect()
}

/// Files to upload must exist.
fn check_local_files(
    conf: &SparkConf,
    resource: &Sourced<String>,
    machine: &dyn Machine,
    diagnostics: &mut Diagnostics,
) {
    let mut check = |uri: &str, origin: &Origin| {
        let path = local_path(uri).unwrap_or_default();
        if upload::is_local(uri) && machine.read(path.split('#').next().unwrap_or(path)).is_none() {
            diagnostics.push(
                refusal(format!("`{uri}` does not exist, so Spark cannot upload it"))
                    .at(origin)
                    .hint("name an existing file, or one in the image as `local://…`"),
            );
        }
    };
    for key in ["spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles"] {
        let uris = conf.get(key).unwrap_or_default().split(',').filter(|uri| !uri.is_empty());
        uris.filter(|uri| *uri != resource.value).for_each(|uri| check(uri, &conf.origin(key)));
    }
    check(&resource.value, &resource.origin);
}

/// A template that is named must be there.
fn check_templates(conf: &SparkConf, driver_template: Option<&Node>, diagnostics: &mut Diagnostics) {
    const KEY: &str = "spark.kubernetes.driver.podTemplateFile";
    if let (Some(path), None) = (conf.get(KEY), driver_template) {
        diagnostics.push(
            refusal(format!("the driver pod template `{path}` cannot be read"))
                .at(conf.origin(KEY))
                .hint("name a file on the machine that submits"),
        );
    }
}
