//! What an upgrade from the last release would change in a cluster: its recorded output against this tree's
//! (`fixtures/upgrade`, whose README says how it is kept).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;
use serde_json::Value as Json;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/upgrade")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn inputs() -> Vec<String> {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names
}

/// What this tree renders of an input.
fn rendered(name: &str) -> String {
    let result = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["render", "--kube-version", "1.34", "--quiet", "app.yaml"])
        .args(root().join(name).join("spark-render.yaml").exists().then_some("--config=spark-render.yaml"))
        .current_dir(root().join(name))
        .env_clear()
        .output()
        .unwrap();
    assert!(result.status.success(), "{name}: {}", String::from_utf8_lossy(&result.stderr));
    String::from_utf8(result.stdout).unwrap()
}

/// The objects of a stream by what stays the same over an upgrade: kind, namespace and name without content hash.
fn objects(stream: &str) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    for document in serde_yaml::Deserializer::from_str(stream) {
        let object = Json::deserialize(document).unwrap();
        let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
        let (kind, namespace, name) = (text("/kind"), text("/metadata/namespace"), text("/metadata/name"));
        let key = format!("{kind} {namespace}/{}", without_hash(&name));
        assert!(!kind.is_empty() && found.insert(key.clone(), object).is_none(), "{key} twice");
    }
    assert!(!found.is_empty());
    found
}

/// A name without the ten hex digits of a content hash at its end.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((stem, hash)) if hash.len() == 10 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => stem,
        _ => name,
    }
}

/// The paths of the leaves that differ.
fn differences(old: &Json, new: &Json, path: &str, found: &mut BTreeSet<String>) {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            for key in old.keys().chain(new.keys()) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(old.get(key).unwrap_or(&Json::Null), new.get(key).unwrap_or(&Json::Null), &path, found);
            }
        }
        (Json::Array(old), Json::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                differences(old, new, &format!("{path}[{index}]"), found);
            }
        }
        _ if old != new => {
            found.insert(path.to_owned());
        }
        _ => {}
    }
}

/// Fields that the API server lets nobody change (`ValidateJobSpecUpdate` and its like in Kubernetes), as prefixes of
/// paths; for these kinds all others can be updated.
/// A Pod's own exceptions (image, a shorter deadline) are no way out: what changes them changes more.
const IMMUTABLE: &[(&str, &[&str])] = &[
    ("Pod", &["spec"]),
    (
        "Job",
        &[
            "spec.template",
            "spec.selector",
            "spec.completions",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.backoffLimitPerIndex",
            "spec.successPolicy",
            "spec.managedBy",
        ],
    ),
    ("ConfigMap", &["data", "binaryData", "immutable"]),
    ("Secret", &["data", "stringData", "immutable"]),
    ("PersistentVolumeClaim", &["spec"]),
    ("Service", &["spec.clusterIP"]),
    ("RoleBinding", &["roleRef"]),
];

/// Whether a change of this field of the object means deleting it.
fn is_refused(object: &Json, path: &str) -> bool {
    let kind = object["kind"].as_str().unwrap();
    let fields = IMMUTABLE.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, fields)| fields);
    let below =
        |field: &str| path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let frozen = !["ConfigMap", "Secret"].contains(&kind) || object["immutable"] == Json::Bool(true);
    // A name with another hash is another object.
    path == "metadata.name" || frozen && fields.iter().any(|field| below(field))
}

/// What an upgrade does, by heading.
#[derive(Default)]
struct Impact {
    restarts: BTreeSet<String>,
    in_place: BTreeSet<String>,
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
}

impl Impact {
    fn add(&mut self, input: &str, old: &str, new: &str) {
        let (old, new) = (objects(old), objects(new));
        for (key, object) in &new {
            let Some(before) = old.get(key) else {
                self.added.insert(format!("{input}: {key}"));
                continue;
            };
            let mut paths = BTreeSet::new();
            differences(before, object, "", &mut paths);
            let (refused, accepted): (BTreeSet<_>, BTreeSet<_>) =
                paths.into_iter().partition(|path| is_refused(before, path));
            self.restarts.extend(refused.iter().map(|path| format!("{input}: {key}: {path}")));
            self.in_place.extend(accepted.iter().map(|path| format!("{input}: {key}: {path}")));
        }
        self.removed.extend(old.keys().filter(|key| !new.contains_key(*key)).map(|key| format!("{input}: {key}")));
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (heading, lines) in [
            ("Restarts drivers", &self.restarts),
            ("Changed in place", &self.in_place),
            ("Added", &self.added),
            ("Removed", &self.removed),
        ] {
            if !lines.is_empty() {
                writeln!(text, "{heading}\n  {}", lines.iter().cloned().collect::<Vec<_>>().join("\n  ")).unwrap();
            }
        }
        text
    }

    fn is_none(&self) -> bool {
        self.text().is_empty()
    }
}

/// What the changelog and the version number must say of an impact; `None` if they do.
fn unsaid(impact: &Impact, released: &str, version: &str, changelog: &str) -> Option<String> {
    let heading = |line: &str, version: &str| line.split(['[', ']', ' ']).any(|word| word == version);
    let headings = || changelog.lines().filter_map(|line| line.strip_prefix("## "));
    if !headings().any(|line| heading(line, released)) {
        // Nobody has that release yet: the recording stands for it.
        return None;
    }
    let (old, new) = (semver::Version::parse(released).unwrap(), semver::Version::parse(version).unwrap());
    let patch = (old.major, old.minor) == (new.major, new.minor) && old != new;
    if patch && !impact.is_none() {
        return Some(format!("{version} is a patch of {released}, and changes what is rendered:\n{}", impact.text()));
    }
    let unreleased = changelog.split("\n## ").nth(1).unwrap_or_default();
    let section = unreleased.split("\n### ").find_map(|part| part.strip_prefix("Restarts drivers\n"));
    let said = section.is_some_and(|text| text.lines().any(|line| line.starts_with("- ")));
    (!impact.restarts.is_empty() && !said).then(|| {
        format!("the newest part of CHANGELOG.md says nothing under `### Restarts drivers` of:\n{}", impact.text())
    })
}

#[test]
fn what_an_upgrade_changes_is_known_and_said() {
    let version = env!("CARGO_PKG_VERSION");
    let (list, released) = (root().join("impact.txt"), root().join("VERSION"));
    if std::env::var_os("RECORD_RELEASE").is_some() {
        for name in inputs() {
            fs::write(root().join(&name).join("released.yaml"), rendered(&name)).unwrap();
        }
        fs::write(&released, format!("{version}\n")).unwrap();
    }
    let mut impact = Impact::default();
    for name in inputs() {
        impact.add(&name, &read(&root().join(&name).join("released.yaml")), &rendered(&name));
    }
    if ["RECORD_RELEASE", "UPDATE_GOLDENS"].iter().any(|name| std::env::var_os(name).is_some()) {
        fs::write(&list, impact.text()).unwrap();
    }
    let wanted = read(&list);
    let found = impact.text();
    let diff = similar::TextDiff::from_lines(&wanted, &found);
    assert_eq!(wanted, found, "{}", diff.unified_diff().header("impact.txt", "this tree"));
    let changelog = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md"));
    let unsaid = unsaid(&impact, read(&released).trim(), version, &changelog);
    assert!(unsaid.is_none(), "{}", unsaid.unwrap());
}

#[test]
fn changes_are_told_apart_by_what_the_api_server_does() {
    let old = concat!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: pi-driver\n  labels: {a: b}\nspec:\n  containers:\n  - image: x\n---\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pi-conf-0123456789\nimmutable: true\ndata: {a: b}\n---\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: open\ndata: {a: b}\n---\n",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: pi\nspec:\n  backoffLimit: 1\n  podReplacementPolicy: Failed\n",
        "  podFailurePolicy: {rules: [{action: Count}]}\n---\n",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: gone\n",
    );
    let new = old
        .replace("labels: {a: b}", "labels: {a: c}")
        .replace("image: x", "image: y")
        .replace("0123456789\nimmutable: true\ndata: {a: b}", "0123456780\nimmutable: true\ndata: {a: c}")
        .replace("open\ndata: {a: b}", "open\ndata: {a: c}")
        .replace("backoffLimit: 1", "backoffLimit: 2")
        .replace("Policy: Failed", "Policy: TerminatingOrFailed")
        .replace("action: Count", "action: Ignore")
        .replace("name: gone", "name: come");
    let mut impact = Impact::default();
    impact.add("x", old, old);
    assert!(impact.is_none(), "{}", impact.text());
    impact.add("x", old, &new);
    let expected = concat!(
        "Restarts drivers\n",
        "  x: ConfigMap /pi-conf: data.a\n",
        "  x: ConfigMap /pi-conf: metadata.name\n",
        "  x: Job /pi: spec.podFailurePolicy.rules[0].action\n",
        "  x: Pod /pi-driver: spec.containers[0].image\n",
        "Changed in place\n",
        "  x: ConfigMap /open: data.a\n",
        "  x: Job /pi: spec.backoffLimit\n",
        "  x: Job /pi: spec.podReplacementPolicy\n",
        "  x: Pod /pi-driver: metadata.labels.a\n",
        "Added\n  x: Service /come\n",
        "Removed\n  x: Service /gone\n",
    );
    assert_eq!(impact.text(), expected);
}

#[test]
fn a_release_that_restarts_drivers_is_a_minor_one_that_says_so() {
    let none = Impact::default();
    let some = Impact { restarts: BTreeSet::from(["x: Pod /pi-driver: spec".to_owned()]), ..Impact::default() };
    let silent = "# Changelog\n\n## Unreleased\n\n- A word.\n\n## 0.2.0\n\n### Restarts drivers\n\n- Of old.\n";
    let frank = "# Changelog\n\n## Unreleased\n\n### Restarts drivers\n\n- The Pod's order.\n\n## 0.2.0\n";
    assert!(unsaid(&none, "0.2.0", "0.2.1", silent).is_none());
    assert!(unsaid(&some, "0.2.0", "0.2.1", frank).unwrap().contains("is a patch of 0.2.0"));
    assert!(
        unsaid(&some, "0.2.0", "0.2.0", silent).unwrap().contains("`### Restarts drivers`"),
        "before the number rises"
    );
    assert!(unsaid(&some, "0.2.0", "0.3.0", silent).is_some());
    assert!(unsaid(&some, "0.2.0", "0.3.0", frank).is_none());
    assert!(unsaid(&some, "0.1.0", "0.1.0", silent).is_none(), "0.1.0 was never released");
}
