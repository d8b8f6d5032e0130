//! What a render costs against the programs that people use instead, as ratios within one run: `spark-submit` in cluster
//! mode for one application (against an API server that takes everything), and `kubectl kustomize` over the manifests
//! of 100 applications (kustomize takes minutes for 1,000). `tests/tools/install.sh` installs them first.
//!
//! `cargo bench --bench programs` prints a table. Nothing is asserted: machines differ, ratios are for people.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const BINARY: &str = env!("CARGO_BIN_EXE_spark-render");
const HERE: &str = env!("CARGO_MANIFEST_DIR");
const APPLICATION: &str = include_str!("../fixtures/render/spark-pi/app.yaml");
const APPLICATIONS: usize = 100;

/// The path of a tool, which is installed if it is not there.
fn install(tool: &str) -> PathBuf {
    let output =
        Command::new(Path::new(HERE).join("tests/tools/install.sh")).arg(tool).stderr(Stdio::inherit()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "`{tool}` cannot be installed");
    String::from_utf8(output.stdout).unwrap().trim_end().into()
}

/// The quickest of several runs: whatever else a machine does only adds time.
fn best_of(times: usize, mut command: impl FnMut() -> Command) -> Duration {
    let run = |_| {
        let mut command = command();
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let clock = Instant::now();
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        clock.elapsed()
    };
    (0..times).map(run).min().unwrap()
}

fn render(path: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.args(["render", "--kube-version", "1.34"]).arg(path);
    command
}

/// An API server that takes everything; ends with the value.
struct ApiServer(Child);

impl ApiServer {
    /// Starts it, and says at which port.
    fn start(folder: &Path) -> (Self, String) {
        let port = folder.join("port");
        let server = Command::new("python3")
            .arg(Path::new(HERE).join("tests/e2e/fake_apiserver.py"))
            .arg("--log")
            .arg(folder.join("requests.jsonl"))
            .arg("--port-file")
            .arg(&port)
            .stdout(Stdio::null())
            .spawn();
        let server = Self(server.unwrap());
        for _ in 0..100 {
            if let Ok(port) = fs::read_to_string(&port) {
                return (server, port);
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the API server does not start");
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The submission that the operator would make of the application, as far as it costs time.
fn spark_submit(spark_home: &Path, port: &str) -> Command {
    let mut command = Command::new(spark_home.join("bin/spark-submit"));
    command.env("SPARK_HOME", spark_home).args(["--master", &format!("k8s://http://127.0.0.1:{port}")]);
    command.args(["--deploy-mode", "cluster", "--name", "spark-pi", "--class", "org.apache.spark.examples.SparkPi"]);
    for conf in [
        "spark.kubernetes.namespace=jobs",
        "spark.kubernetes.container.image=apache/spark:3.5.1",
        "spark.kubernetes.submission.waitAppCompletion=false",
    ] {
        command.args(["--conf", conf]);
    }
    command.args(["local:///opt/spark/examples/jars/spark-examples.jar", "1000"]);
    command
}

fn row(what: &str, ours: Duration, theirs: Duration) {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!("{what:<58} {:>9.1} ms {:>9.1} ms {ratio:>8.1}", ours.as_secs_f64() * 1e3, theirs.as_secs_f64() * 1e3);
}

fn main() {
    let (kubectl, spark_home) = (install("kubectl"), install("pyspark-3.5"));
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("applications");
    fs::create_dir(&folder).unwrap();
    for index in 0..APPLICATIONS {
        let text = APPLICATION.replace("name: spark-pi", &format!("name: spark-pi-{index}"));
        fs::write(folder.join(format!("app-{index:05}.yaml")), text).unwrap();
    }
    let base = directory.path().join("base");
    fs::create_dir(&base).unwrap();
    fs::write(base.join("all.yaml"), render(&folder).output().unwrap().stdout).unwrap();
    fs::write(base.join("kustomization.yaml"), "resources: [all.yaml]\n").unwrap();

    println!("{:<58} {:>12} {:>12} {:>8}", "", "spark-render", "the other", "ratio");
    let one = best_of(21, || render(&folder.join("app-00000.yaml")));
    let (server, port) = ApiServer::start(directory.path());
    row("one application, spark-submit", one, best_of(3, || spark_submit(&spark_home, &port)));
    drop(server);
    let all = best_of(5, || render(&folder));
    let kustomize = || {
        let mut command = Command::new(&kubectl);
        command.arg("kustomize").arg(&base);
        command
    };
    row("100 applications, kubectl kustomize over the manifests", all, best_of(3, kustomize));
}
