//! The webhook's mutations on a driver pod as Spark makes it, and the executor template: one fixture per field.
//! `UPDATE_GOLDENS=1` writes the expected files anew.

#![allow(clippy::unwrap_used)] // a test may fail

mod support;

use std::{fmt::Write, fs, path::Path};

use spark_render::internals::{
    operator::{
        self, PlanOptions,
        resolve::{self, ResolveOptions},
        webhook::{self, ExecutorTemplate, STEPS},
    },
    spark::SparkConf,
    text::write::yaml,
    tree::{Diagnostics, FieldPath, Node, SourceId, Sources, Value},
};

use self::support::golden;

const FIXTURES: &str = "fixtures/mutate";

/// What a fixture is turned into.
struct Case {
    sources: Sources,
    app_source: SourceId,
    before: Node,
    driver: Node,
    executor: ExecutorTemplate,
    conf: SparkConf,
    diagnostics: Diagnostics,
}

impl Case {
    fn run(name: &str) -> Self {
        let directory = Path::new(FIXTURES).join(name);
        let own_pod = directory.join("driver-pod.yaml");
        let pod_file = if own_pod.exists() { own_pod } else { Path::new(FIXTURES).join("driver-pod.yaml") };
        let mut sources = Sources::new();
        let app_source = sources.add("app.yaml", fs::read_to_string(directory.join("app.yaml")).unwrap());
        let pod_source = sources.add("driver-pod.yaml", fs::read_to_string(pod_file).unwrap());
        let mut earlier = Diagnostics::new();
        let pod = spark_render::internals::operator::documents::parse(pod_source, &sources, &mut earlier)
            .remove(0)
            .into_node();
        let document =
            spark_render::internals::operator::documents::parse(app_source, &sources, &mut earlier).remove(0);
        let app = resolve::resolve(&document, &ResolveOptions::default(), &mut earlier).unwrap();
        let plan = operator::plan(&app, &PlanOptions::default(), &mut earlier).unwrap();
        let mut diagnostics = Diagnostics::new();
        let executor = webhook::executor_template(&app, plan.executor_template, &plan.conf, &[], &mut diagnostics);
        let driver = webhook::driver(&app, pod.clone(), &mut diagnostics);
        let mut conf = plan.conf;
        executor.apply_to(&mut conf);
        Self { sources, app_source, before: pod, driver, executor, conf, diagnostics }
    }

    fn confs(&self) -> String {
        let mut text = String::new();
        for change in &self.executor.confs {
            match &change.value {
                Some(value) => writeln!(text, "{}={value}", change.key).unwrap(),
                None => writeln!(text, "{} removed", change.key).unwrap(),
            }
        }
        text
    }

    fn messages(&self) -> String {
        let mut text = String::new();
        for item in &self.diagnostics {
            let place = item.origin.span().map_or_else(String::new, |span| format!("{}: ", self.sources.place(span)));
            let severity = item.severity.as_str();
            writeln!(text, "{place}{severity}[{}]: {} ({})", item.code, item.message, item.path).unwrap();
            for hint in &item.hints {
                writeln!(text, "    hint: {hint}").unwrap();
            }
        }
        text
    }
}

fn yaml(node: Option<&Node>) -> String {
    let mut text = String::new();
    if let Some(node) = node {
        yaml::write(node, &mut text);
    }
    text
}

fn cases() -> Vec<String> {
    golden::directories_with(Path::new(FIXTURES), "app.yaml")
}

#[test]
fn every_fixture_is_mutated_as_expected() {
    let mut faults = Vec::new();
    for name in cases() {
        let case = Case::run(&name);
        let directory = Path::new(FIXTURES).join(&name);
        golden::compare(&directory.join("driver.yaml"), &yaml(Some(&case.driver)), &mut faults);
        golden::compare(&directory.join("executor-template.yaml"), &yaml(case.executor.template.as_ref()), &mut faults);
        golden::compare(&directory.join("confs.txt"), &case.confs(), &mut faults);
        golden::compare(&directory.join("diagnostics.txt"), &case.messages(), &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_step_has_a_fixture_in_which_it_changes_both_pods() {
    for step in STEPS {
        let case = Case::run(step.field);
        assert_ne!(case.driver, case.before, "{} on the driver", step.field);
        let in_template = case.executor.template.is_some();
        assert!(in_template || !case.executor.confs.is_empty(), "{} on executors", step.field);
    }
}

#[test]
fn nothing_is_done_without_a_field() {
    let case = Case::run("minimal");
    assert_eq!(case.driver, case.before);
    assert!(case.executor.template.is_none() && case.executor.confs.is_empty());
    assert!(case.diagnostics.is_empty());
}

/// Calls `visit` for every value below `node`.
fn walk(node: &Node, path: &FieldPath, visit: &mut dyn FnMut(&FieldPath, &Node)) {
    visit(path, node);
    match &node.value {
        Value::Mapping(mapping) => mapping.iter().for_each(|(key, value)| walk(value, &path.key(key), visit)),
        Value::Sequence(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, &path.index(index), visit));
        }
        _ => {}
    }
}

#[test]
fn every_value_leads_back_to_a_line() {
    for name in cases() {
        let case = Case::run(&name);
        for pod in [Some(&case.driver), case.executor.template.as_ref()].into_iter().flatten() {
            walk(pod, &FieldPath::root(), &mut |path, node| {
                assert!(node.origin.span().is_some(), "{name}: {path} has no place");
            });
        }
        for change in &case.executor.confs {
            let span = change.origin.span().unwrap_or_else(|| panic!("{name}: {} has no place", change.key));
            assert_eq!(span.source, case.app_source, "{name}: {}", change.key);
        }
    }
}

#[test]
fn confs_are_applied_in_order() {
    let case = Case::run("env-names-of-spark");
    assert_eq!(case.conf.get("spark.executorEnv.SPARK_USER"), Some("alice"));
    let case = Case::run("env");
    assert_eq!(case.conf.get("spark.executorEnv.FROM_ENV_VARS"), None);
}
