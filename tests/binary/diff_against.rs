//! `diff --against REV` in a git repository that the test makes: what a person sees before a merge, byte for byte.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use super::golden;

/// An application that renders to few objects.
fn app(name: &str, broker: &str) -> String {
    format!(
        "apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: {name}
  namespace: jobs
spec:
  type: Python
  sparkVersion: 3.5.1
  image: registry.example.com/{name}:1
  mainApplicationFile: local:///app/{name}.py
  driver:
    serviceAccount: spark
    env:
    - name: KAFKA_SERVERS
      value: {broker}
  executor:
    instances: 1
"
    )
}

fn config(wave: u32) -> String {
    format!(
        "apiVersion: spark-render.io/v1alpha1
kind: SparkRender
metadata:
  name: config
spec:
  kubeVersion: \"1.34\"
  operator:
    uiService: false
  argocd:
    syncWave: {wave}
"
    )
}

/// An object that passes through.
fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: jobs\ndata:\n  a: b\n")
}

/// A repository in a temporary folder.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.0.path())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env!("PATH"))
            .env("HOME", self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
            .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
            .envs([("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z"), ("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What git says of work tree and index.
    fn status(&self) -> Vec<u8> {
        let mut git = Command::new("git");
        git.current_dir(self.0.path()).args(["status", "--porcelain=v2"]).output().unwrap().stdout
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    /// Runs `diff` in `folder` of the repository.
    fn diff(&self, folder: &str, arguments: &[&str]) -> Ran {
        Ran::of(
            Command::new(env!("CARGO_BIN_EXE_spark-render"))
                .current_dir(self.0.path().join(folder))
                .arg("diff")
                .args(arguments)
                .output()
                .unwrap(),
            self.0.path(),
        )
    }
}

/// What a run printed, the repository's own path as `<repository>`, and its status.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    stdout: String,
    stderr: String,
    status: Option<i32>,
}

impl Ran {
    fn of(output: Output, repository: &Path) -> Self {
        let real = fs::canonicalize(repository).unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&*real.to_string_lossy(), "<repository>")
                .replace(&*repository.to_string_lossy(), "<repository>")
        };
        Self { stdout: text(output.stdout), stderr: text(output.stderr), status: output.status.code() }
    }
}

/// Compares standard output with a file of `fixtures/diff/against` (none: empty), the rest with the arguments.
#[track_caller]
fn check(ran: Ran, stdout: Option<&str>, stderr: &str, status: i32) {
    assert_eq!((ran.stderr.as_str(), ran.status), (stderr, Some(status)), "{}", ran.stdout);
    let Some(file) = stdout else {
        assert_eq!(ran.stdout, "");
        return;
    };
    let mut faults = Vec::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diff/against").join(file);
    golden::compare(&path, &ran.stdout, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn without_a_change_nothing_is_printed() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    repository.commit();
    check(repository.diff("", &["--against", "HEAD", "apps"]), None, "", 0);
    // The folder that one is in, and no path at all.
    check(repository.diff("apps", &["--against", "HEAD"]), None, "", 0);
}

#[test]
fn changed_added_and_removed_files_are_told_with_their_lines() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    repository.write("apps/old.yaml", &config_map("old"));
    repository.commit();
    repository.write("apps/pi.yaml", &app("pi", "kafka.example.com:9092"));
    repository.remove("apps/old.yaml");
    repository.write("apps/new.yaml", &config_map("new").replace("ConfigMap", "Thing"));
    let before = repository.status();
    check(repository.diff("", &["--against", "HEAD", "apps"]), Some("changed.txt"), "", 1);
    // Committed or not makes no difference, and looking at it changes nothing.
    assert_eq!(repository.status(), before);
    repository.commit();
    check(repository.diff("", &["--against", "HEAD~1", "apps"]), Some("changed.txt"), "", 1);
    check(repository.diff("", &["--against", "main", "apps"]), None, "", 0);
}

#[test]
fn a_path_that_is_new_has_no_objects_before() {
    let repository = Repository::new();
    repository.write("README", "");
    repository.commit();
    repository.write("apps/map.yaml", &config_map("new"));
    let ran = repository.diff("", &["--against", "HEAD", "--kube-version", "1.34", "apps"]);
    check(ran, Some("new-path.txt"), "", 1);
}

#[test]
fn a_file_that_was_not_readable_is_an_error_of_the_revision() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092").replace("spec:\n", "spec: [\n"));
    repository.commit();
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    let stderr = "\
error[yaml-syntax]: `,` or `}` is missing in a mapping in braces
 --> HEAD:apps/pi.yaml:8:15
  |
8 |   sparkVersion: 3.5.1
  |               ^
  |
  = help: quote the value if it is text
";
    check(repository.diff("", &["--against", "HEAD", "apps"]), None, stderr, 2);
}

#[test]
fn each_side_has_the_configuration_of_its_time() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    repository.write("other.yaml", &config(1));
    repository.commit();
    repository.write("apps/spark-render.yaml", &config(2));
    check(repository.diff("", &["--against", "HEAD", "apps"]), Some("configuration.txt"), "", 1);
    // So has a file that the command line names.
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("other.yaml", &config(2));
    let ran = repository.diff("", &["--against", "HEAD", "--config", "other.yaml", "apps"]);
    check(ran, Some("configuration-named.txt"), "", 1);
}

#[test]
fn what_git_does_not_know_is_an_error() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    repository.commit();
    let ran = repository.diff("", &["--against", "no-such-branch", "apps"]);
    let stderr = "error: git: `no-such-branch` is no revision of the repository at <repository>\n";
    check(ran, None, stderr, 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = fs::canonicalize(elsewhere.path()).unwrap().join("pi.yaml");
    fs::write(&outside, app("pi", "kafka:9092")).unwrap();
    let ran = repository.diff("", &["--against", "HEAD", "apps", &outside.to_string_lossy()]);
    let stderr = format!("error: {} is outside of the repository at <repository>\n", outside.display());
    check(ran, None, &stderr, 2);
    let ran = repository.diff("", &["--against", "HEAD", "-"]);
    check(ran, None, "error: standard input has no revisions\n", 2);
}

/// A repository from an archive may have any configuration: nothing that it names is started, also where an object is
/// missing that git would fetch.
#[test]
fn programs_of_the_repository_are_not_started() {
    let repository = Repository::new();
    repository.write("apps/spark-render.yaml", &config(1));
    repository.write("apps/pi.yaml", &app("pi", "kafka:9092"));
    repository.commit();
    let started = repository.0.path().join("started");
    let program = format!("touch '{}'; false", started.display());
    for (key, value) in [
        ("remote.origin.url", "ssh://host.example/x"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:none"),
        ("extensions.partialClone", "origin"),
        ("core.repositoryFormatVersion", "1"),
        ("core.sshCommand", &program),
        ("protocol.ssh.allow", "always"),
        ("core.fsmonitor", &program),
        ("filter.x.smudge", &program),
        ("diff.external", &program),
        ("core.pager", &program),
    ] {
        repository.git(&["config", key, value]);
    }
    let id =
        Command::new("git").current_dir(repository.0.path()).args(["rev-parse", "HEAD:apps/pi.yaml"]).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap();
    let (folder, name) = id.trim().split_at(2);
    repository.remove(&format!(".git/objects/{folder}/{name}"));
    let ran = repository.diff("", &["--against", "HEAD", "apps"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stderr);
    assert!(!started.exists());
    // The missing object alone would have started it.
    let _ = Command::new("git").current_dir(repository.0.path()).args(["cat-file", "-p", id.trim()]).output().unwrap();
    assert!(started.exists());
}

/// A hook's environment points git to another repository and index.
#[test]
fn the_caller_s_git_is_not_asked() {
    let (repository, other) = (Repository::new(), Repository::new());
    for (repository, broker) in [(&repository, "kafka:9092"), (&other, "other:9092")] {
        repository.write("apps/spark-render.yaml", &config(1));
        repository.write("apps/pi.yaml", &app("pi", broker));
        repository.commit();
    }
    let run = |variables: &[(&str, &Path)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spark-render"));
        command.current_dir(repository.0.path()).args(["diff", "--against", "HEAD", "apps"]);
        Ran::of(command.envs(variables.iter().copied()).output().unwrap(), repository.0.path())
    };
    let git = other.0.path().join(".git");
    let index = git.join("index");
    let variables = [("GIT_DIR", &*git), ("GIT_WORK_TREE", other.0.path()), ("GIT_INDEX_FILE", &*index)];
    assert_eq!(run(&variables), run(&[]));
    assert_eq!(run(&[]).status, Some(0));
}
