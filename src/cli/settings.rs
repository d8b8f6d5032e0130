//! From configuration and flags to settled options.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    args::ShapeArgs,
    files::{self, Bound, Files},
};
use crate::{
    render::{
        self, Options,
        config::{self, Configuration, Layers, texts},
    },
    review::policy::Policy,
    text::{
        read::{self, Folder, Input, Refusal},
        template,
    },
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Severity, SourceId, Sourced, Sources, failure::Failure, limits},
};

pub(crate) use crate::render::options::Host;

/// The options of one input root, and the values for its templates.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For the stages.
    pub options: Options,
    /// Paths that the configuration gives in place of the folder's own files, relative to its folder.
    pub inputs: Vec<Sourced<String>>,
    /// Values files that the configuration names.
    pub values_files: Vec<PathBuf>,
    /// For `.j2` inputs.
    pub values: serde_json::Value,
    /// What `check` does with its findings.
    pub policy: Policy,
    /// What the input and the configuration may read.
    pub files: Files,
}

/// A configuration that was read.
#[derive(Debug, Default)]
pub(crate) struct Configured {
    /// What it says.
    pub layers: Layers,
    /// The file, if there is one.
    file: Option<PathBuf>,
}

impl Configured {
    /// What a configuration that is no file says.
    #[must_use]
    pub(crate) fn of(layers: Layers) -> Self {
        Self { layers, file: None }
    }

    /// The folder that its paths are relative to; `input` where no file was read.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn folder(&self, input: &Folder, shape: &ShapeArgs, bound: &Bound) -> Result<Folder, Failure> {
        match self.file.as_deref().and_then(Path::parent) {
            Some(folder) => bound.folder_of_config(folder, input, shape.allow_outside),
            None => Ok(input.clone()),
        }
    }
}

/// Reads the configuration for `folder`: `--config`, else `spark-render.yaml` in it, if there is one.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn configuration(
    shape: &ShapeArgs,
    folder: Option<&Folder>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Configured>, Failure> {
    let (file, bytes) = match (&shape.config, folder) {
        (Some(file), _) => (file.clone(), Input::named(file).bytes()?),
        (None, None) => return Ok(Some(Configured::default())),
        (None, Some(folder)) => {
            let here = folder.shown().as_os_str() == ".";
            let file = if here { PathBuf::from(config::FILE_NAME) } else { folder.shown().join(config::FILE_NAME) };
            match folder.read(Path::new(config::FILE_NAME)) {
                Ok(bytes) => (file, bytes),
                Err(Refusal::System(error)) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Some(Configured::default()));
                }
                Err(refusal) => {
                    diagnostics.push(refusal.finding(&file)?);
                    return Ok(None);
                }
            }
        }
    };
    let Some(id) = read::add(file.display().to_string(), bytes, sources, diagnostics) else { return Ok(None) };
    let documents = crate::operator::documents::parse(id, sources, diagnostics);
    let [document] = documents.as_slice() else {
        diagnostics.push(Diagnostic::error("invalid-config", format!("{} is not one document", file.display())));
        return Ok(None);
    };
    Ok(config::read(&document.node, diagnostics).map(|layers| Configured { layers, file: Some(file) }))
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
pub(crate) fn faults_of_flags(shape: &ShapeArgs) -> Diagnostics {
    let (mut layers, mut faults) = (Layers::default(), Diagnostics::new());
    lay_flags(shape, &mut layers);
    if let Some(configuration) = layers.decode(&mut faults) {
        let _ = render::settle(&configuration, &Host::default(), &mut faults);
    }
    faults.retain(|item| item.severity == Severity::Error);
    faults
}

/// Settles the options of an input from its configuration, with what the host says and the flags over it.
///
/// # Errors
/// When a values file cannot be read, or a flag cannot be understood.
pub(crate) fn settle(
    mut layers: Layers,
    shape: &ShapeArgs,
    host: &Host,
    files: Files,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Settings>, Failure> {
    layers.lay_parameters(&host.parameters);
    lay_flags(shape, &mut layers);
    let Some(configuration) = layers.decode(diagnostics) else { return Ok(None) };
    let Some(options) = render::settle(&configuration, host, diagnostics) else { return Ok(None) };
    let spec = &configuration.spec;
    for (list, files, most) in [("inputs", &spec.inputs, limits::INPUTS), ("values", &spec.values, limits::VALUES)] {
        if files.len() > most {
            let message = format!("`{list}` names {} files; {most} are the most", files.len());
            diagnostics.push(
                Diagnostic::error("invalid-config", message)
                    .field(FieldPath::keys(&["spec", list]))
                    .at(configuration.origin(list))
                    .hint("name folders, or put the files together"),
            );
            return Ok(None);
        }
    }
    let named = named(&configuration, "values", &spec.values);
    let values = values(&named, &spec.set, shape, &files, sources, diagnostics)?;
    let Some(values) = values else { return Ok(None) };
    let inputs = self::named(&configuration, "inputs", &spec.inputs);
    let policy = Policy::settle(&configuration, files.config.shown(), diagnostics);
    let values_files = spec.values.iter().map(|file| files.config.shown().join(file)).collect();
    Ok(Some(Settings { options, inputs, values_files, values, policy, files }))
}

/// The files that the list `key` of the configuration names, each with its place.
fn named(configuration: &Configuration, key: &str, files: &[String]) -> Vec<Sourced<String>> {
    let written = configuration.written(&[key]);
    let item = |(index, file): (usize, &String)| {
        let items = written.and_then(Node::as_sequence);
        let place = items.and_then(|items| items.get(index)).or(written);
        Sourced::new(file.clone(), place.map(|node| node.origin.clone()).unwrap_or_default())
    };
    files.iter().enumerate().map(item).collect()
}

/// The values for templates: the configuration's files and values, then the flags'.
fn values(
    named: &[Sourced<String>],
    set: &BTreeMap<String, serde_json::Value>,
    shape: &ShapeArgs,
    files: &Files,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<serde_json::Value>, Failure> {
    let mut values = serde_json::Value::Object(serde_json::Map::new());
    let mut complete = true;
    for Sourced { value: file, origin } in named {
        let shown = files.config.shown().join(file);
        match files.config.read(Path::new(file)) {
            Ok(bytes) => complete &= merge_file(&mut values, &shown, bytes, sources, diagnostics),
            Err(refusal) => {
                diagnostics.push(files::refused(refusal, &shown, &["spec", "values"], origin)?);
                complete = false;
            }
        }
    }
    for (path, value) in set {
        if let Err(message) = template::set(&mut values, path, value.clone()) {
            let field = FieldPath::keys(&["spec", "set"]);
            diagnostics.push(Diagnostic::error("invalid-config", message).field(field).hint("nest less deeply"));
            complete = false;
        }
    }
    for file in &shape.values {
        complete &= merge_file(&mut values, file, Input::named(file).bytes()?, sources, diagnostics);
    }
    for assignment in &shape.set {
        let Some((path, text)) = assignment.split_once('=') else {
            return Err(Failure::Usage(format!("--set takes KEY=VALUE, not `{assignment}`")));
        };
        template::set(&mut values, path, texts::scalar(text))
            .map_err(|message| Failure::Usage(format!("--set: {message}")))?;
    }
    Ok(complete.then_some(values))
}

fn merge_file(
    values: &mut serde_json::Value,
    file: &Path,
    bytes: Vec<u8>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> bool {
    let Some(id) = read::add(file.display().to_string(), bytes, sources, diagnostics) else { return false };
    let before = diagnostics.len();
    for document in parse_mapping(id, sources, diagnostics) {
        template::merge(values, document.to_json());
    }
    diagnostics.iter().skip(before).all(|item| item.severity != crate::tree::Severity::Error)
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
