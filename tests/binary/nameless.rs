//! Mounts and volumes without a name that is a text: wherever they are, none of them vanishes without a word.

use std::fs;

use super::run::render;

/// Where volumes and mounts may stand: what is written there, with `NAME` for the name's key and value.
const PLACES: &[(&str, &str)] = &[
    ("spec.volumes", "  volumes: [{NAME emptyDir: {}}]\n"),
    ("driver.volumeMounts", "  driver: {volumeMounts: [{NAME mountPath: /x}]}\n"),
    ("executor.volumeMounts", "  executor: {volumeMounts: [{NAME mountPath: /x}]}\n"),
    ("driver.sidecars", "  driver: {sidecars: [{name: s, image: i, volumeMounts: [{NAME mountPath: /x}]}]}\n"),
    ("executor.sidecars", "  executor: {sidecars: [{name: s, image: i, volumeMounts: [{NAME mountPath: /x}]}]}\n"),
    (
        "driver.initContainers",
        "  driver: {initContainers: [{name: s, image: i, volumeMounts: [{NAME mountPath: /x}]}]}\n",
    ),
    (
        "executor.initContainers",
        "  executor: {initContainers: [{name: s, image: i, volumeMounts: [{NAME mountPath: /x}]}]}\n",
    ),
    ("driver.template volumes", "  driver: {template: {spec: {containers: [], volumes: [{NAME emptyDir: {}}]}}}\n"),
    ("executor.template volumes", "  executor: {template: {spec: {containers: [], volumes: [{NAME emptyDir: {}}]}}}\n"),
    (
        "driver.template mounts",
        "  driver: {template: {spec: {containers: [{name: c, volumeMounts: [{NAME mountPath: /x}]}]}}}\n",
    ),
    (
        "executor.template mounts",
        "  executor: {template: {spec: {containers: [{name: c, volumeMounts: [{NAME mountPath: /x}]}]}}}\n",
    ),
];

const NAMES: &[&str] = &["name: 5,", "name: true,", "name: [a],", "name: {a: b},", "name: null,", "name: '',", ""];

#[test]
fn nothing_without_a_name_vanishes() {
    let directory = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for version in ["4.0.1", "2.4.8"] {
        for (place, text) in PLACES {
            // Spark before 3.0 has no templates, and says that its executors lack all of these.
            let of_templates = ["template", "executor.sidecars", "executor.initContainers"];
            if version == "2.4.8" && of_templates.iter().any(|part| place.contains(part)) {
                continue;
            }
            for name in NAMES {
                let roles = if text.contains("driver:") {
                    "  executor: {}\n"
                } else if text.contains("executor:") {
                    "  driver: {}\n"
                } else {
                    "  driver: {}\n  executor: {}\n"
                };
                let head = "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {name: a, namespace: b}\nspec:\n";
                let spec = format!(
                    "  type: Scala\n  sparkVersion: {version}\n  image: i\n  mainClass: M\n  mainApplicationFile: local:///a.jar\n"
                );
                let application = format!("{head}{spec}{roles}{}", text.replace("NAME", name));
                fs::write(directory.path().join("app.yaml"), application).unwrap();
                let outcome = render(directory.path(), &["--kube-version", "1.34", "app.yaml"]);
                if outcome.status != 1 {
                    faults.push(format!(
                        "Spark {version}, {place} with `{name}`: {} {:?}",
                        outcome.status, outcome.findings
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
