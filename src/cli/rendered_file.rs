//! One input file from reading to findings and manifests: the work that `render`, `check`, `diff`, `explain` and
//! the hosts share.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    io,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::{files, settings::Settings};
use crate::{
    hosts::krm,
    kube::Manifest,
    operator::{
        self, Class,
        certs::{self, options::CertificateSource},
    },
    render::pipeline::{self, ReadTemplate, Rendered},
    text::{
        read::{self, Document, Input, Refusal},
        template,
    },
    tree::{Diagnostics, Node, SourceId, Sources, bug, failure::Failure},
};

/// What became of an input file.
#[derive(Debug, Default)]
pub struct RenderedFile {
    /// The texts that spans point into.
    pub sources: Sources,
    /// Everything found.
    pub diagnostics: Diagnostics,
    /// The objects, in order.
    pub manifests: Vec<Manifest>,
    /// Number of Spark resources in the file.
    pub applications: usize,
    /// Other files that were read for it: pod templates and includes.
    pub read: BTreeSet<PathBuf>,
}

/// Reads and renders `input`. `base` holds the texts of the configuration.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn render_input(
    input: &Input,
    settings: &Settings,
    only_spark: bool,
    base: &Sources,
) -> Result<RenderedFile, Failure> {
    inspect_input(input, settings, only_spark, base, &mut |_, _| {})
}

/// A document and what became of it.
pub struct Inspected<'a> {
    /// The document.
    pub document: &'a Document,
    /// What it is.
    pub class: Class,
    /// What it was rendered to.
    pub rendered: &'a Rendered,
    /// Reads pod templates of the input.
    pub read_template: ReadTemplate<'a>,
}

/// [`render_input`], with a look at each document after it was rendered.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect_input(
    input: &Input,
    settings: &Settings,
    only_spark: bool,
    base: &Sources,
    inspect: &mut dyn FnMut(&Inspected<'_>, &mut Diagnostics),
) -> Result<RenderedFile, Failure> {
    let _begun = super::argocd::supervised::begin(&input.path);
    let mut unit = RenderedFile { sources: base.clone(), ..RenderedFile::default() };
    let read = bug::guarded(|| inspect_documents(input, settings, only_spark, &mut unit, inspect));
    read.unwrap_or_else(|mut found| {
        found.message = format!("{}, met in `{}`", found.message, input.path.display());
        unit.diagnostics.push(*found);
        Ok(())
    })?;
    crate::tree::settle(&mut unit.diagnostics);
    unit.diagnostics.cut_off();
    Ok(unit)
}

fn inspect_documents(
    input: &Input,
    settings: &Settings,
    only_spark: bool,
    unit: &mut RenderedFile,
    inspect: &mut dyn FnMut(&Inspected<'_>, &mut Diagnostics),
) -> Result<(), Failure> {
    let templates = RefCell::new(BTreeSet::new());
    let read_template = |path: &str| {
        let (file, template) = pod_template(path, input, settings)?;
        templates.borrow_mut().insert(file);
        Some(template)
    };
    if let Some(id) = load(input, settings, unit)? {
        let sources = unit.sources.clone();
        let diagnostics = &mut unit.diagnostics;
        let mut loader = crate::operator::documents::loader(id, &sources, diagnostics);
        while let Some(document) = loader.next(diagnostics) {
            let class = classified(&document, input, settings, diagnostics);
            let spark = krm::is_rendered(class);
            unit.applications += usize::from(spark);
            if spark || !only_spark {
                // Whatever is met in a document, the others are worked on.
                let objects = bug::guarded(|| {
                    let rendered = pipeline::document(&document, class, &settings.options, &read_template, diagnostics);
                    let inspected =
                        Inspected { document: &document, class, rendered: &rendered, read_template: &read_template };
                    inspect(&inspected, diagnostics);
                    rendered.objects
                });
                match objects {
                    Ok(objects) => unit.manifests.extend(objects),
                    Err(found) => diagnostics.push(found.at(&document.node.origin)),
                }
            }
        }
    }
    unit.read.extend(templates.take());
    Ok(())
}

/// The webhook's certificate objects, if the configuration of the root asks for them.
///
/// # Errors
/// When the file to adopt cannot be read.
pub(crate) fn certificates(settings: &Settings, base: &Sources) -> Result<Option<RenderedFile>, Failure> {
    let Some(options) = &settings.options.certs else { return Ok(None) };
    let mut unit = RenderedFile { sources: base.clone(), ..RenderedFile::default() };
    let mut adopted = Vec::new();
    if let CertificateSource::File(file) = &options.source {
        let folder = &settings.files.config;
        let path = folder.shown().join(&file.value);
        let bytes = match folder.read(Path::new(&file.value)) {
            Ok(bytes) => bytes,
            Err(refusal) => {
                let keys = ["spec", "certs", "file"];
                unit.diagnostics.push(files::refused(refusal, &path, &keys, &file.origin)?);
                return Ok(Some(unit));
            }
        };
        let id = read::add(path.display().to_string(), bytes, &mut unit.sources, &mut unit.diagnostics);
        let documents = id
            .map(|id| crate::operator::documents::parse(id, &unit.sources, &mut unit.diagnostics))
            .unwrap_or_default();
        adopted.extend(documents.into_iter().map(read::Document::into_node));
        unit.read.insert(path);
    }
    unit.manifests = certs::manifests(options, adopted, &mut unit.diagnostics);
    Ok(Some(unit))
}

/// The text of `input` in the unit's sources; a template is filled first.
pub(crate) fn load(input: &Input, settings: &Settings, unit: &mut RenderedFile) -> Result<Option<SourceId>, Failure> {
    let Some(id) = input.read(&mut unit.sources, &mut unit.diagnostics)? else { return Ok(None) };
    if !input.template {
        return Ok(Some(id));
    }
    let folder = settings.files.input.clone();
    let included = Arc::new(Mutex::new(BTreeSet::new()));
    let noted = Arc::clone(&included);
    let include = move |name: &str| {
        let bytes = match folder.read(Path::new(name)) {
            Ok(bytes) => bytes,
            Err(Refusal::System(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(refusal) => return Err(format!("`{name}` is not read: {refusal}")),
        };
        let text = String::from_utf8(bytes).map_err(|_| format!("`{name}` is not UTF-8"))?;
        noted.lock().expect("nothing panics while it holds the lock").insert(folder.shown().join(name));
        Ok(Some(text))
    };
    let rendered = template::render(id, &settings.values, include, &mut unit.sources);
    unit.read.append(&mut included.lock().expect("nothing panics while it holds the lock"));
    match rendered {
        Ok(rendered) => Ok(Some(rendered)),
        Err(diagnostic) => {
            unit.diagnostics.push(*diagnostic);
            Ok(None)
        }
    }
}

pub(crate) fn classified(
    document: &Document,
    input: &Input,
    settings: &Settings,
    diagnostics: &mut Diagnostics,
) -> Class {
    let class = match operator::classify(document, diagnostics) {
        // Named files, and those of a generator, hold what is to be rendered, however it is annotated.
        Class::LocalConfig if input.named || settings.options.rename_proof => {
            let class = krm::class_of(&document.node, diagnostics);
            if krm::is_rendered(class) { class } else { Class::LocalConfig }
        }
        class => class,
    };
    match class {
        Class::LocalConfig if input.named => Class::Other,
        other => other,
    }
}

/// The pod template at `path`, a path relative to the file or to the root that stays inside the root, and its file.
pub(crate) fn pod_template(path: &str, input: &Input, settings: &Settings) -> Option<(PathBuf, Node)> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return None;
    }
    let beside = input.path.parent().and_then(|folder| input.root(&settings.files.input).folder(folder));
    let mut folders = beside.into_iter().chain([settings.files.input.clone()]);
    let folder = folders.find(|folder| folder.is_file(relative))?;
    let file = folder.shown().join(relative);
    let mut sources = Sources::new();
    let mut scratch = Diagnostics::new();
    let id = read::add(path, folder.read(relative).ok()?, &mut sources, &mut scratch)?;
    let document = crate::operator::documents::parse(id, &sources, &mut scratch).into_iter().next()?;
    // Its places are of a table that ends here; the conf that names the file is the origin.
    (!scratch.has_errors()).then(|| (file, Node::from_json(&document.node.to_json())))
}
