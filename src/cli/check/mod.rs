//! `spark-render check`: everything that the stages and the rules have to say about the input and what it renders to.

pub(crate) mod args;
mod around;
mod junit;
mod ladder;
mod loss;
mod repeats;
mod report;
mod sarif;
mod steer;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZero,
    path::Path,
    sync::Arc,
    thread,
};

pub(crate) use args::CheckArgs;

use self::{repeats::Repeats, report::Report, steer::Steering};
use super::{
    ExitStatus,
    inputs::{self, Job, RunInputs},
    rendered_file::{self, Inspected, RenderedFile},
    reporter::Reporter,
    settings::Host,
};
use crate::kube::names;
use crate::{
    hosts::folder,
    kube::{self, Provenance},
    operator::{Class, certs, names::ALLOW_ANNOTATION},
    render::{Executors, Options},
    review::{policy::Suppressed, rules},
    text::read,
    tree::{
        Diagnostic, Diagnostics, Node, ObjectRef, Origin, Severity, Sources, failure::Failure, parallel::ordered_map,
    },
};

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub(crate) fn run(args: &CheckArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut shape = args.shape.clone();
    shape.executors = shape.executors.or(Some(Executors::Preview));
    let range = shape.kube_version.as_deref().map(kube::Version::parse_range);
    let range = range.and_then(Result::ok).filter(|versions| versions.len() > 1);
    if let Some(newest) = range.as_ref().and_then(|versions| versions.last()) {
        shape.kube_version = Some(newest.to_string());
    }
    let mut plan = inputs::plan(&args.paths, &shape, &Host::default())?;
    // Nothing is applied from here: what can be read is checked, and what cannot is told.
    plan.diagnostics.lower(folder::NOT_BUILT, Severity::Note);
    if args.webhook_loss {
        return loss::run(&plan, reporter);
    }
    if let Some(versions) = range {
        return ladder::run(args, &plan, &versions, reporter);
    }
    let mut report = Report::new(args.format, args.fail_on, reporter.terminal.stdout_styled);
    let mut settled = plan.diagnostics.clone();
    versions(&plan, &mut settled);
    let mut steering = Steering::new(args, &plan, &mut settled)?;
    let is_refused = settled.has_errors();
    let suppressed = steering.apply(None, "configuration", &mut settled, &steering.sources().clone(), None);
    report.add("configuration", &settled, &suppressed, steering.sources());
    if !is_refused {
        files(args, &plan, reporter, &mut steering, &mut report)?;
        if let Some(live) = &args.live {
            around::left_over(live, &plan, &mut steering, &mut report)?;
        }
    }
    if args.host {
        around::hosts(args, &mut steering, &mut report)?;
    }
    let written = if is_refused { None } else { steering.finish(&mut report)? };
    let aside = written.into_iter().chain(report.aside()).collect::<String>();
    if !reporter.quiet && !aside.is_empty() {
        reporter.terminal.report(&aside);
    }
    reporter.terminal.data(report.finish().as_bytes())?;
    Ok(if report.has_failed() { ExitStatus::Findings } else { ExitStatus::Done })
}

/// Says what there is to say about the versions of all paths, once.
fn versions(plan: &RunInputs, diagnostics: &mut Diagnostics) {
    let mut found = Diagnostics::new();
    plan.roots.iter().for_each(|root| rules::check_options(&root.options, &mut found));
    let mut said = BTreeSet::new();
    found.retain(|one| said.insert(one.message.clone()));
    diagnostics.extend(found);
}

/// Checks every file on all cores and adds the findings in order.
fn files(
    args: &CheckArgs,
    plan: &RunInputs,
    reporter: Reporter,
    steering: &mut Steering,
    report: &mut Report,
) -> Result<(), Failure> {
    let threads = args.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let work = |job: &Job| checked(args, plan, job);
    let mut applications: BTreeMap<ApplicationKey, String> = BTreeMap::new();
    let mut repeats = Repeats::default();
    let mut folders: BTreeMap<&Path, Vec<&Job>> = BTreeMap::new();
    let mut jobs = plan.jobs.iter();
    let progress = reporter.progress("checking", plan.jobs.len());
    ordered_map(&plan.jobs, threads, work, |result| {
        progress.step();
        let job = jobs.next().expect("one result for each job");
        let file = job.input.path.display().to_string();
        let Checked { mut unit, documents, annotated, of_webhook, concerns_certificates } = result?;
        for (identity, place, object) in documents {
            if let Some(first) = applications.get(&identity) {
                unit.diagnostics.push(duplicate(first, &place, object));
            } else {
                let first = place.span().map(|span| unit.sources.place(span));
                applications.insert(identity, first.unwrap_or_else(|| file.clone()));
            }
        }
        unit.diagnostics = in_order(std::mem::take(&mut unit.diagnostics));
        if concerns_certificates {
            folders.entry(job.input.path.parent().unwrap_or(Path::new(""))).or_default().push(job);
        }
        report.files += 1;
        report.of_webhook += of_webhook;
        report.applications += unit.applications;
        let scope = Scope::File { with_certificates: concerns_certificates };
        let suppressed = steer(steering, job.root, &file, &mut unit, &plan.sources, scope, &annotated);
        if plan.jobs.len() > 1 && report.puts_together() {
            repeats.take(&file, &mut unit.diagnostics, &unit.sources);
        }
        report.add(&file, &unit.diagnostics, &suppressed, &unit.sources);
        Ok::<_, Failure>(())
    })?;
    repeats.finish(report);
    let looked_at_certificates = !folders.is_empty();
    for (folder, jobs) in folders {
        let mut unit = certificates(&jobs, plan)?;
        let name = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let name = format!("certificates in {}", name.display());
        let suppressed = steer(steering, jobs[0].root, &name, &mut unit, &plan.sources, Scope::Certificates, &[]);
        report.add(&name, &unit.diagnostics, &suppressed, &unit.sources);
    }
    let has_builds = plan.diagnostics.iter().any(|item| item.code == folder::NOT_BUILT);
    if report.applications == 0 && !looked_at_certificates && !has_builds && !report.has_errors() {
        let mut nothing = Diagnostics::new();
        nothing.push(
            Diagnostic::warning("nothing-to-check", "no application was found")
                .hint("name files or folders with SparkApplications"),
        );
        let suppressed = steering.apply(None, "input", &mut nothing, &Sources::new(), None);
        report.add("input", &nothing, &suppressed, &Sources::new());
    }
    Ok(())
}

/// What is wrong with certificates, webhooks and their owners in the files of a folder: that takes them together, while
/// the same object in another folder is most often that of another environment.
fn certificates(jobs: &[&Job], plan: &RunInputs) -> Result<RenderedFile, Failure> {
    let mut unit = RenderedFile { sources: plan.sources.clone(), ..RenderedFile::default() };
    let mut objects: Vec<Node> = Vec::new();
    for job in jobs {
        if let Some(id) = rendered_file::load(&job.input, &plan.roots[job.root], &mut unit)? {
            objects.extend(
                crate::operator::documents::parse(id, &unit.sources, &mut unit.diagnostics)
                    .into_iter()
                    .map(read::Document::into_node),
            );
        }
    }
    // What is wrong with the files themselves was said when each was read.
    unit.diagnostics = in_order(certs::findings(&objects));
    Ok(unit)
}

/// Kind, namespace, name, and environment.
type ApplicationKey = (String, String, String, Option<String>);

/// Names of folders whose applications go to different clusters or namespaces.
const ENVIRONMENTS: [&str; 19] = [
    "ci",
    "dev",
    "development",
    "int",
    "integration",
    "local",
    "nonprod",
    "pre",
    "preprod",
    "prod",
    "production",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
];

/// Names of folders that hold one folder for each environment.
const OF_ENVIRONMENTS: [&str; 7] = ["clusters", "env", "environments", "envs", "overlays", "regions", "stages"];

/// The environment that the folders of `file` name: a folder of a usual name, or one in a folder of environments.
fn environment(file: &Path) -> Option<&str> {
    let folders: Vec<&str> = file.parent()?.components().filter_map(|part| part.as_os_str().to_str()).collect();
    let of = folders.iter().position(|name| OF_ENVIRONMENTS.contains(name)).and_then(|at| folders.get(at + 1));
    of.or_else(|| folders.iter().find(|name| ENVIRONMENTS.contains(name))).copied()
}

/// A file with what was found in it.
#[derive(Default)]
struct Checked {
    unit: RenderedFile,
    /// The applications in it, with the places of their names.
    documents: Vec<(ApplicationKey, Origin, ObjectRef)>,
    /// The documents that allow findings by an annotation.
    annotated: Vec<Arc<Node>>,
    /// Number of applications with fields that the operator's webhook alone would add, where no operator is named.
    of_webhook: usize,
    /// Whether other objects in it have to do with the webhook's certificate.
    concerns_certificates: bool,
}

fn checked(args: &CheckArgs, plan: &RunInputs, job: &Job) -> Result<Checked, Failure> {
    let settings = &plan.roots[job.root];
    let mut checked = Checked::default();
    let unit =
        rendered_file::inspect_input(&job.input, settings, false, &plan.sources, &mut |inspected, diagnostics| {
            let environment = environment(&job.input.path);
            checked.inspect(inspected, &settings.options, args.strict, environment, diagnostics);
        })?;
    Ok(Checked { unit, ..checked })
}

impl Checked {
    fn inspect(
        &mut self,
        inspected: &Inspected<'_>,
        options: &Options,
        strict: bool,
        environment: Option<&str>,
        diagnostics: &mut Diagnostics,
    ) {
        let node = &inspected.document.node;
        if node.at_keys(&["metadata", "annotations", ALLOW_ANNOTATION]).is_some() {
            self.annotated.push(Arc::clone(node));
        }
        match inspected.class {
            Class::SparkApplication | Class::ScheduledSparkApplication | Class::SparkConnect => {
                let stated = ObjectRef::of(node).filter(|_| node.get("spec").is_some());
                let is_named = |object: &ObjectRef| {
                    names::is_dns_subdomain(&object.name)
                        && object.namespace.iter().all(|one| names::is_dns_subdomain(one))
                };
                if let Some(object) = stated.filter(is_named) {
                    let given = options.resolve.namespace.as_ref().map_or("default", |namespace| &namespace.value);
                    let namespace = object.namespace.clone().unwrap_or_else(|| given.to_owned());
                    let place = node.at_keys(&["metadata", "name"]).unwrap_or(node).origin.clone();
                    let key = (object.kind.clone(), namespace, object.name.clone(), environment.map(str::to_owned));
                    self.documents.push((key, place, object));
                }
                if inspected.class != Class::SparkConnect {
                    let unnamed = options.operator_version.is_none();
                    self.of_webhook += usize::from(unnamed && rules::needs_webhook(inspected.rendered));
                    rules::check(inspected.document, inspected.rendered, options, diagnostics);
                }
            }
            Class::Other => {
                if strict {
                    let others =
                        inspected.rendered.objects.iter().filter(|one| one.provenance == Provenance::PassedThrough);
                    others.for_each(|manifest| kube::validate(manifest, options.kube_version, diagnostics));
                }
                self.concerns_certificates |= certs::is_concerned(node);
            }
            _ => {}
        }
    }
}

/// By place, those without one last; a value that reaches several objects is one thing to mend.
fn in_order(diagnostics: Diagnostics) -> Diagnostics {
    let mut said = BTreeSet::new();
    let mut items: Vec<Diagnostic> = diagnostics
        .into_iter()
        .filter(|one| one.origin.span().is_none_or(|span| said.insert((one.code, span, one.message.clone()))))
        .collect();
    items.sort_by_key(|one| one.origin.span().map_or((true, None), |span| (false, Some((span.source, span.start)))));
    let mut ordered = Diagnostics::new();
    for item in items {
        ordered.push(item);
    }
    ordered
}

fn duplicate(first: &str, place: &Origin, object: ObjectRef) -> Diagnostic {
    let message = format!("{} `{}` is the same application as that at {first}", object.kind, object.name);
    let mut diagnostic = Diagnostic::warning("duplicate-application", message)
        .at(place)
        .hint("rename one of them, or check the folders apart if they are applied apart");
    diagnostic.object = Some(object);
    diagnostic
}

/// Which comments count: findings about certificates are made for a folder, others for a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    File { with_certificates: bool },
    Certificates,
}

impl Scope {
    fn has(self, code: &str) -> bool {
        match self {
            Self::File { with_certificates: false } => true,
            Self::File { with_certificates: true } => !is_of_certificates(code),
            Self::Certificates => is_of_certificates(code),
        }
    }
}

fn is_of_certificates(code: &str) -> bool {
    certs::CODES.iter().any(|doc| doc.code == code)
}

/// Takes out what is allowed beside the finding, ignored, or in the baseline.
fn steer(
    steering: &mut Steering,
    root: usize,
    file: &str,
    unit: &mut RenderedFile,
    base: &Sources,
    scope: Scope,
    annotated: &[Arc<Node>],
) -> Vec<Suppressed> {
    let mut allowed = rules::Allowed::default();
    let mut faults = Diagnostics::new();
    if steering.allows {
        for source in unit.sources.ids().skip(base.ids().count()) {
            allowed.read(source, &unit.sources, &mut faults);
        }
        annotated.iter().for_each(|document| allowed.read_annotation(document, &mut faults));
    }
    allowed.keep(|code| scope.has(code));
    if scope == Scope::Certificates {
        faults = Diagnostics::new();
    }
    let mut suppressed = steering.apply(Some(root), file, &mut unit.diagnostics, &unit.sources, Some(&mut allowed));
    allowed.report_unused(&mut faults);
    suppressed.extend(steering.apply(Some(root), file, &mut faults, &unit.sources, None));
    unit.diagnostics.extend(faults);
    suppressed
}
