//! A transformer: Spark resources among the items become what they render to, all others go through as they are.

use std::{num::NonZero, thread};

use super::host::{Reply, ReplyPart};
use crate::{
    cli::{rendered_file, settings::Settings},
    hosts::krm::{self, Renamed},
    kube::Manifest,
    render::{label_references, pipeline},
    text::read::{Document, Input},
    tree::{Diagnostics, Node, ObjectRef, Sources, bug, parallel::ordered_map},
};

/// What becomes of an item.
enum Outcome {
    /// It goes through.
    Same,
    /// It was rendered by an earlier run.
    Former,
    /// It is rendered.
    Rendered(Vec<Manifest>),
}

pub(crate) fn run(items: &[Node], settings: &Settings, sources: &Sources) -> Reply {
    let file_based = krm::is_file_based(items);
    let renamed = Renamed::of(items);
    let mut reply = Reply { transformer: true, items: Vec::new(), parts: Vec::new() };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let work = |item: &Node| {
        let mut diagnostics = Diagnostics::new();
        let outcome = bug::guarded(|| outcome(item, file_based, settings, &renamed, &mut diagnostics));
        let outcome = outcome.unwrap_or_else(|found| {
            diagnostics.push(found.at(&item.origin));
            Outcome::Same
        });
        (outcome, diagnostics)
    };
    let mut index = 0;
    let done: Result<(), std::convert::Infallible> = ordered_map(items, threads, work, |(outcome, diagnostics)| {
        let item = &items[index];
        match outcome {
            Outcome::Same => reply.items.push(item.clone()),
            Outcome::Former => {}
            Outcome::Rendered(manifests) => {
                if file_based {
                    let mut source = item.clone();
                    krm::keep_source(&mut source);
                    reply.items.push(source);
                }
                for (position, mut manifest) in manifests.into_iter().enumerate() {
                    krm::drop_account_alias(&mut manifest.object);
                    if file_based {
                        krm::place(&mut manifest.object, item, position);
                    }
                    reply.items.push(manifest.object);
                }
            }
        }
        if !diagnostics.is_empty() {
            reply.parts.push(ReplyPart { item: Some(index), diagnostics, sources: sources.clone() });
        }
        index += 1;
        Ok(())
    });
    let Ok(()) = done;
    reply
}

fn outcome(
    item: &Node,
    file_based: bool,
    settings: &Settings,
    renamed: &Renamed,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    if file_based && krm::is_output(item) {
        return Outcome::Former;
    }
    let class = krm::class_of(item, diagnostics);
    if !krm::is_rendered(class) {
        label_references::in_other(item, &settings.options, diagnostics);
        return Outcome::Same;
    }
    let mut node = krm::without_bookkeeping(item);
    krm::follow(&mut node, renamed);
    let document = Document { node: node.into(), index: 0 };
    let object: Option<ObjectRef> = ObjectRef::of(&document.node);
    let here = Input::named("stdin");
    let read_template = |path: &str| rendered_file::pod_template(path, &here, settings).map(|(_, node)| node);
    let manifests = pipeline::document(&document, class, &settings.options, &read_template, diagnostics).objects;
    krm::report_hashed(&manifests, renamed, object.as_ref(), diagnostics);
    Outcome::Rendered(manifests)
}
