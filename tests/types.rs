//! Wrong types everywhere: each value of the resources of `fixtures/types` is replaced by each of a list of others, is
//! given twice, or gets an unknown neighbour. Nothing may panic, and what is wrong in a pod template is an error with
//! its line.
//!
//! A part of the cases runs always; all of them with `cargo test --test types -- --ignored`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and says what it tried")]

use std::{fs, path::Path, sync::Once};

use serde_json::{Value, json};
use spark_render::internals::{
    hosts::krm::{self, Finding, Renamed, ResourceList},
    operator::{self, documents},
    render::{self, Executors, Options, Target, config, options::Host, pipeline},
    review::rules,
    text::{read::Document, write::yaml},
    tree::{
        Diagnostic, Diagnostics, Node, Severity, Sources, bug,
        printers::{self, DiagnosticFormat},
    },
};

const FIXTURES: &str = "fixtures/types";

fn read(name: &str) -> Value {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add(name, fs::read_to_string(Path::new(FIXTURES).join(name)).unwrap());
    let document = documents::parse(id, &sources, &mut diagnostics).remove(0);
    assert!(!diagnostics.has_errors(), "{name}");
    document.node.to_json()
}

fn options(name: &str) -> Options {
    let node = Node::from_json(&read(&format!("options/{name}.yaml")));
    settled(&node, &mut Diagnostics::new()).unwrap()
}

/// As the commands settle them.
fn settled(node: &Node, diagnostics: &mut Diagnostics) -> Option<Options> {
    let configuration = config::read(node, diagnostics)?.decode(diagnostics)?;
    render::settle(&configuration, &Host::default(), diagnostics)
}

const OPTIONS: &[&str] = &["everything", "job", "oldest", "operator"];

/// Values of every type, empty, huge, negative, and of known forms in the wrong place.
fn odd() -> Vec<Value> {
    vec![
        json!("x"),
        json!(5),
        json!([]),
        json!({}),
        json!(null),
        json!(true),
        json!(["x"]),
        json!([null]),
        json!([[]]),
        json!({ "a": { "b": 1 } }),
        json!(""),
        json!(-1),
        json!(1.5),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!("9223372036854775807"),
        json!("-9223372036854775808m"),
        json!("99999999999999999999999999999999999999999Ei"),
        json!("{{APP_ID}} $(A) ${b} %s"),
        json!([{}, {}]),
    ]
}

/// The values that `template-types` has always been about: those that no field of the kind can hold are of these.
const PLAIN: usize = 10;

type Path_ = Vec<Step>;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

fn shown(path: &[Step]) -> String {
    path.iter().fold(String::new(), |text, step| match step {
        Step::Key(key) => format!("{text}.{key}"),
        Step::Index(index) => format!("{text}[{index}]"),
    })
}

fn paths(value: &Value, at: &Path_, found: &mut Vec<Path_>) {
    found.push(at.clone());
    let child = |step: Step| at.iter().cloned().chain([step]).collect();
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| paths(item, &child(Step::Index(index)), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| paths(field, &child(Step::Key(key.clone())), found));
        }
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, path: &[Step]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key],
        Step::Index(index) => &mut value[index],
    })
}

/// Every change of `seed`, with its name and where it is.
fn changes(seed: &Value) -> Vec<(String, Path_, Value)> {
    let mut all = Vec::new();
    paths(seed, &Vec::new(), &mut all);
    let mut changed = Vec::new();
    for path in all {
        let mut add = |what: &str, value: Value| {
            let mut whole = seed.clone();
            *at(&mut whole, &path) = value;
            changed.push((format!("{} = {what}", shown(&path)), path.clone(), whole));
        };
        for value in odd() {
            add(&value.to_string(), value);
        }
        match at(&mut seed.clone(), &path) {
            Value::Object(fields) => {
                let mut more = fields.clone();
                more.insert("zzz".to_owned(), json!({ "a": [1] }));
                add("an unknown field", more.into());
            }
            Value::Array(items) => {
                // The same key twice, with each field of the second one of another type.
                for (index, item) in items.iter().enumerate() {
                    let twice = |second: Value| Value::Array([&items[..], &[second]].concat());
                    add(&format!("[{index}] twice"), twice(item.clone()));
                    for key in item.as_object().into_iter().flat_map(|fields| fields.keys()) {
                        for value in [json!(7), json!("x"), json!({}), json!([]), json!(null)] {
                            let mut second = item.clone();
                            second[key] = value.clone();
                            add(&format!("[{index}] twice, with {key} = {value}"), twice(second.clone()));
                            let first: Vec<Value> = [second].into_iter().chain(items.iter().cloned()).collect();
                            add(&format!("[{index}] twice, first with {key} = {value}"), first.into());
                        }
                    }
                }
            }
            _ => {}
        }
    }
    changed
}

/// Parses what `value` is written as, so that it has places, and hands it to `body`. What is found is printed, too.
fn with_document<T: Default>(
    value: &Value,
    body: impl FnOnce(&Document, &Sources, &mut Diagnostics) -> T,
) -> (String, Diagnostics, T) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut text = String::new();
    yaml::write(&Node::from_json(value), &mut text);
    let id = sources.add("changed.yaml", text.as_str());
    let documents = documents::parse(id, &sources, &mut diagnostics);
    let result = documents.first().map(|document| body(document, &sources, &mut diagnostics)).unwrap_or_default();
    for format in [DiagnosticFormat::Full, DiagnosticFormat::Json, DiagnosticFormat::Github] {
        let _ = printers::render(diagnostics.iter(), &sources, format, false);
    }
    (text, diagnostics, result)
}

fn rendered(value: &Value, options: &Options) -> (String, Diagnostics) {
    let (text, diagnostics, ()) = with_document(value, |document, _, diagnostics| {
        let class = operator::classify(document, diagnostics);
        let mut options = options.clone();
        if options.target == Target::SparkApplication {
            options.executors = Executors::Template;
        }
        let rendered = pipeline::document(document, class, &options, &|_| None, diagnostics);
        rules::check(document, &rendered, &options, diagnostics);
        let mut out = String::new();
        yaml::write_stream(rendered.objects.iter().map(|manifest| &manifest.object), &mut out);
    });
    (text, diagnostics)
}

/// A bug, wherever it was caught.
fn bug<T>(run: impl FnOnce() -> (T, Diagnostics)) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !bug::keep(panic) {
                usual(panic);
            }
        }));
    });
    let (result, diagnostics) = bug::guarded(run).map_err(|found| found.message.clone())?;
    match diagnostics.iter().find(|one| one.code == "bug") {
        Some(bug) => Err(bug.message.clone()),
        None => Ok(result),
    }
}

/// Runs every `stride`th of the cases, and fails with all faults of them.
fn each(name: &str, stride: usize, mut run: impl FnMut(usize, &Path_, &Value) -> Result<(), String>) {
    let changes = changes(&read(name));
    let mut faults = Vec::new();
    let mut count = 0;
    for (number, (what, path, value)) in changes.iter().enumerate().step_by(stride) {
        count += 1;
        if let Err(fault) = run(number, path, value) {
            faults.push(format!("{what}: {fault}"));
        }
    }
    println!("{name}: {count} of {} cases", changes.len());
    report(&faults, count);
}

fn report(faults: &[String], count: usize) {
    let first: Vec<&str> = faults.iter().map(String::as_str).take(40).collect();
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), first.join("\n"));
}

fn resource(name: &str, stride: usize) {
    let options: Vec<Options> = OPTIONS.iter().map(|name| options(name)).collect();
    each(name, stride, |number, _, value| {
        // With all options where all cases run, else with each in turn.
        let chosen = if stride == 1 { &options[..] } else { &options[(number / stride) % options.len()..][..1] };
        chosen.iter().try_for_each(|options| {
            bug(|| {
                let (_, diagnostics) = rendered(value, options);
                ((), diagnostics)
            })
        })
    });
}

/// A prime, so that the part changes from field to field.
const PART: usize = 13;

#[test]
fn no_value_of_an_application_is_a_bug() {
    resource("application.yaml", PART);
}

#[test]
fn no_value_of_a_schedule_or_a_connect_server_is_a_bug() {
    resource("schedule.yaml", PART);
    resource("connect.yaml", PART);
}

#[test]
#[ignore = "takes minutes"]
fn no_value_of_any_resource_is_a_bug_with_any_options() {
    for name in ["application.yaml", "schedule.yaml", "connect.yaml"] {
        resource(name, 1);
    }
}

/// Whether `value` can stand at a place of a template where `old` stands.
fn may_stand(value: &Value, old: &Value, path: &Path_) -> bool {
    let name = path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    // A map of quantities takes numbers.
    let quantity = matches!(name, Some("cpu" | "memory"));
    value.is_null() || std::mem::discriminant(value) == std::mem::discriminant(old) || quantity && value.is_number()
}

#[test]
fn a_wrong_type_in_a_pod_template_is_an_error_with_its_line() {
    let options = options("oldest");
    let seed = read("application.yaml");
    let mut all = Vec::new();
    paths(&seed, &Vec::new(), &mut all);
    let in_template = |path: &&Path_| path.contains(&Step::Key("template".to_owned()));
    let mut faults = Vec::new();
    let mut count = 0;
    for path in all.iter().filter(in_template) {
        for (place, value) in odd().into_iter().take(PLAIN).enumerate() {
            // One of the two templates has every second value.
            if (place + path.len()) % 2 == usize::from(path.contains(&Step::Key("driver".to_owned()))) {
                continue;
            }
            let mut whole = seed.clone();
            let old = std::mem::replace(at(&mut whole, path), value.clone());
            count += 1;
            let outcome = bug(|| {
                let (text, diagnostics) = rendered(&whole, &options);
                (error_at(&text, &diagnostics, path, &whole), diagnostics)
            });
            match outcome {
                Err(bug) => faults.push(format!("{} = {value}: {bug}", shown(path))),
                Ok(false) if !may_stand(&value, &old, path) => {
                    faults.push(format!("{} = {value}: no error at its line", shown(path)));
                }
                Ok(_) => {}
            }
        }
    }
    println!("{count} cases");
    report(&faults, count);
}

/// Whether there is an error inside the lines of what stands at `path`.
fn error_at(text: &str, diagnostics: &Diagnostics, path: &Path_, whole: &Value) -> bool {
    let (mut sources, mut ignored) = (Sources::new(), Diagnostics::new());
    let id = sources.add("changed.yaml", text);
    let document = documents::parse(id, &sources, &mut ignored).remove(0);
    let mut node: &Node = &document.node;
    for step in path {
        let child = match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.as_sequence().and_then(|items| items.get(*index)),
        };
        node = child.unwrap_or_else(|| panic!("{whole} has {}", shown(path)));
    }
    let Some(wanted) = node.origin.span() else { return false };
    let inside = |one: &Diagnostic| {
        one.severity == Severity::Error
            && one.origin.span().is_some_and(|span| wanted.start <= span.start && span.end <= wanted.end)
    };
    diagnostics.iter().any(inside)
}

#[test]
fn no_value_of_a_resource_list_is_a_bug() {
    each("list.yaml", 3, |_, _, value| {
        bug(|| {
            let (_, diagnostics, ()) = with_document(value, answer);
            ((), diagnostics)
        })
    });
}

/// What `krm` does as a transformer.
fn answer(document: &Document, sources: &Sources, diagnostics: &mut Diagnostics) {
    let Some(list) = ResourceList::read(Node::clone(&document.node), diagnostics) else { return };
    let options = match &list.function_config {
        Some(config) if config.str_at(&["kind"]) == Some("ConfigMap") => {
            config::config_of_config_map(config, diagnostics);
            None
        }
        Some(config) => settled(config, diagnostics),
        None => None,
    };
    let options = options.unwrap_or_default();
    let (file_based, renamed) = (krm::is_file_based(&list.items), Renamed::of(&list.items));
    let (mut items, generator) = (Vec::new(), list.wants_generator());
    for item in &list.items {
        let class = krm::class_of(item, diagnostics);
        if generator || file_based && krm::is_output(item) || !krm::is_rendered(class) {
            continue;
        }
        let mut node = krm::without_bookkeeping(item);
        krm::follow(&mut node, &renamed);
        let document = Document { node: node.into(), index: 0 };
        let manifests = pipeline::document(&document, class, &options, &|_| None, diagnostics).objects;
        krm::report_hashed(&manifests, &renamed, None, diagnostics);
        krm::report_own(&manifests, None, diagnostics);
        let mut source = item.clone();
        krm::keep_source(&mut source);
        items.push(source);
        for (position, mut manifest) in manifests.into_iter().enumerate() {
            krm::drop_account_alias(&mut manifest.object);
            krm::place(&mut manifest.object, item, position);
            items.push(manifest.object);
        }
    }
    let findings: Vec<Finding<'_>> =
        diagnostics.iter().map(|diagnostic| Finding { diagnostic, item: list.items.first(), sources }).collect();
    let mut out = String::new();
    yaml::write(&list.answer(items, krm::results(&findings)), &mut out);
}

#[test]
fn no_value_of_the_configuration_is_a_bug() {
    let application = read("schedule.yaml");
    each("settings.yaml", 3, |_, _, value| {
        bug(|| {
            let (_, mut diagnostics, options) =
                with_document(value, |document, _, diagnostics| settled(&document.node, diagnostics));
            let Some(options) = options else { return ((), diagnostics) };
            rules::check_options(&options, &mut diagnostics);
            diagnostics.extend(rendered(&application, &options).1);
            ((), diagnostics)
        })
    });
}
