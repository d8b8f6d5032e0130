//! The plan: what the operator would hand to spark-submit, with everything that spark-submit makes of it, and
//! what `render` deliberately does otherwise (DESIGN section 3, COMPATIBILITY.md).
//!
//! The order of the blocks is the operator's (`internal/controller/sparkapplication/submission.go`, 2.5.2): Spark
//! keeps the last value of a key, so order is precedence.

mod codes;
mod identity;
mod in_memory;
mod local_dirs;
mod monitoring;
mod overridden;
mod render_rules;
mod role;
mod spark_submit;
mod templates;

use std::collections::BTreeMap;

pub use codes::CODES;
pub use templates::template_files;

use super::{
    OperatorOptions,
    api::{StringMap, v1beta2::DynamicAllocation},
    fields,
    resolve::ResolvedApplication,
};
use crate::{
    kube,
    spark::{self, Identity, SparkConf, Submission, submit_rules},
    tree::{Diagnostic, Diagnostics, Key, Node, Origin, Sourced, Stage},
};

/// What a plan depends on beside the application.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The target.
    pub kube_version: kube::Version,
    /// The operator's flags.
    pub operator: OperatorOptions,
    /// `sparkUser`; `spark` if absent.
    pub spark_user: Option<Sourced<String>>,
    /// Pod templates that [`template_files`] asked for and that are part of the input, by the path as written.
    pub template_files: BTreeMap<String, Node>,
}

/// Everything that is known when the driver is built.
#[derive(Debug, Clone)]
pub struct Plan {
    /// All confs in force, each with its origin and what it won over.
    pub conf: SparkConf,
    /// `--class`.
    pub main_class: Option<Sourced<String>>,
    /// The main application file.
    pub primary_resource: Sourced<String>,
    /// Its arguments, verbatim.
    pub arguments: Vec<Sourced<String>>,
    /// `--proxy-user`.
    pub proxy_user: Option<Sourced<String>>,
    /// `SPARK_USER`.
    pub spark_user: Sourced<String>,
    /// The version that was asked for, and the one that is used.
    pub spark_version: spark::Version,
    /// Who asks for that version.
    pub version_origin: Origin,
    /// The driver's pod template, if the user has one.
    pub driver_template: Option<Node>,
    /// The executors' pod template, if the user has one: the base of the template that is rendered.
    pub executor_template: Option<Node>,
    /// Names that Spark would draw at random, made from namespace, name and content.
    pub identity: Identity,
}

impl Plan {
    /// The input of the feature steps. `conf` and `executor_template` are the finished ones: [`Plan::conf`] and
    /// [`Plan::executor_template`] with everything that the operator's webhook would add to executors.
    #[must_use]
    pub fn submission(&self, conf: SparkConf, executor_template: Option<Node>) -> Submission {
        Submission {
            spark_version: self.spark_version.clone(),
            version_origin: self.version_origin.clone(),
            conf,
            main_class: self.main_class.clone(),
            primary_resource: self.primary_resource.clone(),
            arguments: self.arguments.clone(),
            proxy_user: self.proxy_user.clone(),
            spark_user: self.spark_user.clone(),
            local_dirs: None,
            identity: self.identity.clone(),
            conf_dir: Vec::new(),
            hadoop_conf_dir: None,
            local_files: Vec::new(),
            dated_properties: false,
            driver_template: self.driver_template.clone(),
            executor_template,
            pod_group_template: None,
        }
    }
}

/// Plans the submission of `app`. `None` if spark-submit would have nothing to submit; other faults are in
/// `diagnostics`.
pub fn plan(app: &ResolvedApplication, options: &PlanOptions, diagnostics: &mut Diagnostics) -> Option<Plan> {
    diagnostics.in_object(app.object.clone(), |diagnostics| planned(app, options, diagnostics))
}

fn planned(app: &ResolvedApplication, options: &PlanOptions, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let spec = in_memory::change(app, &options.operator, diagnostics);
    let spec = spec.as_ref();
    let version = &app.spark_version.value;
    let context = Context { app, spec, version, options };
    let mut conf = SparkConf::new();
    common(&context, &mut conf);
    spark_conf(&context, &mut conf, diagnostics);
    let driver_template = templates::driver(&context, &mut conf, diagnostics);
    driver_pod_name(&context, &mut conf);
    role::driver(&context, &mut conf, diagnostics);
    let executor_template = templates::executor(&context, &mut conf, diagnostics);
    role::executor(&context, &mut conf, diagnostics);
    prefixed(&mut conf, key("nodeSelector"), spec.node_selector.as_ref());
    if let Some(allocation) = &spec.dynamic_allocation {
        dynamic_allocation(allocation, &mut conf);
    }
    let resource = spark_submit::flags(&context, &mut conf, diagnostics)?;
    overridden::report(&context, &conf, diagnostics);
    submit_rules::check_numbers(&conf, version, diagnostics);
    submit_rules::add_application_files(&mut conf, &resource);
    render_rules::apply(&context, &mut conf, diagnostics);

    let proxy_user = spec.proxy_user.clone().filter(|user| !user.value.is_empty());
    let spark_user = proxy_user
        .clone()
        .or_else(|| options.spark_user.clone())
        .unwrap_or_else(|| Sourced::new("spark".to_owned(), Origin::derived(Stage::Config, "sparkUser", [])));
    let mut plan = Plan {
        identity: identity::stable(app),
        main_class: spec.main_class.clone(),
        primary_resource: resource,
        arguments: spec.arguments.clone().unwrap_or_default(),
        proxy_user,
        spark_user,
        spark_version: version.clone(),
        version_origin: app.spark_version.origin.clone(),
        driver_template,
        executor_template,
        conf,
    };
    plan.identity.app_id = identity::app_id(app, &plan, options.spark_user.as_ref().map(|user| user.value.as_str()));
    Some(plan)
}

/// What the blocks of the plan look at.
struct Context<'a> {
    app: &'a ResolvedApplication,
    /// The spec after the operator's changes in memory.
    spec: &'a super::api::v1beta2::SparkApplicationSpec,
    /// Spark's version.
    version: &'a spark::Version,
    options: &'a PlanOptions,
}

/// The conf that a field of the spec becomes.
fn key(field: &str) -> &'static str {
    fields::conf("SparkApplicationSpec", field)
}

/// Sets `key` from a field, if the field is there and not empty.
fn set_text(conf: &mut SparkConf, key: &'static str, field: Option<&Sourced<String>>) {
    set_field(conf, key, field.filter(|field| !field.value.is_empty()));
}

/// Sets `key` from a field, if the field is there.
fn set_field(conf: &mut SparkConf, key: &'static str, field: Option<&Sourced<String>>) {
    if let Some(field) = field {
        conf.set(key, &field.value, &field.origin);
    }
}

/// [`set_field`] of a field that is no text.
fn set_value<T: ToString>(conf: &mut SparkConf, key: &'static str, field: Option<&Sourced<T>>) {
    if let Some(field) = field {
        conf.set(key, field.value.to_string(), &field.origin);
    }
}

/// Sets one conf below `prefix` for each entry.
fn prefixed(conf: &mut SparkConf, prefix: &str, map: Option<&StringMap>) {
    for (key, value) in map.iter().flat_map(|map| &map.value) {
        conf.set([prefix, key].concat(), &value.value, &value.origin);
    }
}

/// Steps 7 to 11.
fn common(context: &Context<'_>, conf: &mut SparkConf) {
    let spec = context.spec;
    let namespace = &context.app.namespace;
    set_field(conf, "spark.kubernetes.namespace", Some(namespace));
    set_text(conf, key("image"), spec.image.as_ref());
    set_text(conf, key("imagePullPolicy"), spec.image_pull_policy.as_ref());
    if let Some(secrets) = spec.image_pull_secrets.as_deref().filter(|secrets| !secrets.is_empty()) {
        let (names, origin) = joined("imagePullSecrets", secrets);
        conf.set(key("imagePullSecrets"), names, origin);
    }
    set_text(conf, key("pythonVersion"), spec.python_version.as_ref());
    set_text(conf, key("memoryOverheadFactor"), spec.memory_overhead_factor.as_ref());
    let wait = "spark.kubernetes.submission.waitAppCompletion";
    conf.set(wait, "false", Origin::derived(Stage::Operator, wait, []));
}

/// A list with commas between its items.
fn joined(rule: &'static str, items: &[Sourced<String>]) -> (String, Origin) {
    let texts: Vec<&str> = items.iter().map(|item| item.value.as_str()).collect();
    (texts.join(","), Origin::derived(Stage::Operator, rule, items.iter().map(|item| item.origin.clone())))
}

const DRIVER_POD_NAME: &str = "spark.kubernetes.driver.pod.name";

/// Steps 12 and 13: `sparkConf` and `hadoopConf`.
fn spark_conf(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let written = context.app.document.at_path(&context.app.spec_path()).and_then(|spec| spec.get("sparkConf"));
    let written = written.and_then(Node::as_mapping);
    for (key, value) in context.spec.spark_conf.iter().flat_map(|map| &map.value) {
        if key == DRIVER_POD_NAME {
            continue;
        }
        let key_origin = written.and_then(|written| written.key(key)?.span).map(Origin::Source).unwrap_or_default();
        match key.split_once('=') {
            // `--conf key=value` is split at the first `=`.
            Some((before, after)) => conf.set(Key::of(before), format!("{after}={}", value.value), &value.origin),
            None => conf.set_keyed(key, key_origin, &value.value, &value.origin),
        }
    }
    prefixed(conf, key("hadoopConf"), context.spec.hadoop_conf.as_ref());
    for (key, value) in context.spec.hadoop_conf.iter().flat_map(|map| &map.value) {
        if let Some(bare) = key.strip_prefix("spark.hadoop.") {
            diagnostics.push(
                Diagnostic::warning("hadoop-conf-prefix", format!("`{key}` becomes the conf `spark.hadoop.{key}`"))
                    .field(context.app.spec_path().key("hadoopConf").key(key))
                    .at(&value.origin)
                    .hint(format!("write `{bare}`")),
            );
        }
    }
}

/// Step 15: `driver.podName`, else sparkConf, else `<app>-driver`.
fn driver_pod_name(context: &Context<'_>, conf: &mut SparkConf) {
    let field = context.spec.driver.as_ref().and_then(|driver| driver.pod_name.as_ref());
    let own = context.spec.spark_conf.as_ref().and_then(|map| map.get(DRIVER_POD_NAME));
    let given = field.filter(|name| !name.value.is_empty()).or_else(|| own.filter(|name| !name.value.is_empty()));
    if given.is_some() {
        set_field(conf, DRIVER_POD_NAME, given);
    } else {
        let app = &context.app.name;
        let origin = Origin::derived(Stage::Operator, "driver.podName", [app.origin.clone()]);
        conf.set(DRIVER_POD_NAME, [&app.value, "-driver"].concat(), origin);
    }
}

/// Step 26.
fn dynamic_allocation(allocation: &DynamicAllocation, conf: &mut SparkConf) {
    let Some(enabled) = allocation.enabled.as_ref().filter(|enabled| enabled.value) else { return };
    let key = |name| fields::conf("DynamicAllocation", name);
    conf.set(key("enabled"), "true", &enabled.origin);
    let mut set = |key: &'static str, field: Option<(String, &Origin)>| {
        if let Some((value, origin)) = field {
            let inputs = [origin.clone(), enabled.origin.clone()];
            conf.set(key, value, Origin::derived(Stage::Operator, "dynamicAllocation", inputs));
        }
    };
    let number = |field: &Option<Sourced<i64>>| field.as_ref().map(|field| field.value.to_string());
    for (key, field) in [
        (key("initialExecutors"), &allocation.initial_executors),
        (key("minExecutors"), &allocation.min_executors),
        (key("maxExecutors"), &allocation.max_executors),
        (key("shuffleTrackingTimeout"), &allocation.shuffle_tracking_timeout),
    ] {
        set(key, number(field).zip(field.as_ref().map(|field| &field.origin)));
    }
    let tracking = allocation.shuffle_tracking_enabled.as_ref();
    let tracking = tracking.map(|tracking| (tracking.value.to_string(), &tracking.origin));
    set(key("shuffleTrackingEnabled"), tracking);
}
