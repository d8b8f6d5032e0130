//! One side of a comparison: its objects, and where they are written; as it is rendered.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use crate::{
    cli::{Progress, args::ShapeArgs, files::Bound, inputs, rendered_file, reporter::Reporter, settings::Host},
    tree::{Diagnostics, Node, Origin, Severity, Sources, failure::Failure, parallel::ordered_map},
};

/// The objects of a side, and the texts that their values are written in.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// The objects that have to be compared.
    pub nodes: Vec<Node>,
    /// The places of these among all objects of the side.
    pub places: Vec<usize>,
    /// For each object of the side, its file.
    files: Vec<usize>,
    sources: Vec<Sources>,
    prefix: Option<(PathBuf, String)>,
}

impl Objects {
    /// Where a value of the object at `index` is written.
    pub(crate) fn place(&self, index: usize, origin: &Origin) -> Option<String> {
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

    /// Adds the objects of the file that [`Objects::add_file`] will add.
    pub(crate) fn add(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            self.nodes.push(node);
            self.places.push(self.files.len());
            self.files.push(self.sources.len());
        }
    }

    /// Counts objects of that file which need no comparison.
    pub(crate) fn pass_by(&mut self, count: usize) {
        self.files.extend((0..count).map(|_| self.sources.len()));
    }

    /// Adds the text of the objects that were added since the last one.
    pub(crate) fn add_file(&mut self, sources: Sources) {
        self.sources.push(sources);
    }
}

/// Renders the paths. `prefix` is a temporary folder that stands for a revision.
pub(crate) fn rendered(
    paths: &[PathBuf],
    shape: &ShapeArgs,
    prefix: Option<(PathBuf, String)>,
    reporter: Reporter,
) -> Result<Option<Objects>, Failure> {
    let bound = prefix.as_ref().map_or(Bound::Repository, |(copy, _)| Bound::Copy(copy.clone()));
    let plan = inputs::plan_below(&bound, paths, shape, &Host::default())?;
    let mut objects = Objects { prefix, ..Objects::default() };
    let progress = reporter.progress("rendering", plan.jobs.len());
    let mut errors = report(plan.diagnostics.clone(), &plan.sources, &objects, reporter, &progress);
    let work = |job: &inputs::Job| rendered_file::render_input(&job.input, &plan.roots[job.root], false, &plan.sources);
    ordered_map(&plan.jobs, threads(), work, |result| {
        let unit = result?;
        progress.step();
        errors |= report(unit.diagnostics, &unit.sources, &objects, reporter, &progress);
        objects.add(unit.manifests.into_iter().map(|manifest| manifest.object));
        objects.add_file(unit.sources);
        Ok::<(), Failure>(())
    })?;
    Ok((!errors).then_some(objects))
}

/// Prints the errors; what else is doubtful is for `check` to say.
fn report(
    mut diagnostics: Diagnostics,
    sources: &Sources,
    objects: &Objects,
    reporter: Reporter,
    progress: &Progress,
) -> bool {
    diagnostics.retain(|item| item.severity == Severity::Error);
    if objects.prefix.is_some() {
        reporter.findings_during(progress, &diagnostics, &sources.renamed(|name| objects.shown(name)));
    } else {
        reporter.findings_during(progress, &diagnostics, sources);
    }
    diagnostics.has_errors()
}

/// All cores.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Whether a path is there at all.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
