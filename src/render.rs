//! One document through the whole house: the stages one after the other.
//!
//! Commands differ in what they read and where they write; what becomes of a document is decided here alone.

use crate::{
    api::Sourced,
    certs::OperatorVersion,
    compat::{self, KubernetesVersion},
    conf::{self, PlanOptions, SparkConf},
    config::{Executors, SparkRenderSpec, Target},
    diagnostics::{Diagnostic, Diagnostics},
    manifest::{self, Assembly, ConnectAssembly, Manifest, Rewriting},
    mutate,
    node::{FieldPath, Node, Origin, Stage},
    pod::{self, ExecutorRequest, RunningDriver},
    resolve::{self, ResolveOptions, ResolvedApplication, ResolvedConnect},
    source::{Class, Document},
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

/// Renders a document of a Spark class; other documents pass through.
pub fn document(
    document: &Document,
    class: Class,
    options: &RenderOptions,
    read_template: ReadTemplate<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    match class {
        Class::SparkApplication | Class::ScheduledSparkApplication => {
            let before = diagnostics.len();
            let Some(app) = resolve::resolve(document, &options.resolve, diagnostics) else { return Vec::new() };
            let written = diagnostics.len();
            let is_misread = diagnostics.iter().skip(before).any(|item| item.code == "invalid-type");
            let object = app.object.clone();
            let manifests =
                diagnostics.in_object(object, |diagnostics| application(&app, options, read_template, diagnostics));
            if is_misread {
                // In the place of what could not be read stands a default, whose faults are not the author's.
                let mut position = 0;
                diagnostics.retain(|item| {
                    position += 1;
                    position <= written || item.code != "kube-rule"
                });
            }
            manifests
        }
        Class::SparkConnect => {
            let Some(connect) = resolve::resolve_connect(document, &options.resolve, diagnostics) else {
                return Vec::new();
            };
            let object = connect.object.clone();
            diagnostics.in_object(object, |diagnostics| connect_server(&connect, options, diagnostics))
        }
        Class::Other => vec![Manifest::passed_through(Node::clone(&document.node))],
        _ => Vec::new(),
    }
}

/// Plans, builds, mutates, assembles and tailors an application.
fn application(
    app: &ResolvedApplication,
    options: &RenderOptions,
    read_template: ReadTemplate<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    let target = options.kube_version;
    let Some(mut plan) = conf::plan(app, &plan_options(app, options, read_template), diagnostics) else {
        return Vec::new();
    };
    if options.spec.target == Target::SparkApplication {
        return rewritten(app, options, &plan.conf, diagnostics);
    }
    manifest::batch_scheduler::apply(app, &options.spec, &mut plan.conf, diagnostics);
    let executor = mutate::executor_template(app, plan.executor_template.take(), &plan.conf, diagnostics);
    executor.apply_to(&mut plan.conf);
    let mut template = executor.template;
    if let Some(template) = &mut template {
        compat::conform_template(template, target, options.spec.on_unsupported, diagnostics);
    }
    compat::report_runtime(&plan.spark_version, target, &plan.conf, diagnostics);
    let submission = plan.submission(template);
    let Some(driver) = pod::driver(&submission, diagnostics) else { return Vec::new() };
    let pod = mutate::driver(app, driver.pod, diagnostics);
    let resource_prefix = pod::KubernetesConf::driver(&submission).resource_name_prefix();
    let mut objects = driver.pre_resources;
    objects.extend(driver.resources);
    objects.push(driver.config_map);
    let previews = |conf: &SparkConf, container: &Node, diagnostics: &mut Diagnostics| {
        previews(&submission, conf, container, diagnostics)
    };
    let assembly = Assembly {
        application: app,
        options: &options.spec,
        kube_minor: Some(target.minor()),
        conf: &driver.system_properties,
        resource_prefix: &resource_prefix,
        pod,
        objects,
        previews: (options.spec.executors == Executors::Preview).then_some(&previews),
        rename_proof: options.rename_proof,
    };
    let manifests = manifest::assemble(assembly, diagnostics);
    compat::conform(manifests, target, options.spec.on_unsupported, diagnostics)
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
    let mut manifests = manifest::rewrite(rewriting, diagnostics);
    for manifest in &mut manifests {
        for template in manifest::templates_mut(&mut manifest.object, app) {
            compat::conform_template(template, options.kube_version, options.spec.on_unsupported, diagnostics);
        }
    }
    compat::conform(manifests, options.kube_version, options.spec.on_unsupported, diagnostics)
}

/// Assembles and tailors a Spark Connect server.
fn connect_server(connect: &ResolvedConnect, options: &RenderOptions, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let target = options.kube_version;
    let assembly = ConnectAssembly { connect, options: &options.spec, rename_proof: options.rename_proof };
    let manifests = manifest::assemble_connect(assembly, diagnostics);
    compat::conform(manifests, target, options.spec.on_unsupported, diagnostics)
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
        template_files: conf::template_files(app)
            .into_iter()
            .filter_map(|file| Some((file.value.clone(), read_template(&file.value)?)))
            .collect(),
    }
}

/// The executor pods, their claims and their ConfigMap, as the driver in `container` will create them.
pub(crate) fn previews(
    submission: &pod::Submission,
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
