//! `spark-render render`.

use std::{num::NonZero, ops::Range, path::Path, thread};

use super::{
    ExitStatus, Progress,
    args::{ManifestFormat, RenderArgs},
    inputs::{self, Job, RunInputs},
    output_tree::{self, FileChange, KUSTOMIZATION, TreeWriter},
    rendered_file::{self, RenderedFile},
    reporter::Reporter,
    settings::Host,
    spool::Spool,
    unique::{Admission, ObjectSummary, Seen},
};
use crate::{
    kube::Manifest,
    map,
    render::Executors,
    review::{diff, explain},
    text::write::{json, yaml},
    tree::{
        Diagnostic, Diagnostics, FieldPath, Node, bug, failure::Failure, limits::OUTPUT_BYTES, parallel::ordered_map,
    },
};

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub(crate) fn run(args: &RenderArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let to_tree = args.output.as_os_str() != "-";
    if args.check && !to_tree {
        return Err(Failure::Usage("--check needs a tree: give its directory with -o".to_owned()));
    }
    if args.annotate && (to_tree || args.format != ManifestFormat::Yaml) {
        return Err(Failure::Usage("--annotate writes comments: it goes to standard output, as YAML".to_owned()));
    }
    let host = Host { namespace_required: to_tree, ..Host::default() };
    let plan = inputs::plan(&args.paths, &args.shape, &host)?;
    reporter.findings(&plan.diagnostics, &plan.sources);
    if plan.diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    if to_tree && plan.roots.iter().any(|root| root.options.executors == Executors::Preview) {
        return Err(Failure::Usage(
            "executor previews are never written to a tree, where a host would apply them: render them to standard output"
                .to_owned(),
        ));
    }
    if to_tree { write_tree(args, &plan, reporter) } else { write_stream(args, &plan, reporter) }
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
    fn admit(&mut self, unit: &mut RenderedFile, cards: &[ObjectSummary]) -> Vec<bool> {
        let mut admitted = Vec::with_capacity(cards.len());
        for card in cards {
            let admission = self.seen.admit(card);
            if admission == Admission::Duplicate {
                unit.diagnostics.push(duplicate(card));
            }
            self.objects += usize::from(admission == Admission::New);
            admitted.push(admission != Admission::Shared);
        }
        self.errors |= unit.diagnostics.has_errors();
        admitted
    }

    /// How the run ends; an empty output is an error unless it was asked for.
    fn status(&self, args: &RenderArgs, reporter: Reporter) -> ExitStatus {
        if self.errors {
            return ExitStatus::Findings;
        }
        if self.objects == 0 && !args.allow_empty {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(nothing_to_emit());
            reporter.findings(&diagnostics, &crate::tree::Sources::new());
            return ExitStatus::Findings;
        }
        ExitStatus::Done
    }
}

/// The error of an empty output: hosts would prune everything.
pub(crate) fn nothing_to_emit() -> Diagnostic {
    Diagnostic::error("nothing-to-emit", "there is no object to emit")
        .hint("name files or folders with Kubernetes objects, or give `--allow-empty`")
}

pub(crate) fn duplicate(card: &ObjectSummary) -> Diagnostic {
    let object = card.object();
    let mut diagnostic =
        Diagnostic::error("duplicate-object", format!("{} `{}` is in the output twice", object.kind, object.name))
            .at(&card.place)
            .hint("rename one of them: applied together, the last one would win");
    diagnostic.object = Some(object);
    diagnostic
}

fn threads(args: &RenderArgs) -> usize {
    args.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// A file's findings, and what its objects became: their trees end where they were made.
struct Rendered<X> {
    unit: RenderedFile,
    cards: Vec<ObjectSummary>,
    output: X,
}

/// What a file became, unless that is too much.
type Finished<X> = Result<X, Box<Diagnostic>>;

impl<X: Default> Rendered<X> {
    fn of(mut unit: RenderedFile, finish: impl Fn(&RenderedFile) -> Finished<X>) -> Self {
        let finished = bug::guarded(|| -> Finished<(Vec<ObjectSummary>, X)> {
            let cards = unit.manifests.iter().map(ObjectSummary::of).collect();
            // Nothing is emitted after an error.
            let output = if unit.diagnostics.has_errors() { X::default() } else { finish(&unit)? };
            Ok((cards, output))
        });
        let (cards, output) = finished.flatten().unwrap_or_else(|found| {
            let place = unit.manifests.first().map(|manifest| manifest.object.origin.clone());
            unit.diagnostics.push(found.at(place.unwrap_or_default()));
            (Vec::new(), X::default())
        });
        unit.manifests = Vec::new();
        Self { unit, cards, output }
    }
}

/// Renders every file on all cores and hands the results over in order, each with its root; the certificate objects
/// that the roots' configurations ask for come last.
fn each_unit<X: Default + Send>(
    args: &RenderArgs,
    plan: &RunInputs,
    progress: &Progress,
    finish: impl Fn(&RenderedFile) -> Finished<X> + Sync,
    mut consume: impl FnMut(usize, Rendered<X>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let work = |job: &Job| {
        let unit = rendered_file::render_input(&job.input, &plan.roots[job.root], args.only_spark, &plan.sources)?;
        Ok(Rendered::of(unit, &finish))
    };
    let mut jobs = plan.jobs.iter();
    ordered_map(&plan.jobs, threads(args), work, |result: Result<Rendered<X>, Failure>| {
        let job = jobs.next().expect("one result for each job");
        let rendered = result?;
        progress.step();
        consume(job.root, rendered)
    })?;
    for (index, root) in plan.roots.iter().enumerate() {
        if let Some(unit) = rendered_file::certificates(root, &plan.sources)? {
            consume(index, Rendered::of(unit, &finish))?;
        }
    }
    Ok(())
}

fn write_stream(args: &RenderArgs, plan: &RunInputs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut spool = Spool::new();
    let mut tally = Tally::default();
    let format = args.format;
    let finish = |unit: &RenderedFile| stream_texts(unit, args);
    let mut first = true;
    if format == ManifestFormat::Json {
        spool.put(json::LIST_START.as_bytes())?;
    }
    let progress = reporter.progress("rendering", plan.jobs.len());
    each_unit(args, plan, &progress, finish, |_, Rendered { mut unit, cards, output: texts }| {
        let admitted = tally.admit(&mut unit, &cards);
        reporter.findings_during(&progress, &unit.diagnostics, &unit.sources);
        for (range, _) in texts.ranges.into_iter().zip(admitted).filter(|(_, admitted)| *admitted) {
            if !first {
                spool.put(separator(format))?;
            }
            first = false;
            spool.put(&texts.all.as_bytes()[range])?;
        }
        Ok(())
    })?;
    drop(progress);
    if format == ManifestFormat::Json {
        spool.put(json::LIST_END.as_bytes())?;
    }
    let status = tally.status(args, reporter);
    if status == ExitStatus::Done {
        spool.drain(|bytes| reporter.terminal.data(bytes))?;
    }
    Ok(status)
}

fn separator(format: ManifestFormat) -> &'static [u8] {
    match format {
        ManifestFormat::Yaml => b"---\n",
        ManifestFormat::Json => json::LIST_SEPARATOR.as_bytes(),
        ManifestFormat::Ndjson => b"",
    }
}

/// The texts of a unit's objects, without separators, in one piece.
#[derive(Default)]
struct Texts {
    all: String,
    /// Where each of them is.
    ranges: Vec<Range<usize>>,
}

/// A file may name a long text once and objects that repeat it in thousands.
fn check_size(bytes: usize) -> Finished<()> {
    if bytes <= OUTPUT_BYTES {
        return Ok(());
    }
    let message = format!("the file is rendered to more than {} MiB", OUTPUT_BYTES >> 20);
    Err(Box::new(Diagnostic::error("yaml-limit", message).hint("split the input")))
}

fn stream_texts(unit: &RenderedFile, args: &RenderArgs) -> Finished<Texts> {
    let mut text = String::with_capacity(2048 * unit.manifests.len());
    let mut append = |manifest: &Manifest| {
        let (object, start) = (&manifest.object, text.len());
        match args.format {
            ManifestFormat::Yaml if args.annotate => {
                let mut comment = |_: &FieldPath, node: &Node| {
                    let scalar = node.as_mapping().is_none() && node.as_sequence().is_none();
                    scalar.then(|| explain::one_line(&node.origin, &unit.sources)).flatten()
                };
                yaml::write_annotated(object, &mut comment, &mut text);
            }
            ManifestFormat::Yaml => yaml::write(object, &mut text),
            ManifestFormat::Json => json::write_item(object, &mut text),
            ManifestFormat::Ndjson => json::write_line(object, &mut text),
        }
        check_size(text.len())?;
        Ok(start..text.len())
    };
    let ranges = unit.manifests.iter().map(&mut append).collect::<Finished<_>>()?;
    Ok(Texts { all: text, ranges })
}

fn write_tree(args: &RenderArgs, plan: &RunInputs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut tree = TreeWriter::open(&args.output, args.check)?;
    let mut tally = Tally::default();
    let mut changes = String::new();
    let finish = |unit: &RenderedFile| -> Finished<Vec<(String, String)>> {
        let mut size = 0;
        let files = unit.manifests.iter().map(|manifest| {
            let mut text = String::new();
            yaml::write(&manifest.object, &mut text);
            size += text.len();
            check_size(size)?;
            Ok((output_tree::file_name(manifest), text))
        });
        files.collect()
    };
    let progress = reporter.progress("rendering", plan.jobs.len());
    let outcome = each_unit(args, plan, &progress, finish, |root, Rendered { mut unit, cards, output: files }| {
        let admitted = tally.admit(&mut unit, &cards);
        for ((file, text), _) in files.into_iter().zip(admitted).filter(|(_, admitted)| *admitted) {
            let current = if args.check { tree.current(&file)? } else { None };
            let change = tree.put(&plan.names[root], &file, text.as_bytes())?;
            match change {
                FileChange::Collision if !tally.errors => {
                    unit.diagnostics.push(Diagnostic::error(
                        "duplicate-object",
                        format!("two objects of the output would be written to `{file}`"),
                    ));
                    tally.errors = true;
                }
                FileChange::Staged if args.check => {
                    unified(&args.output.join(&file), &current.unwrap_or_default(), &text, &mut changes);
                }
                _ => {}
            }
        }
        reporter.findings_during(&progress, &unit.diagnostics, &unit.sources);
        Ok(())
    });
    drop(progress);
    outcome?;
    let status = tally.status(args, reporter);
    if status != ExitStatus::Done {
        return Ok(status);
    }
    if plan.roots.iter().any(|root| root.options.flux.kustomization) {
        let text = kustomization(&tree.files(&plan.names));
        let current = tree.current(KUSTOMIZATION)?;
        let change = tree.put(&plan.names[0], KUSTOMIZATION, text.as_bytes())?;
        if args.check && change == FileChange::Staged {
            unified(&args.output.join(KUSTOMIZATION), &current.unwrap_or_default(), &text, &mut changes);
        }
    }
    if let Some((one, other)) = tree.clash(&plan.names) {
        let message = format!("`{one}` and `{other}` of the tree differ in case only");
        let mut clash = Diagnostics::new();
        clash.push(
            Diagnostic::error("duplicate-object", message)
                .hint("rename one of the objects: some file systems cannot tell the two files apart"),
        );
        reporter.findings(&clash, &crate::tree::Sources::new());
        return Ok(ExitStatus::Findings);
    }
    if !args.check {
        tree.commit(&plan.names)?;
        return Ok(ExitStatus::Done);
    }
    for file in tree.stale(&plan.names) {
        let current = tree.current(file)?.unwrap_or_default();
        unified(&args.output.join(file), &current, "", &mut changes);
    }
    reporter.terminal.data(changes.as_bytes())?;
    Ok(if changes.is_empty() { ExitStatus::Done } else { ExitStatus::Findings })
}

fn kustomization(files: &[String]) -> String {
    let resources: Vec<Node> = files.iter().filter(|file| *file != KUSTOMIZATION).map(Node::from).collect();
    let kustomization = map! {
        "apiVersion" => "kustomize.config.k8s.io/v1beta1",
        "kind" => "Kustomization",
        // The order of the files, not kustomize's own.
        "sortOptions" => map! { "order" => "fifo" },
        "resources" => resources,
    };
    let mut text = String::new();
    yaml::write(&kustomization, &mut text);
    text
}

/// Appends a unified diff of a file of the tree, without its secrets.
fn unified(path: &Path, old: &[u8], new: &str, text: &mut String) {
    let old = String::from_utf8_lossy(old);
    let name = path.display().to_string();
    text.push_str(&diff::unified_covered(&old, new, &name, &name));
}
