//! `argocd paths`: the files that an application reads. Argo CD renders anew when one of them changes, if the
//! Application has the annotation `argocd.argoproj.io/manifest-generate-paths`.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use super::args::PathsArgs;
use crate::{
    cli::{ExitStatus, inputs, rendered_file, reporter::Reporter, settings::Host},
    render::config,
    tree::{failure::Failure, plain_path::plain},
};

pub(crate) fn run(args: &PathsArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let plan = inputs::plan(std::slice::from_ref(&args.path), &args.shape, &Host::default())?;
    if plan.diagnostics.has_errors() {
        reporter.findings(&plan.diagnostics, &plan.sources);
        return Ok(ExitStatus::Findings);
    }
    let mut files = BTreeSet::new();
    let own = args.path.join(config::FILE_NAME);
    files.extend(args.shape.config.clone().into_iter().chain(own.is_file().then_some(own)));
    for root in &plan.roots {
        files.extend(root.values_files.iter().cloned());
        let Some(unit) = rendered_file::certificates(root, &plan.sources)? else { continue };
        if unit.diagnostics.has_errors() {
            reporter.findings(&unit.diagnostics, &unit.sources);
            return Ok(ExitStatus::Findings);
        }
        files.extend(unit.read);
    }
    files.extend(args.shape.values.iter().cloned());
    for job in plan.jobs.iter().filter(|job| !job.input.is_stdin()) {
        files.insert(job.input.path.clone());
        let unit = rendered_file::render_input(&job.input, &plan.roots[job.root], false, &plan.sources)?;
        files.extend(unit.read);
    }
    let files: BTreeSet<PathBuf> = files.iter().map(|file| plain(file)).collect();
    let folder = plain(&args.path);
    let text = if args.annotation { annotation(&files, &folder) } else { lines(&files) };
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn lines(files: &BTreeSet<PathBuf>) -> String {
    files.iter().fold(String::new(), |mut text, file| {
        text.push_str(&file.display().to_string());
        text.push('\n');
        text
    })
}

/// The directory itself, for files that are still to come, and what is read from elsewhere, relative to it.
fn annotation(files: &BTreeSet<PathBuf>, folder: &Path) -> String {
    let outside =
        files.iter().filter(|file| folder.as_os_str() != "" && !file.starts_with(folder) || file.starts_with(".."));
    let mut paths = vec![".".to_owned()];
    paths.extend(outside.map(|file| relative(folder, file).display().to_string()));
    format!("{}\n", paths.join(";"))
}

fn relative(folder: &Path, file: &Path) -> PathBuf {
    let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(file.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotation_has_what_lies_outside() {
        let files = ["jobs/a.yaml", "shared/values.yaml"].map(PathBuf::from).into();
        assert_eq!(annotation(&files, Path::new("jobs")), ".;../shared/values.yaml\n");
        let files = ["a.yaml", "../shared/values.yaml"].map(PathBuf::from).into();
        assert_eq!(annotation(&files, Path::new("")), ".;../shared/values.yaml\n");
        assert_eq!(plain(Path::new("./jobs/../shared/./v.yaml")), Path::new("shared/v.yaml"));
    }
}
