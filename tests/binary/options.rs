//! Every fault of the configuration is said once, where it is: in a file, in a parameter of the host, or in a flag.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

const APPLICATION: &str = "\
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: NAME
  namespace: jobs
spec:
  type: Scala
  image: registry.example.com/team/etl:1
  mainClass: com.example.Etl
  mainApplicationFile: local:///opt/etl.jar
  sparkVersion: 3.5.1
  driver: {serviceAccount: etl}
  executor: {instances: 1}
";

/// A folder with an application and a configuration whose `spec` is this.
fn folder(spec: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.yaml"), APPLICATION.replace("NAME", "etl")).unwrap();
    if !spec.is_empty() {
        let config = format!("apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec:\n{spec}");
        fs::write(folder.path().join("spark-render.yaml"), config).unwrap();
    }
    folder
}

/// Status and findings of a run: `check` prints them to standard output.
fn run(folder: &Path, arguments: &[&str], parameters: Option<&str>) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spark-render"));
    command.args(["--diagnostics", "concise", "--color", "never"]).args(arguments).current_dir(folder);
    command.env_clear().stdin(Stdio::null());
    if let Some(parameters) = parameters {
        command.envs([("ARGOCD_APP_PARAMETERS", parameters), ("ARGOCD_APP_NAMESPACE", "jobs")]);
    }
    let output = command.output().unwrap();
    let printed = [output.stderr, if arguments.contains(&"check") { output.stdout } else { Vec::new() }].concat();
    (output.status.code().expect("no signal"), String::from_utf8(printed).unwrap())
}

/// The lines about errors.
fn errors(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.contains("error[") || line.starts_with("error:")).collect()
}

const COMMANDS: &[&[&str]] = &[
    &["render", "."],
    &["check", ".", "--format", "concise"],
    &["check", ".", "--webhook-loss"],
    &["check", ".", "--format", "concise", "--kube-version", "1.30-1.34"],
    &["diff", "--from", "spark=3.5", "--to", "spark=4.0", "."],
    &["diff", ".", "."],
    &["explain", "app.yaml", "spec"],
    &["argocd", "paths", "."],
    &["argocd", "ignore-differences", "."],
];

#[test]
fn a_wrong_version_of_the_operator_is_an_error_of_every_command() {
    let plain = folder("");
    for version in ["bogus", "9.9", "3.0", "1.5", "2", "2.5.x"] {
        for command in COMMANDS {
            let arguments = [command, &["--operator-version", version][..]].concat();
            let (status, stderr) = run(plain.path(), &arguments, None);
            assert_eq!(status, if command[0] == "diff" { 2 } else { 1 }, "{arguments:?}: {stderr}");
            let [error] = errors(&stderr)[..] else { panic!("{arguments:?}: {stderr}") };
            assert!(error.contains("operator-version-invalid") && error.contains("`--operator-version`"), "{error}");
            assert!(error.contains(&format!("`{version}`")), "{error}");
        }
        let certs: [&[&str]; 2] = [
            &["certs", "check", "secret.yaml", "--operator-version"],
            &["certs", "webhook", "--service", "s", "-n", "n", "--operator-version"],
        ];
        for command in certs {
            let (status, stderr) = run(plain.path(), &[command, &[version]].concat(), None);
            assert_eq!(status, 2, "{command:?}: {stderr}");
            assert!(stderr.contains("--operator-version") && stderr.contains(version), "{stderr}");
        }
    }
    let configured = folder("  operatorVersion: \"9.9\"\n");
    // A file that is named has no configuration, and two trees are compared as they are.
    for command in COMMANDS.iter().filter(|command| **command != ["diff", ".", "."] && command[1] != "app.yaml") {
        let (status, stderr) = run(configured.path(), command, None);
        let [error] = errors(&stderr)[..] else { panic!("{command:?}: {stderr}") };
        assert_eq!(status, if command[0] == "diff" { 2 } else { 1 }, "{stderr}");
        assert!(error.contains("spark-render.yaml:4:20: error[operator-version-invalid]"), "{error}");
    }
}

#[test]
fn a_later_minor_of_the_newest_operator_is_the_newest_known_with_a_note() {
    let plain = folder("");
    let renders = |command: &&&[&str]| matches!(command[0], "render" | "check" | "explain");
    for command in COMMANDS.iter().filter(renders).filter(|command| !command.contains(&"--webhook-loss")) {
        let arguments = [command, &["--operator-version", "2.99"][..]].concat();
        let (status, stderr) = run(plain.path(), &arguments, None);
        assert_eq!(status, 0, "{arguments:?}: {stderr}");
        assert!(stderr.contains("note[operator-version-unknown]"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_wrong_hook_over_a_thousand_applications_is_one_error() {
    let folder = folder("  kubeVersion: \"1.34\"\n  argocd:\n    hook: PreSync,presync\n");
    let stream: String =
        (0..1000).map(|number| format!("---\n{}", APPLICATION.replace("NAME", &format!("a{number}")))).collect();
    fs::write(folder.path().join("many.yaml"), stream).unwrap();
    for command in [&["render", "."][..], &["check", ".", "--format", "concise"]] {
        let (status, stderr) = run(folder.path(), command, None);
        assert_eq!(status, 1);
        let [error] = errors(&stderr)[..] else { panic!("{stderr}") };
        assert!(error.contains("spark-render.yaml:6:11: error[argocd-hook]"), "{error}");
        assert!(error.contains("`presync`") && error.contains("PostSync"), "{error}");
    }
}

#[test]
fn every_fault_of_the_file_is_said_once_at_its_line() {
    for (spec, wanted) in [
        (
            "  kubeVersoin: \"1.34\"\n  rbac: often\n  kubeVersion: 1.30\n  target: jobs\n  inputs: app.yaml\n  \
             argocd: {syncWave: soon, recreat: true}\n  certs: {owner: me}\n",
            &[
                ("4:3", "unknown field `kubeVersoin`"),
                ("5:9", "`true` or `false`"),
                ("6:16", "in quotes"),
                ("7:11", "`sparkapplication`"),
                ("8:11", "a list"),
                ("9:22", "a whole number"),
                ("9:28", "unknown field `recreat`"),
                ("10:18", "`cluster`"),
            ][..],
        ),
        (
            "  kubeVersion: latest\n  sparkVersion: three\n  operatorVersion: bogus\n  namespace: Jobs\n  \
             operator: {ingressUrlFormat: \"{{$name}}.example.com\"}\n  argocd: {hook: Skip}\n  \
             flux: {escapeSubstitution: true, disableSubstitution: true}\n  certs: {certManager: true, service: s}\n",
            &[
                ("4:16", "kube-version-invalid"),
                ("5:17", "invalid-spark-version"),
                ("6:20", "operator-version-invalid"),
                ("7:14", "invalid-name"),
                ("8:32", "ingress-url"),
                ("9:18", "argocd-hook"),
                ("10:30", "flux-substitution"),
                ("11:24", "lacks `namespace`, `secretName`"),
            ],
        ),
        ("  requiredVersion: \"^99\"\n", &[("4:20", "required-version")]),
        (
            "  rbac: {account: nobody, acount: own}\n  operator: {launchedLabel: often}\n",
            &[("4:19", "`own`, `default`"), ("4:27", "unknown field `acount`"), ("5:29", "`true` or `false`")],
        ),
    ] {
        let folder = folder(spec);
        let (status, stderr) = run(folder.path(), &["render", "."], None);
        assert_eq!(status, 1, "{stderr}");
        let found = errors(&stderr);
        assert_eq!(found.len(), wanted.len(), "{stderr}");
        for (place, words) in wanted {
            let place = format!("spark-render.yaml:{place}: error[");
            assert!(
                found.iter().any(|error| error.contains(&place) && error.contains(words)),
                "{place} {words}\n{stderr}"
            );
        }
    }
}

#[test]
fn several_paths_with_one_configuration_say_its_faults_once() {
    let folder = folder("  argocd: {hook: Skip}\n");
    fs::create_dir(folder.path().join("more")).unwrap();
    fs::write(folder.path().join("more/app.yaml"), APPLICATION.replace("NAME", "other")).unwrap();
    let arguments = ["render", "app.yaml", "more", "--config", "spark-render.yaml", "--kube-version", "1.34"];
    let (_, stderr) = run(folder.path(), &arguments, None);
    assert_eq!(errors(&stderr).len(), 1, "{stderr}");
}

#[test]
fn faults_of_parameters_and_flags_name_them() {
    let folder = folder("");
    for (name, text, code) in [
        ("argocd.hook", "Skip", "argocd-hook"),
        ("operator-version", "9.9", "operator-version-invalid"),
        ("kube-version", "9.9", "kube-version-invalid"),
        ("spark-version", "three", "invalid-spark-version"),
        ("target", "jobs", "invalid-config"),
        ("rbac", "often", "argocd-parameters"),
        ("certs.owner", "me", "invalid-config"),
        ("rbac.account", "nobody", "invalid-config"),
        ("operator.launched-label", "often", "argocd-parameters"),
    ] {
        let parameters = serde_json::json!([{ "name": name, "string": text }]).to_string();
        let (status, stderr) = run(folder.path(), &["argocd", "generate"], Some(&parameters));
        assert_eq!(status, 1, "{stderr}");
        assert!(stderr.contains(code) && stderr.contains(&format!("parameter `{name}`")), "{name}: {stderr}");
        assert_eq!(stderr.matches(code).count(), 1, "{stderr}");
    }
    for (flag, text) in
        [("--kube-version", "9.9"), ("--spark-version", "three"), ("--operator-version", "x"), ("--namespace", "A")]
    {
        let (status, stderr) = run(folder.path(), &["render", ".", flag, text], None);
        assert_eq!(status, 1, "{stderr}");
        let [error] = errors(&stderr)[..] else { panic!("{stderr}") };
        assert!(error.contains(&format!("`{flag}`")), "{error}");
    }
}
