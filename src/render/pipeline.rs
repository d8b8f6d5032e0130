//! Documents through the whole house: the stages one after the other.
//!
//! Commands differ in what they read and where they write; what becomes of a document is decided here alone.

use std::ops::ControlFlow;

use super::{Assembly, ConnectAssembly, Executors, Rewriting, Target, config::SparkRenderSpec};
use crate::{
    kube::{self, KubernetesVersion, Manifest},
    operator::{
        self, Class, OperatorVersion, PlanOptions,
        companions::batch_scheduler,
        resolve::{self, ResolveOptions, ResolvedApplication},
        webhook,
    },
    render,
    spark::{
        self, SparkConf,
        pod::{self, ExecutorRequest, RunningDriver},
    },
    text::read::Document,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Sourced, Stage},
};

/// Everything that shapes the output, settled.
#[derive(Debug, Clone)]
pub struct RenderOptions {
    /// The configuration with the flags laid over it.
    pub spec: SparkRenderSpec,
    /// The target.
    pub kube_version: KubernetesVersion,
    /// What the resolve stage takes from the run.
    pub resolve: ResolveOptions,
    /// Whether a host may rename the objects after us (kustomize generator), so that no name may stay as text.
    pub rename_proof: bool,
}

/// Reads a pod template that an application names by its path, if it is part of the input.
pub type ReadTemplate<'a> = &'a dyn Fn(&str) -> Option<Node>;

/// A document to be rendered.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The document.
    pub document: &'a Document,
    /// What it is.
    pub class: Class,
    /// How it is rendered.
    pub options: &'a RenderOptions,
    /// Reads pod templates of the input.
    pub read_template: ReadTemplate<'a>,
}

/// What became of a [`Request`].
#[derive(Debug, Default)]
pub struct Rendered {
    /// The objects, in order.
    pub manifests: Vec<Manifest>,
    /// Everything found in the document.
    pub diagnostics: Diagnostics,
}

/// Renders a document of a Spark class; other documents pass through.
pub fn document(
    document: &Document,
    class: Class,
    options: &RenderOptions,
    read_template: ReadTemplate<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    let request = Request { document, class, options, read_template };
    let rendered = documents(&[request]).pop().unwrap_or_default();
    diagnostics.extend(rendered.diagnostics);
    rendered.manifests
}

/// [`document`] for several, each stage for all of them before the next stage: a stage's code and tables are more than
/// a processor's nearest caches hold, so that a run through all stages for each document finds them cold every time.
/// Measured with 16 documents at a time: a sixth less time for a whole run.
#[must_use]
pub fn documents(requests: &[Request<'_>]) -> Vec<Rendered> {
    let flows: Vec<_> = requests.iter().map(resolve).collect();
    let flows = each(flows, plan);
    let flows = each(flows, template_executors);
    let flows = each(flows, build);
    let flows = each(flows, mutate_driver);
    let flows = each(flows, assemble);
    let flows = each(flows, conform);
    flows.into_iter().map(Flow::end).collect()
}

/// A request on its way. Between two stages it carries what the last one made, or its end: the objects of a document
/// that needs no further stage, or none after an error.
struct Flow<'a, P> {
    request: &'a Request<'a>,
    /// Products are large: boxed, they stay where they are when flows go from stage to stage.
    state: ControlFlow<Vec<Manifest>, P>,
    diagnostics: Diagnostics,
    /// Number of findings up to the resolve stage.
    resolved: usize,
}

/// Runs `stage` over all that have got so far.
fn each<'a, P, Q>(
    flows: Vec<Flow<'a, P>>,
    stage: impl Fn(P, &Request<'a>, &mut Diagnostics) -> ControlFlow<Vec<Manifest>, Q>,
) -> Vec<Flow<'a, Q>> {
    let run = |Flow { request, state, mut diagnostics, resolved }| {
        let state = match state {
            ControlFlow::Continue(product) => stage(product, request, &mut diagnostics),
            ControlFlow::Break(manifests) => ControlFlow::Break(manifests),
        };
        Flow { request, state, diagnostics, resolved }
    };
    flows.into_iter().map(run).collect()
}

impl Flow<'_, Vec<Manifest>> {
    fn end(mut self) -> Rendered {
        if self.diagnostics.iter().take(self.resolved).any(|item| item.code == "invalid-type") {
            // In the place of what could not be read stands a default, whose faults are not the author's.
            let mut position = 0;
            self.diagnostics.retain(|item| {
                position += 1;
                position <= self.resolved || item.code != "kube-rule"
            });
        }
        let (ControlFlow::Continue(manifests) | ControlFlow::Break(manifests)) = self.state;
        Rendered { manifests, diagnostics: self.diagnostics }
    }
}

/// Where every request starts. Only applications go on; a Spark Connect server has one stage of its own.
fn resolve<'a>(request: &'a Request<'a>) -> Flow<'a, Box<ResolvedApplication>> {
    let mut diagnostics = Diagnostics::new();
    let Request { document, options, .. } = request;
    let state = match request.class {
        Class::SparkApplication | Class::ScheduledSparkApplication => {
            match resolve::resolve(document, &options.resolve, &mut diagnostics) {
                Some(app) => ControlFlow::Continue(Box::new(app)),
                None => ControlFlow::Break(Vec::new()),
            }
        }
        Class::SparkConnect => ControlFlow::Break(connect_server(document, options, &mut diagnostics)),
        Class::Other => ControlFlow::Break(vec![Manifest::passed_through(Node::clone(&document.node))]),
        _ => ControlFlow::Break(Vec::new()),
    };
    if let ControlFlow::Continue(app) = &state {
        diagnostics.enter(app.object.clone());
    }
    Flow { request, state, resolved: diagnostics.len(), diagnostics }
}

/// An application with its confs.
struct Planned {
    app: Box<ResolvedApplication>,
    plan: Box<operator::Plan>,
}

fn plan(
    app: Box<ResolvedApplication>,
    request: &Request<'_>,
    diagnostics: &mut Diagnostics,
) -> ControlFlow<Vec<Manifest>, Planned> {
    let options = request.options;
    let Some(mut plan) = operator::plan(&app, &plan_options(&app, options, request.read_template), diagnostics) else {
        return ControlFlow::Break(Vec::new());
    };
    if options.spec.target == Target::SparkApplication {
        return ControlFlow::Break(rewritten(&app, options, &plan.conf, diagnostics));
    }
    batch_scheduler::apply(&app, &options.spec.operator, &mut plan.conf, diagnostics);
    ControlFlow::Continue(Planned { app, plan: Box::new(plan) })
}

/// An application as Spark gets it.
struct Submitted {
    app: Box<ResolvedApplication>,
    submission: Box<spark::Submission>,
}

/// What the webhook would do to executors is done to their template, before the driver mounts it.
fn template_executors(
    planned: Planned,
    request: &Request<'_>,
    diagnostics: &mut Diagnostics,
) -> ControlFlow<Vec<Manifest>, Submitted> {
    let Planned { app, mut plan } = planned;
    let (target, on_unsupported) = (request.options.kube_version, request.options.spec.on_unsupported);
    let executor = webhook::executor_template(&app, plan.executor_template.take(), &plan.conf, diagnostics);
    executor.apply_to(&mut plan.conf);
    let mut template = executor.template;
    if let Some(template) = &mut template {
        kube::conform_template(template, target, on_unsupported, diagnostics);
    }
    spark::report_runtime(&plan.spark_version, target, &plan.conf, diagnostics);
    ControlFlow::Continue(Submitted { app, submission: Box::new(plan.submission(template)) })
}

/// An application with what Spark makes of it.
struct Built {
    app: Box<ResolvedApplication>,
    submission: Box<spark::Submission>,
    driver: Box<pod::DriverSpec>,
}

fn build(submitted: Submitted, _: &Request<'_>, diagnostics: &mut Diagnostics) -> ControlFlow<Vec<Manifest>, Built> {
    let Submitted { app, submission } = submitted;
    match pod::driver(&submission, diagnostics) {
        Some(driver) => ControlFlow::Continue(Built { app, submission, driver: Box::new(driver) }),
        None => ControlFlow::Break(Vec::new()),
    }
}

fn mutate_driver(
    mut built: Built,
    _: &Request<'_>,
    diagnostics: &mut Diagnostics,
) -> ControlFlow<Vec<Manifest>, Built> {
    built.driver.pod = webhook::driver(&built.app, std::mem::take(&mut built.driver.pod), diagnostics);
    ControlFlow::Continue(built)
}

fn assemble(
    built: Built,
    request: &Request<'_>,
    diagnostics: &mut Diagnostics,
) -> ControlFlow<Vec<Manifest>, Vec<Manifest>> {
    let Built { app, submission, driver } = built;
    let options = request.options;
    let resource_prefix = pod::KubernetesConf::driver(&submission).resource_name_prefix();
    let mut objects = driver.pre_resources;
    objects.extend(driver.resources);
    objects.push(driver.config_map);
    let previews = |conf: &SparkConf, container: &Node, diagnostics: &mut Diagnostics| {
        previews(&submission, conf, container, diagnostics)
    };
    let assembly = Assembly {
        application: &app,
        options: &options.spec,
        kube_minor: Some(options.kube_version.minor()),
        conf: driver.system_properties,
        resource_prefix: &resource_prefix,
        pod: driver.pod,
        objects,
        previews: (options.spec.executors == Executors::Preview).then_some(&previews),
        rename_proof: options.rename_proof,
    };
    ControlFlow::Continue(render::assemble(assembly, diagnostics))
}

fn conform(
    manifests: Vec<Manifest>,
    request: &Request<'_>,
    diagnostics: &mut Diagnostics,
) -> ControlFlow<Vec<Manifest>, Vec<Manifest>> {
    let RenderOptions { spec, kube_version, .. } = request.options;
    ControlFlow::Continue(kube::conform(manifests, *kube_version, spec.on_unsupported, diagnostics))
}

/// Rewrites the resource for those who keep the operator, and tailors its templates.
fn rewritten(
    app: &ResolvedApplication,
    options: &RenderOptions,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    let operator =
        match options.spec.operator_version.as_deref().map_or(Ok(OperatorVersion::NEWEST), OperatorVersion::parse) {
            Ok(operator) => operator,
            Err(message) => {
                diagnostics.push(
                    Diagnostic::error("invalid-config", message).field(FieldPath::keys(&["spec", "operatorVersion"])),
                );
                return Vec::new();
            }
        };
    let rewriting = Rewriting { application: app, conf, options: &options.spec, operator };
    let mut manifests = render::rewrite(rewriting, diagnostics);
    for manifest in &mut manifests {
        for template in render::templates_mut(&mut manifest.object, app) {
            kube::conform_template(template, options.kube_version, options.spec.on_unsupported, diagnostics);
        }
    }
    kube::conform(manifests, options.kube_version, options.spec.on_unsupported, diagnostics)
}

/// Resolves, assembles and tailors a Spark Connect server.
fn connect_server(document: &Document, options: &RenderOptions, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let Some(connect) = resolve::resolve_connect(document, &options.resolve, diagnostics) else { return Vec::new() };
    diagnostics.in_object(connect.object.clone(), |diagnostics| {
        let assembly =
            ConnectAssembly { connect: &connect, options: &options.spec, rename_proof: options.rename_proof };
        let manifests = render::assemble_connect(assembly, diagnostics);
        kube::conform(manifests, options.kube_version, options.spec.on_unsupported, diagnostics)
    })
}

/// What the plan depends on beside the application.
pub(crate) fn plan_options(
    app: &ResolvedApplication,
    options: &RenderOptions,
    read_template: ReadTemplate<'_>,
) -> PlanOptions {
    PlanOptions {
        kube_minor: Some(options.kube_version.minor()),
        operator: options.spec.operator.clone(),
        spark_user: options
            .spec
            .spark_user
            .as_ref()
            .map(|user| Sourced::new(user.clone(), Origin::derived(Stage::Config, "sparkUser", []))),
        template_files: operator::template_files(app)
            .into_iter()
            .filter_map(|file| Some((file.value.clone(), read_template(&file.value)?)))
            .collect(),
    }
}

/// The executor pods, their claims and their ConfigMap, as the driver in `container` will create them.
pub(crate) fn previews(
    submission: &spark::Submission,
    conf: &SparkConf,
    container: &Node,
    diagnostics: &mut Diagnostics,
) -> Vec<Node> {
    let driver = RunningDriver::of(container, None);
    let count = pod::initial_executors(conf);
    let request = ExecutorRequest { submission, system_properties: conf, driver: &driver, count };
    let Some(executors) = pod::executor(&request, diagnostics) else { return Vec::new() };
    executors.config_map.into_iter().chain(executors.controller).chain(executors.pods).chain(executors.claims).collect()
}
