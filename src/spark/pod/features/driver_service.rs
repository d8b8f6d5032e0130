//! `DriverServiceFeatureStep`: the headless Service by which executors find the driver.

use crate::spark::names::APP_SELECTOR_LABEL;
use crate::{
    map,
    spark::{
        Behaviour, names,
        pod::{Build, FeatureStep, KubernetesConf, refused},
    },
    tree::{Diagnostics, Mapping, Node, Origin, Stage},
};

const NAME: &str = "DriverServiceFeatureStep";
const BIND_ADDRESS: &str = "spark.driver.bindAddress";
const DRIVER_PORT: &str = "spark.driver.port";
const BLOCK_MANAGER_PORT: &str = "spark.driver.blockManager.port";

/// Ports that spark.properties names too.
struct Ports {
    driver: Node,
    block_manager: Node,
}

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    if conf.contains(BIND_ADDRESS) {
        diagnostics.push(
            refused(
                conf,
                BIND_ADDRESS,
                format!("conf `{BIND_ADDRESS}` is given, but on Kubernetes the driver binds to its pod's IP address"),
            )
            .hint("remove the conf"),
        );
    }
    if conf.contains("spark.driver.host") {
        diagnostics.push(
            refused(
                conf,
                "spark.driver.host",
                "conf `spark.driver.host` is given, but on Kubernetes the driver is found through its Service",
            )
            .hint("remove the conf"),
        );
    }
    let name = service_name(conf);
    let namespace = conf.namespace();
    let host = format!("{}.{}.svc", name.as_str().unwrap_or_default(), namespace.as_str().unwrap_or_default());
    let host_origin = Origin::derived(Stage::FeatureStep, NAME, [name.origin.clone(), namespace.origin]);
    let ports = Ports {
        driver: conf.integer_node(DRIVER_PORT, 7078, diagnostics),
        block_manager: conf.integer_node(BLOCK_MANAGER_PORT, 7079, diagnostics),
    };
    let properties = &mut build.system_properties;
    properties.set("spark.driver.host", host, host_origin);
    for (key, port) in [(DRIVER_PORT, &ports.driver), (BLOCK_MANAGER_PORT, &ports.block_manager)] {
        properties.set(key, port.as_i64().unwrap_or_default().to_string(), &port.origin);
    }

    build.resources.push(map! {
        "apiVersion" => "v1",
        "kind" => "Service",
        "metadata" => metadata(conf, name),
        "spec" => spec(conf, ports, diagnostics),
    });
}

fn service_name(conf: &KubernetesConf<'_>) -> Node {
    let name = names::driver_service_name(&conf.resource_name_prefix(), &conf.submission.identity.service_hash);
    Node::from(name).at(Origin::derived(Stage::FeatureStep, NAME, [conf.origin("spark.app.name")]))
}

fn metadata(conf: &KubernetesConf<'_>, name: Node) -> Node {
    let annotations = conf.prefixed("spark.kubernetes.driver.service.annotation.");
    let mut labels = Mapping::new();
    if conf.has(Behaviour::ServiceLabels) {
        labels = conf.prefixed("spark.kubernetes.driver.service.label.");
    }
    if conf.has(Behaviour::SelectorLabelOnResources) {
        // Here, unlike on pods, a user's label of that name wins.
        labels.insert_if_absent(APP_SELECTOR_LABEL, conf.app_id_node());
    }
    let mut metadata = Mapping::new();
    if !annotations.is_empty() || !conf.has(Behaviour::EmptyMapsOmitted) {
        metadata.push("annotations", annotations);
    }
    if !labels.is_empty() {
        metadata.push("labels", labels);
    }
    metadata.push("name", name);
    Node::from(metadata)
}

fn spec(conf: &KubernetesConf<'_>, service_ports: Ports, diagnostics: &mut Diagnostics) -> Node {
    let mut spec = Mapping::new();
    spec.push("clusterIP", "None");
    if conf.has(Behaviour::ServiceIpFamilies) {
        const FAMILIES: &str = "spark.kubernetes.driver.service.ipFamilies";
        const POLICY: &str = "spark.kubernetes.driver.service.ipFamilyPolicy";
        let origin = conf.origin(FAMILIES);
        let families: Vec<Node> =
            conf.get(FAMILIES).unwrap_or("IPv4").split(',').map(|family| Node::text(family).at(&origin)).collect();
        if !matches!(conf.get(FAMILIES), None | Some("IPv4" | "IPv6" | "IPv4,IPv6" | "IPv6,IPv4")) {
            diagnostics.push(
                refused(conf, FAMILIES, format!("`{}` are no IP families", conf.get(FAMILIES).unwrap_or_default()))
                    .hint("write `IPv4`, `IPv6`, `IPv4,IPv6` or `IPv6,IPv4`"),
            );
        }
        let policy = conf.node_or(POLICY, "SingleStack");
        if !matches!(policy.as_str(), Some("SingleStack" | "PreferDualStack" | "RequireDualStack")) {
            diagnostics.push(
                refused(conf, POLICY, format!("`{}` is no IP family policy", policy.as_str().unwrap_or_default()))
                    .hint("write `SingleStack`, `PreferDualStack` or `RequireDualStack`"),
            );
        }
        spec.push("ipFamilies", Node::from(families).at(&origin));
        spec.push("ipFamilyPolicy", policy);
    }
    spec.push("ports", ports(conf, service_ports, diagnostics));
    if conf.has(Behaviour::PublishNotReadyAddresses) {
        const KEY: &str = "spark.kubernetes.driver.service.publishNotReadyAddresses";
        let publish = conf.boolean(KEY, false, diagnostics);
        spec.push("publishNotReadyAddresses", Node::from(publish).at(conf.origin(KEY)));
    }
    spec.push("selector", conf.labels(diagnostics).clone());
    Node::from(spec)
}

fn ports(conf: &KubernetesConf<'_>, ports: Ports, diagnostics: &mut Diagnostics) -> Node {
    let port =
        |name: &'static str, number: Node| map! { "name" => name, "port" => number.clone(), "targetPort" => number };
    let mut ports = vec![
        port("driver-rpc-port", ports.driver),
        port("blockmanager", ports.block_manager),
        port("spark-ui", conf.integer_node("spark.ui.port", 4040, diagnostics)),
    ];
    if conf.has(Behaviour::ConnectPort) {
        let number = conf.integer_node("spark.connect.grpc.binding.port", 15002, diagnostics);
        let mut connect = port("spark-connect", number);
        if conf.has(Behaviour::ConnectAppProtocol) {
            connect.as_mapping_mut().expect("made by map!").insert("appProtocol", "grpc");
        }
        ports.push(connect);
    }
    Node::from(ports)
}
