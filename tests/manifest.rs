//! Applications and the driver's objects in, manifests out: one directory of `fixtures/manifest` each, with
//! `app.yaml`, perhaps `spark-render.yaml`, and what is expected: `expected.yaml` and `diagnostics.txt`.
//! `UPDATE_GOLDENS=1` writes the expected files anew.

#![allow(clippy::unwrap_used)] // a test may fail

mod support;

use std::{fs, path::Path};

use spark_render::{
    kube::{KubernetesVersion, Manifest, Provenance},
    operator::{
        self,
        companions::batch_scheduler,
        resolve::{self, ResolveOptions, ResolvedApplication},
    },
    render::{
        self, Assembly, ConnectAssembly, Target,
        config::SparkRenderSpec,
        pipeline::{self, RenderOptions},
    },
    spark::{SparkConf, properties},
    text::{
        read::{self, Document},
        write::yaml,
    },
    tree::{Diagnostics, Node, Origin, Sources},
};

use self::support::golden;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/manifest");
const APP_ID: &str = "spark-0123456789abcdef0123456789abcdef";

fn load(name: &str, text: &str, sources: &mut Sources) -> Vec<Document> {
    let id = sources.add(name, text);
    let mut diagnostics = Diagnostics::new();
    let documents = spark_render::operator::documents::parse(id, sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{name}: {diagnostics:?}");
    documents
}

/// An application, what it is rendered with, and the driver's objects.
struct Case {
    application: ResolvedApplication,
    options: SparkRenderSpec,
    conf: SparkConf,
    pod: Node,
    objects: Vec<Node>,
    previews: Vec<Node>,
    rename_proof: bool,
    sources: Sources,
    diagnostics: Diagnostics,
}

impl Case {
    fn read(name: &str) -> Self {
        let directory = Path::new(FIXTURES).join(name);
        let app = fs::read_to_string(directory.join("app.yaml")).unwrap();
        let options = fs::read_to_string(directory.join("spark-render.yaml")).ok();
        Self::new(&app, options.as_deref(), name)
    }

    fn new(app: &str, options: Option<&str>, name: &str) -> Self {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let document = load("app.yaml", app, &mut sources).remove(0);
        let options: SparkRenderSpec = options.map_or_else(SparkRenderSpec::default, |text| {
            let config = load("spark-render.yaml", text, &mut sources).remove(0);
            serde_json::from_value(config.node.get("spec").unwrap().to_json()).unwrap()
        });
        let resolve_options = ResolveOptions::default();
        let application =
            resolve::resolve(&document, &resolve_options, &mut diagnostics).expect("the fixture resolves");
        let spark = |file: &str| {
            let text = fs::read_to_string(Path::new(FIXTURES).join("driver").join(file)).unwrap();
            text.replace("{app}", &application.name).replace("{namespace}", &application.namespace)
        };
        let mut objects: Vec<Node> =
            load("driver.yaml", &spark("3.5.yaml"), &mut sources).into_iter().map(read::Document::into_node).collect();
        let mut pod = objects.remove(0);
        if name.starts_with("job-claims") {
            let claims = load("claims.yaml", &spark("4.3-claims.yaml"), &mut sources);
            objects.extend(claims.into_iter().map(read::Document::into_node));
            let claim = objects.last().unwrap().at_keys(&["metadata", "name"]).unwrap().clone();
            let volume = spark_render::map! {
                "name" => "scratch",
                "persistentVolumeClaim" => spark_render::map! { "claimName" => claim, "readOnly" => false },
            };
            pod.mapping_at("spec").get_mut("volumes").unwrap().as_sequence_mut().unwrap().push(volume);
        }
        if name.starts_with("sidecar") {
            let sidecar = load("sidecar.yaml", &spark("sidecar.yaml"), &mut sources).remove(0).into_node();
            pod.mapping_at("spec").get_mut("containers").unwrap().as_sequence_mut().unwrap().insert(0, sidecar);
        }
        let mut conf = conf(&application, &objects);
        batch_scheduler::apply(&application, &options.operator, &mut conf, &mut diagnostics);
        Self {
            application,
            options,
            conf,
            pod,
            objects,
            previews: Vec::new(),
            rename_proof: false,
            sources,
            diagnostics,
        }
    }

    fn assemble(&mut self) -> Vec<Manifest> {
        let kube_minor = self.options.kube_version.as_ref().map(|version| {
            version.split('.').nth(1).and_then(|minor| minor.parse().ok()).expect("a version such as 1.28")
        });
        let assembly = Assembly {
            application: &self.application,
            options: &self.options,
            kube_minor,
            conf: self.conf.clone(),
            resource_prefix: &format!("{}-0123456789abcdef", self.application.name.value),
            pod: self.pod.clone(),
            objects: self.objects.clone(),
            previews: Some(&|_, _, _| self.previews.clone()),
            rename_proof: self.rename_proof,
        };
        render::assemble(assembly, &mut self.diagnostics)
    }
}

/// The confs of a driver, as far as this stage reads them.
fn conf(application: &ResolvedApplication, objects: &[Node]) -> SparkConf {
    let mut conf = SparkConf::new();
    for text in objects.iter().filter_map(|object| object.at_keys(&["data", "spark.properties"])) {
        for (key, value) in properties::read(text.as_str().unwrap()) {
            conf.set(key, value, &text.origin);
        }
    }
    let spec = &application.spec;
    for (key, value) in spec.spark_conf.iter().flat_map(|confs| &confs.value) {
        conf.set(key, &value.value, &value.origin);
    }
    let driver = spec.driver.clone().unwrap_or_default();
    let executor = spec.executor.clone().unwrap_or_default();
    for (role, cores, memory) in
        [("driver", driver.cores, driver.memory), ("executor", executor.cores, executor.memory)]
    {
        if let Some(cores) = cores {
            conf.set(format!("spark.{role}.cores"), cores.value.to_string(), cores.origin);
        }
        if let Some(memory) = memory {
            conf.set(format!("spark.{role}.memory"), memory.value, memory.origin);
        }
    }
    if let Some(cores) = driver.core_request {
        conf.set("spark.kubernetes.driver.request.cores", cores.value, cores.origin);
    }
    if let Some(instances) = executor.instances {
        conf.set("spark.executor.instances", instances.value.to_string(), instances.origin);
    }
    conf
}

fn yaml(manifests: &[Manifest]) -> String {
    let mut text = String::new();
    yaml::write_stream(manifests.iter().map(|manifest| &manifest.object), &mut text);
    text
}

fn lines(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let mut text = String::new();
    for item in diagnostics.iter() {
        let place = item.origin.span().map_or_else(String::new, |span| format!("{}: ", sources.place(span)));
        text.push_str(&format!("{place}{}[{}]: {}\n", item.severity.as_str(), item.code, item.message));
    }
    text
}

fn cases() -> Vec<String> {
    directories_with("app.yaml")
}

fn directories_with(file: &str) -> Vec<String> {
    golden::directories_with(Path::new(FIXTURES), file)
}

#[test]
fn every_fixture_renders_to_what_is_expected() {
    let mut faults = Vec::new();
    for name in cases() {
        let mut case = Case::read(&name);
        let manifests = case.assemble();
        let directory = Path::new(FIXTURES).join(&name);
        golden::compare(&directory.join("expected.yaml"), &yaml(&manifests), &mut faults);
        golden::compare(&directory.join("diagnostics.txt"), &lines(&case.diagnostics, &case.sources), &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_that_is_rendered_is_deleted_by_its_driver() {
    for name in cases() {
        for manifest in Case::read(&name).assemble() {
            let kind = manifest.kind().to_owned();
            if matches!(kind.as_str(), "Service" | "PersistentVolumeClaim") {
                let labels = manifest.object.at_keys(&["metadata", "labels"]);
                assert!(labels.is_none_or(|labels| labels.get("spark-app-selector").is_none()), "{name}: {kind}");
            }
            if matches!(kind.as_str(), "Pod" | "ConfigMap") {
                assert_ne!(manifest.object.str_at(&["metadata", "labels", "spark-role"]), Some("executor"), "{name}");
            }
        }
    }
}

#[test]
fn every_object_has_a_namespace_a_unique_name_and_no_owner() {
    for name in cases() {
        let mut seen = std::collections::BTreeSet::new();
        for manifest in Case::read(&name).assemble() {
            let key = (manifest.api_version().to_owned(), manifest.kind().to_owned(), manifest.name().to_owned());
            assert_eq!(manifest.namespace(), Some("jobs"), "{name}: {key:?}");
            assert!(manifest.object.at_keys(&["metadata", "ownerReferences"]).is_none(), "{name}: {key:?}");
            assert!(!key.2.is_empty() && seen.insert(key.clone()), "{name}: {key:?} twice");
            assert_eq!(manifest.provenance, Provenance::Rendered);
        }
    }
}

#[test]
fn every_port_says_its_protocol() {
    fn check(node: &Node, name: &str) {
        if let Some(items) = node.as_sequence() {
            items.iter().for_each(|item| check(item, name));
        }
        for (key, value) in node.as_mapping().into_iter().flat_map(spark_render::tree::Mapping::iter) {
            if key == "ports" {
                for port in value.as_sequence().unwrap_or_default() {
                    assert!(port.str_at(&["protocol"]).is_some(), "{name}: {port:?}");
                }
            }
            check(value, name);
        }
    }
    for name in cases() {
        Case::read(&name).assemble().iter().for_each(|manifest| check(&manifest.object, &name));
    }
}

#[test]
fn every_value_has_an_origin() {
    fn check(node: &Node, path: &str) {
        assert!(!node.origin.is_unknown(), "{path}");
        if let Some(items) = node.as_sequence() {
            items.iter().enumerate().for_each(|(index, item)| check(item, &format!("{path}[{index}]")));
        }
        for (key, value) in node.as_mapping().into_iter().flat_map(spark_render::tree::Mapping::iter) {
            check(value, &format!("{path}.{key}"));
        }
    }
    for name in cases() {
        for manifest in Case::read(&name).assemble() {
            check(&manifest.object, &format!("{name}: {}", manifest.kind()));
        }
    }
}

#[test]
fn the_hash_of_a_config_map_changes_with_its_data_alone() {
    fn names(case: &mut Case) -> Vec<String> {
        let manifests = case.assemble();
        let maps = manifests.iter().filter(|manifest| manifest.kind() == "ConfigMap");
        let names: Vec<String> = maps.map(|map| map.name().to_owned()).collect();
        let pod = manifests.iter().find(|manifest| manifest.kind() == "Pod").unwrap();
        let text = pod.object.to_json().to_string();
        assert!(names.iter().all(|name| text.contains(name.as_str())), "{names:?} in {text}");
        names
    }
    let before = names(&mut Case::read("pod"));
    assert_eq!(before, names(&mut Case::read("pod")));

    let mut other_pod = Case::read("pod");
    other_pod.pod.mapping_at("metadata").insert("annotations", spark_render::map! { "a" => "b" });
    assert_eq!(before, names(&mut other_pod));

    let mut other_conf = Case::read("pod");
    other_conf.conf.set("spark.executor.cores", "3", Origin::Unknown);
    let after = names(&mut other_conf);
    assert_ne!(before[0], after[0]);
    assert_eq!(before[1], after[1]);
}

#[test]
fn no_run_of_a_job_carries_a_name_in_text() {
    for name in ["job", "job-claims", "scheduled", "long-names", "prometheus"] {
        let mut case = Case::read(name);
        for manifest in case.assemble() {
            let text = manifest.object.to_json().to_string();
            assert!(!text.contains(APP_ID), "{name}: {}", manifest.kind());
            assert!(!text.contains("spark.driver.host=pi"), "{name}: {}", manifest.kind());
        }
    }
    let mut case = Case::read("pod");
    case.rename_proof = true;
    let text = yaml(&case.assemble());
    assert!(!text.contains(APP_ID) && !text.contains("driver.pod.name=pi"), "{text}");
}

#[test]
fn previews_are_marked_so_that_nothing_applies_them() {
    let mut case = Case::read("pod");
    case.previews = vec![spark_render::map! {
        "apiVersion" => "v1",
        "kind" => "Pod",
        "metadata" => spark_render::map! { "name" => "pi-exec-1" },
    }];
    let manifests = case.assemble();
    let preview = manifests.iter().find(|manifest| manifest.provenance == Provenance::Preview).unwrap();
    assert_eq!(preview.name(), "pi-exec-1");
    let annotation = |key: &str| preview.object.str_at(&["metadata", "annotations", key]);
    assert_eq!(annotation("config.kubernetes.io/local-config"), Some("true"));
    assert_eq!(annotation("argocd.argoproj.io/hook"), Some("Skip"));
}

#[test]
fn a_taken_env_name_is_an_error_and_the_same_reference_is_reused() {
    let with = |entry: Node| {
        let mut case = Case::read("job");
        assert_eq!(case.options.target, Target::Job);
        let container =
            &mut case.pod.get_mut("spec").unwrap().get_mut("containers").unwrap().as_sequence_mut().unwrap()[0];
        container.sequence_at("env").push(entry);
        let manifests = case.assemble();
        (yaml(&manifests), case.diagnostics)
    };
    let (_, diagnostics) = with(spark_render::map! { "name" => "POD_NAME", "value" => "x" });
    assert!(diagnostics.iter().any(|item| item.code == "env-name-taken"));
    let field = spark_render::map! { "fieldRef" => spark_render::map! { "fieldPath" => "metadata.name" } };
    let (text, diagnostics) = with(spark_render::map! { "name" => "POD_NAME", "valueFrom" => field });
    assert!(!diagnostics.has_errors());
    assert_eq!(text.matches("name: POD_NAME").count(), 1, "{text}");
}

/// The manifests of a SparkConnect.
fn connect(name: &str, rename_proof: bool) -> (Vec<Manifest>, Diagnostics, Sources) {
    let directory = Path::new(FIXTURES).join(name);
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let text = fs::read_to_string(directory.join("connect.yaml")).unwrap();
    let document = load("connect.yaml", &text, &mut sources).remove(0);
    let options: SparkRenderSpec = fs::read_to_string(directory.join("spark-render.yaml")).map_or_else(
        |_| SparkRenderSpec::default(),
        |text| {
            let config = load("spark-render.yaml", &text, &mut sources).remove(0);
            serde_json::from_value(config.node.get("spec").unwrap().to_json()).unwrap()
        },
    );
    let manifests = resolve::resolve_connect(&document, &ResolveOptions::default(), &mut diagnostics)
        .map(|connect| {
            let assembly = ConnectAssembly { connect: &connect, options: &options, rename_proof };
            render::assemble_connect(assembly, &mut diagnostics)
        })
        .unwrap_or_default();
    (manifests, diagnostics, sources)
}

#[test]
fn every_connect_server_renders_to_what_is_expected() {
    let mut faults = Vec::new();
    for name in directories_with("connect.yaml") {
        let (manifests, diagnostics, sources) = connect(&name, false);
        let directory = Path::new(FIXTURES).join(&name);
        golden::compare(&directory.join("expected.yaml"), &yaml(&manifests), &mut faults);
        golden::compare(&directory.join("diagnostics.txt"), &lines(&diagnostics, &sources), &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_connect_server_that_may_be_renamed_learns_its_name_from_the_pod() {
    let (manifests, _, _) = connect("connect", true);
    let pod = manifests.iter().position(|manifest| manifest.kind() == "Pod").unwrap();
    let text = yaml(&manifests[pod..=pod]);
    assert!(text.contains("driver.pod.name=${POD_NAME}") && !text.contains("driver.pod.name=spark-connect"), "{text}");
}

#[test]
fn a_gang_is_told_to_driver_and_executors_through_confs() {
    let case = Case::read("yunikorn");
    let conf = |key: &str| case.conf.get(key).unwrap_or_default().to_owned();
    assert_eq!(conf("spark.kubernetes.driver.label.queue"), "root.night");
    assert_eq!(conf("spark.kubernetes.executor.label.queue"), "root.night");
    assert_eq!(conf("spark.kubernetes.executor.annotation.yunikorn.apache.org/task-group-name"), "spark-executor");
    let groups = conf("spark.kubernetes.driver.annotation.yunikorn.apache.org/task-groups");
    let expected = concat!(
        r#"[{"name":"spark-driver","minMember":1,"minResource":{"cpu":"500m","memory":"1408Mi"},"#,
        r#""nodeSelector":{"disk":"ssd"},"tolerations":[{"key":"spot","operator":"Exists"}],"#,
        r#""labels":{"team":"data","queue":"root.night"}},"#,
        r#"{"name":"spark-executor","minMember":3,"minResource":{"cpu":"2","memory":"2432Mi"},"#,
        r#""nodeSelector":{"disk":"ssd"},"labels":{"queue":"root.night"}}]"#,
    );
    assert_eq!(groups, expected);

    let case = Case::read("volcano");
    for role in ["driver", "executor"] {
        let key = format!("spark.kubernetes.{role}.annotation.scheduling.k8s.io/group-name");
        assert_eq!(case.conf.get(&key), Some("spark-pi-pg"));
    }
}

#[test]
fn the_application_id_in_the_path_of_the_ui_reaches_spark() {
    let mut case = Case::read("pod");
    case.options.operator.ingress_url_format = "ui.example.com/{{$appId}}".to_owned();
    case.conf.set("spark.ui.proxyBase", "/", Origin::Unknown);
    let text = yaml(&case.assemble());
    assert!(text.contains(&format!("spark.ui.proxyBase=/{APP_ID}\n")), "{text}");
    assert!(text.contains(&format!("/{APP_ID}(/|$)(.*)")), "{text}");
    assert!(case.diagnostics.iter().any(|item| item.code == "operator-differs"));
}

/// A resource rewritten for an operator, through the whole house.
fn rewritten(name: &str, operator: &str) -> (Vec<Manifest>, Diagnostics, Sources) {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let text = fs::read_to_string(Path::new(FIXTURES).join(name).join("resource.yaml")).unwrap();
    let document = load("resource.yaml", &text, &mut sources).remove(0);
    let class = operator::classify(&document, &mut diagnostics);
    let spec = SparkRenderSpec {
        target: Target::SparkApplication,
        operator_version: Some(operator.to_owned()),
        ..SparkRenderSpec::default()
    };
    let options = RenderOptions {
        spec,
        kube_version: KubernetesVersion::NEWEST,
        resolve: ResolveOptions::default(),
        rename_proof: false,
    };
    let manifests = pipeline::document(&document, class, &options, &|_| None, &mut diagnostics).objects;
    (manifests, diagnostics, sources)
}

#[test]
fn a_rewritten_resource_needs_the_webhook_only_where_it_says_so() {
    let mut faults = Vec::new();
    for name in directories_with("resource.yaml") {
        for operator in ["1.1.26", "1.4", "2.0", "2.1", "2.5"] {
            let (manifests, diagnostics, sources) = rewritten(&name, operator);
            let directory = Path::new(FIXTURES).join(&name);
            golden::compare(&directory.join(format!("expected-{operator}.yaml")), &yaml(&manifests), &mut faults);
            let text = lines(&diagnostics, &sources);
            golden::compare(&directory.join(format!("diagnostics-{operator}.txt")), &text, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
