//! Whether the objects of a build fit each other: every name in a text or an argument is the name of an object.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use spark_render::internals::spark::properties;

/// The objects of a build.
pub(crate) struct Objects(Vec<Json>);

impl Objects {
    pub(crate) fn read(text: &str) -> Self {
        let documents = serde_yaml::Deserializer::from_str(text);
        let objects = documents.map(|document| Json::deserialize(document).expect("YAML"));
        Self(objects.filter(|object| !object.is_null()).collect())
    }

    pub(crate) fn each(&self) -> &[Json] {
        &self.0
    }

    pub(crate) fn all(&self, kind: &str) -> Vec<&Json> {
        self.0.iter().filter(|object| object["kind"] == kind).collect()
    }

    pub(crate) fn named(&self, kind: &str, name: &str) -> &Json {
        let found = self.all(kind).into_iter().find(|object| object["metadata"]["name"] == name);
        found.unwrap_or_else(|| panic!("there is no {kind} {name} among {:?}", self.names()))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let name = |object: &Json| format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]));
        self.0.iter().map(name).collect()
    }

    /// The only Pod, and Spark's container in it.
    pub(crate) fn driver(&self) -> (&Json, &Json) {
        let pods = self.all("Pod");
        assert_eq!(pods.len(), 1, "{:?}", self.names());
        (pods[0], &pods[0]["spec"]["containers"][0])
    }

    /// The confs that the driver starts with: its properties, and over them its arguments as the kubelet fills them in.
    pub(crate) fn confs(&self) -> BTreeMap<String, String> {
        let (pod, container) = self.driver();
        let volume = config_map_of(pod, "spark-conf-volume-driver");
        let properties = text(&self.named("ConfigMap", &volume)["data"]["spark.properties"]);
        let mut confs: BTreeMap<String, String> = properties::read(&properties).into_iter().collect();
        let args = container["args"].as_array().unwrap();
        for pair in args.windows(2).filter(|pair| pair[0] == "--conf") {
            let argument = filled(&text(&pair[1]), pod, container);
            let (key, value) = argument.split_once('=').expect("a conf");
            confs.insert(key.to_owned(), value.to_owned());
        }
        confs
    }

    /// The executors' pod template.
    pub(crate) fn template(&self) -> Json {
        let volume = config_map_of(self.driver().0, "pod-template-volume");
        let text = text(&self.named("ConfigMap", &volume)["data"]["podspec-configmap-key"]);
        serde_yaml::from_str(&text).unwrap()
    }

    /// Every name that the driver and its executors use is the name of an object of this build, in one namespace.
    pub(crate) fn assert_consistent(&self) {
        let (pod, container) = self.driver();
        let namespace = &pod["metadata"]["namespace"];
        for object in &self.0 {
            assert_eq!(&object["metadata"]["namespace"], namespace, "{}", object["metadata"]["name"]);
        }
        let confs = self.confs();
        let conf = |key: &str| confs.get(key).map_or_else(|| panic!("no {key} in {confs:?}"), String::as_str);
        assert_eq!(conf("spark.kubernetes.driver.pod.name"), text(&pod["metadata"]["name"]));
        assert_eq!(conf("spark.kubernetes.namespace"), text(namespace));
        let account = text(&pod["spec"]["serviceAccountName"]);
        assert_eq!(conf("spark.kubernetes.authenticate.driver.serviceAccountName"), account);
        self.named("ServiceAccount", &account);
        assert!(pod["spec"]["serviceAccount"].is_null() || pod["spec"]["serviceAccount"] == account.as_str());
        match conf("spark.driver.host") {
            "<status.podIP>" => {}
            host => {
                let (service, rest) = host.split_once('.').expect("a Service's name");
                assert_eq!(rest, format!("{}.svc", text(namespace)));
                self.named("Service", service);
            }
        }
        for volume in pod["spec"]["volumes"].as_array().into_iter().flatten() {
            if let Some(name) = volume["configMap"]["name"].as_str() {
                self.named("ConfigMap", name);
            }
        }
        for source in container["envFrom"].as_array().into_iter().flatten() {
            self.named("ConfigMap", &text(&source["configMapRef"]["name"]));
        }
        for service in self.all("Service") {
            for (label, value) in service["spec"]["selector"].as_object().unwrap() {
                assert_eq!(&pod["metadata"]["labels"][label], value, "selector of {}", service["metadata"]["name"]);
            }
        }
        let env = container["env"].as_array().unwrap();
        assert_eq!(value_of(env, "KAFKA_SERVERS")["value"], "kafka-0:9092,kafka-1:9092");
        let template = self.template();
        let env = template["spec"]["containers"][0]["env"].as_array().unwrap();
        assert_eq!(value_of(env, "KAFKA_SERVERS")["value"], "kafka-0:9092,kafka-1:9092");
        for entry in env {
            if let Some(name) = entry["valueFrom"]["secretKeyRef"]["name"].as_str() {
                self.named("Secret", name);
            }
        }
    }
}

fn value_of<'a>(env: &'a [Json], name: &str) -> &'a Json {
    env.iter().find(|entry| entry["name"] == name).unwrap_or_else(|| panic!("no {name} in {env:?}"))
}

pub(crate) fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}")).to_owned()
}

fn config_map_of(pod: &Json, volume: &str) -> String {
    let volumes = pod["spec"]["volumes"].as_array().unwrap();
    text(&volumes.iter().find(|item| item["name"] == volume).expect("the volume")["configMap"]["name"])
}

/// `$(VAR)` as the kubelet fills it in.
fn filled(argument: &str, pod: &Json, container: &Json) -> String {
    let mut argument = argument.to_owned();
    for entry in container["env"].as_array().unwrap() {
        let value = match entry["valueFrom"]["fieldRef"]["fieldPath"].as_str() {
            Some("metadata.name") => text(&pod["metadata"]["name"]),
            Some("metadata.namespace") => text(&pod["metadata"]["namespace"]),
            Some("spec.serviceAccountName") => text(&pod["spec"]["serviceAccountName"]),
            Some(field) => format!("<{field}>"),
            None => entry["value"].as_str().unwrap_or_default().to_owned(),
        };
        argument = argument.replace(&format!("$({})", text(&entry["name"])), &value);
    }
    argument
}
