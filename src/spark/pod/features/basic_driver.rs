//! `BasicDriverFeatureStep`: the driver's container, metadata and scheduling.

use crate::{
    kube::Quantity,
    map,
    spark::{
        Behaviour, memory,
        pod::{Build, FeatureStep, KubernetesConf, REFUSED_BY_SPARK, kubernetes_conf::role_key, resources, upload},
    },
    tree::{Diagnostic, Diagnostics, Node, Origin, Stage},
};

const NAME: &str = "BasicDriverFeatureStep";

/// The code of quantities that the API server will not read.
pub(crate) const INVALID_QUANTITY: &str = "invalid-quantity";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    container(conf, build, diagnostics);
    let name = conf.driver_pod_name();
    system_properties(conf, &name, build);
    metadata_and_spec(conf, name, build, diagnostics);
    upload::dependencies(conf, build, diagnostics);
}

fn container(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let image = conf.image(diagnostics);
    let pull_policy = conf.image_pull_policy(diagnostics);
    let container = build.pod.container_mut().as_mapping_mut().expect("containers are mappings");
    container.insert_if_absent("name", "spark-kubernetes-driver");
    if let Some(image) = image {
        container.insert("image", image);
    }
    container.insert("imagePullPolicy", pull_policy);
    if conf.has(Behaviour::AllowPrivilegeEscalation) {
        allow_privilege_escalation(conf, build, diagnostics);
    }
    build.pod.container_mut().sequence_at("ports").extend(ports(conf, diagnostics));

    let user = &conf.submission.spark_user;
    build.pod.add_env("SPARK_USER", Node::from(&user.value).at(&user.origin));
    build.pod.add_env("SPARK_APPLICATION_ID", conf.app_id_node());
    for (name, value) in conf.environment() {
        build.pod.add_env(conf.environment_name(&name.text), value);
    }
    let pod_ip = map! { "fieldRef" => map! { "apiVersion" => "v1", "fieldPath" => "status.podIP" } };
    build.pod.add_env_from("SPARK_DRIVER_BIND_ADDRESS", pod_ip);
    requests_and_limits(conf, build, diagnostics);
}

/// `securityContext.allowPrivilegeEscalation`, false unless a conf says otherwise (from 4.3).
fn allow_privilege_escalation(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    const COMMON: &str = "spark.kubernetes.securityContext.allowPrivilegeEscalation";
    let role_key = role_key!(conf, "securityContext.allowPrivilegeEscalation");
    let key = if conf.contains(role_key) { role_key } else { COMMON };
    let allowed = Node::from(conf.boolean(key, false, diagnostics)).at(conf.origin(key));
    build.pod.container_mut().mapping_at("securityContext").insert("allowPrivilegeEscalation", allowed);
}

fn ports(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    // The pod, unlike the Service, looks at `spark.blockManager.port` too: a fault that all versions have.
    let block_manager = if conf.contains("spark.driver.blockManager.port") {
        "spark.driver.blockManager.port"
    } else {
        "spark.blockManager.port"
    };
    let mut port = |name: &'static str, key, default| {
        let number = conf.integer_node(key, default, diagnostics);
        map! { "containerPort" => number, "name" => name, "protocol" => "TCP" }
    };
    let mut ports = vec![
        port("driver-rpc-port", "spark.driver.port", 7078),
        port("blockmanager", block_manager, 7079),
        port("spark-ui", "spark.ui.port", 4040),
    ];
    if conf.has(Behaviour::ConnectPort) {
        ports.push(port("spark-connect", "spark.connect.grpc.binding.port", 15002));
    }
    ports
}

fn requests_and_limits(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let cores = Node::from(conf.integer("spark.driver.cores", 1, diagnostics).to_string());
    let cpu = conf
        .conf
        .node("spark.kubernetes.driver.request.cores")
        .unwrap_or_else(|| cores.at(conf.origin("spark.driver.cores")));
    let cpu_limit = conf.conf.node("spark.kubernetes.driver.limit.cores");
    for value in cpu_limit.iter().chain([&cpu]) {
        let text = value.as_str().unwrap_or_default();
        let hint = "write a number of cores such as `1` or `500m`";
        if text.is_empty() {
            let message = "an empty text is no quantity, and Spark refuses it";
            diagnostics.push(Diagnostic::error(REFUSED_BY_SPARK, message).at(&value.origin).hint(hint));
        } else if Quantity::parse(text).is_none() {
            let message = format!("`{text}` is no quantity, the API server will refuse it");
            diagnostics.push(Diagnostic::warning(INVALID_QUANTITY, message).at(&value.origin).hint(hint));
        }
    }
    let memory = memory::pod_memory(conf, diagnostics);
    let total = memory.sum(conf, &[], diagnostics);
    let size = Node::from(format!("{total}Mi")).at(memory.origin(NAME));
    let devices = resources::quantities(conf, diagnostics);

    let container = build.pod.container_mut();
    container.mapping_at("resources");
    let resources = container.get_mut("resources").expect("made by the line above");
    let limits = resources.mapping_at("limits");
    if let Some(limit) = cpu_limit {
        limits.insert("cpu", limit);
    }
    limits.insert("memory", size.clone());
    limits.extend(devices);
    let requests = resources.mapping_at("requests");
    requests.insert("cpu", cpu);
    requests.insert("memory", size);
}

fn metadata_and_spec(conf: &KubernetesConf<'_>, name: Node, build: &mut Build, diagnostics: &mut Diagnostics) {
    let labels = conf.labels(diagnostics).clone();
    let annotations = conf.annotations();
    let selector = conf.node_selector();
    let pull_secrets = conf.image_pull_secrets();
    let keep_empty = !conf.has(Behaviour::EmptyMapsOmitted);
    build.pod.metadata().insert("name", name);
    build.pod.add_to_metadata("labels", labels);
    if keep_empty || !annotations.is_empty() {
        build.pod.add_to_metadata("annotations", annotations);
    }
    let spec = build.pod.spec();
    if keep_empty || !selector.is_empty() {
        spec.mapping_at("nodeSelector").extend(selector);
    }
    if !pull_secrets.is_empty() {
        spec.sequence_at("imagePullSecrets").extend(pull_secrets);
    }
    let spec = spec.as_mapping_mut().expect("a spec is a mapping");
    spec.insert("restartPolicy", "Never");
    if let Some(scheduler) = conf.scheduler_name() {
        spec.insert("schedulerName", scheduler);
    }
}

fn system_properties(conf: &KubernetesConf<'_>, name: &Node, build: &mut Build) {
    // What is wrong with the factor was reported with the memory.
    let factor = memory::default_overhead_factor(conf, &mut Diagnostics::new());
    let step = || Origin::derived(Stage::FeatureStep, NAME, []);
    let properties = &mut build.system_properties;
    properties.set("spark.kubernetes.driver.pod.name", name.as_str().unwrap_or_default(), &name.origin);
    properties.set("spark.app.id", conf.app_id(), conf.app_id_node().origin);
    properties.set("spark.kubernetes.submitInDriver", "true", step());
    let factor_key = "spark.kubernetes.memoryOverheadFactor";
    properties.set(factor_key, memory::java_double(factor), memory::default_overhead_factor_origin(conf));
}
