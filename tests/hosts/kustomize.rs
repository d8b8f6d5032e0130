//! kustomize and kubectl: an overlay with prefix, namespace, labels and images over an application.

use std::{fs, os::unix::fs::symlink, process::Command, sync::LazyLock};

use super::{Said, copied, fixture, install, objects::Objects, path, run, spark_render};

static KUSTOMIZE: LazyLock<std::path::PathBuf> = LazyLock::new(|| install("kustomize"));
static KUBECTL: LazyLock<std::path::PathBuf> = LazyLock::new(|| install("kubectl"));

fn build(folder: &std::path::Path) -> Said {
    let flags = ["build", "--enable-alpha-plugins", "--enable-exec"];
    run(Command::new(&*KUSTOMIZE).args(flags).arg(folder).env_clear().env("PATH", path()).env("HOME", "/nonexistent"))
}

/// `kubectl kustomize` with the plugin in the place where it is looked for.
fn kubectl(folder: &std::path::Path) -> Said {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("spark-render.io/v1alpha1/sparkrender");
    fs::create_dir_all(&place).unwrap();
    symlink(spark_render(), place.join("SparkRender")).unwrap();
    let mut command = Command::new(&*KUBECTL);
    command.args(["kustomize", "--enable-alpha-plugins"]).arg(folder);
    run(command.env_clear().env("PATH", path()).env("KUSTOMIZE_PLUGIN_HOME", home.path()).env("HOME", home.path()))
}

fn built(said: &Said) -> Objects {
    assert!(said.ok, "{}", said.stderr);
    Objects::read(&said.stdout)
}

/// What the overlay of the fixtures asks for.
fn assert_overlaid(objects: &Objects) {
    objects.assert_consistent();
    let (pod, _) = objects.driver();
    assert_eq!(pod["metadata"]["name"], "dev-pi-driver");
    assert_eq!(pod["metadata"]["namespace"], "team-a");
    assert_eq!(pod["metadata"]["labels"]["env"], "dev");
    objects.named("ConfigMap", "dev-settings");
}

fn assert_images(objects: &Objects) {
    let image = "apache/spark:3.5.1-java17";
    assert_eq!(objects.driver().1["image"], image);
    let confs = objects.confs();
    assert_eq!(confs["spark.kubernetes.executor.container.image"], image);
    assert_eq!(confs["spark.kubernetes.container.image"], image);
}

#[test]
fn a_transformer_renders_what_the_overlay_has_made_of_the_application() {
    let objects = built(&build(&fixture("kustomize/transformer")));
    assert_overlaid(&objects);
    assert_images(&objects);
    objects.named("Secret", "dev-db");
    assert!(objects.all("SparkApplication").is_empty());
}

#[test]
fn a_generator_survives_what_an_overlay_does_to_its_objects() {
    let objects = built(&build(&fixture("kustomize/generator/overlay")));
    assert_overlaid(&objects);
}

#[test]
fn kubectl_runs_the_legacy_plugin_as_transformer() {
    let objects = built(&kubectl(&fixture("kustomize/legacy-transformer")));
    assert_overlaid(&objects);
    assert_images(&objects);
}

#[test]
fn kubectl_runs_the_legacy_plugin_as_generator() {
    assert_overlaid(&built(&kubectl(&fixture("kustomize/legacy-generator"))));
}

#[test]
fn both_forms_of_a_plugin_give_the_same() {
    let function = build(&fixture("kustomize/transformer"));
    let legacy = kubectl(&fixture("kustomize/legacy-transformer"));
    assert_eq!(function.stdout, legacy.stdout);
}

#[test]
fn the_configurations_of_the_fixtures_are_those_that_are_printed() {
    let printed = run(Command::new(spark_render()).args(["schema", "kustomize-configurations"]));
    for overlay in ["transformer", "legacy-transformer"] {
        let file = fixture("kustomize").join(overlay).join("spark.yaml");
        assert_eq!(fs::read_to_string(file).unwrap(), printed.stdout);
    }
}

#[test]
fn a_hashed_name_that_executors_would_miss_fails_the_build() {
    let copy = copied("kustomize");
    let kustomization = copy.path().join("base/kustomization.yaml");
    let text = "resources:\n- account.yaml\n- app.yaml\n- settings.yaml\nsecretGenerator:\n- name: db\n  literals:\n  - password=x\n";
    fs::write(&kustomization, text).unwrap();
    let said = build(&copy.path().join("transformer"));
    assert!(!said.ok && said.stderr.contains("executors refer to Secret `dev-db`"), "{}", said.stderr);
    fs::write(&kustomization, format!("{text}  options:\n    disableNameSuffixHash: true\n")).unwrap();
    assert_overlaid(&built(&build(&copy.path().join("transformer"))));
}

#[test]
fn the_hashed_names_of_the_drivers_objects_are_followed() {
    let copy = copied("kustomize");
    let text = "resources:\n- account.yaml\n- app.yaml\n- db.yaml\nconfigMapGenerator:\n- name: settings\n  literals:\n  - STAGE=x\n";
    fs::write(copy.path().join("base/kustomization.yaml"), text).unwrap();
    let objects = built(&build(&copy.path().join("transformer")));
    objects.assert_consistent();
    assert!(objects.names().iter().any(|name| name.starts_with("ConfigMap dev-settings-")), "{:?}", objects.names());
}

#[test]
fn patches_merge_lists_with_the_openapi_fragment() {
    let copy = copied("kustomize");
    let transformer = copy.path().join("transformer");
    let openapi = run(Command::new(spark_render()).args(["schema", "kustomize-openapi"]));
    fs::write(transformer.join("openapi.json"), openapi.stdout).unwrap();
    let mut text = fs::read_to_string(transformer.join("kustomization.yaml")).unwrap();
    text.push_str("openapi:\n  path: openapi.json\npatches:\n- path: patch.yaml\n");
    fs::write(transformer.join("kustomization.yaml"), text).unwrap();
    let patch = "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata:\n  name: pi\nspec:\n  driver:\n    env:\n    - name: ADDED\n      value: \"1\"\n";
    fs::write(transformer.join("patch.yaml"), patch).unwrap();
    let objects = built(&build(&transformer));
    assert_overlaid(&objects);
    let env = objects.driver().1["env"].as_array().unwrap();
    assert!(env.iter().any(|entry| entry["name"] == "ADDED"), "{env:?}");
}

#[test]
fn what_cannot_be_rendered_fails_the_build_with_a_sentence() {
    let copy = copied("kustomize");
    let app = copy.path().join("base/app.yaml");
    let text = fs::read_to_string(&app).unwrap().replace("instances: 2", "instances: many");
    fs::write(&app, text).unwrap();
    let said = build(&copy.path().join("transformer"));
    let sentence = "SparkApplication team-a/dev-pi, spec.executor.instances: ";
    assert!(!said.ok && said.stderr.contains(sentence), "{}", said.stderr);
}

#[test]
fn a_rendered_tree_is_what_flux_builds() {
    let copy = tempfile::tempdir().unwrap();
    fs::copy(fixture("kustomize/generator/base/app.yaml"), copy.path().join("app.yaml")).unwrap();
    let config = "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec:\n  kubeVersion: \"1.34\"\n  flux:\n    kustomization: true\n";
    fs::write(copy.path().join("spark-render.yaml"), config).unwrap();
    let render = |args: &[&str]| run(Command::new(spark_render()).current_dir(copy.path()).arg("render").args(args));
    let written = render(&["-o", "out"]);
    assert!(written.ok, "{}", written.stderr);
    let plain = run(Command::new(&*KUBECTL).arg("kustomize").arg(copy.path().join("out")));
    assert!(plain.ok, "{}", plain.stderr);
    let (mut tree, mut stream) = (Objects::read(&plain.stdout).names(), Objects::read(&render(&[]).stdout).names());
    tree.sort();
    stream.sort();
    assert_eq!(tree, stream);
    assert!(render(&["-o", "out", "--check"]).ok);
    fs::remove_file(copy.path().join("out/kustomization.yaml")).unwrap();
    let stale = render(&["-o", "out", "--check"]);
    assert!(!stale.ok && stale.stdout.contains("+kind: Kustomization"), "{}", stale.stdout);
}

/// What rename-proof means: real Spark, under another name in another namespace, finds itself and its executors.
#[test]
fn spark_runs_from_a_generator_that_an_overlay_has_renamed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().unwrap();
    for folder in ["base", "overlay"] {
        fs::create_dir(copy.path().join(folder)).unwrap();
    }
    fs::copy(root.join("fixtures/e2e/wordcount/app.yaml"), copy.path().join("base/app.yaml")).unwrap();
    let render = fs::read_to_string(fixture("kustomize/generator/base/render.yaml")).unwrap();
    fs::write(copy.path().join("base/render.yaml"), render + "  rbac: true\n").unwrap();
    fs::write(copy.path().join("base/kustomization.yaml"), "generators:\n- render.yaml\n").unwrap();
    let overlay = "resources:\n- ../base\nnamePrefix: dev-\nnamespace: team-a\n";
    fs::write(copy.path().join("overlay/kustomization.yaml"), overlay).unwrap();
    let said = build(&copy.path().join("overlay"));
    assert!(said.ok, "{}", said.stderr);
    let manifests = copy.path().join("manifests.yaml");
    fs::write(&manifests, &said.stdout).unwrap();
    let ran = run(Command::new(root.join("tests/e2e/run.sh")).arg("3.5.9").arg(&manifests).args([
        "--",
        "--show-env",
        "KAFKA_SERVERS",
        "--log-lines",
        "100",
    ]));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    assert!(ran.ok, "{report:#}");
    assert_eq!(report["executors_started"], 2, "{report:#}");
    assert_eq!(report["drivers"][0]["pod"], "dev-wordcount-driver");
    let pods = report["others"].as_array().unwrap();
    for pod in pods {
        assert!(pod["pod"].as_str().unwrap().starts_with("dev-wordcount-driver-exec-"), "{pod}");
        for process in pod["processes"].as_array().unwrap() {
            assert_eq!(process["env"]["KAFKA_SERVERS"], "kafka-0.kafka:9092,kafka-1.kafka:9092");
        }
    }
}
