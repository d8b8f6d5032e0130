//! What is around the applications: the hosts that build them, and what an operator has left in the cluster.

use std::path::{Path, PathBuf};

use super::{CheckArgs, report::Report, steer::Steering};
use crate::{
    cli::{files::Bound, inputs::RunInputs, rendered_file},
    hosts::{moving, setup},
    text::read::{self, Input},
    tree::{Diagnostics, Node, Sources, failure::Failure},
};

/// `--host`: the hosts' files in the folders that were named.
pub(super) fn hosts(args: &CheckArgs, steering: &mut Steering, report: &mut Report) -> Result<(), Failure> {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    for path in paths.iter().filter(|path| path.is_dir()) {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let folder = Bound::Repository.folder(path, args.shape.allow_outside)?;
        setup::findings(&folder, &mut sources, &mut diagnostics)?;
        let suppressed = steering.apply(None, "hosts", &mut diagnostics, &sources, None);
        report.add("hosts", &diagnostics, &suppressed, &sources);
    }
    Ok(())
}

/// `--live`: what is in the cluster already.
pub(super) fn left_over(
    live: &Path,
    plan: &RunInputs,
    steering: &mut Steering,
    report: &mut Report,
) -> Result<(), Failure> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let file = Input::named(live);
    let id = file.read(&mut sources, &mut diagnostics)?;
    let documents = id.map(|id| crate::operator::documents::parse(id, &sources, &mut diagnostics)).unwrap_or_default();
    let nodes: Vec<Node> = documents.into_iter().map(read::Document::into_node).collect();
    let mut manifests = Vec::new();
    for job in &plan.jobs {
        manifests
            .extend(rendered_file::render_input(&job.input, &plan.roots[job.root], true, &plan.sources)?.manifests);
    }
    moving::report(&nodes, &manifests, &mut diagnostics);
    let suppressed = steering.apply(None, &file.name(), &mut diagnostics, &sources, None);
    report.add(&file.name(), &diagnostics, &suppressed, &sources);
    Ok(())
}
