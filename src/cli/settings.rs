//! From configuration and flags to settled options.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::args::ShapeArgs;
use crate::{
    render::{
        self, Options,
        config::{self, Layers, texts},
    },
    text::{read, template},
    tree::{Diagnostic, Diagnostics, Node, Severity, SourceId, Sources, failure::Failure},
};

pub use crate::render::options::Host;

/// The options of one input root, and the values for its templates.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For the stages.
    pub options: Options,
    /// Paths that the configuration gives in place of the folder's own files.
    pub inputs: Vec<PathBuf>,
    /// Values files that the configuration names.
    pub values_files: Vec<PathBuf>,
    /// For `.j2` inputs.
    pub values: serde_json::Value,
    /// The folder that pod templates and includes are read from.
    pub root: PathBuf,
    /// The folder that paths of the configuration are relative to.
    pub folder: PathBuf,
}

/// Reads the configuration for `root`: `--config`, else `spark-render.yaml` in it, if it is a folder. Returns it and the
/// folder that its paths are relative to.
///
/// # Errors
/// When the file cannot be read.
pub fn configuration(
    shape: &ShapeArgs,
    root: Option<&Path>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<(Layers, PathBuf)>, Failure> {
    let file = match (&shape.config, root) {
        (Some(file), _) => file.clone(),
        (None, None) => return Ok(Some((Layers::default(), PathBuf::new()))),
        (None, Some(root)) => {
            let found =
                if root.as_os_str() == "." { PathBuf::from(config::FILE_NAME) } else { root.join(config::FILE_NAME) };
            if !found.is_file() {
                return Ok(Some((Layers::default(), root.to_owned())));
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
    Ok(config::read(&document.node, diagnostics).map(|layers| (layers, folder)))
}

/// Lays the flags over the configuration.
fn lay_flags(shape: &ShapeArgs, layers: &mut Layers) {
    layers.lay_flag("--kube-version", "kubeVersion", shape.kube_version.as_ref());
    layers.lay_flag("--spark-version", "sparkVersion", shape.spark_version.as_ref());
    layers.lay_flag("--operator-version", "operatorVersion", shape.operator_version.as_ref());
    layers.lay_flag("--namespace", "namespace", shape.namespace.as_ref());
    layers.lay_flag("--target", "target", shape.target);
    layers.lay_flag("--executors", "executors", shape.executors);
    layers.lay_flag("--on-unsupported", "onUnsupported", shape.on_unsupported);
    layers.lay_flag("--name-suffix", "nameSuffix", shape.name_suffix);
    layers.lay_flag("--ttl", "ttl", shape.ttl);
}

/// What is wrong with the flags alone, for commands that have more than one configuration, or none.
#[must_use]
pub fn faults_of_flags(shape: &ShapeArgs) -> Diagnostics {
    let (mut layers, mut faults) = (Layers::default(), Diagnostics::new());
    lay_flags(shape, &mut layers);
    if let Some(configuration) = layers.decode(&mut faults) {
        let _ = render::settle(&configuration, &Host::default(), &mut faults);
    }
    faults.retain(|item| item.severity == Severity::Error);
    faults
}

/// Settles the options of `root` from the configuration in `folder`, with what the host says and the flags over it.
///
/// # Errors
/// When a values file cannot be read, or a flag cannot be understood.
pub fn settle(
    mut layers: Layers,
    shape: &ShapeArgs,
    host: &Host,
    root: &Path,
    folder: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Settings>, Failure> {
    layers.lay_parameters(&host.parameters);
    lay_flags(shape, &mut layers);
    let Some(configuration) = layers.decode(diagnostics) else { return Ok(None) };
    let Some(options) = render::settle(&configuration, host, diagnostics) else { return Ok(None) };
    let spec = &configuration.spec;
    let in_folder = |paths: &[String]| paths.iter().map(|path| folder.join(path)).collect::<Vec<_>>();
    let values_files = in_folder(&spec.values);
    let Some(values) = values(&values_files, &spec.set, shape, sources, diagnostics)? else { return Ok(None) };
    Ok(Some(Settings {
        options,
        inputs: in_folder(&spec.inputs),
        values_files,
        values,
        root: root.to_owned(),
        folder: folder.to_owned(),
    }))
}

/// The values for templates: the configuration's files and values, then the flags'.
fn values(
    files: &[PathBuf],
    set: &BTreeMap<String, serde_json::Value>,
    shape: &ShapeArgs,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<serde_json::Value>, Failure> {
    let mut values = serde_json::Value::Object(serde_json::Map::new());
    let mut complete = true;
    for file in files {
        complete &= merge_file(&mut values, file, sources, diagnostics)?;
    }
    for (path, value) in set {
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
