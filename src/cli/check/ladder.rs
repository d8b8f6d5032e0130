//! `check --kube-version all`: what each application loses on each version of Kubernetes.

use std::fmt::Write;

use serde_json::json;

use super::{CheckArgs, args::CheckFormat};
use crate::{
    cli::{ExitStatus, inputs::RunInputs, rendered_file, reporter::Reporter},
    kube::{self, Outcome},
    operator::Class,
    render::pipeline,
    tree::{
        Diagnostic, Diagnostics, ObjectRef, Sources,
        display::{self, Form},
        failure::Failure,
    },
};

/// Prints a ladder for each application; 1 if one of them is refused by a version.
pub(super) fn run(
    args: &CheckArgs,
    plan: &RunInputs,
    versions: &[kube::Version],
    reporter: Reporter,
) -> Result<ExitStatus, Failure> {
    if !matches!(args.format, CheckFormat::Full | CheckFormat::Concise | CheckFormat::Json) {
        return Err(Failure::Usage("with several Kubernetes versions, --format is full or json".to_owned()));
    }
    reporter.findings(&plan.diagnostics, &plan.sources);
    if plan.diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    let (mut text, mut documents, mut refused) = (String::new(), Vec::new(), false);
    for job in &plan.jobs {
        let settings = &plan.roots[job.root];
        let mut ladders = Vec::new();
        let unit = rendered_file::inspect_input(&job.input, settings, true, &plan.sources, &mut |inspected, _| {
            if !matches!(
                inspected.class,
                Class::SparkApplication | Class::ScheduledSparkApplication | Class::SparkConnect
            ) {
                return;
            }
            let Some(object) = ObjectRef::of(&inspected.document.node) else { return };
            let mut options = settings.options.clone();
            let ladder = kube::ladder(versions, |version, diagnostics: &mut Diagnostics| {
                options.kube_version = version;
                let read_template = inspected.read_template;
                pipeline::document(inspected.document, inspected.class, &options, read_template, diagnostics).objects
            });
            ladders.push((object, ladder));
        })?;
        let place = |one: &Diagnostic| place(one, &unit.sources);
        for (object, mut ladder) in ladders {
            let found = ladder.rungs.iter_mut().flat_map(|rung| &mut rung.findings).chain(&mut ladder.everywhere);
            found.for_each(|one| *one = display::diagnostic(one, &unit.sources, Form::Text));
            refused |= ladder.rungs.iter().any(|rung| rung.outcome == Outcome::Refused);
            if !text.is_empty() {
                text.push('\n');
            }
            let file = job.input.path.display().to_string();
            let [kind, name, path] = [&object.kind, &object.name, &file].map(|text| display::line(text));
            let _ = writeln!(text, "{kind} {name} ({path})");
            text.push_str(&ladder.text(place));
            let mut document = ladder.json(place);
            document["file"] = job.input.path.display().to_string().into();
            document["kind"] = object.kind.into();
            document["name"] = object.name.into();
            documents.push(document);
        }
    }
    if args.format == CheckFormat::Json {
        text = display::json(&format!("{:#}\n", json!({ "version": 1, "applications": documents }))).into_owned();
    }
    reporter.terminal.data(text.as_bytes())?;
    Ok(if refused && args.fail_on != super::args::FailOn::Never { ExitStatus::Findings } else { ExitStatus::Done })
}

fn place(one: &Diagnostic, sources: &Sources) -> String {
    one.origin.span().map(|span| sources.place(span)).unwrap_or_default()
}
