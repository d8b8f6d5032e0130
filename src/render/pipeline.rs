//! The street: what becomes of one document, from top to bottom. Commands differ in what they read and where they write.

use super::{
    Options, Target,
    assembly::{self, Assembly},
    connect::{ConnectAssembly, assemble_connect},
    executors,
    label_references::{self, MissingLabels, Role},
    passes,
    rewrite::{Rewriting, rewrite, templates_mut},
    workload::Workload,
};
use crate::{
    kube::{self, Manifest},
    operator::{
        self, Class, Plan, PlanOptions,
        resolve::{self, ResolvedApplication},
        webhook,
    },
    spark::{
        SparkConf, Submission,
        pod::{self, KubernetesConf, KubernetesDriverSpec},
    },
    text::read::Document,
    tree::{Diagnostics, Node},
};

/// Reads a pod template that an application names by its path, if it is part of the input.
pub(crate) type ReadTemplate<'a> = &'a dyn Fn(&str) -> Option<Node>;

/// What became of a document: the objects, and of an application also what each stage made, for those who look at it
/// afterwards. A product is absent where an error ended the work before it.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The objects, in order.
    pub objects: Vec<Manifest>,
    /// The application as admitted, with its defaults.
    pub app: Option<ResolvedApplication>,
    /// What the operator hands to spark-submit.
    pub plan: Option<Plan>,
    /// What Spark gets: the plan with the executors' finished template.
    pub submission: Option<Submission>,
    /// What Spark makes of it, before the webhook.
    pub spark: Option<KubernetesDriverSpec>,
    /// The driver Pod after the webhook.
    pub driver: Option<Node>,
}

/// Renders a document of a Spark class; other documents pass through.
pub fn document(
    document: &Document,
    class: Class,
    options: &Options,
    read_template: ReadTemplate<'_>,
    diagnostics: &mut Diagnostics,
) -> Rendered {
    let mut rendered = Rendered::default();
    match class {
        Class::SparkApplication | Class::ScheduledSparkApplication => {
            let mut found = Diagnostics::new();
            // None: it ended early, and the findings say why.
            let _ = application(document, options, read_template, &mut rendered, &mut found);
            drop_faults_of_defaults(&mut found);
            diagnostics.extend(found);
        }
        Class::SparkConnect => rendered.objects = connect_server(document, options, diagnostics),
        Class::Other => {
            label_references::in_other(&document.node, options, diagnostics);
            rendered.objects.push(Manifest::passed_through(Node::clone(&document.node)));
        }
        _ => {}
    }
    // What lacks a field or follows from an option is found where nothing is written; the name leads to the document.
    diagnostics.place(document.node.at_keys(&["metadata", "name"]).map_or(&document.node.origin, |name| &name.origin));
    rendered
}

/// An application from its document to its objects. There are two tracks: the executors' template is finished first, for
/// the driver mounts it; then the driver is built, and gets what the webhook adds.
fn application(
    document: &Document,
    options: &Options,
    read_template: ReadTemplate<'_>,
    rendered: &mut Rendered,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let Rendered { objects, app, plan, submission, spark, driver } = rendered;
    let app = app.insert(resolve::resolve(document, &options.resolve, diagnostics)?);
    diagnostics.enter(app.object.clone());
    let plan = plan.insert(operator::plan(app, &plan_options(app, options, read_template), diagnostics)?);
    if options.target == Target::SparkApplication {
        *objects = rewritten(app, options, &plan.conf, diagnostics);
        return Some(());
    }
    report_label_references(app, plan, options, diagnostics);
    let submission = submission.insert(executors::submission(app, plan, options, diagnostics));
    let spark = spark.insert(pod::driver(submission, diagnostics)?);
    let driver = driver.insert(webhook::driver(app, spark.pod.clone(), diagnostics));
    let assembled = assembled(app, submission, spark, driver, options, diagnostics);
    *objects = conformed(assembled, options, diagnostics);
    Some(())
}

/// Says where the application, or a template file of it, asks its pods for labels that they lack.
fn report_label_references(app: &ResolvedApplication, plan: &Plan, options: &Options, diagnostics: &mut Diagnostics) {
    let per_run = Workload::of(app, options.target).is_per_run() || options.rename_proof;
    let missing = MissingLabels::of_application(options, per_run);
    label_references::in_application(&app.document, None, missing, diagnostics);
    let own = |template: Option<&Node>| template.is_some();
    let driver = app.spec.driver.as_ref().is_some_and(|driver| own(driver.template.as_ref()));
    let executor = app.spec.executor.as_ref().is_some_and(|executor| own(executor.template.as_ref()));
    for (role, template, written) in
        [(Role::Driver, &plan.driver_template, driver), (Role::Executor, &plan.executor_template, executor)]
    {
        // What is written in the resource was looked at with it.
        if let Some(template) = template.as_ref().filter(|_| !written) {
            label_references::in_application(template, Some(role), missing, diagnostics);
        }
    }
}

/// In the place of what could not be read stands a default, whose faults are not the author's.
fn drop_faults_of_defaults(diagnostics: &mut Diagnostics) {
    if diagnostics.iter().any(|item| matches!(item.code, "invalid-type" | "kube-wrong-type")) {
        diagnostics.retain(|item| !matches!(item.code, "kube-rule" | "kube-missing-field"));
    }
}

/// Names the objects and completes their set.
fn assembled(
    app: &ResolvedApplication,
    submission: &Submission,
    spark: &KubernetesDriverSpec,
    driver: &Node,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    let resource_prefix = KubernetesConf::driver(submission).resource_name_prefix();
    let executors = |conf: &SparkConf, container: &Node, diagnostics: &mut Diagnostics| {
        executors::objects(submission, conf, container, options, diagnostics)
    };
    let assembly = Assembly {
        application: app,
        options,
        conf: spark.system_properties.clone(),
        resource_prefix: &resource_prefix,
        pod: driver.clone(),
        objects: spark.pre_resources.iter().chain(&spark.resources).chain([&spark.config_map]).cloned().collect(),
        executors: &executors,
    };
    assembly::assemble(assembly, diagnostics)
}

/// What the plan depends on beside the application.
fn plan_options(app: &ResolvedApplication, options: &Options, read_template: ReadTemplate<'_>) -> PlanOptions {
    PlanOptions {
        kube_version: options.kube_version,
        operator: options.operator.clone(),
        spark_user: options.spark_user.clone(),
        template_files: operator::template_files(app)
            .into_iter()
            .filter_map(|file| Some((file.value.clone(), read_template(&file.value)?)))
            .collect(),
    }
}

/// Rewrites the resource for those who keep the operator, and tailors its templates.
fn rewritten(
    app: &ResolvedApplication,
    options: &Options,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) -> Vec<Manifest> {
    let operator = options.operator_version.unwrap_or_default();
    let rewriting = Rewriting { application: app, conf, options, operator };
    let mut manifests = rewrite(rewriting, diagnostics);
    for manifest in &mut manifests {
        for template in templates_mut(&mut manifest.object, app) {
            kube::conform_template(template, options.kube_version, options.on_unsupported, diagnostics);
        }
    }
    conformed(manifests, options, diagnostics)
}

/// What the target knows, of which it keeps all.
fn conformed(manifests: Vec<Manifest>, options: &Options, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let mut manifests = kube::conform(manifests, options.kube_version, options.on_unsupported, diagnostics);
    passes::empty_values::apply(&mut manifests);
    manifests
}

/// Resolves, assembles and tailors a Spark Connect server.
fn connect_server(document: &Document, options: &Options, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let Some(connect) = resolve::resolve_connect(document, &options.resolve, diagnostics) else { return Vec::new() };
    diagnostics.in_object(connect.object.clone(), |diagnostics| {
        let missing = MissingLabels::of_application(options, false);
        label_references::in_application(&document.node, None, missing, diagnostics);
        let assembly = ConnectAssembly { connect: &connect, options };
        let manifests = assemble_connect(assembly, diagnostics);
        conformed(manifests, options, diagnostics)
    })
}
