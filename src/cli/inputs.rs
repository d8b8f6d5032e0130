//! Which files a run reads, and with which options: one configuration for each path of the command line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    args::ShapeArgs,
    files::{self, Bound, Files},
    settings::{self, Host, Settings},
};
use crate::{
    hosts::folder,
    text::read::{self, Input},
    tree::{Diagnostics, Sources, failure::Failure},
};

/// A file with the options of its root.
#[derive(Debug)]
pub(crate) struct Job {
    /// The file.
    pub input: Input,
    /// Index into [`RunInputs::roots`].
    pub root: usize,
}

/// Everything that a run reads.
#[derive(Debug)]
pub(crate) struct RunInputs {
    /// Options of each path.
    pub roots: Vec<Settings>,
    /// The files in order.
    pub jobs: Vec<Job>,
    /// The paths of the command line as text, for the marker of a tree.
    pub names: Vec<String>,
    /// The texts of configurations and values.
    pub sources: Sources,
    /// What was found in them; the run ends if there are errors.
    pub diagnostics: Diagnostics,
}

/// Lists the files below `paths` (none: the current directory) and settles their options.
///
/// # Errors
/// When a path cannot be read.
pub(crate) fn plan(paths: &[PathBuf], shape: &ShapeArgs, host: &Host) -> Result<RunInputs, Failure> {
    plan_below(&Bound::Repository, paths, shape, host)
}

/// [`plan`] with another bound than the repository for the files that input may name.
///
/// # Errors
/// When a path cannot be read.
pub(crate) fn plan_below(
    bound: &Bound,
    paths: &[PathBuf],
    shape: &ShapeArgs,
    host: &Host,
) -> Result<RunInputs, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut plan = RunInputs {
        roots: Vec::new(),
        jobs: Vec::new(),
        names: paths.iter().map(|path| path.display().to_string()).collect(),
        sources: Sources::new(),
        diagnostics: Diagnostics::new(),
    };
    let mut seen = std::collections::BTreeSet::new();
    for path in paths {
        // A person has named it: it may be anything anywhere.
        let is_stdin = path.as_os_str() == "-";
        let failure = |source| Failure::Read { path: path.clone(), source };
        let is_folder = !is_stdin && fs::metadata(path).map_err(failure)?.is_dir();
        let folder = if is_folder { path.as_path() } else { path.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = bound.folder(folder, shape.allow_outside)?;
        let own = is_folder.then_some(&folder);
        if let Some(own) = own.filter(|_| shape.config.is_none()) {
            folder::report_config_names(own, &mut plan.sources, &mut plan.diagnostics)?;
        }
        let configured = settings::configuration(shape, own, &mut plan.sources, &mut plan.diagnostics)?;
        let Some(configured) = configured else { continue };
        let config = configured.folder(&folder, shape, bound)?;
        let files = Files { input: folder, config };
        let settled =
            settings::settle(configured.layers, shape, host, files, &mut plan.sources, &mut plan.diagnostics)?;
        let Some(settled) = settled else { continue };
        let walked = if !settled.inputs.is_empty() {
            named_by_config(&settled, &mut plan.sources, &mut plan.diagnostics)?
        } else if is_folder {
            let (folder, names) = (&settled.files.input, [PathBuf::from(".")]);
            let mut walked = read::walk(folder, &names, &mut |_, found| plan.diagnostics.push(found))?;
            folder::report_builds(folder, &names, &mut walked, &mut plan.sources, &mut plan.diagnostics)?;
            walked
        } else {
            vec![Input::named(path)]
        };
        plan.roots.push(settled);
        let root = plan.roots.len() - 1;
        // A file below two paths is read once, with the options of the first. One walk lists no file twice.
        let is_first = |input: &Input| paths.len() == 1 || seen.insert(input.path.clone());
        plan.jobs.extend(walked.into_iter().filter(is_first).map(|input| Job { input, root }));
    }
    deduplicate(&mut plan.diagnostics, &plan.sources);
    Ok(plan)
}

/// The files that a configuration or a parameter names.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn named_by_config(
    settings: &Settings,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Input>, Failure> {
    let names: Vec<PathBuf> = settings.inputs.iter().map(|input| PathBuf::from(&input.value)).collect();
    let mut refused = false;
    let mut inputs = read::walk(&settings.files.config, &names, &mut |name, found| {
        refused |= name.is_some();
        diagnostics.push(match name {
            Some(name) => files::placed(found, &["spec", "inputs"], &settings.inputs[name].origin),
            None => found,
        });
    })?;
    if !refused {
        folder::report_builds(&settings.files.config, &names, &mut inputs, sources, diagnostics)?;
    }
    Ok(inputs)
}

/// The same complaint about the options of several roots is made once.
fn deduplicate(diagnostics: &mut Diagnostics, sources: &Sources) {
    let mut seen = std::collections::BTreeSet::new();
    // A configuration that several roots share was read once for each.
    diagnostics.retain(|item| {
        let place = item.origin.span().map(|span| sources.place(span));
        seen.insert((item.code, item.message.clone(), place))
    });
}
