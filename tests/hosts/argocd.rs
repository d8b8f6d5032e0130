//! Argo CD: its own plugin server and its repo-server's code, with the plugin that `argocd install` prints.

use std::{
    fs,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

use super::{Said, copied, copy_into, fixture, install, path, run, spark_render};

static SERVER: LazyLock<PathBuf> = LazyLock::new(|| install("argocd-cmp-server"));
static GENERATE: LazyLock<PathBuf> = LazyLock::new(|| install("argocd-generate"));

/// A running sidecar.
struct Sidecar {
    child: Child,
    folder: tempfile::TempDir,
}

impl Sidecar {
    fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let binary = spark_render().to_str().unwrap();
        let plugin =
            run(Command::new(spark_render()).args(["argocd", "install", "plugin", "--binary", binary]).args(flags));
        assert!(plugin.ok, "{}", plugin.stderr);
        fs::write(folder.path().join("plugin.yaml"), plugin.stdout).unwrap();
        fs::create_dir(folder.path().join("sockets")).unwrap();
        let child = Command::new(&*SERVER)
            .arg("--config-dir-path")
            .arg(folder.path())
            .env_clear()
            .env("PATH", path())
            .env("ARGOCD_PLUGINSOCKFILEPATH", folder.path().join("sockets"))
            // A server empties its work directory when it starts: a shared one would be taken from the tests beside.
            .env("ARGOCD_CMP_WORKDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        // The file is there a moment before anybody listens.
        while UnixStream::connect(folder.path().join("sockets/spark-render.sock")).is_err() {
            assert!(started.elapsed() < Duration::from_mins(1), "the plugin server does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, folder }
    }

    /// What the repo-server makes of the Application `application.yaml` in `repository`.
    fn generate(&self, repository: &Path, flags: &[&str]) -> Said {
        let mut command = Command::new(&*GENERATE);
        command.arg("-application").arg(repository.join("application.yaml")).arg("-repo").arg(repository).args(flags);
        run(command
            .env_clear()
            .env("PATH", path())
            .env("ARGOCD_PLUGINSOCKFILEPATH", self.folder.path().join("sockets")))
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn objects(said: &Said) -> Vec<Json> {
    assert!(said.ok, "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

fn kinds(objects: &[Json]) -> Vec<&str> {
    objects.iter().map(|object| object["kind"].as_str().unwrap()).collect()
}

#[test]
fn an_application_that_names_the_plugin_is_rendered_with_its_parameters() {
    for flags in [&[][..], &["--discover"]] {
        let sidecar = Sidecar::start(flags);
        let repository = copied("argocd");
        let said = sidecar.generate(repository.path(), &[]);
        let objects = objects(&said);
        assert_eq!(kinds(&objects), ["Pod", "Service", "ConfigMap", "ConfigMap", "Service", "ConfigMap"]);
        let pod = &objects[0];
        assert_eq!(pod["metadata"]["namespace"], "spark-jobs");
        assert_eq!(pod["metadata"]["annotations"]["argocd.argoproj.io/sync-options"], "Force=true");
        assert!(pod["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"].is_string());
    }
}

#[test]
fn failures_reach_the_user_as_a_sentence() {
    let sidecar = Sidecar::start(&[]);
    let app = fs::read_to_string(fixture("argocd/jobs/app.yaml")).unwrap();
    let near_miss = app.replace("sparkoperator.k8s.io/v1beta2", "sparkoperator.k8s.io/v1beta3");
    let template = app.replace("name: pi", "name: pi-{{ stage }}").replace("instances: 2", "instances: {{ count }}");
    let cases: &[(&str, &str, &str)] = &[
        ("notes.txt", "nothing", "there is no object to emit"),
        ("app.yaml", "kind: [", "app.yaml:"),
        ("app.yaml", &near_miss, "`SparkApplication` does not exist in `sparkoperator.k8s.io/v1beta3`"),
        ("app.yaml.j2", &template, "app.yaml.j2:"),
    ];
    for (file, text, sentence) in cases {
        let repository = copied("argocd");
        fs::remove_dir_all(repository.path().join("jobs")).unwrap();
        fs::create_dir(repository.path().join("jobs")).unwrap();
        fs::write(repository.path().join("jobs").join(file), text).unwrap();
        let said = sidecar.generate(repository.path(), &[]);
        assert!(!said.ok, "{file}: {}", said.stdout);
        assert!(
            said.stderr.contains("exit status 1: error: ") && said.stderr.contains(sentence),
            "{file}: {}",
            said.stderr
        );
    }
}

#[test]
fn a_wrong_parameter_is_named() {
    let sidecar = Sidecar::start(&[]);
    let repository = copied("argocd");
    let file = repository.path().join("application.yaml");
    let text = fs::read_to_string(&file).unwrap().replace("name: kubeVersion", "name: kubeVersoin");
    fs::write(&file, text).unwrap();
    let said = sidecar.generate(repository.path(), &[]);
    assert!(!said.ok && said.stderr.contains("parameter `kubeVersoin`"), "{}", said.stderr);
}

#[test]
fn other_manifests_stay_when_the_last_application_goes() {
    let sidecar = Sidecar::start(&[]);
    let repository = copied("argocd");
    fs::remove_file(repository.path().join("jobs/app.yaml")).unwrap();
    let objects = objects(&sidecar.generate(repository.path(), &[]));
    assert_eq!(kinds(&objects), ["ConfigMap"]);
}

/// The current directory and environment of a plugin's command.
fn plugin(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(spark_render());
    command.arg("argocd").args(args).current_dir(folder).env_clear().envs(environment.iter().copied());
    run(command.stdin(Stdio::null()))
}

#[test]
fn without_a_plugin_only_a_configuration_is_discovered() {
    let parameters = ("ARGOCD_APP_PARAMETERS", "null");
    let jobs = fixture("argocd/jobs");
    assert_eq!(plugin(&jobs, &["discover"], &[]).stdout, "");
    assert_eq!(plugin(&jobs, &["discover"], &[parameters]).stdout, "app.yaml\n");
    let configured = copied("argocd/jobs");
    fs::remove_file(configured.path().join("app.yaml")).unwrap();
    let said = plugin(configured.path(), &["discover"], &[parameters]);
    assert!(said.ok && said.stdout.is_empty(), "{}", said.stdout);
    let config = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\n";
    fs::write(configured.path().join("spark-render.yaml"), config).unwrap();
    assert_eq!(plugin(configured.path(), &["discover"], &[]).stdout, "spark-render.yaml\n");
}

#[test]
fn auto_detection_takes_only_directories_with_a_configuration() {
    let sidecar = Sidecar::start(&["--discover"]);
    let repository = copied("argocd");
    let file = repository.path().join("application.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("    plugin:").unwrap();
    let (_, after) = rest.split_once("  destination:").unwrap();
    fs::write(&file, format!("{before}  destination:{after}")).unwrap();
    let plain = objects(&sidecar.generate(repository.path(), &[]));
    assert_eq!(kinds(&plain), ["SparkApplication", "ConfigMap"], "Argo CD reads the directory itself");
    let config = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\n";
    fs::write(repository.path().join("jobs/spark-render.yaml"), config).unwrap();
    let rendered = objects(&sidecar.generate(repository.path(), &[]));
    assert_eq!(kinds(&rendered)[0], "Pod");
}

#[test]
fn parameters_are_announced_as_one_json_list() {
    let said = plugin(&fixture("argocd/jobs"), &["parameters"], &[("ARGOCD_APP_PARAMETERS", "[]")]);
    let list: Vec<Json> = serde_json::from_str(&said.stdout).unwrap();
    assert!(said.ok && said.stderr.is_empty(), "{}", said.stderr);
    let names: Vec<&str> = list.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert!(
        names.contains(&"kubeVersion") && names.contains(&"set") && names.contains(&"argocd.recreate"),
        "{names:?}"
    );
    for item in &list {
        let collection = item["collectionType"].as_str().unwrap();
        assert!(!item[collection].is_null(), "{item}");
    }
}

#[test]
fn an_empty_kube_version_is_none_and_a_parameter_wins() {
    let jobs = fixture("argocd/jobs");
    let namespace = ("ARGOCD_APP_NAMESPACE", "jobs");
    let generate = |environment: &[(&str, &str)]| plugin(&jobs, &["generate"], environment);
    let hydrated = generate(&[namespace, ("KUBE_VERSION", ""), ("KUBE_API_VERSIONS", "")]);
    assert!(hydrated.ok && hydrated.stderr.contains("no target Kubernetes version"), "{}", hydrated.stderr);
    let given = generate(&[namespace, ("KUBE_VERSION", "1.32.4")]);
    assert!(given.ok && !given.stderr.contains("no target"), "{}", given.stderr);
    let parameters = r#"[{"name":"kubeVersion","string":"1.30"}]"#;
    let fixed = generate(&[namespace, ("KUBE_VERSION", ""), ("ARGOCD_APP_PARAMETERS", parameters)]);
    assert!(fixed.ok && !fixed.stderr.contains("no target"), "{}", fixed.stderr);
    let nowhere = generate(&[("KUBE_VERSION", "1.32"), ("ARGOCD_APP_NAMESPACE", "")]);
    assert!(!nowhere.ok && nowhere.stderr.contains("namespace"), "{}", nowhere.stderr);
    let previews = r#"[{"name":"executors","string":"preview"}]"#;
    let previews = generate(&[namespace, ("KUBE_VERSION", "1.32"), ("ARGOCD_APP_PARAMETERS", previews)]);
    assert!(!previews.ok && previews.stdout.is_empty(), "{}", previews.stdout);
}

#[test]
fn a_disk_that_cannot_be_written_is_no_success() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(spark_render())
        .args(["argocd", "generate"])
        .current_dir(fixture("argocd/jobs"))
        .env_clear()
        .envs([("ARGOCD_APP_NAMESPACE", "jobs"), ("KUBE_VERSION", "1.32"), ("TMPDIR", "/nonexistent")])
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("cannot write standard output"), "{stderr}");
}

#[test]
fn the_same_bytes_everywhere() {
    let always = [("ARGOCD_APP_NAMESPACE", "jobs"), ("KUBE_VERSION", "1.32.4")];
    let first = plugin(&fixture("argocd/jobs"), &["generate"], &always);
    assert!(first.ok, "{}", first.stderr);
    let place = tempfile::tempdir().unwrap();
    let deep = place.path().join("another/place");
    copy_into(&fixture("argocd/jobs"), &deep);
    let binary = place.path().join("spark-render");
    // By another process: a file that this one has open for writing while a test beside it forks cannot be run.
    assert!(Command::new("cp").arg(spark_render()).arg(&binary).status().unwrap().success());
    let open = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    [place.path(), &place.path().join("another"), &deep, &binary].into_iter().for_each(open);
    let other = [
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Asia/Kathmandu"),
        ("HOME", "/nonexistent"),
        ("USER", "somebody"),
        ("SPARK_USER", "somebody"),
        ("HADOOP_CONF_DIR", "/etc"),
        ("SPARK_CONF_DIR", "/etc"),
        ("ARGOCD_APP_REVISION", "0123456789"),
        ("RUST_BACKTRACE", "1"),
    ];
    let mut command = Command::new(&binary);
    command.args(["argocd", "generate"]).current_dir(&deep).env_clear().envs(always).envs(other).stdin(Stdio::null());
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root {
        use std::os::unix::process::CommandExt;
        command.uid(999).gid(999);
    }
    let second = run(&mut command);
    assert!(second.ok, "{}", second.stderr);
    assert_eq!(first.stdout, second.stdout);
}
