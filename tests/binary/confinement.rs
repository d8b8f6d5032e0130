//! A tenant's repository beside another one's: whatever the first one names or links, nothing of the second one, and no
//! device or pipe, is read. And what lies inside is, by the same ways.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Stands in every file of the other tenant.
const MARK: &str = "s3cr3t-of-tenant-b";
/// How long a run may take, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

const APP: &str = "apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: app, namespace: jobs}
spec:
  type: Python
  sparkVersion: 3.5.1
  image: registry.example.com/app:1
  mainApplicationFile: local:///app/main.py
  driver: {serviceAccount: spark}
  executor: {instances: 1}
";

fn config(spec: &str) -> String {
    format!("apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec:\n  kubeVersion: \"1.30\"\n{spec}\n")
}

fn config_map(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: jobs}}\ndata: {{a: '{value}'}}\n")
}

/// The copies of two repositories, as Argo CD lays them out.
struct Host {
    folder: TempDir,
}

struct Outcome {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Host {
    fn new() -> Self {
        let host = Self { folder: tempfile::tempdir().unwrap() };
        host.write("a/jobs/app.yaml", APP);
        host.write("a/shared/values.yaml", "value: inside\n");
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: jobs}\nstringData: {password: MARK}\nvalue: MARK\n";
        host.write("b/jobs/secret.yaml", &secret.replace("MARK", MARK));
        host.write("b/jobs/spark-render.yaml", &config(&format!("  namespace: {MARK}")));
        let template = format!("spec:\n  containers:\n  - name: {MARK}\n    env: [{{name: X, value: {MARK}}}]\n");
        host.write("b/jobs/template.txt", &template);
        host.write("b/jobs/include.txt", &format!("a: {MARK}\n"));
        host
    }

    /// The folder that Argo CD makes the copies in.
    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("_cmp_server")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join("_cmp_server").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[cfg(unix)]
    fn link(&self, target: impl AsRef<Path>, path: &str) {
        let path = self.root().join(path);
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    /// Runs the program in `folder`, with what Argo CD would say in the environment.
    fn run(&self, folder: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        let (stdout, stderr) = (self.folder.path().join("stdout"), self.folder.path().join("stderr"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .args(arguments)
            .current_dir(self.root().join(folder))
            .env_clear()
            .envs([("ARGOCD_APP_NAMESPACE", "jobs"), ("KUBE_VERSION", "1.30")])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(fs::File::create(&stdout).unwrap())
            .stderr(fs::File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code();
            }
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            thread::sleep(Duration::from_millis(5));
        };
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        Outcome { status, stdout: read(&stdout), stderr: read(&stderr) }
    }

    fn generate(&self, environment: &[(&str, &str)]) -> Outcome {
        self.run("a/jobs", &["argocd", "generate"], environment)
    }
}

/// A way to what lies elsewhere: how it is made, and the Application's parameters.
struct Way {
    name: &'static str,
    make: fn(&Host),
    parameters: Option<&'static str>,
}

const fn way(name: &'static str, make: fn(&Host)) -> Way {
    Way { name, make, parameters: None }
}

/// A template that shows a value.
fn shows_value(host: &Host) {
    host.write("a/jobs/map.yaml.j2", &config_map("m", "{{ value }}"));
}

fn absolute(host: &Host, spec: &str) {
    let spec = spec.replace("ROOT", &host.root().display().to_string());
    host.write("a/jobs/spark-render.yaml", &config(&spec));
}

/// The ways without links.
const NAMED: &[Way] = &[
    way("inputs, relative", |host| absolute(host, "  inputs: [../../b/jobs/secret.yaml]")),
    way("inputs, relative folder", |host| absolute(host, "  inputs: [., ../../b/jobs]")),
    way("inputs, absolute", |host| absolute(host, "  inputs: [ROOT/b/jobs/secret.yaml]")),
    way("inputs, absolute by way of inside", |host| absolute(host, "  inputs: [ROOT/a/../b/jobs/secret.yaml]")),
    way("inputs, far up", |host| absolute(host, "  inputs: [../../../../../../../../../../../../etc]")),
    way("values, relative", |host| {
        shows_value(host);
        absolute(host, "  values: [../../b/jobs/secret.yaml]");
    }),
    way("values, absolute", |host| {
        shows_value(host);
        absolute(host, "  values: [ROOT/b/jobs/secret.yaml]");
    }),
    way("certs.file, relative", |host| absolute(host, "  certs: {file: ../../b/jobs/secret.yaml}")),
    way("certs.file, absolute", |host| absolute(host, "  certs: {file: ROOT/b/jobs/secret.yaml}")),
    way("include", |host| {
        host.write("a/jobs/map.yaml.j2", "{% include '../../b/jobs/include.txt' %}");
    }),
    way("pod template", |host| {
        let conf = "  sparkConf: {spark.kubernetes.driver.podTemplateFile: ../../b/jobs/template.txt}\n";
        host.write("a/jobs/app.yaml", &format!("{APP}{conf}"));
    }),
];

/// The ways of an Application.
const PARAMETERS: &[Way] = &[
    Way { parameters: Some(r#"[{"name":"inputs","array":["../../b"]}]"#), ..way("parameter inputs", |_| ()) },
    Way {
        parameters: Some(r#"[{"name":"values","array":["../../b/jobs/secret.yaml"]}]"#),
        ..way("parameter values", shows_value)
    },
    Way {
        parameters: Some(r#"[{"name":"certs.file","string":"../../b/jobs/secret.yaml"}]"#),
        ..way("parameter certs.file", |_| ())
    },
];

/// The ways by links.
#[cfg(unix)]
const LINKED: &[Way] = &[
    way("link to a file", |host| host.link("../../b/jobs/secret.yaml", "a/jobs/s.yaml")),
    way("absolute link to a file", |host| host.link(host.root().join("b/jobs/secret.yaml"), "a/jobs/s.yaml")),
    way("link to a folder", |host| host.link("../../b/jobs", "a/jobs/more")),
    way("link to all folders", |host| host.link("../..", "a/jobs/more")),
    way("link to a link", |host| {
        host.link("../../b", "a/shared/b");
        host.link("../shared/b/jobs/secret.yaml", "a/jobs/s.yaml");
    }),
    way("inputs through a link", |host| {
        host.link("../../b", "a/shared/b");
        absolute(host, "  inputs: [../shared/b/jobs/secret.yaml]");
    }),
    way("inputs behind a link", |host| {
        host.link("../../b/jobs", "a/shared/b");
        absolute(host, "  inputs: [../shared/b/../jobs/secret.yaml]");
    }),
    way("values through a link", |host| {
        shows_value(host);
        host.link("../../b", "a/jobs/.b");
        absolute(host, "  values: [.b/jobs/secret.yaml]");
    }),
    way("certs.file through a link", |host| {
        host.link("../../b", "a/jobs/.b");
        absolute(host, "  certs: {file: .b/jobs/secret.yaml}");
    }),
    way("include through a link", |host| {
        host.link("../../b/jobs/include.txt", "a/jobs/include.txt");
        host.write("a/jobs/map.yaml.j2", "{% include 'include.txt' %}");
    }),
    way("include below a link", |host| {
        host.link("../../b/jobs", "a/jobs/.b");
        host.write("a/jobs/map.yaml.j2", "{% include '.b/include.txt' %}");
    }),
    way("pod template through a link", |host| {
        host.link("../../b/jobs/template.txt", "a/jobs/template.txt");
        let conf = "  sparkConf: {spark.kubernetes.driver.podTemplateFile: template.txt}\n";
        host.write("a/jobs/app.yaml", &format!("{APP}{conf}"));
    }),
    way("the configuration is a link", |host| host.link("../../b/jobs/spark-render.yaml", "a/jobs/spark-render.yaml")),
];

#[cfg(not(unix))]
const LINKED: &[Way] = &[];

fn is_held(way: &Way, command: &str, outcome: &Outcome) {
    let Outcome { status, stdout, stderr } = outcome;
    let what = format!("{}, {command}: {status:?}\n{stdout}\n{stderr}", way.name);
    // These do not look at the certificate at all; that prints nothing but names.
    let without_certificate = way.name.starts_with("certs.file") && ["check", "explain ."].contains(&command);
    let passes_by = without_certificate || command.starts_with("argocd paths");
    assert!(matches!(status, Some(1 | 2)) || passes_by && *status == Some(0), "{what}");
    assert!(!stdout.contains(MARK) && !stderr.contains(MARK), "{what}");
    assert!(!stderr.contains("This is a bug"), "{what}");
}

#[test]
fn a_tenant_reads_nothing_of_another_one() {
    for way in NAMED.iter().chain(PARAMETERS).chain(LINKED) {
        for source_path in ["jobs", ".", "elsewhere", "a/jobs", "../a/jobs", ""] {
            let host = Host::new();
            (way.make)(&host);
            let mut environment = vec![("ARGOCD_APP_SOURCE_PATH", source_path)];
            environment.extend(way.parameters.map(|parameters| ("ARGOCD_APP_PARAMETERS", parameters)));
            is_held(way, source_path, &host.generate(&environment));
            if source_path == "jobs" {
                for command in ["parameters", "discover"] {
                    let outcome = host.run("a/jobs", &["argocd", command], &environment);
                    let text = outcome.stdout + &outcome.stderr;
                    assert!(!text.contains(MARK), "{}: {text}", way.name);
                }
            }
        }
    }
}

/// A branch of somebody else in CI: the root is the repository, and without one the input's folder.
#[test]
fn a_branch_reads_nothing_outside_of_its_repository() {
    for way in NAMED.iter().chain(LINKED) {
        for is_repository in [true, false] {
            let host = Host::new();
            (way.make)(&host);
            if is_repository {
                host.write("a/.git", "gitdir: elsewhere");
            }
            for command in [
                &["render"][..],
                &["render", "--check", "-o", "out"],
                &["check"],
                &["explain", "."],
                &["argocd", "paths", "."],
            ] {
                is_held(way, &command.join(" "), &host.run("a/jobs", command, &[]));
            }
            is_held(way, "from above", &host.run("", &["render", "a/jobs"], &[]));
        }
    }
}

/// A comparison of folders, one of which is of a branch.
#[cfg(unix)]
#[test]
fn folders_that_are_compared_show_nothing_of_another_one() {
    let host = Host::new();
    host.write("a/old/map.yaml", &config_map("m", "1"));
    host.write("a/new/map.yaml", &config_map("m", "1"));
    host.link("../../b/jobs/secret.yaml", "a/new/s.yaml");
    for paths in [["old", "new"], ["new", "old"]] {
        let outcome = host.run("a", &[&["diff"][..], &paths].concat(), &[]);
        let text = outcome.stdout + &outcome.stderr;
        assert!(outcome.status == Some(2) && text.contains("outside-root") && !text.contains("Secret"), "{text}");
    }
    let outcome = host.run("a", &["diff", "--allow-outside", "old", "new"], &[]);
    assert!(outcome.status == Some(1) && outcome.stdout.contains("Secret"), "{}", outcome.stderr);
}

/// Files that have no end, or that have to be waited for.
#[cfg(unix)]
#[test]
fn devices_and_pipes_are_refused() {
    let ways: &[Way] = &[
        way("values", |host| absolute(host, "  values: [/dev/zero]")),
        way("inputs", |host| absolute(host, "  inputs: [/dev/zero]")),
        way("certs.file", |host| absolute(host, "  certs: {file: /dev/zero}")),
        way("values, a pipe", |host| absolute(host, "  values: [pipe.yaml]")),
        way("inputs, a pipe", |host| absolute(host, "  inputs: [pipe.yaml]")),
        way("certs.file, a pipe", |host| absolute(host, "  certs: {file: pipe.yaml}")),
        way("include, a pipe", |host| host.write("a/jobs/map.yaml.j2", "{% include 'pipe.yaml' %}")),
        way("pod template, a pipe", |host| {
            let conf = "  sparkConf: {spark.kubernetes.driver.podTemplateFile: pipe.yaml}\n";
            host.write("a/jobs/app.yaml", &format!("{APP}{conf}"));
        }),
        way("configuration, a pipe", |host| {
            fs::rename(host.root().join("a/jobs/pipe.yaml"), host.root().join("a/jobs/spark-render.yaml")).unwrap();
        }),
        way("include, a link", |host| {
            host.link("/dev/zero", "a/jobs/zero");
            host.write("a/jobs/map.yaml.j2", "{% include 'zero' %}");
        }),
    ];
    for way in ways {
        for allowed in [&[][..], &["--allow-outside"]] {
            let host = Host::new();
            pipe(&host.root().join("a/jobs/pipe.yaml"));
            (way.make)(&host);
            let outcome = host.run("a/jobs", &[&["argocd", "generate"], allowed].concat(), &[]);
            assert!(matches!(outcome.status, Some(1 | 2)), "{}: {:?} {}", way.name, outcome.status, outcome.stderr);
            let outcome = host.run("a/jobs", &[&["render"], allowed].concat(), &[]);
            assert!(matches!(outcome.status, Some(1 | 2)), "{}: {:?} {}", way.name, outcome.status, outcome.stderr);
        }
    }
    // A walk passes them by.
    let host = Host::new();
    pipe(&host.root().join("a/jobs/pipe.yaml"));
    host.link("pipe.yaml", "a/jobs/linked.yaml");
    assert_eq!(host.generate(&[]).status, Some(0));
}

#[cfg(unix)]
fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// What is refused is said where it is written.
#[test]
fn refusals_have_their_place() {
    let host = Host::new();
    absolute(&host, "  values: [../shared/values.yaml, ../../b/jobs/secret.yaml]");
    let outcome = host.run("a/jobs", &["render", "--diagnostics", "concise"], &[("GIT_DIR", "x")]);
    assert!(outcome.stderr.starts_with("spark-render.yaml:5:"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("outside-root"), "{}", outcome.stderr);
    assert_eq!(outcome.status, Some(1));
}

/// Whatever Argo CD copies: all of the repository with and without `.git`, the application's folder alone, or a part by
/// manifest-generate-paths.
#[test]
fn what_lies_inside_is_read() {
    for (source_path, with_git) in [("jobs", false), ("jobs", true), ("team/jobs", false), ("", false), ("", true)] {
        let host = Host::new();
        if with_git {
            host.write("a/jobs/.git/HEAD", "");
        }
        shows_value(&host);
        host.write("a/shared/other.yaml", &config_map("other", "there"));
        absolute(&host, "  values: [../shared/values.yaml]\n  inputs: [., ../shared/other.yaml, ROOT/a/jobs/app.yaml]");
        #[cfg(unix)]
        {
            host.write("a/shared/linked.yaml", &config_map("linked", "there"));
            host.link("../shared/linked.yaml", "a/jobs/linked.yaml");
            host.link("gone", "a/jobs/dangling");
        }
        let outcome = host.generate(&[("ARGOCD_APP_SOURCE_PATH", source_path)]);
        assert_eq!(outcome.status, Some(0), "{source_path}: {}", outcome.stderr);
        for text in
            ["a: inside", "name: other", "name: app-driver"].into_iter().chain(cfg!(unix).then_some("name: linked"))
        {
            assert!(outcome.stdout.contains(text), "{source_path}: {text}\n{}", outcome.stdout);
        }
    }
    // The application is the whole repository.
    let host = Host::new();
    host.write("a/spark-render.yaml", &config("  inputs: [jobs]\n  values: [shared/values.yaml]"));
    let outcome = host.run("a", &["argocd", "generate"], &[("ARGOCD_APP_SOURCE_PATH", ".")]);
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr);
}

/// One's own machine: what a person names is read, and all of it with the flag.
#[test]
fn a_person_may_name_any_file() {
    let host = Host::new();
    let allowed = |arguments: &[&str]| {
        let outcome = host.run("a/jobs", arguments, &[]);
        assert_eq!(outcome.status, Some(0), "{arguments:?}: {}", outcome.stderr);
        outcome.stdout
    };
    assert!(allowed(&["render", "../../b/jobs/secret.yaml"]).contains(MARK));
    shows_value(&host);
    assert!(allowed(&["render", "--values", "../../b/jobs/secret.yaml"]).contains(MARK));
    // What a configuration of one's own names lies below its own folder.
    host.write("c/config.yaml", &config("  values: [values.yaml]"));
    host.write("c/values.yaml", "value: mine\n");
    assert!(allowed(&["render", "--config", "../../c/config.yaml"]).contains("a: mine"));
    host.write("a/jobs/spark-render.yaml", &config("  values: [../../b/jobs/secret.yaml]"));
    assert!(allowed(&["render", "--allow-outside"]).contains(MARK));
    #[cfg(unix)]
    {
        host.write("a/jobs/spark-render.yaml", &config(""));
        fs::remove_file(host.root().join("a/jobs/map.yaml.j2")).unwrap();
        host.link(host.root().join("b/jobs/secret.yaml"), "a/jobs/s.yaml");
        assert!(allowed(&["render", "--allow-outside"]).contains(MARK));
    }
}

/// With a configuration of the installation, an Application's parameters still name the Application's files.
#[test]
fn an_installation_s_configuration_opens_nothing() {
    let host = Host::new();
    host.write("b/config.yaml", &config(""));
    for (parameters, status) in [
        (r#"[{"name":"inputs","array":["jobs/secret.yaml"]}]"#, 2),
        (r#"[{"name":"inputs","array":["../b/jobs/secret.yaml"]}]"#, 2),
        (r#"[{"name":"inputs","array":["../../b/jobs/secret.yaml"]}]"#, 1),
        (r#"[{"name":"inputs","array":["app.yaml"]}]"#, 0),
    ] {
        let environment = [("ARGOCD_APP_PARAMETERS", parameters)];
        let outcome = host.run("a/jobs", &["argocd", "generate", "--config", "../../b/config.yaml"], &environment);
        assert_eq!(outcome.status, Some(status), "{parameters}: {}", outcome.stderr);
        assert!(!outcome.stdout.contains(MARK), "{parameters}");
    }
}

#[cfg(unix)]
#[test]
fn parameters_that_are_not_text_are_an_error() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let host = Host::new();
    let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
        .args(["argocd", "generate"])
        .current_dir(host.root().join("a/jobs"))
        .env_clear()
        .env("ARGOCD_APP_PARAMETERS", OsStr::from_bytes(b"[\xff]"))
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && stderr.contains("`ARGOCD_APP_PARAMETERS` is not UTF-8"), "{stderr}");
}

/// A kustomization's function names files as well.
#[test]
fn a_generator_reads_below_its_repository() {
    let host = Host::new();
    for (inputs, status) in [("../../b/jobs/secret.yaml", 1), ("app.yaml", 0)] {
        host.write("a/.git", "gitdir: elsewhere");
        let config = config(&format!("  inputs: [{inputs}]\nmetadata: {{name: x}}")).replace('\n', "\n  ");
        let list = format!(
            "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  {config}\nitems:\n- {config}\n"
        );
        host.write("list", &list);
        let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
            .arg("krm")
            .current_dir(host.root().join("a/jobs"))
            .env_clear()
            .stdin(fs::File::open(host.root().join("list")).unwrap())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{text}");
        assert!(!text.contains(MARK), "{text}");
    }
}
