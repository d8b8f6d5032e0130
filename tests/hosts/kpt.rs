//! kpt: files in, files out.

use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::LazyLock};

use super::{Said, copied, install, objects::Objects, path, run};

static KPT: LazyLock<std::path::PathBuf> = LazyLock::new(|| install("kpt"));
const RENDERED: &str = "sparkapplication-pi.rendered.yaml";

fn kpt(args: &[&str]) -> Said {
    run(Command::new(&*KPT).args(args).env_clear().env("PATH", path()).env("HOME", "/nonexistent"))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entry = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
    };
    fs::read_dir(folder).unwrap().map(entry).collect()
}

fn render(folder: &Path) -> Said {
    kpt(&["fn", "render", folder.to_str().unwrap(), "--allow-exec"])
}

#[test]
fn a_package_keeps_its_application_and_gets_its_objects_once() {
    let package = copied("kpt");
    let said = render(package.path());
    assert!(said.ok, "{}", said.stderr);
    let first = files(package.path());
    assert!(first["app.yaml"].contains("name: pi # the estimate"), "comments stay:\n{}", first["app.yaml"]);
    assert!(first["app.yaml"].contains("config.kubernetes.io/local-config: \"true\""));
    let objects = Objects::read(&first[RENDERED]);
    assert_eq!(objects.driver().0["metadata"]["name"], "pi-driver");
    assert!(!first[RENDERED].contains("internal.config"), "{}", first[RENDERED]);
    assert!(render(package.path()).ok);
    assert_eq!(files(package.path()), first);
    let again =
        kpt(&["fn", "eval", package.path().to_str().unwrap(), "--exec", "spark-render", "--", "kubeVersion=1.34"]);
    assert!(again.ok, "{}", again.stderr);
    assert_eq!(files(package.path()), first);
}

#[test]
fn objects_of_an_application_that_is_gone_go_too() {
    let package = copied("kpt");
    assert!(render(package.path()).ok);
    fs::remove_file(package.path().join("app.yaml")).unwrap();
    assert!(render(package.path()).ok);
    assert!(!files(package.path()).contains_key(RENDERED));
}

#[test]
fn findings_are_results_with_file_and_field() {
    let package = copied("kpt");
    let app = package.path().join("app.yaml");
    let text = fs::read_to_string(&app).unwrap().replace("instances: 2", "instances: many");
    fs::write(&app, text).unwrap();
    let results = tempfile::tempdir().unwrap();
    let (folder, to) = (package.path().to_str().unwrap(), results.path().to_str().unwrap());
    let said = kpt(&["fn", "eval", folder, "--exec", "spark-render", "--results-dir", to, "--", "kubeVersion=1.34"]);
    assert!(!said.ok);
    let results = fs::read_to_string(results.path().join("results.yaml")).unwrap();
    for part in ["severity: error", "path: spec.executor.instances", "path: app.yaml", "name: pi", "exitCode: 1"] {
        assert!(results.contains(part), "no `{part}` in\n{results}");
    }
}
