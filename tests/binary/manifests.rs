//! Whole applications in, whole manifests out: one folder of `fixtures/manifest` each, with `app.yaml` (or
//! `connect.yaml`), perhaps `spark-render.yaml`, and what is printed: `expected.yaml` and `diagnostics.txt`. A folder
//! with `resource.yaml` is rewritten for operators, with `expected-<version>.yaml` each.
//! `UPDATE_GOLDENS=1` writes the expected files anew.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{golden, run::each, run::render};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/manifest");
const INPUTS: [&str; 2] = ["app.yaml", "connect.yaml"];
const OPERATORS: [&str; 5] = ["1.1.26", "1.4", "2.0", "2.1", "2.5"];

/// A folder with an input.
struct Case {
    name: String,
    folder: PathBuf,
    input: &'static str,
}

impl Case {
    fn all_of(inputs: &[&'static str]) -> Vec<Self> {
        let case = |input| {
            let folders = golden::directories_with(Path::new(ROOT), input);
            folders.into_iter().map(move |name| Self { folder: Path::new(ROOT).join(&name), name, input })
        };
        let cases: Vec<Self> = inputs.iter().copied().flat_map(case).collect();
        assert!(!cases.is_empty());
        cases
    }

    /// The configuration, and the newest Kubernetes where that names none.
    fn arguments(&self, more: &[&'static str]) -> Vec<&'static str> {
        let mut arguments = more.to_vec();
        let config = fs::read_to_string(self.folder.join("spark-render.yaml")).ok();
        if !config.as_ref().is_some_and(|config| config.contains("kubeVersion:")) {
            arguments.extend(["--kube-version", "1.37"]);
        }
        if config.is_some() {
            arguments.extend(["--config", "spark-render.yaml"]);
        }
        arguments.push(self.input);
        arguments
    }

    fn objects(&self, more: &[&'static str]) -> Vec<Value> {
        render(&self.folder, &self.arguments(more)).objects
    }

    /// Standard output and standard error, as a person sees them.
    fn printed(&self, more: &[&'static str]) -> (String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .args(["render", "--diagnostics", "concise"])
            .args(self.arguments(more))
            .current_dir(&self.folder)
            .env_clear()
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Compares what is printed with the files whose names end in `suffix`.
    fn faults(&self, suffix: &str, more: &[&'static str]) -> Vec<String> {
        let (manifests, diagnostics) = self.printed(more);
        let mut faults = Vec::new();
        golden::compare(&self.folder.join(format!("expected{suffix}.yaml")), &manifests, &mut faults);
        golden::compare(&self.folder.join(format!("diagnostics{suffix}.txt")), &diagnostics, &mut faults);
        faults
    }
}

fn assert_none(faults: Vec<Vec<String>>) {
    let faults = faults.concat();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_folder_renders_to_what_is_expected() {
    assert_none(each(&Case::all_of(&INPUTS), |case| case.faults("", &[])));
}

#[test]
fn a_rewritten_resource_needs_the_webhook_only_where_it_says_so() {
    let cases = Case::all_of(&["resource.yaml"]);
    assert_none(each(&cases, |case| {
        let faults = |operator| {
            let rewrite = ["--target", "sparkapplication", "--operator-version", operator];
            case.faults(&format!("-{operator}"), &rewrite)
        };
        OPERATORS.into_iter().flat_map(faults).collect()
    }));
}

/// Every value of a case, with the names of its keys.
fn walk<'a>(value: &'a Value, key: &'a str, visit: &mut impl FnMut(&'a str, &'a Value)) {
    visit(key, value);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, key, visit)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, key, visit)),
        _ => {}
    }
}

#[test]
fn whatever_is_rendered_belongs_to_git_and_to_one_namespace() {
    assert_none(each(&Case::all_of(&INPUTS), |case| {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for object in case.objects(&["--executors", "preview"]) {
            let (kind, metadata) = (object["kind"].as_str().unwrap(), &object["metadata"]);
            let mut fault = |what: &str| faults.push(format!("{}: {kind} {}: {what}", case.name, metadata["name"]));
            let is_preview = metadata["annotations"]["config.kubernetes.io/local-config"] == "true";
            if is_preview != (metadata["annotations"]["argocd.argoproj.io/hook"] == "Skip") {
                fault("a preview has both marks, so that nothing applies it");
            }
            if is_preview != (metadata["labels"]["spark-role"] == "executor") && kind == "Pod" {
                fault("executors are previews, and nothing else");
            }
            if matches!(kind, "Service" | "PersistentVolumeClaim")
                && !is_preview
                && !metadata["labels"]["spark-app-selector"].is_null()
            {
                fault("its driver would delete it");
            }
            if metadata["namespace"] != "jobs" {
                fault("another namespace");
            }
            if !metadata["ownerReferences"].is_null() {
                fault("an owner");
            }
            if !seen.insert((object["apiVersion"].to_string(), kind.to_owned(), metadata["name"].to_string())) {
                fault("twice");
            }
            walk(&object, "", &mut |key, value| {
                let ports = value.as_array().filter(|_| key == "ports").into_iter().flatten();
                if ports.filter(|port| port.is_object()).any(|port| port["protocol"].is_null()) && !is_preview {
                    fault("a port without protocol");
                }
            });
        }
        let is_refused = fs::read_to_string(case.folder.join("diagnostics.txt")).unwrap().contains("error[");
        if seen.is_empty() != is_refused {
            faults.push(format!("{}: {} objects", case.name, seen.len()));
        }
        faults
    }));
}

/// A Job starts pods of other names from the same text.
#[test]
fn no_run_of_a_job_carries_a_name_in_text() {
    let is_id = |text: &str| text.len() >= 32 && text.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit);
    let mut jobs = 0;
    for case in Case::all_of(&["app.yaml"]) {
        let objects = case.objects(&["--target", "job"]);
        jobs += usize::from(objects.iter().any(|object| matches!(object["kind"].as_str(), Some("Job" | "CronJob"))));
        for object in objects {
            let text = object.to_string();
            let id = text.match_indices("spark-").find(|(at, before)| is_id(&text[at + before.len()..]));
            // The local folders of Spark are called by a hash of the application, in another form.
            assert!(id.is_none(), "{}: {text}", case.name);
            assert!(!text.contains("spark.driver.host=pi"), "{}: {text}", case.name);
            assert!(!text.contains("spark.kubernetes.driver.pod.name=pi"), "{}: {text}", case.name);
        }
    }
    assert!(jobs > 20, "{jobs}");
}

/// What comes of a case as a generator of a kustomization, which may rename after us.
fn generated(name: &str, input: &str) -> String {
    let config = json!({
        "apiVersion": "spark-render.io/v1alpha1",
        "kind": "SparkRender",
        "metadata": {"name": "config"},
        "spec": {"kubeVersion": "1.37", "inputs": [input]},
    });
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        // kustomize hands a generator to itself.
        "items": [config],
        "functionConfig": config,
    });
    let mut child = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .arg("krm")
        .current_dir(Path::new(ROOT).join(name))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(list.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn no_name_stays_in_text_where_a_host_may_change_it() {
    let text = generated("pod", "app.yaml");
    assert!(text.contains("spark.kubernetes.driver.pod.name=$(POD_NAME)"), "{text}");
    assert!(!text.contains("driver.pod.name=pi") && !text.contains("spark.driver.host=pi"), "{text}");
    let text = generated("connect", "connect.yaml");
    assert!(text.contains("driver.pod.name=${POD_NAME}") && !text.contains("driver.pod.name=spark-connect"), "{text}");
}

/// The lines of values in an annotated output, each cut into value and origin.
fn annotated(text: &str) -> Vec<(&str, &str)> {
    let mut lines = Vec::new();
    // Lines of a text are no values of their own, and empty mappings hold none.
    let mut block = None;
    for line in text.lines().filter(|line| *line != "---") {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|block| line.is_empty() || indent > block) {
            continue;
        }
        let (value, origin) = line.split_once("  # ").unwrap_or((line, ""));
        let is_block = value.ends_with(['|', '>']) || value.ends_with("|-") || value.ends_with("|+");
        block = is_block.then_some(indent);
        if !value.ends_with([':', '}', ']']) {
            lines.push((value, origin));
        }
    }
    lines
}

#[test]
fn every_value_says_where_it_comes_from() {
    assert_none(each(&Case::all_of(&INPUTS), |case| {
        let (text, _) = case.printed(&["--annotate"]);
        let without = annotated(&text).into_iter().filter(|(_, origin)| origin.is_empty());
        without.map(|(value, _)| format!("{}: {value}", case.name)).collect()
    }));
}

/// People look for these words; a list of all shows each that changes.
#[test]
fn origins_are_told_in_known_words() {
    let mut words = BTreeSet::new();
    for (text, _) in each(&Case::all_of(&INPUTS), |case| case.printed(&["--annotate"])) {
        let origins = annotated(&text).into_iter().flat_map(|(_, origin)| origin.split(" ← "));
        words.extend(origins.filter(|word| !word.contains(".yaml:")).map(str::to_owned));
    }
    let words: String = words.into_iter().map(|word| word + "\n").collect();
    let mut faults = Vec::new();
    golden::compare(&Path::new(ROOT).join("origins.txt"), &words, &mut faults);
    assert_none(vec![faults]);
}

/// The names of the driver's two ConfigMaps: of its properties, of the executors' template.
fn config_maps(text: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), text).unwrap();
    let objects = render(folder.path(), &["--kube-version", "1.37", "app.yaml"]).objects;
    let maps = objects.iter().filter(|object| object["kind"] == "ConfigMap");
    let names: Vec<String> = maps.map(|map| map["metadata"]["name"].as_str().unwrap().to_owned()).collect();
    let pod = objects.iter().find(|object| object["kind"] == "Pod").unwrap().to_string();
    assert!(names.iter().all(|name| pod.contains(name)), "{names:?} in {pod}");
    names.try_into().unwrap()
}

#[test]
fn the_name_of_a_config_map_changes_with_its_data_alone() {
    let text = fs::read_to_string(Path::new(ROOT).join("pod/app.yaml")).unwrap();
    let text = text.replace("  executor:\n", "  executor:\n    env: [{name: A, value: b}]\n");
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        config_maps(&text.replace(from, to))
    };
    let [properties, template] = config_maps(&text);
    // The application's annotations are in neither.
    let [same, too] = changed("  namespace: jobs\n", "  namespace: jobs\n  annotations: {a: b}\n");
    assert!(same == properties && too == template);
    let [other, same] = changed("    memory: 2g\n", "    memory: 3g\n");
    assert!(other != properties && same == template);
    // The application's id follows all of its content, and is one of the properties.
    let [other, too] = changed("value: b", "value: c");
    assert!(other != properties && too != template);
}
