//! The order of the passes: from the driver's objects to the ordered set of manifests of an application.

use std::borrow::Cow;

use super::{
    NameSuffix, Options, Target, Workload,
    driver_objects::{DriverObjects, spark_container},
    executors::ExecutorObjects,
    passes::{
        cleanup_labels, content_names, gitops, ip_families, metadata, per_run, properties, protocol, selectors,
        stable_names,
    },
    workload::{cron_job, job, lifecycle},
};
use crate::{
    kube::{self, Feature, Manifest},
    operator::{
        companions::{
            Context,
            batch_scheduler::BatchScheduler,
            disruption_budget, driver_ingress, ingress, pod_group, prometheus, rbac, ui_service,
            url_format::{IngressUrl, Variables, mentions_app_id},
        },
        resolve::ResolvedApplication,
        rule,
    },
    spark::{SparkConf, pod},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Severity, Sourced},
};

/// Eleven characters that a CronJob adds to its Jobs' names, less the two that are no digits of a hash.
const CRON_JOB_SUFFIX: usize = 11;
/// Six characters that a Job adds to its pods' names.
const JOB_SUFFIX: usize = 6;
/// Eleven characters that `nameSuffix: hash` adds.
const HASH_SUFFIX: usize = 11;
/// Room for a prefix or suffix that a host may add to names.
const HOST_RENAMES: usize = 16;

/// Everything that an application's manifests are made from.
#[derive(Clone)]
pub(crate) struct Assembly<'a> {
    /// The application.
    pub application: &'a ResolvedApplication,
    /// The configuration.
    pub options: &'a Options,
    /// The confs in force.
    pub conf: SparkConf,
    /// Spark's `resourceNamePrefix`, with which the names of its objects begin.
    pub resource_prefix: &'a str,
    /// The driver Pod after the webhook's mutations.
    pub pod: Node,
    /// Service, ConfigMaps and everything else that Spark creates for the driver, in Spark's order.
    pub objects: Vec<Node>,
    /// Makes the executors as the driver will.
    pub executors: MakeExecutors<'a>,
}

/// Makes Pods, claims and ConfigMap of the executors from what their driver has: its spark.properties and its container.
pub(crate) type MakeExecutors<'a> = &'a dyn Fn(&SparkConf, &Node, &mut Diagnostics) -> ExecutorObjects;

/// Puts the manifests of one application together, in the order in which they are written. Faults are reported;
/// what can be made is made.
pub(crate) fn assemble(assembly: Assembly<'_>, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let Assembly { application, options, .. } = assembly;
    let workload = Workload::of(application, options.target);
    if options.target != Target::Auto || workload != Workload::Job {
        return assemble_as(workload, assembly, diagnostics);
    }
    // What cannot be a Job, such as a driver with a sidecar before native ones, is a Pod with a warning: nobody asked
    // for the Job.
    let mut found = Diagnostics::new();
    let mut manifests = assemble_as(workload, assembly.clone(), &mut found);
    if found.has_errors() {
        let of_job = std::mem::take(&mut found);
        manifests = assemble_as(Workload::Pod, assembly, &mut found);
        report_no_job(of_job, &mut found);
    }
    diagnostics.extend(found);
    manifests
}

/// Why there is no Job, but for what is said of the Pod too.
fn report_no_job(of_job: Diagnostics, of_pod: &mut Diagnostics) {
    for mut finding in of_job.into_iter().filter(|finding| finding.severity == Severity::Error) {
        if !of_pod.iter().any(|other| other.code == finding.code && other.message == finding.message) {
            finding.severity = Severity::Warning;
            finding.message = format!("the driver is a Pod, for no Job can be made: {}", finding.message);
            of_pod.push(finding);
        }
    }
}

fn assemble_as(workload: Workload, assembly: Assembly<'_>, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let Assembly { application, options, .. } = assembly;
    let mut parts = DriverObjects::new(assembly.pod, assembly.objects);

    let renames = stable_names::apply(&mut parts, &application.name, assembly.resource_prefix);
    let namespace = metadata::namespace(&application.namespace);
    metadata::apply(&mut parts.pod, &namespace);
    for object in parts.all_mut() {
        metadata::strip_operator_labels(object, options.operator.launched_label);
        cleanup_labels::apply(object);
        protocol::apply(object);
    }
    if let Some(service) = &mut parts.service {
        ip_families::apply(service, &assembly.conf);
    }
    let mut conf = assembly.conf;
    let is_hashed = options.name_suffix == NameSuffix::Hash && workload == Workload::Pod;
    if is_hashed && let Some(config_map) = &mut parts.config_map {
        // The hash is over the files that Spark makes.
        properties::write(&conf, config_map);
    }
    properties::normalise(&mut conf, &renames);
    let mut driver_name = parts.pod.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
    let per_run = workload.is_per_run() || options.rename_proof;
    let app_id = if per_run { None } else { conf.get("spark.app.id").map(str::to_owned) };
    ui_proxy(application, options, app_id.as_deref(), &mut conf, diagnostics);
    if per_run {
        let names = per_run::RunNames {
            longest_pod_name: longest_pod_name(workload, application, options, &parts),
            rename_proof: options.rename_proof,
        };
        per_run::apply(&mut parts, &mut conf, application, names, diagnostics);
    }
    let mut selection = selectors::by_application(&mut parts.pod, &conf, &application.name);
    if is_hashed
        && let Some(hash) = content_names::name_pod(&mut parts, &mut conf, &application.name)
        && let Some(of_run) = selectors::by_run(&parts.pod, hash)
    {
        selection = of_run;
        driver_name = parts.pod.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
    }
    selectors::apply(&mut parts, &mut conf, &application.name, &selection);
    if workload == Workload::Pod {
        report_hostname(&driver_name, application, diagnostics);
    }
    if let Some(config_map) = &mut parts.config_map {
        properties::write(&conf, config_map);
    }
    content_names::name_config_maps(&mut parts);
    let executors = {
        let conf = executors_conf(&conf, per_run.then_some(&application.name));
        let container = parts.pod.get("spec").and_then(spark_container);
        (assembly.executors)(&conf, container.unwrap_or(&parts.pod), diagnostics)
    };

    lifecycle::report(workload, &parts, application, options.ttl, diagnostics);
    let driver = carrier(workload, &mut parts, application, options, diagnostics);
    let pod = driver.as_ref().filter(|_| workload == Workload::Pod).unwrap_or(&parts.pod);
    let context = Context {
        application,
        flags: &options.operator,
        conf: &conf,
        pod,
        app_id: app_id.as_deref(),
        selection: &selection,
    };
    let companions = companions(context, &driver_name, options.rbac.is_some(), diagnostics);
    if workload.is_per_run() {
        // Each pod of a Job has volumes of its own in their place.
        parts.others.retain(|object| object.str_at(&["kind"]) != Some("PersistentVolumeClaim"));
    }

    let mut manifests = Vec::with_capacity(8 + executors.shown.len() + parts.others.len() + companions.len());
    let mut add = |objects: Vec<Node>, make: fn(Node) -> Manifest| {
        for mut object in objects {
            metadata::apply(&mut object, &namespace);
            manifests.push(make(object));
        }
    };
    add(driver.into_iter().collect(), Manifest::rendered);
    add([parts.service, parts.config_map, parts.pod_template].into_iter().flatten().collect(), Manifest::rendered);
    add(executors.shown, Manifest::preview);
    add(executors.examined, Manifest::examined);
    add(parts.others, Manifest::rendered);
    add(companions, Manifest::rendered);
    accounts_first(&mut manifests);
    gitops::apply(&mut manifests, &options.argocd, &options.flux, diagnostics);
    for manifest in &mut manifests {
        order_keys(&mut manifest.object);
    }
    manifests
}

/// An API server refuses a pod whose ServiceAccount does not exist yet, and plain `kubectl apply` goes by the order of
/// the stream.
pub(crate) fn accounts_first(manifests: &mut [Manifest]) {
    manifests.sort_by_key(|manifest| !matches!(manifest.kind(), "ServiceAccount" | "Role" | "RoleBinding"));
}

/// The kubelet cuts a name that is no DNS label, and API servers warn of it.
fn report_hostname(driver_name: &Node, application: &ResolvedApplication, diagnostics: &mut Diagnostics) {
    let Some(name) = driver_name.as_str().filter(|name| !kube::names::is_dns_label(name)) else { return };
    diagnostics.push(
        Diagnostic::warning(
            "pod-hostname",
            format!("the driver Pod's name `{name}` is no DNS label: its hostname is cut, and API servers warn of it"),
        )
        .field(application.spec_path().key("driver").key("podName"))
        .at(&driver_name.origin)
        .hint(format!("set `driver.podName` to at most {} letters, digits and `-`", kube::names::LABEL_LENGTH)),
    );
}

/// A path of the UI with the application's id: the operator does not know it yet when it tells Spark the path.
fn ui_proxy(
    application: &ResolvedApplication,
    options: &Options,
    app_id: Option<&str>,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) {
    const KEY: &str = "spark.ui.proxyBase";
    let format = &options.operator.ingress_url_format;
    let Some(app_id) = app_id.filter(|_| options.operator.ui_service && mentions_app_id(format)) else { return };
    let path = |app_id| {
        let variables = Variables { app_name: &application.name, app_namespace: &application.namespace, app_id };
        IngressUrl::parse(format, variables).ok().map(|url| url.path)
    };
    if let (Some(without), Some(with)) = (path(""), path(app_id))
        && without != with
        && conf.get(KEY) == Some(without.as_str())
    {
        properties::replace(conf, KEY, &with, "operator.ingressUrlFormat");
        diagnostics.push(
            Diagnostic::note(
                "operator-differs",
                format!("`{KEY}` holds the application id; the operator leaves it out, and its UI does not work"),
            )
            .field(FieldPath::keys(&["spec", "operator", "ingressUrlFormat"]))
            .at(conf.origin(KEY))
            .hint("use `{{$appName}}` where the operator serves the same format"),
        );
    }
}

/// The Pod, taken out of `parts`, or the Job or CronJob; none while the application is suspended and nothing else can
/// say so.
fn carrier(
    workload: Workload,
    parts: &mut DriverObjects,
    application: &ResolvedApplication,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    match workload {
        Workload::Pod => (!lifecycle::is_suspended(application, diagnostics)).then(|| std::mem::take(&mut parts.pod)),
        Workload::Job => {
            if !options.kube_version.has(Feature::JobSuspend) && lifecycle::is_suspended(application, diagnostics) {
                return None;
            }
            let mut job = job::job(parts, application, options, diagnostics);
            if options.name_suffix == NameSuffix::Hash {
                content_names::name_job(&mut job);
            }
            Some(job)
        }
        Workload::CronJob => {
            let schedule = application.schedule.as_ref().expect("a ScheduledSparkApplication comes with its schedule");
            cron_job::cron_job(parts, application, schedule, options, diagnostics)
        }
    }
}

/// The longest name that a driver pod of the workload can get.
fn longest_pod_name(
    workload: Workload,
    application: &ResolvedApplication,
    options: &Options,
    parts: &DriverObjects,
) -> usize {
    let renames = HOST_RENAMES; // kustomize may come after any of our hosts
    let hash = if options.name_suffix == NameSuffix::Hash { HASH_SUFFIX } else { 0 };
    match workload {
        Workload::Pod => {
            let name = parts.pod.str_at(&["metadata", "name"]).unwrap_or_default();
            // A dot is no part of an executor's prefix.
            if name.contains('.') { usize::MAX } else { name.len() + hash + renames }
        }
        Workload::Job => application.name.value.len() + JOB_SUFFIX + hash,
        Workload::CronJob => application.name.value.len() + CRON_JOB_SUFFIX + JOB_SUFFIX,
    }
}

/// UI Service, its Ingress, driver ingresses, Prometheus ConfigMap, PodGroup, PodDisruptionBudget, RBAC.
fn companions(context: Context<'_>, driver_name: &Node, with_rbac: bool, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut objects = Vec::new();
    let ui_service = ui_service::service(context, diagnostics);
    let ui_ingress = ingress::ui(context, ui_service.as_ref(), diagnostics);
    objects.extend(ui_service);
    objects.extend(ui_ingress);
    objects.extend(driver_ingress::objects(context, diagnostics));
    objects.extend(prometheus::config_map(context));
    if let Some(scheduler) = BatchScheduler::of(context.application, context.flags) {
        objects.extend(pod_group::pod_group(context, scheduler, diagnostics));
    }
    objects.extend(disruption_budget::budget(context, driver_name, diagnostics));
    if with_rbac {
        objects.extend(rbac::objects(context));
    }
    for object in &mut objects {
        cleanup_labels::apply(object);
        metadata::strip_operator_labels(object, context.flags.launched_label);
    }
    objects
}

/// The confs that executors are made of. What the arguments of a run that names itself give is known to nobody yet:
/// its executors are shown as `<application>-exec-<n>`, its driver's address as unknown.
fn executors_conf<'c>(conf: &'c SparkConf, application: Option<&Sourced<String>>) -> Cow<'c, SparkConf> {
    let Some(name) = application else { return Cow::Borrowed(conf) };
    let mut conf = conf.clone();
    let names = rule::render("stable-names", [name.origin.clone()]);
    conf.set("spark.kubernetes.executor.podNamePrefix", &name.value, names);
    conf.set("spark.driver.host", pod::UNKNOWN_POD_IP, rule::render("per-run-identity", []));
    Cow::Owned(conf)
}

/// `apiVersion`, `kind`, `metadata`, then the rest; in metadata `name`, `namespace`, `labels`, `annotations`.
pub(crate) fn order_keys(object: &mut Node) {
    let reorder = |node: &mut Node, first: &[&str]| {
        if let Some(mapping) = node.as_mapping_mut() {
            mapping.put_first(first);
        }
    };
    reorder(object, &["apiVersion", "kind", "metadata"]);
    if let Some(metadata) = object.get_mut("metadata") {
        reorder(metadata, &["name", "namespace", "labels", "annotations"]);
    }
}
