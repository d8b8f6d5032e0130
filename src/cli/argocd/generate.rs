//! `argocd generate`.

use std::{num::NonZero, thread};

use super::{args::GenerateArgs, bound, host};
use crate::{
    cli::{
        ArgoCdEnvironment, ExitStatus,
        inputs::{self, Job},
        krm, render,
        rendered_file::{self, RenderedFile},
        reporter::Reporter,
        unique::{Admission, ObjectSummary, Seen},
    },
    kube::{self, Manifest},
    render::Executors,
    text::write::yaml,
    tree::{Diagnostics, Sources, failure::Failure, parallel::ordered_map},
};

pub(crate) fn run(
    args: &GenerateArgs,
    environment: &ArgoCdEnvironment,
    reporter: Reporter,
) -> Result<ExitStatus, Failure> {
    let (nothing, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let Some(host) = host(environment, &mut diagnostics) else {
        krm::report(reporter, &[(&diagnostics, &nothing)]);
        return Ok(ExitStatus::Findings);
    };
    let plan = inputs::plan_below(&bound(environment)?, &[], &args.shape, &host)?;
    if plan.diagnostics.has_errors() {
        krm::report(reporter, &[(&plan.diagnostics, &plan.sources)]);
        return Ok(ExitStatus::Findings);
    }
    if plan.roots.iter().any(|root| root.options.executors == Executors::Preview) {
        return Err(Failure::Usage(
            "executor previews would be applied: render them with `spark-render render`".to_owned(),
        ));
    }
    let mut units: Vec<RenderedFile> = Vec::new();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let work = |job: &Job| rendered_file::render_input(&job.input, &plan.roots[job.root], false, &plan.sources);
    ordered_map(&plan.jobs, threads, work, |unit| {
        units.push(unit?);
        Ok::<(), Failure>(())
    })?;
    for root in &plan.roots {
        units.extend(rendered_file::certificates(root, &plan.sources)?);
    }
    report_duplicates(&mut units);
    let manifests: Vec<Manifest> = units.iter_mut().flat_map(|unit| std::mem::take(&mut unit.manifests)).collect();
    if let (Some(root), Some(served)) = (plan.roots.first(), &environment.api_versions) {
        kube::confirm_kinds(&manifests, served, root.options.kube_version, &mut diagnostics);
        // Places are in the tables of the units.
        diagnostics = without_places(diagnostics);
    }
    let failed = units.iter().any(|unit| unit.diagnostics.has_errors());
    if manifests.is_empty() && !failed && !args.allow_empty {
        diagnostics.push(
            render::nothing_to_emit().hint(
                "an empty answer would let Argo CD delete everything: check `spec.source.path` of the Application",
            ),
        );
    }
    let mut parts = vec![(&plan.diagnostics, &plan.sources), (&diagnostics, &nothing)];
    parts.extend(units.iter().map(|unit| (&unit.diagnostics, &unit.sources)));
    krm::report(reporter, &parts);
    if failed || diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    let mut text = String::new();
    yaml::write_stream(manifests.iter().map(|manifest| &manifest.object), &mut text);
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

/// Argo CD takes the last of two objects of one identity; what several applications share is left once.
fn report_duplicates(units: &mut [RenderedFile]) {
    let mut seen = Seen::default();
    for unit in units {
        let RenderedFile { manifests, diagnostics, .. } = unit;
        manifests.retain(|manifest| {
            let card = ObjectSummary::of(manifest);
            let admission = seen.admit(&card);
            if admission == Admission::Duplicate {
                diagnostics.push(render::duplicate(&card));
            }
            admission != Admission::Shared
        });
    }
}

fn without_places(diagnostics: Diagnostics) -> Diagnostics {
    let mut bare = Diagnostics::new();
    for mut diagnostic in diagnostics {
        diagnostic.origin = crate::tree::Origin::Unknown;
        diagnostic.labels.clear();
        bare.push(diagnostic);
    }
    bare
}
