//! `spark-render render`.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    num::NonZero,
    path::Path,
    thread,
};

use similar::{Algorithm, TextDiff};

use super::{
    inputs::{self, Job, Plan},
    parallel::ordered_map,
    settings::Host,
    tree::{self, Change, TreeWriter},
    unique::{Admission, Seen},
    unit::{self, Unit},
};
use crate::{
    cli::{
        ExitStatus, Progress, Terminal,
        args::{ManifestFormat, RenderArgs},
    },
    config::Executors,
    diagnostics::{Diagnostic, Diagnostics, ObjectRef, Severity, render::DiagnosticFormat},
    emit, explain,
    failure::Failure,
    manifest::Manifest,
    map,
    node::{FieldPath, Node},
};

/// Bytes of output that are kept in memory; more go to a temporary file. Output is complete or absent: nothing is
/// printed before all input was found good.
const SPOOL: usize = 8 << 20;

/// How a run talks.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    /// Where to.
    pub terminal: Terminal,
    /// In which form.
    pub format: DiagnosticFormat,
    /// Whether only errors are printed.
    pub quiet: bool,
}

impl Talk {
    /// Begins to count `total` files.
    pub(super) fn progress(self, doing: &'static str, total: usize) -> Progress {
        Progress::new(self.terminal, doing, total)
    }

    /// [`Talk::findings`] amid work that is counted.
    pub(super) fn findings_amid(
        self,
        progress: &Progress,
        diagnostics: &Diagnostics,
        sources: &crate::source::Sources,
    ) {
        if !diagnostics.is_empty() {
            progress.aside(|| self.findings(diagnostics, sources));
        }
    }

    /// Prints findings.
    pub fn findings(self, diagnostics: &Diagnostics, sources: &crate::source::Sources) {
        let mut errors;
        let diagnostics = if self.quiet {
            errors = diagnostics.clone();
            errors.retain(|item| item.severity == Severity::Error);
            &errors
        } else {
            diagnostics
        };
        if diagnostics.is_empty() {
            return;
        }
        let text = crate::diagnostics::render::render(diagnostics, sources, self.format, self.terminal.stderr_styled);
        self.terminal.talk(&text);
    }
}

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub fn run(args: &RenderArgs, talk: Talk) -> Result<ExitStatus, Failure> {
    let to_tree = args.output.as_os_str() != "-";
    if args.check && !to_tree {
        return Err(Failure::Usage("--check needs a tree: give its directory with -o".to_owned()));
    }
    if args.annotate && (to_tree || args.format != ManifestFormat::Yaml) {
        return Err(Failure::Usage("--annotate writes comments: it goes to standard output, as YAML".to_owned()));
    }
    let host = Host { namespace_required: to_tree, ..Host::default() };
    let plan = inputs::plan(&args.paths, &args.shape, &host)?;
    talk.findings(&plan.diagnostics, &plan.sources);
    if plan.diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    if to_tree && plan.roots.iter().any(|root| root.options.spec.executors == Executors::Preview) {
        return Err(Failure::Usage(
            "executor previews are never written to a tree, where a host would apply them: render them to standard output"
                .to_owned(),
        ));
    }
    if to_tree { write_tree(args, &plan, talk) } else { write_stream(args, &plan, talk) }
}

/// What the consumer keeps of the units that went by.
#[derive(Default)]
struct Tally {
    errors: bool,
    objects: usize,
    seen: Seen,
}

impl Tally {
    /// Counts the unit's objects and reports those that were there before. For each, whether it is to be written:
    /// a companion that several applications share is written once.
    fn admit(&mut self, unit: &mut Unit) -> Vec<bool> {
        let mut admitted = Vec::with_capacity(unit.manifests.len());
        for manifest in &unit.manifests {
            let admission = self.seen.admit(manifest);
            if admission == Admission::Duplicate {
                unit.diagnostics.push(duplicate(manifest));
            }
            self.objects += usize::from(admission == Admission::New);
            admitted.push(admission != Admission::Shared);
        }
        self.errors |= unit.diagnostics.has_errors();
        admitted
    }

    /// How the run ends; an empty output is an error unless it was asked for.
    fn status(&self, args: &RenderArgs, talk: Talk) -> ExitStatus {
        if self.errors {
            return ExitStatus::Findings;
        }
        if self.objects == 0 && !args.allow_empty {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(nothing_to_emit());
            talk.findings(&diagnostics, &crate::source::Sources::new());
            return ExitStatus::Findings;
        }
        ExitStatus::Done
    }
}

/// The error of an empty output: hosts would prune everything.
pub fn nothing_to_emit() -> Diagnostic {
    Diagnostic::error("nothing-to-emit", "there is no object to emit")
        .hint("name files or folders with Kubernetes objects, or give `--allow-empty`")
}

pub(super) fn duplicate(manifest: &Manifest) -> Diagnostic {
    let object = ObjectRef {
        api_version: manifest.api_version().to_owned(),
        kind: manifest.kind().to_owned(),
        namespace: manifest.namespace().map(str::to_owned),
        name: manifest.name().to_owned(),
    };
    let place = manifest.object.at_keys(&["metadata", "name"]).map_or(&manifest.object.origin, |name| &name.origin);
    let mut diagnostic = Diagnostic::error(
        "duplicate-object",
        format!("{} `{}` is in the output twice", manifest.kind(), manifest.name()),
    )
    .at(place)
    .hint("rename one of them: applied together, the last one would win");
    diagnostic.object = Some(object);
    diagnostic
}

fn threads(args: &RenderArgs) -> usize {
    args.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// Renders every file on all cores and hands the units over in order, each with its root; the certificate objects
/// that the roots' configurations ask for come last.
fn each_unit<X: Send>(
    args: &RenderArgs,
    plan: &Plan,
    progress: &Progress,
    finish: impl Fn(&Unit) -> X + Sync,
    mut consume: impl FnMut(usize, Unit, X) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let work = |job: &Job| {
        let unit = unit::render_input(&job.input, &plan.roots[job.root], args.only_spark, &plan.sources)?;
        let extra = finish(&unit);
        Ok((unit, extra))
    };
    let mut jobs = plan.jobs.iter();
    ordered_map(&plan.jobs, threads(args), work, |result: Result<(Unit, X), Failure>| {
        let job = jobs.next().expect("one result for each job");
        let (unit, extra) = result?;
        progress.step();
        consume(job.root, unit, extra)
    })?;
    for (index, root) in plan.roots.iter().enumerate() {
        if let Some(unit) = unit::certificates(root, &plan.sources)? {
            let extra = finish(&unit);
            consume(index, unit, extra)?;
        }
    }
    Ok(())
}

fn write_stream(args: &RenderArgs, plan: &Plan, talk: Talk) -> Result<ExitStatus, Failure> {
    let spool_failure = |source| Failure::Write { path: "temporary file".into(), source };
    let mut spool = tempfile::SpooledTempFile::new(SPOOL);
    let mut tally = Tally::default();
    let format = args.format;
    let finish = |unit: &Unit| stream_texts(unit, args);
    let mut first = true;
    if format == ManifestFormat::Json {
        spool.write_all(emit::json::LIST_START.as_bytes()).map_err(spool_failure)?;
    }
    let progress = talk.progress("rendering", plan.jobs.len());
    each_unit(args, plan, &progress, finish, |_, mut unit, texts| {
        let admitted = tally.admit(&mut unit);
        talk.findings_amid(&progress, &unit.diagnostics, &unit.sources);
        for (text, _) in texts.iter().zip(admitted).filter(|(_, admitted)| *admitted) {
            if !first {
                spool.write_all(separator(format)).map_err(spool_failure)?;
            }
            first = false;
            spool.write_all(text.as_bytes()).map_err(spool_failure)?;
        }
        Ok(())
    })?;
    drop(progress);
    if format == ManifestFormat::Json {
        spool.write_all(emit::json::LIST_END.as_bytes()).map_err(spool_failure)?;
    }
    let status = tally.status(args, talk);
    if status == ExitStatus::Done {
        spool.seek(SeekFrom::Start(0)).map_err(spool_failure)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = spool.read(&mut buffer).map_err(spool_failure)?;
            if count == 0 {
                break;
            }
            talk.terminal.data(&buffer[..count])?;
        }
    }
    Ok(status)
}

fn separator(format: ManifestFormat) -> &'static [u8] {
    match format {
        ManifestFormat::Yaml => b"---\n",
        ManifestFormat::Json => emit::json::LIST_SEPARATOR.as_bytes(),
        ManifestFormat::Ndjson => b"",
    }
}

/// The text of each of a unit's objects, without separators.
fn stream_texts(unit: &Unit, args: &RenderArgs) -> Vec<String> {
    let text = |manifest: &Manifest| {
        let (object, mut text) = (&manifest.object, String::new());
        match args.format {
            ManifestFormat::Yaml if args.annotate => {
                let mut comment = |_: &FieldPath, node: &Node| {
                    let scalar = node.as_mapping().is_none() && node.as_sequence().is_none();
                    scalar.then(|| explain::one_line(&node.origin, &unit.sources)).flatten()
                };
                emit::yaml::write_annotated(object, &mut comment, &mut text);
            }
            ManifestFormat::Yaml => emit::yaml::write(object, &mut text),
            ManifestFormat::Json => emit::json::write_item(object, &mut text),
            ManifestFormat::Ndjson => emit::json::write_line(object, &mut text),
        }
        text
    };
    unit.manifests.iter().map(text).collect()
}

fn write_tree(args: &RenderArgs, plan: &Plan, talk: Talk) -> Result<ExitStatus, Failure> {
    let mut tree = TreeWriter::open(&args.output)?;
    let mut tally = Tally::default();
    let mut changes = String::new();
    let finish = |unit: &Unit| -> Vec<(String, String)> {
        let files = unit.manifests.iter().map(|manifest| {
            let mut text = String::new();
            emit::yaml::write(&manifest.object, &mut text);
            (tree::file_name(manifest), text)
        });
        files.collect()
    };
    let progress = talk.progress("rendering", plan.jobs.len());
    let outcome = each_unit(args, plan, &progress, finish, |root, mut unit, files| {
        let admitted = tally.admit(&mut unit);
        for ((file, text), _) in files.into_iter().zip(admitted).filter(|(_, admitted)| *admitted) {
            let current = if args.check { tree.current(&file)? } else { None };
            let change = tree.put(&plan.names[root], file.clone(), text.as_bytes(), args.check)?;
            match change {
                Change::Collision if !tally.errors => {
                    unit.diagnostics.push(Diagnostic::error(
                        "duplicate-object",
                        format!("two objects of the output would be written to `{file}`"),
                    ));
                    tally.errors = true;
                }
                Change::Staged if args.check => {
                    unified(&args.output.join(&file), &current.unwrap_or_default(), &text, &mut changes);
                }
                _ => {}
            }
        }
        talk.findings_amid(&progress, &unit.diagnostics, &unit.sources);
        Ok(())
    });
    drop(progress);
    let status = match outcome {
        Ok(()) => tally.status(args, talk),
        Err(failure) => {
            tree.discard();
            return Err(failure);
        }
    };
    if status != ExitStatus::Done {
        tree.discard();
        return Ok(status);
    }
    if plan.roots.iter().any(|root| root.options.spec.flux.kustomization) {
        let text = kustomization(&tree.files(&plan.names));
        let current = tree.current(KUSTOMIZATION)?;
        let change = tree.put(&plan.names[0], KUSTOMIZATION.to_owned(), text.as_bytes(), args.check)?;
        if args.check && change == Change::Staged {
            unified(&args.output.join(KUSTOMIZATION), &current.unwrap_or_default(), &text, &mut changes);
        }
    }
    if !args.check {
        tree.commit(&plan.names)?;
        return Ok(ExitStatus::Done);
    }
    let stale: Vec<String> = tree.stale(&plan.names).map(str::to_owned).collect();
    for file in stale {
        let current = tree.current(&file)?.unwrap_or_default();
        unified(&args.output.join(&file), &current, "", &mut changes);
    }
    talk.terminal.data(changes.as_bytes())?;
    Ok(if changes.is_empty() { ExitStatus::Done } else { ExitStatus::Findings })
}

/// The file that tells kustomize, and with it Flux, which files a tree has.
const KUSTOMIZATION: &str = "kustomization.yaml";

fn kustomization(files: &[String]) -> String {
    let resources: Vec<Node> =
        files.iter().filter(|file| *file != KUSTOMIZATION).map(|file| Node::from(file.as_str())).collect();
    let kustomization = map! {
        "apiVersion" => "kustomize.config.k8s.io/v1beta1",
        "kind" => "Kustomization",
        // The order of the files, not kustomize's own.
        "sortOptions" => map! { "order" => "fifo" },
        "resources" => resources,
    };
    let mut text = String::new();
    emit::yaml::write(&kustomization, &mut text);
    text
}

/// Appends a unified diff of a file of the tree.
fn unified(path: &Path, old: &[u8], new: &str, text: &mut String) {
    let old = String::from_utf8_lossy(old);
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(old.as_ref(), new);
    let name = path.display().to_string();
    text.push_str(&diff.unified_diff().header(&name, &name).to_string());
}
