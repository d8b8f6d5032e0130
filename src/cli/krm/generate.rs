//! A generator: what the files of `spec.inputs` render to, in a form that survives renaming.

use std::{num::NonZero, thread};

use super::{
    Call,
    host::{Reply, ReplyPart},
};
use crate::{
    cli::{
        inputs,
        rendered_file::{self, RenderedFile},
        settings::Settings,
    },
    hosts::krm,
    kube::Provenance,
    text::read,
    tree::{Diagnostic, Diagnostics, FieldPath, failure::Failure, parallel::ordered_map},
};

pub(crate) fn run(settings: &Settings, call: &Call<'_>) -> Result<Reply, Failure> {
    let mut reply = Reply { transformer: false, items: Vec::new(), parts: Vec::new() };
    if settings.inputs.is_empty() {
        reply.push(
            Diagnostic::error("krm-inputs", "a generator is not told which files to read")
                .field(FieldPath::keys(&["spec", "inputs"]))
                .hint("list them, relative to the kustomization; or move the file from `generators` to `transformers`"),
        );
        return Ok(reply);
    }
    let (mut refused, mut sources) = (Diagnostics::new(), call.sources.clone());
    let files = inputs::named_by_config(settings, &mut sources, &mut refused)?;
    reply.parts.push(ReplyPart { item: None, diagnostics: refused, sources });
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let work = |input: &read::Input| rendered_file::render_input(input, settings, false, &call.sources);
    ordered_map(&files, threads, work, |unit: Result<RenderedFile, Failure>| {
        let mut unit = unit?;
        krm::report_own(&unit.manifests, None, &mut unit.diagnostics);
        reply.items.extend(unit.manifests.into_iter().map(|manifest| {
            let rendered = manifest.provenance == Provenance::Rendered;
            let mut object = manifest.object;
            if rendered {
                krm::drop_account_alias(&mut object);
            }
            object
        }));
        reply.parts.push(ReplyPart { item: None, diagnostics: unit.diagnostics, sources: unit.sources });
        Ok(())
    })?;
    if let Some(unit) = rendered_file::certificates(settings, &call.sources)? {
        reply.items.extend(unit.manifests.into_iter().map(|manifest| manifest.object));
        reply.parts.push(ReplyPart { item: None, diagnostics: unit.diagnostics, sources: unit.sources });
    }
    Ok(reply)
}
