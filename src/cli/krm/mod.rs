//! `krm`: a KRM function for kustomize and kpt, and a legacy exec plugin of kustomize.

pub(crate) mod args;
mod generate;
mod host;
mod mode;
mod transform;

pub(crate) use host::report;
pub(crate) use mode::{Mode, detect};

use std::path::Path;

use self::{args::KrmArgs, host::Reply};
use super::{
    ExitStatus,
    files::{Bound, Files},
    render::nothing_to_emit,
    reporter::Reporter,
    settings::{self, Configured, Host, Settings},
};
use crate::{
    hosts::krm::ResourceList,
    render::{
        Executors,
        config::{self, Layers},
    },
    text::{
        read::{self, Input},
        write::yaml,
    },
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Sources, failure::Failure},
};

/// The name of standard input in messages.
const STDIN: &str = "stdin";

/// What a call starts from.
struct Call<'a> {
    args: &'a KrmArgs,
    reporter: Reporter,
    sources: Sources,
    diagnostics: Diagnostics,
}

impl<'a> Call<'a> {
    fn new(args: &'a KrmArgs, reporter: Reporter) -> Self {
        Self { args, reporter, sources: Sources::new(), diagnostics: Diagnostics::new() }
    }

    fn documents(&mut self, name: &str, bytes: Vec<u8>) -> Vec<Node> {
        let Some(id) = read::add(name, bytes, &mut self.sources, &mut self.diagnostics) else { return Vec::new() };
        let documents = crate::operator::documents::parse(id, &self.sources, &mut self.diagnostics);
        documents.into_iter().map(read::Document::into_node).collect()
    }

    /// Prints what was found so far, and ends the call.
    fn fail(self) -> ExitStatus {
        host::report(self.reporter, &[(&self.diagnostics, &self.sources)]);
        ExitStatus::Findings
    }
}

/// Reads a ResourceList from standard input and answers on standard output.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn run(args: &KrmArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let stdin = Input::named("-");
    run_on(args, stdin.bytes()?, reporter)
}

/// [`run`] on what was read from standard input.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn run_on(args: &KrmArgs, stdin: Vec<u8>, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut call = Call::new(args, reporter);
    let mut documents = call.documents(STDIN, stdin);
    if documents.len() != 1 {
        if !call.diagnostics.has_errors() {
            let message = format!("standard input has {} documents instead of one ResourceList", documents.len());
            call.diagnostics
                .push(Diagnostic::error("krm-input", message).hint("use `spark-render render -` for plain manifests"));
        }
        return Ok(call.fail());
    }
    let document = documents.remove(0);
    let Some(list) = ResourceList::read(document, &mut call.diagnostics) else { return Ok(call.fail()) };
    let generator = list.wants_generator();
    let Some(settings) = settings(&mut call, list.function_config.as_ref(), &list.items, generator)? else {
        return Ok(call.fail());
    };
    let mut reply = if generator {
        generate::run(&settings, &call)?
    } else {
        transform::run(&list.items, &settings, &call.sources)
    };
    finish(&mut reply, &list.items, args);
    host::report(reporter, &reply.findings(&call));
    let results = reply.results(&call, &list.items);
    let failed = reply.failed();
    // A host that goes on in spite of the status must find what it had.
    let items = match (failed, generator) {
        (false, _) => reply.items,
        (true, true) => Vec::new(),
        (true, false) => list.items.clone(),
    };
    let mut text = String::new();
    yaml::write(&list.answer(items, results), &mut text);
    reporter.terminal.data(text.as_bytes())?;
    Ok(if failed { ExitStatus::Findings } else { ExitStatus::Done })
}

/// A legacy exec plugin: the configuration is a file, standard input is empty (generator) or a stream of resources,
/// and so is standard output.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn run_legacy(args: &KrmArgs, config: &std::path::Path, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut call = Call::new(args, reporter);
    let file = Input::named(config);
    let mut configs = call.documents("plugin configuration", file.bytes()?);
    for config in configs.iter_mut().filter_map(Node::as_mapping_mut) {
        // kustomize's own; it has made arguments of them.
        config.retain(|key, _| !matches!(key, "argsOneLiner" | "argsFromFile"));
    }
    let stdin = Input::named("-");
    let items = call.documents(STDIN, stdin.bytes()?);
    if call.diagnostics.has_errors() {
        return Ok(call.fail());
    }
    let generator = items.is_empty();
    let Some(settings) = settings(&mut call, configs.first(), &items, generator)? else { return Ok(call.fail()) };
    let mut reply =
        if generator { generate::run(&settings, &call)? } else { transform::run(&items, &settings, &call.sources) };
    finish(&mut reply, &items, args);
    host::report(reporter, &reply.findings(&call));
    if reply.failed() {
        return Ok(ExitStatus::Findings);
    }
    let mut text = String::new();
    yaml::write_stream(&reply.items, &mut text);
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

/// An empty answer drops whatever the host had.
fn finish(reply: &mut Reply, items: &[Node], args: &KrmArgs) {
    reply.report_duplicates();
    let drops = reply.items.is_empty() && !(items.is_empty() && reply.transformer);
    if drops && !reply.failed() && !args.allow_empty {
        reply.push(nothing_to_emit());
    }
}

/// The options: those of the functionConfig, else of a `SparkRender` among the items, with the flags over them.
fn settings(
    call: &mut Call<'_>,
    function_config: Option<&Node>,
    items: &[Node],
    generator: bool,
) -> Result<Option<Settings>, Failure> {
    let shape = &call.args.shape;
    let mut among = items.iter().filter(|item| config::is_config(item));
    let own = if generator { None } else { among.next().filter(|_| among.next().is_none()) };
    let configured = if let Some(config) = function_config.or(own) {
        read(config, &mut call.diagnostics).map(Configured::of)
    } else {
        settings::configuration(shape, None, &mut call.sources, &mut call.diagnostics)?
    };
    let Some(Configured { layers, .. }) = configured else { return Ok(None) };
    let host = Host { namespace_required: true, rename_proof: generator, ..Host::default() };
    let here = Bound::Repository.folder(Path::new(""), shape.allow_outside)?;
    let files = Files { input: here.clone(), config: here };
    let settled = settings::settle(layers, shape, &host, files, &mut call.sources, &mut call.diagnostics)?;
    let Some(settled) = settled.filter(|_| !call.diagnostics.has_errors()) else { return Ok(None) };
    if settled.options.executors == Executors::Preview {
        return Err(Failure::Usage(
            "executor previews would be applied: render them with `spark-render render`".to_owned(),
        ));
    }
    if settled.options.certs.is_some() && !generator {
        call.diagnostics.push(
            Diagnostic::error(
                "krm-function-config",
                "`certs` is nothing for a transformer, which makes nothing of its own",
            )
            .field(FieldPath::keys(&["spec", "certs"]))
            .hint("list the certificate among `resources`, or use a generator"),
        );
        return Ok(None);
    }
    Ok(Some(settled))
}

fn read(function_config: &Node, diagnostics: &mut Diagnostics) -> Option<Layers> {
    let kind = function_config.str_at(&["kind"]).unwrap_or_default();
    let api_version = function_config.str_at(&["apiVersion"]).unwrap_or_default();
    match (kind, api_version) {
        ("ConfigMap", "v1") => config::config_of_config_map(function_config, diagnostics),
        (config::KIND, _) => config::read(function_config, diagnostics),
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "krm-function-config",
                    format!("the functionConfig is a `{kind}` of `{api_version}`"),
                )
                .at(&function_config.origin)
                .hint(format!(
                    "write a `{}` of `{}`, or a ConfigMap with its fields as texts",
                    config::KIND,
                    config::API_VERSION
                )),
            );
            None
        }
    }
}
