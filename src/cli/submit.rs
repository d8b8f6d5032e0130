//! `spark-render submit`: what spark-submit in cluster mode would create, as Spark would send it.

use std::{collections::BTreeMap, fs, path::Path};

use clap::Args;

use super::args::ManifestFormat;
use crate::{
    kube::{self, Manifest, OnUnsupported, Provenance, conform},
    render::Executors,
    spark::{
        self, Submission,
        pod::{self, ExecutorRequest, KubernetesDriverSpec, RunningDriver},
        submit::{self, Input, Machine},
    },
    text::write::{json, yaml},
    tree::{Diagnostic, Diagnostics, Node, Origin, Sources, Stage},
};

/// `submit`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SubmitArgs {
    /// Spark version, for example 3.5.1.
    #[arg(long, value_name = "VERSION")]
    pub spark_version: String,
    /// Target Kubernetes version; without it the objects are printed as Spark sends them.
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
    /// Whether the pods that the driver will create are shown: `preview`.
    #[arg(long, value_enum, default_value_t)]
    pub executors: ShownExecutors,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub format: ManifestFormat,
    /// The arguments of spark-submit, after `--`.
    #[arg(last = true, required = true, value_name = "ARGS", allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// `--executors` of `submit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ShownExecutors {
    /// Only their pod template, where the submission has one.
    #[default]
    Template,
    /// Their pods and what goes with them.
    Preview,
}

impl From<ShownExecutors> for Executors {
    fn from(shown: ShownExecutors) -> Self {
        match shown {
            ShownExecutors::Template => Self::Template,
            ShownExecutors::Preview => Self::Preview,
        }
    }
}

/// Runs the command: the text for standard output, or nothing if `diagnostics` holds an error.
/// `environment` holds those of [`submit::ENVIRONMENT`] that are set.
pub(crate) fn run(
    args: &SubmitArgs,
    machine: &dyn Machine,
    environment: &BTreeMap<String, String>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let spark_version = spark_version(&args.spark_version, diagnostics)?;
    let target = match &args.kube_version {
        Some(text) => Some(kube::Version::resolve(text, &flag("--kube-version"), diagnostics)?),
        None => None,
    };
    let input = Input { spark_version, arguments: &args.arguments, environment, machine };
    let submission = submit::submission(&input, sources, diagnostics)?;
    let spec = pod::driver(&submission, diagnostics)?;
    let mut manifests: Vec<Manifest> = spec.objects().into_iter().map(Manifest::rendered).collect();
    if args.executors == ShownExecutors::Preview {
        let previews = previews(&submission, &spec, diagnostics)?;
        manifests.extend(previews.into_iter().map(|object| Manifest { object, provenance: Provenance::Preview }));
    }
    if let Some(target) = target {
        manifests = conform(manifests, target, OnUnsupported::Drop, diagnostics);
    }
    (!diagnostics.has_errors()).then(|| text(&manifests, args.format))
}

fn flag(name: &'static str) -> Origin {
    Origin::derived(Stage::CommandLine, name, [])
}

/// The version to build for: its own, or the nearest that is known, with a warning.
fn spark_version(text: &str, diagnostics: &mut Diagnostics) -> Option<spark::Version> {
    match text.parse::<spark::Version>() {
        Ok(version) if version.is_known() => Some(version),
        Ok(version) => {
            let nearest = version.used_text();
            let message = format!("Spark {version} is not known to the letter; what Spark {nearest} does is shown");
            diagnostics.push(
                Diagnostic::warning("spark-version-nearest", message)
                    .at(flag("--spark-version"))
                    .hint("compare the result with a real submission"),
            );
            Some(version)
        }
        Err(message) => {
            diagnostics.push(
                Diagnostic::error("invalid-spark-version", message)
                    .at(flag("--spark-version"))
                    .hint("write a version such as `3.5.1`"),
            );
            None
        }
    }
}

/// What the driver will create: ConfigMap, pods, claims, or a controller.
fn previews(submission: &Submission, spec: &KubernetesDriverSpec, diagnostics: &mut Diagnostics) -> Option<Vec<Node>> {
    let container = spec.pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence).and_then(<[Node]>::last)?;
    let driver = RunningDriver::of(container, None);
    let request = ExecutorRequest {
        submission,
        system_properties: &spec.system_properties,
        driver: &driver,
        count: pod::initial_executors(&spec.system_properties),
    };
    let executors = pod::executor(&request, diagnostics)?;
    Some(
        executors
            .config_map
            .into_iter()
            .chain(executors.controller)
            .chain(executors.pods)
            .chain(executors.claims)
            .collect(),
    )
}

fn text(manifests: &[Manifest], format: ManifestFormat) -> String {
    let objects = manifests.iter().map(|manifest| &manifest.object);
    let mut text = String::new();
    match format {
        ManifestFormat::Yaml => yaml::write_stream(objects, &mut text),
        ManifestFormat::Json => json::write_list(objects, &mut text),
        ManifestFormat::Ndjson => objects.for_each(|object| json::write_line(object, &mut text)),
    }
    text
}

/// The machine that the process runs on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LocalMachine;

impl Machine for LocalMachine {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(path).ok()
    }

    fn list(&self, directory: &str) -> Option<Vec<String>> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .ok()?
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        Some(names)
    }

    fn absolute(&self, path: &str) -> String {
        let absolute = std::path::absolute(Path::new(path)).map(|path| path.to_string_lossy().into_owned());
        absolute.unwrap_or_else(|_| path.to_owned())
    }

    /// The name of the process's user in the system's list, as Java asks for it; else its number.
    fn user(&self) -> String {
        let number = user_number();
        let named = fs::read_to_string("/etc/passwd").ok().and_then(|users| {
            let mut rows = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
            rows.find(|row| row.get(2) == Some(&number.as_str())).and_then(|row| Some((*row.first()?).to_owned()))
        });
        named.unwrap_or(number)
    }
}

#[cfg(unix)]
fn user_number() -> String {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").map(|of_process| of_process.uid().to_string()).unwrap_or_default()
}

#[cfg(not(unix))]
fn user_number() -> String {
    String::new()
}
