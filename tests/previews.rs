//! The executors that we show against those that real Spark makes of the very spark.properties and executor template
//! that we emit; every field of every object.
//! `tests/previews/record.py` makes the fixtures; `tests/oracle/canonical.rs` says what may differ because Spark draws
//! it, [`NEUTRALISED`] what differs because the recorder or a preview is not a driver in a cluster.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test may fail, and says how much is equal

#[allow(dead_code, reason = "drivers are compared elsewhere")]
#[path = "oracle/canonical.rs"]
mod canonical;
#[path = "oracle/differences.rs"]
mod differences;

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value};
use spark_render::internals::{
    kube::{self, Manifest, Provenance},
    operator::{
        self, Class, PlanOptions,
        resolve::{self, ResolveOptions},
        webhook,
    },
    render::{Executors, Options, pipeline},
    spark::{Submission, pod::UNKNOWN_POD_IP},
    text::read::Document,
    tree::{Diagnostics, Origin, Severity, Sourced, Sources},
};

use canonical::{Context, DRIVER_POD_IP, canonical};
use differences::{Objects, changed, differences, name, pointers};

const FIXTURES: &str = "fixtures/previews";
const VERSIONS: &[&str] = &["3.3.4", "3.5.9", "4.0.5", "4.1.4", "4.2.1", "4.3.0"];
/// `KUBE_VERSION` of `record.py`.
const KUBE_VERSION: kube::Version = kube::Version::nearest(34);

/// Whose object a rule is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    Sparks,
}

/// Differences that are none: each function says why, and makes both sides alike.
const NEUTRALISED: &[fn(&mut Value, Side)] = &[driver_address, owner, namespace, default_container, marks, comments];

/// What `record.py` fed differently from what we emit, and why that shows in no executor.
const OVERRIDDEN: &[(&str, &str)] = &[
    ("spark.driver.bindAddress", "the recorder's driver has no pod IP to listen on"),
    ("spark.executorEnv.SPARK_DRIVER_POD_IP", "the image's entrypoint sets it, with the pod's IP"),
    ("spark.kubernetes.driver.master", "the recorder is the API server"),
    ("spark.kubernetes.executor.podTemplateFile", "where the same text lies on the recorder's disk"),
    ("spark.scheduler.minRegisteredResourcesRatio", "no executor ever registers"),
    ("spark.ui.enabled", "nobody looks"),
];
/// Confs with files that the recorder does not have; executors fetch them from the driver.
const DROPPED: &[&str] = &["spark.jars", "spark.submit.pyFiles"];

/// Nobody knows the address of a driver pod that is not there; the recorder's driver has one.
fn driver_address(object: &mut Value, side: Side) {
    if side == Side::Ours {
        let text = object.to_string().replace(UNKNOWN_POD_IP, DRIVER_POD_IP);
        *object = serde_json::from_str(&text).unwrap();
    }
}

/// Nobody knows the uid of a driver pod that is not there: previews have no owner.
fn owner(object: &mut Value, side: Side) {
    if side == Side::Sparks {
        metadata(object).remove("ownerReferences");
    }
}

/// Spark posts its pods to a namespace, previews say it.
fn namespace(object: &mut Value, _: Side) {
    if let Some(namespace) = metadata(object).remove("namespace") {
        assert_eq!(namespace, "jobs");
    }
}

/// Previews are marked so that nothing applies them. Without its marks, a preview has no annotations; Spark up to 3.3 sends an empty map.
fn marks(object: &mut Value, side: Side) {
    let metadata = metadata(object);
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else { return };
    if side == Side::Ours {
        assert_eq!(annotations.remove("config.kubernetes.io/local-config"), Some("true".into()));
        assert_eq!(annotations.remove("argocd.argoproj.io/hook"), Some("Skip".into()));
    }
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// The recordings are older than this annotation of the template, which Spark carries as it carries the others there.
fn default_container(object: &mut Value, _: Side) {
    for at in ["/metadata", "/spec/template/metadata"] {
        let Some(metadata) = object.pointer_mut(at).and_then(Value::as_object_mut) else { continue };
        let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else { continue };
        annotations.remove("kubectl.kubernetes.io/default-container");
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

/// A template as it was recorded.
fn template(text: &Value) -> Value {
    let Some(text) = text.as_str() else { return text.clone() };
    let mut template: Value = serde_yaml::from_str(text).unwrap();
    default_container(&mut template, Side::Ours);
    if template["metadata"].as_object().is_some_and(Map::is_empty) {
        template.as_object_mut().unwrap().remove("metadata");
    }
    template
}

/// The comments of spark.properties hold a drawn name and a date; previews have none.
fn comments(object: &mut Value, _: Side) {
    if let Some(properties) = object.pointer_mut("/data/spark.properties") {
        let lines = properties.as_str().unwrap().lines().filter(|line| !line.starts_with('#'));
        *properties = lines.map(|line| format!("{line}\n")).collect::<String>().into();
    }
}

fn metadata(object: &mut Value) -> &mut Map<String, Value> {
    object["metadata"].as_object_mut().unwrap()
}

fn neutralised(mut object: Value, side: Side, context: &Context) -> (String, Value) {
    for neutral in NEUTRALISED {
        neutral(&mut object, side);
    }
    let object = canonical(&object, context);
    (name(&object), object)
}

/// What is rendered of an application for a version of Spark.
struct Rendered {
    manifests: Vec<Manifest>,
    submission: Submission,
    errors: Vec<String>,
}

impl Rendered {
    fn of(application: &str, version: &str) -> Self {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let text = fs::read_to_string(Path::new(FIXTURES).join(application).join("app.yaml")).unwrap();
        let id = sources.add("app.yaml", text);
        let document = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics).remove(0);
        let options = Options {
            executors: Executors::Preview,
            kube_version: KUBE_VERSION,
            resolve: ResolveOptions {
                spark_version: Some(Sourced::new(version.parse().unwrap(), Origin::Unknown)),
                ..ResolveOptions::default()
            },
            ..Options::default()
        };
        let manifests =
            pipeline::document(&document, Class::SparkApplication, &options, &|_| None, &mut diagnostics).objects;
        let errors = diagnostics
            .iter()
            .filter(|item| item.severity == Severity::Error)
            .map(|item| item.message.clone())
            .collect();
        Self { manifests, submission: submission(&document, &options), errors }
    }

    fn previews(&self, context: &Context) -> Objects {
        let previews = self.manifests.iter().filter(|manifest| manifest.provenance == Provenance::Preview);
        previews.map(|manifest| neutralised(manifest.object.to_json(), Side::Ours, context)).collect()
    }

    /// The text of `key` in a ConfigMap of the driver.
    fn data(&self, key: &str) -> Value {
        let rendered = self.manifests.iter().filter(|manifest| manifest.provenance == Provenance::Rendered);
        let mut texts = rendered.filter_map(|manifest| manifest.object.at_keys(&["data", key]));
        texts.next().map(spark_render::internals::tree::Node::to_json).unwrap_or_default()
    }
}

/// The submission of `document`, which says what is drawn and which confs are in force.
fn submission(document: &Document, options: &Options) -> Submission {
    let mut diagnostics = Diagnostics::new();
    let app = resolve::resolve(document, &options.resolve, &mut diagnostics).unwrap();
    let plan_options = PlanOptions { kube_version: KUBE_VERSION, ..PlanOptions::default() };
    let mut plan = operator::plan(&app, &plan_options, &mut diagnostics).unwrap();
    let executor = webhook::executor_template(&app, plan.executor_template.take(), &plan.conf, &[], &mut diagnostics);
    executor.apply_to(&mut plan.conf);
    let mut template = executor.template;
    if let Some(template) = &mut template {
        kube::conform_template(template, KUBE_VERSION, options.on_unsupported, &mut diagnostics);
    }
    plan.submission(plan.conf.clone(), template)
}

fn compared(recorded: &Value, version: &str) -> Vec<String> {
    let rendered = Rendered::of(recorded["application"].as_str().unwrap(), version);
    let same = [
        ("spark.properties", recorded["properties"] == rendered.data("spark.properties")),
        ("podspec-configmap-key", template(&recorded["template"]) == template(&rendered.data("podspec-configmap-key"))),
    ];
    if let Some((key, _)) = same.iter().find(|(_, same)| !same) {
        return vec![format!("`{key}` is not what was recorded: run tests/previews/record.py anew")];
    }
    for key in recorded["overrides"].as_object().into_iter().flat_map(Map::keys) {
        assert!(OVERRIDDEN.iter().any(|(known, _)| known == key), "why is `{key}` overridden?");
    }
    for key in recorded["dropped"].as_array().into_iter().flatten() {
        assert!(DROPPED.iter().any(|known| known == key), "why is {key} dropped?");
    }
    if let Some(error) = recorded["error"].as_str() {
        return if rendered.errors.is_empty() { vec![format!("Spark refuses it: {error}")] } else { Vec::new() };
    }
    if !rendered.errors.is_empty() {
        return rendered.errors;
    }
    let context = Context::executor(&rendered.submission);
    let ours = rendered.previews(&context);
    let objects = recorded["objects"].as_array().unwrap();
    let sparks: Objects = objects.iter().map(|object| neutralised(object.clone(), Side::Sparks, &context)).collect();
    assert_eq!(sparks.len(), objects.len(), "two objects of one name");
    differences(&ours, &sparks)
}

/// The lines of `record.py`.
fn recorded(version: &str) -> Vec<Value> {
    let lines = fs::read_to_string(Path::new(FIXTURES).join("recorded").join(format!("{version}.jsonl"))).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn previews_equal_what_real_spark_makes_of_the_rendered_confs_and_template() {
    let applications: BTreeSet<String> = fs::read_dir(FIXTURES)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("app.yaml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let (mut report, mut equal, mut objects) = (Vec::new(), 0, 0);
    for version in VERSIONS {
        let recorded = recorded(version);
        let names = recorded.iter().map(|line| line["application"].as_str().unwrap().to_owned()).collect();
        assert_eq!(applications, names, "applications and recordings of {version}");
        for line in &recorded {
            let differences = compared(line, version);
            if differences.is_empty() {
                equal += 1;
                objects += line["objects"].as_array().map_or(0, Vec::len);
            } else {
                report.push(format!("{version} {}:\n    {}", line["application"], differences.join("\n    ")));
            }
        }
    }
    let summary =
        format!("{equal} of {} × {} applications equal ({objects} objects)", applications.len(), VERSIONS.len());
    println!("{summary}");
    assert!(report.is_empty(), "{summary}\n{}", report.join("\n"));
}

/// The comparison itself: a change of a field that is not neutralised is found.
#[test]
fn no_changed_field_passes_unseen() {
    const NEUTRAL: &[&str] = &["ownerReferences", "/uid", "/metadata/namespace"];
    for recorded in recorded("4.3.0").iter().filter(|line| line["application"] == "everything") {
        let rendered = Rendered::of("everything", "4.3.0");
        let context = Context::executor(&rendered.submission);
        let ours = rendered.previews(&context);
        for object in recorded["objects"].as_array().unwrap() {
            let seen = |pointer: &String| !NEUTRAL.iter().any(|part| pointer.contains(part));
            for pointer in pointers(object).into_iter().filter(seen) {
                let (name, changed) = neutralised(changed(object, &pointer), Side::Sparks, &context);
                let spark = Objects::from([(name, changed)]);
                let found = differences(&ours, &spark).iter().any(|difference| !difference.ends_with("too much"));
                assert!(found, "a change of {pointer} is not seen");
            }
        }
    }
}
