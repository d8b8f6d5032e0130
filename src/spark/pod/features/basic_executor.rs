//! `BasicExecutorFeatureStep`: what every executor pod has.

use crate::kube::names::LABEL_LENGTH;
use crate::map;
use crate::seq;
use crate::spark::Behaviour;
use crate::spark::names::SPARK_CONF_DIR;
use crate::spark::pod::Build;
use crate::spark::pod::ExecutorMemory;
use crate::spark::pod::KubernetesConf;
use crate::spark::pod::Role;
use crate::spark::pod::allocator;
use crate::spark::pod::executor_config_map::conf_map_items;
use crate::spark::pod::executor_config_map::executor_config_map_name;
use crate::spark::pod::executor_java_options::java_options;
use crate::spark::pod::owner_reference;
use crate::spark::pod::refused;
use crate::spark::pod::resources;
use crate::spark::time;
use crate::tree::Diagnostics;
use crate::tree::Mapping;
use crate::tree::Node;
use crate::tree::Origin;
use crate::tree::Stage;

const STEP: &str = "BasicExecutorFeatureStep";
const CONF_VOLUME: &str = "spark-conf-volume-exec";
const BLOCK_MANAGER_PORT: &str = "spark.blockManager.port";
/// What stands for the driver's host and port where they are known only at run time.
const UNKNOWN_HOST: &str = "<driver-host>";
const UNKNOWN_PORT: &str = "<driver-port>";
const DECOMMISSION_SCRIPT: &str = "spark.kubernetes.decommission.script";

/// Container and pod; the rest is added by the steps that follow.
pub(crate) fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    container(conf, build.pod.container_mut(), diagnostics);
    pod(conf, build.pod.pod_mut(), diagnostics);
}

fn own(inputs: impl IntoIterator<Item = Origin>) -> Origin {
    Origin::derived(Stage::FeatureStep, STEP, inputs)
}

/// `spark.kubernetes.executor.disableConfigMap` (from 3.2).
pub(crate) fn config_map_is_disabled(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> bool {
    conf.has(Behaviour::ExecutorConfigMapCanBeDisabled)
        && conf.boolean("spark.kubernetes.executor.disableConfigMap", false, diagnostics)
}

fn container(conf: &KubernetesConf<'_>, container: &mut Node, diagnostics: &mut Diagnostics) {
    let fields = container.as_mapping_mut().expect("containers are mappings");
    if fields.get("name").is_none_or(Node::is_null) {
        fields.insert("name", "spark-kubernetes-executor");
    }
    if let Some(image) = conf.image(diagnostics) {
        fields.insert("image", image);
    }
    fields.insert("imagePullPolicy", conf.image_pull_policy(diagnostics));
    set_resources(conf, container, diagnostics);
    if conf.has(Behaviour::ExecutorResizePolicy) {
        let policy = |resource: &'static str| map! { "resourceName" => resource, "restartPolicy" => "NotRequired" };
        container.sequence_at("resizePolicy").extend([policy("cpu"), policy("memory")]);
    }
    let variables = environment(conf, diagnostics);
    container.sequence_at("env").extend(variables);
    ports(conf, container, diagnostics);
    container.sequence_at("args").push("executor".into());
    if conf.has(Behaviour::AllowPrivilegeEscalation) {
        let keys = [
            "spark.kubernetes.executor.securityContext.allowPrivilegeEscalation",
            "spark.kubernetes.securityContext.allowPrivilegeEscalation",
        ];
        let key = keys.into_iter().find(|key| conf.contains(key)).unwrap_or(keys[1]);
        let allowed = Node::from(conf.boolean(key, false, diagnostics)).at(conf.origin(key));
        container.mapping_at("securityContext").insert("allowPrivilegeEscalation", allowed);
    }
    if !config_map_is_disabled(conf, diagnostics) {
        container.sequence_at("volumeMounts").push(map! { "mountPath" => SPARK_CONF_DIR, "name" => CONF_VOLUME });
    }
    if conf.boolean("spark.decommission.enabled", false, diagnostics) {
        let script = conf.conf.node(DECOMMISSION_SCRIPT).filter(|_| conf.has(Behaviour::DecommissionScript));
        let mut script = script.unwrap_or_else(|| Node::from("/opt/decom.sh"));
        script.origin = own([script.origin, conf.origin("spark.decommission.enabled")]);
        // Spark makes a new lifecycle: a template's `postStart` goes too.
        let lifecycle = map! { "preStop" => map! { "exec" => map! { "command" => seq![script] } } };
        container.as_mapping_mut().expect("containers are mappings").insert("lifecycle", lifecycle);
    }
}

fn set_resources(conf: &KubernetesConf<'_>, container: &mut Node, diagnostics: &mut Diagnostics) {
    let total = ExecutorMemory::of(conf, diagnostics);
    let memory = Node::from(format!("{}Mi", total.total_mib(conf, diagnostics))).at(total.origin(STEP));
    let cores = conf.first_node(&["spark.kubernetes.executor.request.cores"]);
    let cores = cores.unwrap_or_else(|| conf.node_or("spark.executor.cores", "1"));
    container.mapping_at("resources");
    let fields = container.get_mut("resources").expect("made above");
    let requests = fields.mapping_at("requests");
    requests.insert("memory", memory.clone());
    requests.insert("cpu", cores);
    let limits = fields.mapping_at("limits");
    limits.insert("memory", memory);
    limits.extend(resources::quantities(conf, diagnostics));
    if let Some(limit) = conf.first_node(&["spark.kubernetes.executor.limit.cores"]) {
        limits.insert("cpu", limit);
    }
}

fn ports(conf: &KubernetesConf<'_>, container: &mut Node, diagnostics: &mut Diagnostics) {
    let port = conf.integer(BLOCK_MANAGER_PORT, 7079, diagnostics);
    if !conf.has(Behaviour::ExecutorTemplatePorts) {
        container.as_mapping_mut().expect("containers are mappings").remove("ports");
    }
    if port != 0 {
        let number = Node::from(port).at(conf.origin(BLOCK_MANAGER_PORT));
        container.sequence_at("ports").push(map! { "containerPort" => number, "name" => "blockmanager" });
    }
}

fn pod(conf: &KubernetesConf<'_>, pod: &mut Node, diagnostics: &mut Diagnostics) {
    let name = name(conf);
    let labels = conf.labels(diagnostics).clone();
    let annotations = conf.annotations();
    let keeps_empty = !conf.has(Behaviour::EmptyMapsOmitted);
    pod.mapping_at("metadata");
    let metadata = pod.get_mut("metadata").expect("made above");
    metadata.mapping_at("annotations");
    metadata.mapping_at("labels").extend(labels);
    metadata.mapping_at("annotations").extend(annotations);
    drop_empty(metadata, "annotations", keeps_empty);
    metadata.as_mapping_mut().expect("metadata is a mapping").insert("name", name.clone());
    let owner = owner_reference(conf.driver_pod_name());
    metadata.sequence_at("ownerReferences").push(owner);
    pod.mapping_at("spec");
    let spec = pod.get_mut("spec").expect("made above");
    let fields = spec.as_mapping_mut().expect("specs are mappings");
    fields.insert("hostname", host_name(conf, &name));
    fields.insert("restartPolicy", restart_policy(conf));
    if conf.has(Behaviour::ExecutorGracePeriodConf) {
        fields.insert("terminationGracePeriodSeconds", grace_period(conf, diagnostics));
    }
    if let Some(scheduler) = conf.scheduler_name() {
        fields.insert("schedulerName", scheduler);
    }
    spec.mapping_at("nodeSelector").extend(conf.node_selector());
    drop_empty(spec, "nodeSelector", keeps_empty);
    let secrets = conf.image_pull_secrets();
    if !secrets.is_empty() {
        spec.sequence_at("imagePullSecrets").extend(secrets);
    }
    if !config_map_is_disabled(conf, &mut Diagnostics::new()) {
        let mut source = Mapping::new();
        let items = conf_map_items(conf);
        if !items.is_empty() {
            source.insert("items", Node::new(items));
        }
        source.insert("name", executor_config_map_name(conf));
        spec.sequence_at("volumes").push(map! { "configMap" => Node::new(source), "name" => CONF_VOLUME });
    }
}

/// `spark.kubernetes.executor.terminationGracePeriodSeconds`, a duration, else 30 seconds.
fn grace_period(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Node {
    const KEY: &str = "spark.kubernetes.executor.terminationGracePeriodSeconds";
    let text = conf.get(KEY).unwrap_or("30s");
    let seconds = time::milliseconds(text, 1000).map(|milliseconds| milliseconds / 1000);
    if seconds.is_none() {
        let message = format!("`{text}` is no duration, in conf `{KEY}`");
        diagnostics.push(refused(conf, KEY, message).hint("write a number of seconds, such as `30s`"));
    }
    Node::from(seconds.unwrap_or(30)).at(conf.origin(KEY))
}

/// `<prefix>-exec-<id>`.
fn name(conf: &KubernetesConf<'_>) -> Node {
    let Role::Executor { id } = &conf.role else { unreachable!("executors only") };
    Node::from(format!("{}-exec-{id}", conf.resource_name_prefix())).at(own([conf.resource_name_origin()]))
}

/// The last 63 characters of the pod's name, without what may not begin a host name. Only a Deployment's
/// template gets it in lower case.
fn host_name(conf: &KubernetesConf<'_>, name: &Node) -> Node {
    let text = name.as_str().unwrap_or_default();
    let length = text.chars().count();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let tail: String = text.chars().skip(length.saturating_sub(LABEL_LENGTH)).collect();
    let mut host = String::with_capacity(tail.len());
    for c in tail.trim_start_matches(|c| !is_word(c)).chars() {
        if is_word(c) || c == '-' {
            host.push(c);
        } else if !host.ends_with('_') {
            host.push('_');
        }
    }
    if conf.get(allocator::KEY) == Some("deployment") && conf.has(Behaviour::DeploymentAllocator) {
        host = host.to_lowercase();
    }
    Node::from(host).at(own([name.origin.clone()]))
}

/// `Never`, but a StatefulSet or Deployment accepts only `Always`.
fn restart_policy(conf: &KubernetesConf<'_>) -> Node {
    let controlled = match conf.get(allocator::KEY) {
        Some("statefulset") => conf.has(Behaviour::StatefulSetAllocator),
        Some("deployment") => conf.has(Behaviour::DeploymentAllocator),
        _ => false,
    };
    Node::from(if controlled { "Always" } else { "Never" }).at(own([conf.origin(allocator::KEY)]))
}

fn drop_empty(parent: &mut Node, key: &str, keeps_empty: bool) {
    let is_empty = parent.get(key).and_then(Node::as_mapping).is_some_and(Mapping::is_empty);
    if is_empty && !keeps_empty {
        parent.as_mapping_mut().expect("callers pass mappings").remove(key);
    }
}

/// All of `env` that this step makes, in Spark's order of blocks.
fn environment(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let variable = |name: &'static str, value: Node| map! { "name" => name, "value" => value };
    let driver = conf.driver.expect("executors have a driver");
    let total = ExecutorMemory::of(conf, &mut Diagnostics::new());
    let Role::Executor { id } = &conf.role else { unreachable!("executors only") };
    let mut variables = vec![
        variable("SPARK_USER", driver.spark_user.clone()),
        variable("SPARK_DRIVER_URL", driver_url(conf, diagnostics)),
        variable("SPARK_EXECUTOR_CORES", cores(conf)),
        variable(
            "SPARK_EXECUTOR_MEMORY",
            Node::from(format!("{}m", total.pod.heap_mib)).at(own([conf.origin("spark.executor.memory")])),
        ),
        variable("SPARK_APPLICATION_ID", conf.app_id_node()),
        variable("SPARK_CONF_DIR", SPARK_CONF_DIR.into()),
        variable("SPARK_EXECUTOR_ID", id.into()),
        variable("SPARK_RESOURCE_PROFILE_ID", "0".into()),
    ];
    variables.extend(user_environment(conf, id));
    let pod_fields = pod_fields(conf);
    let first = !conf.has(Behaviour::ExecutorPodFieldsLast);
    if first {
        variables.extend(pod_fields.iter().cloned());
    }
    if conf.boolean("spark.authenticate", false, diagnostics) && !secret_is_in_a_file(conf) {
        // Spark draws it in the driver; what the user sets as `spark.authenticate.secret` is not used.
        let secret = Node::from("<drawn-by-the-driver>").at(own([conf.origin("spark.authenticate")]));
        variables.push(variable("_SPARK_AUTH_SECRET", secret));
    }
    if let Some(path) = class_path(conf) {
        variables.push(variable("SPARK_CLASSPATH", path));
    }
    if conf.has(Behaviour::ExecutorLibraryPath)
        && let Some(path) = conf.first_node(&["spark.executor.extraLibraryPath"])
    {
        variables.push(variable("SPARK_EXECUTOR_LIBRARY_PATH", path));
    }
    let options =
        java_options(conf.version(), conf.conf, |text, origin| (conf.substitute(text), conf.substituted(text, origin)));
    let options = options.into_iter().enumerate();
    variables
        .extend(options.map(|(index, option)| map! { "name" => format!("SPARK_JAVA_OPT_{index}"), "value" => option }));
    if !first {
        variables.extend(pod_fields);
    }
    variables
}

/// `spark.executor.extraClassPath`, behind (from 4.0) the default one.
fn class_path(conf: &KubernetesConf<'_>) -> Option<Node> {
    const DEFAULT: &str = "spark.executor.defaultExtraClassPath";
    let own = conf.conf.node("spark.executor.extraClassPath");
    let default = conf.conf.node(DEFAULT).filter(|_| conf.has(Behaviour::DefaultExtraClassPath));
    match (default, own) {
        (Some(default), Some(own)) => {
            let text = [default.as_str().unwrap_or_default(), own.as_str().unwrap_or_default()].join(":");
            Some(Node::from(text).at(self::own([default.origin, own.origin])))
        }
        (default, own) => default.or(own),
    }
}

/// `spark.executorEnv.*`. Names that are no environment variable names are left out by Spark with a log line.
fn user_environment(conf: &KubernetesConf<'_>, id: &str) -> Vec<Node> {
    let driver = conf.driver.expect("executors have a driver");
    let mut environment = conf.environment();
    if conf.has(Behaviour::DriverPodIpEnv) {
        environment.insert("SPARK_DRIVER_POD_IP", driver.pod_ip.clone());
        environment.sort();
    }
    environment
        .into_iter()
        .filter(|(key, _)| is_env_name(&key.text))
        .map(|(key, value)| {
            let value = match value.as_str() {
                Some(text) if key.text == "SPARK_EXECUTOR_DIRS" => {
                    let text = text.replace("SPARK_APPLICATION_ID", conf.app_id()).replace("SPARK_EXECUTOR_ID", id);
                    Node::from(text).at(&value.origin)
                }
                _ => value,
            };
            map! { "name" => conf.environment_name(&key.text), "value" => value }
        })
        .collect()
}

/// `[-._a-zA-Z][-._a-zA-Z0-9]*` (`KubernetesExecutorConf.checkExecutorEnvKey`).
pub(crate) fn is_env_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

fn pod_fields(conf: &KubernetesConf<'_>) -> Vec<Node> {
    let field = |name: &'static str, path: &'static str| {
        let source = map! { "fieldRef" => map! { "apiVersion" => "v1", "fieldPath" => path } };
        map! { "name" => name, "valueFrom" => source }
    };
    let mut fields = vec![field("SPARK_EXECUTOR_POD_IP", "status.podIP")];
    if conf.has(Behaviour::ExecutorPodNameEnv) {
        fields.push(field("SPARK_EXECUTOR_POD_NAME", "metadata.name"));
    }
    fields
}

/// Where the executor finds its driver: by Service name, or by the driver pod's IP (4.1, by default from 4.3).
fn driver_url(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Node {
    const BY_IP: &str = "spark.kubernetes.executor.useDriverPodIP";
    let by_default = conf.has(Behaviour::DriverPodIpInUrlByDefault);
    let by_ip = conf.has(Behaviour::DriverPodIpInUrl) && conf.boolean(BY_IP, by_default, diagnostics);
    let host = if by_ip {
        conf.driver.expect("executors have a driver").pod_ip.clone()
    } else {
        // The driver's Service, which names it, may be one of the excluded steps; Spark then asks the system.
        conf.node_or("spark.driver.host", UNKNOWN_HOST)
    };
    let is_drawn = !conf.contains("spark.driver.host") && !conf.contains("spark.driver.port");
    let port = conf.integer("spark.driver.port", 7078, diagnostics).to_string();
    let port = if is_drawn { UNKNOWN_PORT } else { &port };
    let url = format!("spark://CoarseGrainedScheduler@{}:{port}", host.as_str().unwrap_or_default());
    Node::from(url).at(own([host.origin.clone(), conf.origin("spark.driver.port"), conf.origin(BY_IP)]))
}

/// `spark.executor.cores`; in recovery mode (from 4.2) just enough for one task.
fn cores(conf: &KubernetesConf<'_>) -> Node {
    const RECOVERY: &str = "spark.kubernetes.allocation.recoveryMode.enabled";
    const TASK_CPUS: &str = "spark.task.cpus";
    if conf.has(Behaviour::RecoveryModeCores) && conf.get(RECOVERY).is_some_and(|flag| flag.trim() == "true") {
        let cpus = conf.get(TASK_CPUS).and_then(|text| text.trim().parse::<f64>().ok()).unwrap_or(1.0);
        return Node::from(format!("{:.0}", cpus.ceil().max(1.0)))
            .at(own([conf.origin(RECOVERY), conf.origin(TASK_CPUS)]));
    }
    conf.node_or("spark.executor.cores", "1")
}

/// Whether executors read the secret from a file.
fn secret_is_in_a_file(conf: &KubernetesConf<'_>) -> bool {
    conf.contains("spark.authenticate.secret.executor.file") || conf.contains("spark.authenticate.secret.file")
}
