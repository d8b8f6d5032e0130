//! Every command finds the same in an application: whatever is known of the executors that its driver will make is said
//! by what writes the driver, and not only where executors are shown.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
const ROOMS: [&str; 6] = ["expectations", "manifest", "mutate", "planning", "previews", "rules"];
/// What is said of the run, of a set of objects that is not there in every mode, or of text: `krm` is given objects.
const OF_A_MODE: &[&str] = &["duplicate-object", "nothing-to-emit", "unfilled-placeholder"];

/// File, severity and code.
type Found = BTreeSet<(String, String, String)>;

/// The applications of all fixtures, each with a name of its own.
fn applications() -> Vec<Value> {
    let mut found = Vec::new();
    for room in ROOMS {
        let mut folders: Vec<_> = fs::read_dir(Path::new(FIXTURES).join(room)).unwrap().map(Result::unwrap).collect();
        folders.sort_by_key(fs::DirEntry::path);
        for folder in folders {
            for input in ["app.yaml", "fail.yaml", "pass.yaml"] {
                let Ok(text) = fs::read_to_string(folder.path().join(input)) else { continue };
                for part in text.split("\n---") {
                    let Ok(mut document) = serde_yaml::from_str::<Value>(part) else { continue };
                    let is_one =
                        ["SparkApplication", "ScheduledSparkApplication"].iter().any(|kind| document["kind"] == *kind);
                    if !is_one || !document["metadata"].is_object() || !document["metadata"]["name"].is_string() {
                        continue;
                    }
                    document["metadata"]["name"] = format!("app-{:03}", found.len()).into();
                    document["metadata"]["namespace"] = "jobs".into();
                    found.push(document);
                }
            }
        }
    }
    assert!(found.len() > 200, "only {} applications", found.len());
    found
}

struct Run {
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs([("ARGOCD_APP_NAME", "all"), ("ARGOCD_APP_NAMESPACE", "jobs"), ("PATH", "/usr/bin:/bin")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that does not read its input closes it.
    let _ = writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn entry(file: &Value, severity: &Value, code: &Value) -> Option<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (file, severity, code) = (text(file).trim_start_matches("./").to_owned(), text(severity), text(code));
    let counts = ["error", "warning"].contains(&severity.as_str()) && !OF_A_MODE.contains(&code.as_str());
    (counts && file.starts_with("app-")).then_some((file, severity, code))
}

/// What `--diagnostics json` prints.
fn lines(text: &str) -> Found {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| entry(&line["location"]["file"], &line["severity"], &line["code"])).collect()
}

/// Removes the files with errors, and returns their names.
fn remove_failed(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let stderr = run(folder, arguments, "").stderr;
    let findings = stderr.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let failed: BTreeSet<String> = findings
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["location"]["file"].as_str().unwrap_or_else(|| panic!("{finding}")).to_owned())
        .collect();
    failed.iter().for_each(|file| fs::remove_file(folder.join(file)).unwrap());
    failed
}

fn difference(left: &Found, right: &Found) -> Vec<String> {
    left.difference(right).map(|(file, severity, code)| format!("{file}: {severity}[{code}]")).collect()
}

fn all_modes_find_the_same(kube_version: &str) {
    let folder = tempfile::tempdir().unwrap();
    let config = json!({
        "apiVersion": "spark-render.io/v1alpha1", "kind": "SparkRender", "metadata": {"name": "config"},
        "spec": {"kubeVersion": kube_version},
    });
    fs::write(folder.path().join("spark-render.yaml"), config.to_string()).unwrap();
    let mut items = applications();
    for item in &mut items {
        let name = format!("{}.yaml", item["metadata"]["name"].as_str().unwrap());
        fs::write(folder.path().join(&name), item.to_string()).unwrap();
        if !item["metadata"]["annotations"].is_object() {
            item["metadata"]["annotations"] = json!({});
        }
        item["metadata"]["annotations"]["config.kubernetes.io/path"] = name.into();
    }
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items, "functionConfig": config,
    });

    let printed = |arguments: &[&str]| lines(&run(folder.path(), arguments, "").stderr);
    let rendered = printed(&["render", "--diagnostics", "json", "--format", "ndjson"]);
    let of_executors = rendered.iter().filter(|(.., code)| ["refused-by-spark", "runtime-object"].contains(&&**code));
    assert!(of_executors.count() > 20, "{rendered:#?}");
    let out = tempfile::tempdir().unwrap();
    let tree = out.path().join("tree");
    let krm: Value = serde_yaml::from_str(&run(folder.path(), &["krm"], &list.to_string()).stdout).unwrap();
    let results = krm["results"].as_array().unwrap();
    let checked: Value = serde_json::from_str(&run(folder.path(), &["check", "--format", "json"], "").stdout).unwrap();
    let findings = checked["findings"].as_array().unwrap();
    // What files share is said once, with the others named.
    let files = |one: &Value| -> Vec<Value> {
        let also = one["also"].as_array().into_iter().flatten().map(|place| place["file"].clone());
        also.chain([one["location"]["file"].clone()]).collect()
    };
    let found = findings.iter().flat_map(|one| files(one).into_iter().map(move |file| (file, one)));
    let checked: Found = found.filter_map(|(file, one)| entry(&file, &one["severity"], &one["code"])).collect();
    let modes = [
        ("previews", printed(&["render", "--diagnostics", "json", "--format", "ndjson", "--executors", "preview"])),
        ("a tree", printed(&["render", "--diagnostics", "json", "-o", tree.to_str().unwrap()])),
        (
            "krm",
            results
                .iter()
                .filter_map(|one| entry(&one["file"]["path"], &one["severity"], &one["tags"]["rule"]))
                .collect(),
        ),
    ];
    for (mode, found) in modes {
        assert_eq!(difference(&rendered, &found), [""; 0], "Kubernetes {kube_version}: {mode} lacks");
        // `krm` names the file of an item where a finding has no place of its own.
        if mode != "krm" {
            assert_eq!(difference(&found, &rendered), [""; 0], "Kubernetes {kube_version}: only {mode} has");
        }
    }
    // Argo CD shows all of it as one message, so that with errors there is nothing else.
    let is_error = |(_, severity, _): &&(String, String, String)| severity == "error";
    let errors: Found = rendered.iter().filter(is_error).cloned().collect();
    let generate = ["argocd", "generate", "--diagnostics", "json"];
    let found = printed(&generate);
    assert_eq!(difference(&errors, &found), [""; 0], "Kubernetes {kube_version}: argocd generate lacks");
    assert_eq!(difference(&found, &errors), [""; 0], "Kubernetes {kube_version}: only argocd generate has");
    let failed = remove_failed(folder.path(), &generate);
    let warnings: Found = rendered.iter().filter(|(file, ..)| !failed.contains(file.as_str())).cloned().collect();
    let found = printed(&generate);
    assert_eq!(difference(&warnings, &found), [""; 0], "Kubernetes {kube_version}: argocd generate lacks");
    assert_eq!(difference(&found, &warnings), [""; 0], "Kubernetes {kube_version}: only argocd generate has");
    assert_eq!(difference(&rendered, &checked), [""; 0], "Kubernetes {kube_version}: check lacks");
    // What `check` adds are its own rules.
    let of_a_rule = |code: &str| Path::new(FIXTURES).join("rules").join(code).is_dir();
    let others: Vec<_> = checked.difference(&rendered).filter(|(.., code)| !of_a_rule(code)).collect();
    assert!(others.is_empty(), "Kubernetes {kube_version}: only check has {others:#?}");
}

/// What stands in previews for what only a running driver knows must not be applied: Spark would take it at its word.
#[test]
fn placeholders_of_previews_are_in_nothing_that_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    for item in applications() {
        let name = format!("{}.yaml", item["metadata"]["name"].as_str().unwrap());
        fs::write(folder.path().join(&name), item.to_string()).unwrap();
    }
    // All of them begin with this.
    let placeholder = "<driver-";
    let found = |arguments: &[&str]| {
        let render = [&["render", "--kube-version", "1.34", "--diagnostics", "json"], arguments].concat();
        remove_failed(folder.path(), &render);
        let stdout = run(folder.path(), &render, "").stdout;
        assert!(stdout.len() > 100_000, "hardly anything is rendered with {arguments:?}");
        stdout.contains(placeholder)
    };
    assert!(found(&["--executors", "preview"]), "no fixture has one of them");
    for target in ["pod", "job"] {
        assert!(!found(&["--target", target]), "target {target}");
    }
}

#[test]
fn every_mode_finds_the_same_of_executors() {
    all_modes_find_the_same("1.34");
}

#[test]
fn every_mode_finds_the_same_of_executors_on_an_old_kubernetes() {
    all_modes_find_the_same("1.20");
}
