//! One side of a comparison: objects as they are written, or as they are rendered.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use walkdir::WalkDir;

use crate::{
    cli::{Progress, args::ShapeArgs},
    commands::{inputs, parallel::ordered_map, render::Talk, settings::Host, unit},
    diagnostics::{Diagnostics, Severity},
    failure::Failure,
    node::{Node, Origin},
    source::{self, Input, MARKER, Sources},
};

/// The objects of a side, and the texts that their values are written in.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// The objects.
    pub nodes: Vec<Node>,
    files: Vec<usize>,
    sources: Vec<Sources>,
    prefix: Option<(PathBuf, String)>,
}

impl Objects {
    /// Where a value of the object at `index` is written.
    pub(super) fn place(&self, index: usize, origin: &Origin) -> Option<String> {
        let place = self.sources[*self.files.get(index)?].place(origin.span()?);
        Some(self.shown(&place))
    }

    /// Names in a temporary folder are shown as those of the revision.
    fn shown(&self, name: &str) -> String {
        let Some((folder, revision)) = &self.prefix else { return name.to_owned() };
        match name.strip_prefix(&*folder.to_string_lossy()) {
            Some(rest) => format!("{revision}:{}", rest.trim_start_matches('/')),
            None => name.to_owned(),
        }
    }

    fn add(&mut self, nodes: impl Iterator<Item = Node>, sources: Sources) {
        let before = self.nodes.len();
        self.nodes.extend(nodes);
        self.files.extend((before..self.nodes.len()).map(|_| self.sources.len()));
        self.sources.push(sources);
    }
}

/// Reads a file, a folder or standard input as it is. Nothing if it cannot be understood; that was said then.
pub(super) fn plain(path: &Path, talk: Talk) -> Result<Option<Objects>, Failure> {
    let files = if path.as_os_str() == "-" || !path.is_dir() { vec![path.to_owned()] } else { files(path)? };
    let read = |file: &PathBuf| -> Result<(Vec<Node>, Diagnostics, Sources), Failure> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let input = Input { path: file.clone(), named: true, template: false };
        let documents = match input.read(&mut sources, &mut diagnostics)? {
            Some(id) => source::parse(id, &sources, &mut diagnostics),
            None => Vec::new(),
        };
        Ok((documents.into_iter().map(|document| document.node).collect(), diagnostics, sources))
    };
    let (mut objects, mut errors) = (Objects::default(), false);
    let progress = talk.progress("reading", files.len());
    ordered_map(&files, threads(), read, |result| {
        progress.step();
        let (nodes, mut diagnostics, sources) = result?;
        diagnostics.retain(|item| item.severity == Severity::Error);
        errors |= diagnostics.has_errors();
        talk.findings_amid(&progress, &diagnostics, &sources);
        objects.add(nodes.into_iter(), sources);
        Ok::<(), Failure>(())
    })?;
    Ok((!errors).then_some(objects))
}

/// The manifests below a folder; all files, if none is called like one (kubectl names files after objects).
fn files(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_hidden =
        |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut all = Vec::new();
    for entry in WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(|e| !is_hidden(e)) {
        let entry = entry.map_err(|error| Failure::Read {
            path: error.path().unwrap_or(root).to_owned(),
            source: error.into_io_error().unwrap_or_else(|| std::io::Error::other("cannot be walked")),
        })?;
        if entry.file_type().is_file() && entry.file_name() != MARKER {
            all.push(entry.into_path());
        }
    }
    let is_manifest = |path: &&PathBuf| {
        path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
    };
    let manifests: Vec<PathBuf> = all.iter().filter(is_manifest).cloned().collect();
    Ok(if manifests.is_empty() { all } else { manifests })
}

/// Renders the paths. `prefix` is a temporary folder that stands for a revision.
pub(super) fn rendered(
    paths: &[PathBuf],
    shape: &ShapeArgs,
    prefix: Option<(PathBuf, String)>,
    talk: Talk,
) -> Result<Option<Objects>, Failure> {
    let plan = inputs::plan(paths, shape, &Host::default())?;
    let mut objects = Objects { prefix, ..Objects::default() };
    let progress = talk.progress("rendering", plan.jobs.len());
    let mut errors = report(plan.diagnostics.clone(), &plan.sources, &objects, talk, &progress);
    let work = |job: &inputs::Job| unit::render_input(&job.input, &plan.roots[job.root], false, &plan.sources);
    ordered_map(&plan.jobs, threads(), work, |result| {
        let unit = result?;
        progress.step();
        errors |= report(unit.diagnostics, &unit.sources, &objects, talk, &progress);
        objects.add(unit.manifests.into_iter().map(|manifest| manifest.object), unit.sources);
        Ok::<(), Failure>(())
    })?;
    Ok((!errors).then_some(objects))
}

/// Prints the errors; what else is doubtful is for `check` to say.
fn report(mut diagnostics: Diagnostics, sources: &Sources, objects: &Objects, talk: Talk, progress: &Progress) -> bool {
    diagnostics.retain(|item| item.severity == Severity::Error);
    if objects.prefix.is_some() {
        talk.findings_amid(progress, &diagnostics, &sources.renamed(|name| objects.shown(name)));
    } else {
        talk.findings_amid(progress, &diagnostics, sources);
    }
    diagnostics.has_errors()
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Whether a path is there at all.
pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
