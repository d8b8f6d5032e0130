//! `argocd install` over upstream's two manifests, by kubectl and kustomize: an excerpt that is read by people, and the
//! files as they are, from Argo CD's Go module.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;

use super::{
    Said, fixture, install,
    objects::{Objects, text},
    path, run, spark_render,
};

/// The manifests of Argo CD, by whether they are those of high availability.
fn manifests() -> [(PathBuf, bool); 4] {
    let (excerpt, whole) = (fixture("argocd-install"), install("argocd-manifests"));
    [
        (excerpt.join("install.yaml"), false),
        (excerpt.join("ha-install.yaml"), true),
        (whole.join("install.yaml"), false),
        (whole.join("ha/install.yaml"), true),
    ]
}

/// The kustomization as a user has it: written by the tool, with Argo CD as a resource.
fn written(argocd: &Path, way: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let said = run(Command::new(spark_render())
        .args(["argocd", "install", "--image", "registry.example.com/spark-render:1", "--binary-from", way, "-o"])
        .arg(folder.path()));
    assert!(said.ok, "{}", said.stderr);
    fs::write(folder.path().join("argocd.yaml"), fs::read(argocd).unwrap()).unwrap();
    let file = folder.path().join("kustomization.yaml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("resources:\n"), "{text}");
    fs::write(&file, text.replacen("resources:\n", "resources:\n- argocd.yaml\n", 1)).unwrap();
    folder
}

/// The same without anything of ours.
fn plain(argocd: &Path) -> Objects {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("argocd.yaml"), fs::read(argocd).unwrap()).unwrap();
    let text = "namespace: argocd\nresources:\n- argocd.yaml\n";
    fs::write(folder.path().join("kustomization.yaml"), text).unwrap();
    let said = kustomize(folder.path());
    assert!(said.ok, "{}", said.stderr);
    Objects::read(&said.stdout)
}

fn kustomize(folder: &Path) -> Said {
    run(Command::new(install("kustomize")).arg("build").arg(folder).env_clear().env("PATH", path()))
}

fn kubectl(folder: &Path) -> Said {
    run(Command::new(install("kubectl")).arg("kustomize").arg(folder).env_clear().env("PATH", path()))
}

fn named<'a>(list: &'a Json, name: &str) -> &'a Json {
    list.as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list:#}"))
}

fn names(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

/// What every mount of every container names is a volume of the pod.
fn assert_mounted(pod: &Json) {
    let volumes = names(&pod["volumes"]);
    for containers in ["containers", "initContainers"] {
        for container in pod[containers].as_array().unwrap() {
            for mount in container["volumeMounts"].as_array().unwrap() {
                assert!(volumes.contains(&mount["name"].as_str().unwrap()), "{mount}");
            }
        }
    }
}

/// `pod` without what the patch adds to it.
fn without_ours(pod: &Json) -> Json {
    let mut pod = pod.clone();
    for field in ["containers", "initContainers", "volumes"] {
        pod[field].as_array_mut().unwrap().retain(|entry| !entry["name"].as_str().unwrap().starts_with("spark-render"));
    }
    pod
}

#[test]
fn the_patch_meets_upstreams_deployment_and_leaves_the_rest() {
    for (argocd, ha) in manifests() {
        let before = plain(&argocd);
        for way in ["image", "init", "volume"] {
            let folder = written(&argocd, way);
            let argocd = argocd.display();
            let said = kustomize(folder.path());
            assert!(said.ok, "{argocd} {way}: {}", said.stderr);
            assert_eq!(said.stdout, kubectl(folder.path()).stdout, "{argocd} {way}");
            let objects = Objects::read(&said.stdout);
            let deployment = objects.named("Deployment", "argocd-repo-server");
            assert_eq!(deployment["metadata"]["namespace"], "argocd");
            let pod = &deployment["spec"]["template"]["spec"];
            for object in before.each() {
                let mut found = objects.named(&text(&object["kind"]), &text(&object["metadata"]["name"])).clone();
                if &found == deployment {
                    found["spec"]["template"]["spec"] = without_ours(pod);
                }
                assert_eq!(&found, object, "{argocd} {way}");
            }
            assert_eq!(objects.each().len(), before.each().len() + 1, "{argocd} {way}");
            assert_mounted(pod);
            let spread = &pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
            assert_eq!(spread.is_array(), ha);
            named(&pod["containers"], "argocd-repo-server");
            named(&pod["initContainers"], "copyutil");
            let sidecar = named(&pod["containers"], "spark-render");
            let (image, init) = match way {
                "image" => ("registry.example.com/spark-render:1", 1),
                "init" => ("quay.io/argoproj/argocd:v3.5.1", 2),
                _ => ("quay.io/argoproj/argocd:v3.5.1", 1),
            };
            assert_eq!(sidecar["image"], image, "{way}");
            assert_eq!(names(&pod["initContainers"]).len(), init, "{way}");
            let plugin = objects.named("ConfigMap", "spark-render-plugin");
            let plugin = plugin["data"]["plugin.yaml"].as_str().unwrap();
            let binary = match way {
                "image" => "/usr/local/bin/spark-render",
                "init" => "/opt/spark-render/spark-render",
                _ => "/opt/spark-render/usr/local/bin/spark-render",
            };
            assert!(plugin.contains(&format!("command: [{binary}]")), "{plugin}");
            if way == "init" {
                let copies = named(&pod["initContainers"], "spark-render-binary");
                assert_eq!(copies["image"], "registry.example.com/spark-render:1");
                assert_eq!(copies["command"][3], binary);
            }
            if way == "volume" {
                let volume = named(&pod["volumes"], "spark-render-binary");
                assert_eq!(volume["image"]["reference"], "registry.example.com/spark-render:1");
            }
        }
    }
}

/// The chart takes containers and volumes as they are: they are those of the patch.
#[test]
fn the_values_of_the_chart_say_what_the_patch_says() {
    for way in ["image", "init", "volume"] {
        let folder = written(&fixture("argocd-install").join("install.yaml"), way);
        let read = |name: &str| -> Json {
            serde_yaml::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
        };
        let (values, patch) = (read("helm-values.yaml"), read("sidecar.yaml"));
        let pod = &patch["spec"]["template"]["spec"];
        assert_eq!(values["repoServer"]["extraContainers"], pod["containers"]);
        assert_eq!(values["repoServer"]["volumes"], pod["volumes"]);
        assert_eq!(values["repoServer"]["initContainers"], pod["initContainers"]);
        assert_eq!(values["extraObjects"], serde_json::json!([read("config-map.yaml")]));
        // The chart runs all of it through its template engine.
        assert!(!fs::read_to_string(folder.path().join("helm-values.yaml")).unwrap().contains("{{"));
    }
}
