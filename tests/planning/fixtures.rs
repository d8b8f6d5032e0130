//! The runner of the fixtures.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use serde::Deserialize;
use serde_json::json;
use spark_render::internals::{
    kube,
    operator::{
        self, Plan, PlanOptions,
        resolve::{ResolveOptions, resolve},
    },
    render::{Host, config::Layers, settle},
    tree::{Diagnostics, Node, Origin, Sourced, Sources, Stage},
};

/// `options.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Options {
    spark_version: Option<String>,
    namespace: Option<String>,
    namespace_required: bool,
    default_service_account: Option<String>,
    kube_minor: Option<u32>,
    spark_user: Option<String>,
    operator: serde_json::Value,
    /// Path as the conf names it, file of the fixture.
    template_files: BTreeMap<String, String>,
}

fn flag(value: Option<&String>, name: &'static str) -> Option<Sourced<String>> {
    value.map(|value| Sourced::new(value.clone(), Origin::derived(Stage::CommandLine, name, [])))
}

#[test]
fn every_fixture_is_planned_as_expected() {
    let mut fixtures: Vec<_> = fs::read_dir("fixtures/planning").unwrap().map(|entry| entry.unwrap().path()).collect();
    fixtures.sort();
    assert!(!fixtures.is_empty());
    let mut faults = Vec::new();
    for fixture in fixtures {
        let (diagnostics, confs) = run(&fixture);
        for (file, text) in [("diagnostics.txt", diagnostics), ("conf.txt", confs)] {
            let path = fixture.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if expected == text {
                continue;
            }
            if update() {
                if text.is_empty() {
                    fs::remove_file(&path).unwrap();
                } else {
                    fs::write(&path, text).unwrap();
                }
                continue;
            }
            faults.push(format!("{}:\n--- expected\n{expected}--- found\n{text}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "a test may ask to be updated")]
fn update() -> bool {
    std::env::var_os("UPDATE_FIXTURES").is_some()
}

/// The operator's flags, settled.
fn operator_options(written: &serde_json::Value) -> operator::OperatorOptions {
    let spec = if written.is_null() { json!({}) } else { json!({ "operator": written }) };
    let mut diagnostics = Diagnostics::new();
    let configuration = Layers::of(Node::from_json(&spec)).decode(&mut diagnostics).unwrap();
    settle(&configuration, &Host::default(), &mut diagnostics).unwrap().operator
}

/// The diagnostics and confs of a fixture as text. A fixture with an error has no confs.
fn run(fixture: &Path) -> (String, String) {
    let options: Options = match fs::read_to_string(fixture.join("options.json")) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => Options::default(),
    };
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let mut load = |name: &str, diagnostics: &mut Diagnostics| {
        let id = sources.add(name, fs::read_to_string(fixture.join(name)).unwrap());
        spark_render::internals::operator::documents::parse(id, &sources, diagnostics)
    };
    let documents = load("app.yaml", &mut diagnostics);
    let mut template_files = BTreeMap::new();
    for (path, file) in &options.template_files {
        let template = load(file, &mut diagnostics).into_iter().next().unwrap();
        template_files.insert(path.clone(), template.into_node());
    }
    let resolve_options = ResolveOptions {
        spark_version: options.spark_version.as_ref().map(|version| {
            Sourced::new(version.parse().unwrap(), Origin::derived(Stage::CommandLine, "--spark-version", []))
        }),
        namespace: flag(options.namespace.as_ref(), "--namespace"),
        host_namespace: None,
        namespace_required: options.namespace_required,
        default_service_account: flag(options.default_service_account.as_ref(), "operator.defaultServiceAccount"),
        launched_label: false,
        confs_denied: false,
    };
    let plan_options = PlanOptions {
        kube_version: options.kube_minor.map_or(kube::Version::NEWEST, kube::Version::nearest),
        operator: operator_options(&options.operator),
        spark_user: flag(options.spark_user.as_ref(), "sparkUser"),
        template_files,
    };
    let mut confs = String::new();
    for document in &documents {
        let application = resolve(document, &resolve_options, &mut diagnostics);
        let plan = application.and_then(|application| operator::plan(&application, &plan_options, &mut diagnostics));
        if let Some(plan) = plan.filter(|_| !diagnostics.has_errors()) {
            write_plan(&plan, &sources, &mut confs);
        }
    }
    (write_diagnostics(&diagnostics, &sources), confs)
}

fn write_diagnostics(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let mut text = String::new();
    for item in diagnostics {
        let place = item.origin.span().map_or_else(|| "?".to_owned(), |span| sources.place(span));
        let path = item.path.to_string();
        writeln!(text, "{place}: {}[{}] {path}: {}", item.severity.as_str(), item.code, item.message).unwrap();
        for label in &item.labels {
            let place = label.origin.span().map_or_else(|| "?".to_owned(), |span| sources.place(span));
            writeln!(text, "    {place}: {}", label.text).unwrap();
        }
        for hint in &item.hints {
            writeln!(text, "    hint: {hint}").unwrap();
        }
    }
    text
}

fn write_plan(plan: &Plan, sources: &Sources, text: &mut String) {
    let mut line = |name: &str, value: Option<&Sourced<String>>| {
        if let Some(value) = value {
            writeln!(text, "{name} {} <- {}", value.value, origin(&value.origin, sources)).unwrap();
        }
    };
    line("class", plan.main_class.as_ref());
    line("file", Some(&plan.primary_resource));
    plan.arguments.iter().for_each(|argument| line("argument", Some(argument)));
    line("proxy user", plan.proxy_user.as_ref());
    line("spark user", Some(&plan.spark_user));
    for (role, template) in [("driver", &plan.driver_template), ("executor", &plan.executor_template)] {
        if let Some(template) = template {
            writeln!(text, "{role} template {}", template.to_json()).unwrap();
        }
    }
    for (key, entry) in plan.conf.iter() {
        writeln!(text, "{key}={} <- {}", entry.value, origin(entry.origin(), sources)).unwrap();
        for (value, by) in entry.overridden() {
            writeln!(text, "    over {value} <- {}", origin(by, sources)).unwrap();
        }
    }
}

/// `app.yaml:9:12`, or the rules that lead there.
fn origin(origin: &Origin, sources: &Sources) -> String {
    match origin {
        Origin::Unknown => "unknown".to_owned(),
        Origin::Source(span) => sources.place(*span),
        Origin::Derived(derivation) => {
            let inputs: Vec<String> = derivation.inputs.iter().map(|input| self::origin(input, sources)).collect();
            let rule = format!("{} {}", derivation.stage.as_str(), derivation.rule);
            if inputs.is_empty() { rule } else { format!("{rule} ({})", inputs.join(", ")) }
        }
    }
}
