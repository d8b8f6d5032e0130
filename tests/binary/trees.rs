//! `render -o DIR` from outside: what others put into DIR, several runs at once, and runs that are killed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

const MARKER: &str = ".spark-render-tree";

fn app(namespace: &str, name: &str, memory: &str) -> String {
    format!(
        "apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  type: Python
  sparkVersion: 3.5.1
  image: registry.example.com/app:1
  mainApplicationFile: local:///app/main.py
  driver: {{serviceAccount: spark, memory: {memory}}}
  executor: {{instances: 1}}
"
    )
}

/// A folder with inputs and trees.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// The applications `numbers` as the only ones of `input`.
    fn write_apps(&self, input: &str, numbers: std::ops::Range<u32>, memory: &str) {
        let _ = fs::remove_dir_all(self.path(input));
        for number in numbers {
            let text = app("jobs", &format!("{input}{number}"), memory);
            self.write(&format!("{input}/{number}.yaml"), &text);
        }
    }

    fn command(&self, input: &str, tree: &str) -> Command {
        self.wrapped(Command::new(env!("CARGO_BIN_EXE_spark-render")), input, tree)
    }

    fn wrapped(&self, mut command: Command, input: &str, tree: &str) -> Command {
        command
            .args(["render", "--quiet", "--kube-version", "1.30", "-o", tree, input])
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self, input: &str, tree: &str) -> Child {
        self.command(input, tree).spawn().unwrap()
    }

    fn render(&self, input: &str, tree: &str) {
        done(&self.command(input, tree).output().unwrap());
    }

    /// Every file of `tree`, with its text.
    fn contents(&self, tree: &str) -> BTreeMap<String, String> {
        let root = self.path(tree);
        let mut found = BTreeMap::new();
        collect(&root, &root, &mut found);
        found
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn done(output: &Output) {
    assert!(output.status.success(), "{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// A pull request may change the marker: nothing outside is removed, and nothing of it is shown.
#[test]
fn a_marker_that_was_tampered_with_refuses_the_run() {
    let place = Place::new();
    place.write_apps("app", 0..1, "512m");
    place.write("victim", "s3cr3t");
    place.write("folder/keep", "s3cr3t");
    place.render("app", "out");
    let marker = fs::read_to_string(place.path("out").join(MARKER)).unwrap();
    let absolute = place.path("victim");
    for file in ["../victim", "../folder/keep", absolute.to_str().unwrap(), "jobs/../../victim"] {
        place.write("out/.spark-render-tree", &format!("{marker}app\t{file}\n"));
        let before = place.contents(".");
        for check in [&[][..], &["--check"]] {
            let output = place.command("app", "out").args(check).output().unwrap();
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(2), "{file}: {text}");
            assert!(text.contains("was not written by spark-render") && !text.contains("s3cr3t"), "{file}: {text}");
        }
        assert_eq!(place.contents("."), before, "{file}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_tree_are_not_written_through() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.write_apps("app", 0..1, "512m");
    place.write("elsewhere/pod-app0-driver.yaml", "s3cr3t");
    for prepare in [true, false] {
        let _ = fs::remove_dir_all(place.path("out"));
        if prepare {
            place.render("app", "out");
            fs::remove_dir_all(place.path("out/jobs")).unwrap();
        } else {
            fs::create_dir(place.path("out")).unwrap();
            place.write("out/.spark-render-tree", "app\tjobs/pod-app0-driver.yaml\n");
        }
        symlink("../elsewhere", place.path("out/jobs")).unwrap();
        for check in [&[][..], &["--check"]] {
            let output = place.command("app", "out").args(check).output().unwrap();
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(2), "{text}");
            assert!(text.contains("out/jobs is a link") && !text.contains("s3cr3t"), "{text}");
        }
        let elsewhere = BTreeMap::from([("pod-app0-driver.yaml".to_owned(), "s3cr3t".to_owned())]);
        assert_eq!(place.contents("elsewhere"), elsewhere);
    }
}

/// Inputs whose names hold what the marker is written with.
#[cfg(unix)]
#[test]
fn a_renamed_application_leaves_nothing_whatever_its_input_is_called() {
    for input in ["a\\b", "\\t", "#a", " #a", "  a", "a\nb", "a\\nb", "a\r", "a%0Ab", "\\x23", "a\tb"] {
        let place = Place::new();
        place.write(&format!("{input}/app.yaml"), &app("jobs", "old", "512m"));
        place.render(input, "out");
        place.write(&format!("{input}/app.yaml"), &app("jobs", "new", "512m"));
        place.render(input, "out");
        place.render(input, "reference");
        assert_eq!(place.contents("out"), place.contents("reference"), "{input:?}");
    }
}

#[test]
fn names_that_differ_in_case_only_are_an_error() {
    let place = Place::new();
    let role = |name: &str| {
        format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}}}\n")
    };
    place.write("in/roles.yaml", &format!("{}---\n{}", role("viewer"), role("Viewer")));
    let output = place.command("in", "out").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("differ in case only"), "{text}");
    assert!(!place.path("out").exists());
}

#[test]
fn runs_at_once_end_as_one_after_the_other() {
    let place = Place::new();
    for input in ["p", "q"] {
        place.write_apps(input, 0..12, "512m");
        place.render(input, "reference");
    }
    for _ in 0..10 {
        let _ = fs::remove_dir_all(place.path("out"));
        let runs: Vec<Child> = ["p", "q", "p"].iter().map(|input| place.start(input, "out")).collect();
        runs.into_iter().for_each(|run| done(&run.wait_with_output().unwrap()));
        assert_eq!(place.contents("out"), place.contents("reference"));
    }
}

/// A run is killed at every system call that may change a tree (by `strace`), and the next one mends what it has left.
#[cfg(all(target_os = "linux", feature = "real-programs"))]
mod killed {
    use std::collections::BTreeSet;

    use super::*;

    const CALLS: &[&str] = &[
        "mkdir",
        "mkdirat",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
        "rmdir",
        "fsync",
        "openat2",
        "write",
    ];

    /// The input `a` in two versions, with applications that stay, change, come and go; `other` has written before.
    struct Versions {
        place: Place,
        old: BTreeMap<String, String>,
        new: BTreeMap<String, String>,
    }

    const THEIRS: &[&str] = &["out/README", "out/jobs/theirs.yaml"];

    impl Versions {
        fn new() -> Self {
            let place = Place::new();
            place.write_apps("other", 0..2, "512m");
            for (numbers, memory, namespace, tree) in [(0..5, "512m", "before", "old"), (2..7, "600m", "after", "new")]
            {
                place.write_apps("a", numbers, memory);
                place.write("a/alone.yaml", &app(namespace, "alone", memory));
                place.render("other", tree);
                place.render("a", tree);
            }
            let (old, new) = (place.contents("old"), place.contents("new"));
            Self { place, old, new }
        }

        /// `out` as the old version has left it, with files of somebody else.
        fn reset(&self, fresh: bool) {
            let _ = fs::remove_dir_all(self.place.path("out"));
            if fresh {
                return;
            }
            for (name, text) in &self.old {
                self.place.write(&format!("out/{name}"), text);
            }
            THEIRS.iter().for_each(|name| self.place.write(name, "theirs"));
        }

        fn strace(&self, arguments: &[&str]) -> Command {
            let mut strace = Command::new("strace");
            strace.args(["-f", "-qq", "-o", "trace"]).args(arguments).arg(env!("CARGO_BIN_EXE_spark-render"));
            self.place.wrapped(strace, "a", "out")
        }

        /// How often the run makes each call.
        fn calls(&self, fresh: bool) -> Vec<(&'static str, usize)> {
            self.reset(fresh);
            let trace = format!("trace={}", CALLS.iter().map(|call| format!("?{call}")).collect::<Vec<_>>().join(","));
            done(&self.strace(&["-e", &trace]).output().unwrap());
            let trace = fs::read_to_string(self.place.path("trace")).unwrap();
            let count = |call: &str| trace.lines().filter(|line| line.contains(&format!(" {call}("))).count();
            CALLS.iter().map(|call| (*call, count(call))).filter(|(_, count)| *count > 0).collect()
        }

        fn killed_at(&self, call: &str, when: usize) -> Child {
            let inject = format!("inject={call}:signal=SIGKILL:when={when}");
            self.strace(&["-e", &format!("trace={call}"), "-e", &inject]).spawn().unwrap()
        }

        /// Nothing is lost, torn or somebody else's, and each file is owned.
        fn assert_whole(&self, fresh: bool, what: &str) {
            let found: BTreeMap<_, _> = self
                .place
                .contents("out")
                .into_iter()
                .filter(|(name, _)| !name.starts_with(".spark-render-staging"))
                .collect();
            let owned: BTreeSet<String> = found
                .get(MARKER)
                .into_iter()
                .flat_map(|marker| marker.lines())
                .filter_map(|line| Some(line.split_once('\t')?.1.to_owned()))
                .collect();
            for (name, text) in found.iter().filter(|(name, _)| *name != MARKER) {
                if THEIRS.contains(&format!("out/{name}").as_str()) {
                    assert_eq!(text, "theirs", "{what}: {name}");
                    continue;
                }
                let known = [self.old.get(name), self.new.get(name)];
                assert!(known.contains(&Some(text)), "{what}: {name} is neither old nor new");
                assert!(owned.contains(name), "{what}: {name} is not owned");
            }
            if !fresh {
                let stays = self.old.keys().filter(|name| self.new.contains_key(*name));
                stays.for_each(|name| assert!(found.contains_key(name), "{what}: {name} is lost"));
                THEIRS.iter().for_each(|name| assert!(self.place.path(name).exists(), "{what}: {name} is lost"));
            }
        }

        /// The next run makes the new version of it.
        fn assert_mended(&self, fresh: bool, what: &str) {
            self.place.render("a", "out");
            let mut found = self.place.contents("out");
            if fresh {
                self.place.render("other", "out");
                found = self.place.contents("out");
            } else {
                THEIRS.iter().for_each(|name| assert!(found.remove(&name["out/".len()..]).is_some(), "{what}: {name}"));
            }
            assert_eq!(found, self.new, "{what}");
            let mut left: Vec<_> =
                fs::read_dir(self.place.path("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            left.retain(|name| name != "README");
            assert_eq!(left.len(), 3, "{what}: {left:?}");
        }
    }

    #[test]
    fn at_every_call_it_is_mended() {
        let versions = Versions::new();
        let mut points = 0;
        for fresh in [false, true] {
            for (call, count) in versions.calls(fresh) {
                for when in 1..=count {
                    let what = format!("killed at {call} {when} of {count}, fresh: {fresh}");
                    versions.reset(fresh);
                    versions.killed_at(call, when).wait_with_output().unwrap();
                    versions.assert_whole(fresh, &what);
                    versions.assert_mended(fresh, &what);
                    points += 1;
                }
            }
        }
        println!("killed at {points} points: nothing lost, nothing of others touched, all mended");
        assert!(points >= 150, "{points}");
    }

    #[test]
    fn beside_another_run_it_is_mended() {
        let versions = Versions::new();
        let place = &versions.place;
        place.write_apps("q", 0..4, "512m");
        place.render("q", "new");
        let new = place.contents("new");
        let mut points = 0;
        for (call, count) in versions.calls(false) {
            for when in (1..=count).step_by(count.div_ceil(12)) {
                let what = format!("killed at {call} {when} of {count} beside another run");
                versions.reset(false);
                let killed = versions.killed_at(call, when);
                let other = place.start("q", "out");
                killed.wait_with_output().unwrap();
                done(&other.wait_with_output().unwrap());
                place.render("a", "out");
                let mut found = place.contents("out");
                THEIRS.iter().for_each(|name| assert!(found.remove(&name["out/".len()..]).is_some(), "{what}: {name}"));
                assert_eq!(found, new, "{what}");
                points += 1;
            }
        }
        println!("killed at {points} points beside another run: all mended");
    }
}
