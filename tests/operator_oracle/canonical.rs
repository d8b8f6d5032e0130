//! Objects without what need not be equal: what the API server would fill in, the notation of quantities, and the
//! stated differences. Lists with keys become maps, so that differences name their entry.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::{
    environment::effective,
    stated::{DIFFERENCES, Difference},
};

/// Objects by what they are, whatever their names.
pub(crate) type Objects = BTreeMap<String, Value>;

/// What is taken away on both sides.
pub(crate) struct Canon {
    taken: BTreeSet<Difference>,
    names: Vec<(Difference, Regex, &'static str)>,
}

const OPERATOR_LABELS: &[&str] = &[
    "sparkoperator.k8s.io/launched-by-spark-operator",
    "sparkoperator.k8s.io/mutated-by-spark-operator",
    "sparkoperator.k8s.io/submission-id",
];

/// Confs that make executors of the template or of stable names; or that only spark-submit reads.
const TEMPLATE_CONFS: &[&str] = &[
    "spark.kubernetes.driver.podTemplateFile",
    "spark.kubernetes.driver.podTemplateContainerName",
    "spark.kubernetes.executor.podTemplateFile",
    "spark.kubernetes.executor.podTemplateContainerName",
];

/// Confs by which executors get what the webhook would add; the executors themselves are compared.
const EXECUTOR_CONFS: &[&str] = &["spark.executorEnv.", "spark.kubernetes.executor.", "spark.executor.memoryOverhead"];

/// What a field means that is not there.
const DEFAULTS: &[(&str, &str)] = &[
    ("restartPolicy", "\"Always\""),
    ("dnsPolicy", "\"ClusterFirst\""),
    ("schedulerName", "\"default-scheduler\""),
    ("terminationGracePeriodSeconds", "30"),
    ("enableServiceLinks", "true"),
    ("terminationMessagePath", "\"/dev/termination-log\""),
    ("terminationMessagePolicy", "\"File\""),
    ("imagePullPolicy", "\"IfNotPresent\""),
    ("divisor", "\"0\""),
];

/// Fields of which `false` means the same as nothing.
const FALSE_IS_NOTHING: &[&str] = &[
    "readOnly",
    "optional",
    "tty",
    "stdin",
    "stdinOnce",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "shareProcessNamespace",
    "privileged",
];

impl Canon {
    /// All stated differences, less some.
    pub(crate) fn without(left: &[Difference]) -> Self {
        let pattern = |difference, pattern: &str, word| (difference, Regex::new(pattern).unwrap(), word);
        Self {
            taken: DIFFERENCES.iter().map(|(difference, _)| *difference).filter(|d| !left.contains(d)).collect(),
            names: vec![
                pattern(Difference::ApplicationId, r"spark-[0-9a-f]{32}", "APP-ID"),
                pattern(
                    Difference::ApplicationId,
                    r"/spark-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                    "/spark-UUID",
                ),
                pattern(
                    Difference::Names,
                    r"spark-drv-[0-9a-f]{16}-conf-map|[a-z0-9.-]*-driver-conf-map-[0-9a-f]{10}",
                    "DRIVER-CONF-MAP",
                ),
                pattern(Difference::Names, r"spark-exec-[0-9a-f]{16}-conf-map", "EXECUTOR-CONF-MAP"),
                pattern(Difference::Names, r"[a-z0-9.-]*-driver-podspec-conf-map(-[0-9a-f]{10})?", "TEMPLATE-CONF-MAP"),
                pattern(Difference::Names, r"[a-z0-9.-]*-driver-svc\b", "DRIVER-SERVICE"),
                pattern(Difference::Names, r"[a-z0-9.-]*-driver-pvc-", "DRIVER-CLAIM-"),
                pattern(Difference::Names, r"[a-z0-9.-]*-policy$", "POLICY"),
                pattern(Difference::Names, r"^[a-z0-9.-]+-exec-([0-9]+|EXECID)", "EXECUTOR-$1"),
                pattern(Difference::Master, r"k8s://https://kubernetes\.default\.svc(:443)?", "MASTER"),
            ],
        }
    }

    fn takes(&self, difference: Difference) -> bool {
        self.taken.contains(&difference)
    }

    /// All objects of a side.
    pub(crate) fn objects(&self, objects: &[Value], namespace: &str) -> Objects {
        let mut out = Objects::new();
        for object in objects {
            let mut object = object.clone();
            let kind = object["kind"].as_str().unwrap_or_default().to_owned();
            let labels = &object["metadata"]["labels"];
            let executor = labels["spark-role"] == "executor";
            let number = labels["spark-exec-id"].as_str().unwrap_or("1").to_owned();
            let data = &object["data"];
            let key = match kind.as_str() {
                "Pod" if executor => format!("Pod of executor {number}"),
                "Pod" => "Pod of the driver".to_owned(),
                "ConfigMap" if !data["podspec-configmap-key"].is_null() => "ConfigMap of the template".to_owned(),
                "ConfigMap" if executor => "ConfigMap of the executors".to_owned(),
                "ConfigMap" if !data["spark.properties"].is_null() => "ConfigMap of the driver".to_owned(),
                _ => format!("{kind} {}", self.text(object["metadata"]["name"].as_str().unwrap_or_default())),
            };
            if key == "ConfigMap of the template" && self.takes(Difference::ExecutorTemplate) {
                continue;
            }
            self.metadata(&mut object, namespace);
            match kind.as_str() {
                "Pod" => self.pod(&mut object),
                "ConfigMap" => self.config_map(&mut object),
                "Service" => self.service(&mut object),
                "StatefulSet" | "Deployment" => self.pod(&mut object["spec"]["template"]),
                _ => {}
            }
            let object = self.deep(&object);
            out.insert(key, meaning(object).unwrap_or(Value::Null));
        }
        out
    }

    fn metadata(&self, object: &mut Value, namespace: &str) {
        let pod = object["kind"] == "Pod";
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.entry("namespace").or_insert_with(|| namespace.into());
        for field in ["resourceVersion", "creationTimestamp", "managedFields", "generation"] {
            metadata.shift_remove(field);
        }
        let labels = metadata.get_mut("labels").and_then(Value::as_object_mut);
        if let Some(labels) = labels.filter(|_| !pod && self.takes(Difference::CleanUp)) {
            labels.shift_remove("spark-app-selector");
        }
        let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
        if let Some(annotations) = annotations.filter(|_| self.takes(Difference::ExecutorPreviews)) {
            annotations.shift_remove("config.kubernetes.io/local-config");
            if annotations.get("argocd.argoproj.io/hook") == Some(&json!("Skip")) {
                annotations.shift_remove("argocd.argoproj.io/hook");
            }
        }
    }

    fn pod(&self, pod: &mut Value) {
        let labels = pod["metadata"]["labels"].clone();
        let spec = pod["spec"].as_object_mut().expect("spec");
        if let Some(account) = spec.get("serviceAccountName").cloned() {
            spec.entry("serviceAccount").or_insert(account);
        }
        for list in ["containers", "initContainers"] {
            let Some(containers) = spec.get_mut(list).and_then(Value::as_array_mut) else { continue };
            for (place, container) in containers.iter_mut().enumerate() {
                self.container(container, &labels);
                container["place"] = place.into();
            }
            key_by(spec.get_mut(list), |container| text_of(&container["name"]));
        }
        if let Some(volumes) = spec.get_mut("volumes").and_then(Value::as_array_mut) {
            volumes.retain(|volume| !self.is_of_the_template(volume));
        }
        key_by(spec.get_mut("volumes"), |volume| text_of(&volume["name"]));
        if let Some(tolerations) = spec.get_mut("tolerations").and_then(Value::as_array_mut) {
            tolerations.sort_by_cached_key(|toleration| {
                serde_json::from_value::<BTreeMap<String, Value>>(toleration.clone())
                    .map(|map| format!("{map:?}"))
                    .unwrap_or_default()
            });
        }
    }

    fn container(&self, container: &mut Value, labels: &Value) {
        if self.takes(Difference::EnvironmentVariables) {
            let mut env = effective(container["env"].as_array().map_or(&[], Vec::as_slice), labels);
            // Spark numbers Java options in an order of its own.
            let options: Vec<String> = env
                .iter()
                .filter(|(name, _)| name.starts_with("SPARK_JAVA_OPT_"))
                .map(|(_, value)| value.clone())
                .collect();
            env.retain(|name, _| !name.starts_with("SPARK_JAVA_OPT_"));
            let options: BTreeSet<String> = options.into_iter().collect();
            container["javaOptions"] = options.into_iter().collect();
            if env.contains_key("SPARK_DRIVER_POD_IP") {
                env.insert("SPARK_DRIVER_POD_IP".to_owned(), "IP".to_owned());
            }
            container["env"] = serde_json::to_value(env).unwrap();
        }
        if self.takes(Difference::SparkUser) && container["env"]["SPARK_USER"] == "root" {
            container["env"]["SPARK_USER"] = "spark".into();
        }
        for port in container["ports"].as_array_mut().into_iter().flatten() {
            if port["protocol"].is_null() {
                port["protocol"] = "TCP".into();
            }
        }
        key_by(container.get_mut("ports"), |port| format!("{}/{}", port["containerPort"], text_of(&port["protocol"])));
        if let Some(mounts) = container["volumeMounts"].as_array_mut() {
            mounts.retain(|mount| !self.is_of_the_template(mount));
        }
        key_by(container.get_mut("volumeMounts"), |mount| text_of(&mount["mountPath"]));
    }

    /// A volume, or a mount of it, that brings the executors' template into the driver.
    fn is_of_the_template(&self, volume: &Value) -> bool {
        self.takes(Difference::ExecutorTemplate) && volume["name"] == "pod-template-volume"
    }

    fn config_map(&self, map: &mut Value) {
        let Some(data) = map["data"].as_object_mut() else { return };
        // A pod template is compared as a pod, not as text.
        if let Some(Value::String(text)) = data.get("executor-pod-template.yaml") {
            let mut template: Value = serde_yaml::from_str(text).unwrap();
            if let Some(template) = template.as_object_mut() {
                template.retain(|field, _| field != "apiVersion" && field != "kind");
            }
            if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.shift_remove("creationTimestamp");
            }
            data.insert("executor-pod-template.yaml".to_owned(), template);
        }
        if let Some(Value::String(text)) =
            data.get("spark.properties").filter(|_| self.takes(Difference::SparkProperties))
        {
            let mut confs = properties(text);
            confs.remove("spark.app.submitTime");
            self.confs(&mut confs);
            data.insert("spark.properties".to_owned(), serde_json::to_value(confs).unwrap());
        }
    }

    fn confs(&self, confs: &mut BTreeMap<String, String>) {
        if self.takes(Difference::OperatorLabels) {
            confs.retain(|key, _| !OPERATOR_LABELS.iter().any(|label| key.ends_with(&format!(".label.{label}"))));
        }
        if self.takes(Difference::CleanUp) {
            let key = "spark.kubernetes.driver.service.deleteOnTermination";
            if confs.get(key).is_some_and(|value| value == "false") {
                confs.remove(key);
            }
        }
        if self.takes(Difference::ExecutorTemplate) {
            confs.retain(|key, _| {
                !TEMPLATE_CONFS.contains(&key.as_str()) && !EXECUTOR_CONFS.iter().any(|prefix| key.starts_with(prefix))
            });
        }
        if self.takes(Difference::Names) {
            confs.remove("spark.kubernetes.executor.podNamePrefix");
        }
    }

    fn service(&self, service: &mut Value) {
        let headless = service["spec"]["clusterIP"] == "None";
        let spec = service["spec"].as_object_mut().expect("spec");
        if spec.get("type") == Some(&json!("ClusterIP")) {
            spec.shift_remove("type");
        }
        for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            if port["targetPort"].is_null() {
                port["targetPort"] = port["port"].clone();
            }
            if self.takes(Difference::DriverService) && port["protocol"] == "TCP" {
                port["protocol"] = Value::Null;
            }
        }
        if headless && self.takes(Difference::DriverService) {
            spec.shift_remove("ipFamilies");
            spec.shift_remove("ipFamilyPolicy");
        }
    }

    fn deep(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(items) => items.iter().map(|item| self.deep(item)).collect(),
            Value::Object(entries) => {
                let kept = entries.iter().filter(|(key, _)| !self.is_taken(key));
                kept.map(|(key, value)| (self.text(key), self.deep(value))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    /// Fields that are taken away wherever they are: in pods and in templates of pods.
    fn is_taken(&self, key: &str) -> bool {
        self.takes(Difference::OperatorLabels) && OPERATOR_LABELS.contains(&key)
            || self.takes(Difference::OwnerReferences) && ["ownerReferences", "uid", "status"].contains(&key)
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (difference, pattern, word) in &self.names {
            if self.takes(*difference) {
                text = pattern.replace_all(&text, *word).into_owned();
            }
        }
        text
    }
}

/// A list as a map by `key`; what comes again under a key is numbered.
fn key_by(list: Option<&mut Value>, key: impl Fn(&Value) -> String) {
    let Some(list) = list else { return };
    let Value::Array(items) = list.take() else { return };
    let mut map = Map::new();
    for item in items {
        let stem = key(&item);
        let mut name = stem.clone();
        let mut number = 1;
        while map.contains_key(&name) {
            number += 1;
            name = format!("{stem}#{number}");
        }
        map.insert(name, item);
    }
    *list = map.into();
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The value without what means nothing; `None` if nothing is left.
fn meaning(value: Value) -> Option<Value> {
    match value {
        Value::Object(entries) => {
            let field_path = entries.contains_key("fieldPath");
            let entries: Map<String, Value> = entries
                .into_iter()
                .filter_map(|(key, value)| {
                    let value = match key.as_str() {
                        "requests" | "limits" | "minResources" | "sizeLimit" | "storage" => quantities(value),
                        // An empty storage class is a class.
                        "storageClassName" if value == "" => return Some((key, value)),
                        // Every source of a volume may be empty, but it is the source.
                        "emptyDir" => {
                            return Some((key, meaning(quantities_below(value)).unwrap_or_else(|| json!({}))));
                        }
                        _ => value,
                    };
                    let text = value.to_string();
                    let default = DEFAULTS.contains(&(key.as_str(), text.as_str()));
                    let nothing = value == false && FALSE_IS_NOTHING.contains(&key.as_str());
                    let version = field_path && key == "apiVersion" && value == "v1";
                    if default || nothing || version { None } else { Some((key, meaning(value)?)) }
                })
                .collect();
            (!entries.is_empty()).then(|| entries.into())
        }
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().filter_map(meaning).collect();
            (!items.is_empty()).then(|| items.into())
        }
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        other => Some(other),
    }
}

fn quantities_below(value: Value) -> Value {
    match value {
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| if key == "sizeLimit" { (key, quantities(value)) } else { (key, value) })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

/// Quantities as numbers, in thousandths.
fn quantities(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, quantities(value))).collect::<Map<_, _>>().into()
        }
        Value::Number(number) => quantities(number.to_string().into()),
        Value::String(text) => thousandths(&text).map_or(Value::String(text), |number| format!("{number}m").into()),
        other => other,
    }
}

fn thousandths(text: &str) -> Option<i128> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let factor: i128 = match suffix {
        "m" => 1,
        "" => 1000,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "T" => 1_000_000_000_000_000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let product = digits.checked_mul(factor)?;
    (product % scale == 0).then_some(product / scale)
}

/// java.util.Properties, as far as Spark writes them.
fn properties(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut key = None;
        let mut current = String::new();
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => current.push('\n'),
                    Some('t') => current.push('\t'),
                    Some('r') => current.push('\r'),
                    Some('f') => current.push('\u{c}'),
                    Some('u') => {
                        let code: String = chars.by_ref().take(4).collect();
                        current.push_str(&format!("\\u{}", code.to_lowercase()));
                    }
                    Some(other) => current.push(other),
                    None => {}
                },
                '=' if key.is_none() => key = Some(std::mem::take(&mut current)),
                other => current.push(other),
            }
        }
        out.insert(key.unwrap_or_default(), current);
    }
    out
}

#[test]
fn quantities_are_compared_as_numbers() {
    assert_eq!(thousandths("1.5Gi"), Some(1_610_612_736_000));
    assert_eq!(thousandths("1500m"), thousandths("1.5"));
    assert_eq!(thousandths("1e3"), None);
    assert_eq!(thousandths("lots"), None);
}
