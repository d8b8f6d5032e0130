//! From configuration and flags to settled options.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::args::ShapeArgs;
use crate::{
    kube,
    operator::resolve::ResolveOptions,
    render::{
        config::{self, SparkRenderSpec, texts},
        pipeline::RenderOptions,
    },
    text::{read, template},
    tree::{Diagnostic, Diagnostics, Node, Origin, SourceId, Sourced, Sources, Stage, failure::Failure},
};

/// What a host (Argo CD, kustomize, a tree) brings to the options.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// The namespace that the host applies to, for applications that name none.
    pub namespace: Option<String>,
    /// The Kubernetes version of the host's cluster, used where neither flag nor configuration names one.
    pub kube_version: Option<String>,
    /// Whether an application without any namespace is an error.
    pub namespace_required: bool,
    /// Whether the host may rename the objects after us.
    pub rename_proof: bool,
    /// Fields that the host lays over the configuration (Argo CD parameters); flags win over both.
    pub parameters: Option<serde_json::Value>,
}

/// The options of one input root, and the values for its templates.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For the stages.
    pub options: RenderOptions,
    /// For `.j2` inputs.
    pub values: serde_json::Value,
    /// The folder that pod templates and includes are read from.
    pub root: PathBuf,
    /// The folder that paths of the configuration are relative to.
    pub folder: PathBuf,
}

/// Reads the configuration for `root`: `--config`, else `spark-render.yaml` in it. Returns the spec and the
/// folder that its paths are relative to.
///
/// # Errors
/// When the file cannot be read.
pub fn configuration(
    shape: &ShapeArgs,
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(SparkRenderSpec, PathBuf)>, Failure> {
    let file = match &shape.config {
        Some(file) => file.clone(),
        None => {
            let found =
                if root.as_os_str() == "." { PathBuf::from(config::FILE_NAME) } else { root.join(config::FILE_NAME) };
            if !found.is_file() {
                return Ok(Some((SparkRenderSpec::default(), root.to_owned())));
            }
            found
        }
    };
    let bytes = fs::read(&file).map_err(|source| Failure::Read { path: file.clone(), source })?;
    let Some(id) = read::add(file.display().to_string(), bytes, sources, diagnostics) else { return Ok(None) };
    let documents = crate::operator::documents::parse(id, sources, diagnostics);
    let [document] = documents.as_slice() else {
        diagnostics.push(Diagnostic::error("invalid-config", format!("{} is not one document", file.display())));
        return Ok(None);
    };
    let folder = file.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    Ok(config::decode(&document.node, diagnostics).map(|spec| (spec, folder)))
}

/// Lays what the host says over `spec`.
pub fn with_parameters(spec: SparkRenderSpec, host: &Host, diagnostics: &mut Diagnostics) -> Option<SparkRenderSpec> {
    let Some(parameters) = &host.parameters else { return Some(spec) };
    let mut whole = serde_json::to_value(spec).expect("plain data always serialises");
    template::merge(&mut whole, parameters.clone());
    match serde_path_to_error::deserialize(whole) {
        Ok(spec) => Some(spec),
        Err(error) => {
            let message = format!("parameter `{}`: {}", error.path(), error.inner());
            diagnostics.push(Diagnostic::error("invalid-config", message));
            None
        }
    }
}

/// Lays the flags over `spec`.
pub fn overlay(shape: &ShapeArgs, mut spec: SparkRenderSpec) -> SparkRenderSpec {
    let set = |field: &mut Option<String>, flag: &Option<String>| {
        if flag.is_some() {
            field.clone_from(flag);
        }
    };
    set(&mut spec.kube_version, &shape.kube_version);
    set(&mut spec.spark_version, &shape.spark_version);
    set(&mut spec.operator_version, &shape.operator_version);
    set(&mut spec.namespace, &shape.namespace);
    spec.target = shape.target.unwrap_or(spec.target);
    spec.executors = shape.executors.unwrap_or(spec.executors);
    spec.on_unsupported = shape.on_unsupported.unwrap_or(spec.on_unsupported);
    spec.name_suffix = shape.name_suffix.unwrap_or(spec.name_suffix);
    spec.ttl = shape.ttl.unwrap_or(spec.ttl);
    spec
}

/// Settles the options of `root` from `spec` (flags already laid over it).
///
/// # Errors
/// When a values file cannot be read, or a flag cannot be understood.
pub fn settle(
    spec: SparkRenderSpec,
    shape: &ShapeArgs,
    host: &Host,
    root: &Path,
    folder: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Settings>, Failure> {
    let flag = |value: &Option<String>, flag: &Option<String>, rule: &'static str| {
        let stage = if flag.is_some() { Stage::CommandLine } else { Stage::Config };
        value.clone().map(|value| Sourced::new(value, Origin::derived(stage, rule, [])))
    };
    let Some(kube_version) = kube_version(&spec, host, diagnostics) else { return Ok(None) };
    let Some(values) = values(&spec, shape, folder, sources, diagnostics)? else { return Ok(None) };
    let default_service_account =
        Some(&spec.operator.default_service_account).filter(|account| !account.is_empty()).map(|account| {
            Sourced::new(account.clone(), Origin::derived(Stage::Config, "operator.defaultServiceAccount", []))
        });
    let resolve = ResolveOptions {
        spark_version: flag(&spec.spark_version, &shape.spark_version, "sparkVersion"),
        namespace: flag(&spec.namespace, &shape.namespace, "namespace"),
        host_namespace: host
            .namespace
            .clone()
            .map(|namespace| Sourced::new(namespace, Origin::derived(Stage::CommandLine, "the host's namespace", []))),
        namespace_required: host.namespace_required,
        default_service_account,
    };
    let options = RenderOptions { spec, kube_version, resolve, rename_proof: host.rename_proof };
    Ok(Some(Settings { options, values, root: root.to_owned(), folder: folder.to_owned() }))
}

/// Flag or configuration, else the host's cluster, else the newest known with a warning.
fn kube_version(spec: &SparkRenderSpec, host: &Host, diagnostics: &mut Diagnostics) -> Option<kube::Version> {
    let given = spec.kube_version.as_deref().or(host.kube_version.as_deref()).filter(|version| !version.is_empty());
    let Some(text) = given else {
        let newest = kube::Version::NEWEST;
        diagnostics.push(
            Diagnostic::warning(
                "kube-version-missing",
                format!("no target Kubernetes version is given: {newest} is taken"),
            )
            .hint("give `--kube-version`, or `kubeVersion` in the configuration"),
        );
        return Some(newest);
    };
    kube::Version::resolve(text, &Origin::derived(Stage::Config, "kubeVersion", []), diagnostics)
}

/// The values for templates: the configuration's files and values, then the flags'.
fn values(
    spec: &SparkRenderSpec,
    shape: &ShapeArgs,
    folder: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<serde_json::Value>, Failure> {
    let mut values = serde_json::Value::Object(serde_json::Map::new());
    let mut complete = true;
    let from_config = spec.values.iter().map(|file| folder.join(file));
    for file in from_config {
        complete &= merge_file(&mut values, &file, sources, diagnostics)?;
    }
    for (path, value) in &spec.set {
        template::set(&mut values, path, value.clone());
    }
    for file in &shape.values {
        complete &= merge_file(&mut values, file, sources, diagnostics)?;
    }
    for assignment in &shape.set {
        let Some((path, text)) = assignment.split_once('=') else {
            return Err(Failure::Usage(format!("--set takes KEY=VALUE, not `{assignment}`")));
        };
        template::set(&mut values, path, texts::scalar(text));
    }
    Ok(complete.then_some(values))
}

fn merge_file(
    values: &mut serde_json::Value,
    file: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<bool, Failure> {
    let bytes = fs::read(file).map_err(|source| Failure::Read { path: file.to_owned(), source })?;
    let Some(id) = read::add(file.display().to_string(), bytes, sources, diagnostics) else { return Ok(false) };
    let before = diagnostics.len();
    for document in parse_mapping(id, sources, diagnostics) {
        template::merge(values, document.to_json());
    }
    Ok(diagnostics.iter().skip(before).all(|item| item.severity != crate::tree::Severity::Error))
}

fn parse_mapping(id: SourceId, sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut nodes = Vec::new();
    for document in crate::operator::documents::parse(id, sources, diagnostics) {
        if document.node.as_mapping().is_some() {
            nodes.push(document.into_node());
        } else {
            diagnostics
                .push(Diagnostic::error("template-error", "a values file is no mapping").at(&document.node.origin));
        }
    }
    nodes
}
