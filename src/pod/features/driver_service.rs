//! `DriverServiceFeatureStep`: the headless Service by which executors find the driver.

use crate::{
    conf::Behaviour,
    diagnostics::Diagnostics,
    map,
    node::{Mapping, Node, Origin, Stage},
    pod::{Build, FeatureStep, KubernetesConf, names, refused},
    seq,
};

const NAME: &str = "DriverServiceFeatureStep";
const BIND_ADDRESS: &str = "spark.driver.bindAddress";

/// The step.
pub const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

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
    let driver_port = conf.integer("spark.driver.port", 7078, diagnostics);
    let block_manager_port = conf.integer("spark.driver.blockManager.port", 7079, diagnostics);
    let properties = &mut build.system_properties;
    properties.set("spark.driver.host", host, host_origin);
    properties.set("spark.driver.port", driver_port.to_string(), conf.origin("spark.driver.port"));
    let key = "spark.driver.blockManager.port";
    properties.set(key, block_manager_port.to_string(), conf.origin(key));

    build.resources.push(map! {
        "apiVersion" => "v1",
        "kind" => "Service",
        "metadata" => metadata(conf, name),
        "spec" => spec(conf, diagnostics),
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
        labels.insert_if_absent("spark-app-selector", conf.app_id_node());
    }
    let mut metadata = Mapping::new();
    if !annotations.is_empty() || !conf.has(Behaviour::EmptyMapsOmitted) {
        metadata.insert("annotations", annotations);
    }
    if !labels.is_empty() {
        metadata.insert("labels", labels);
    }
    metadata.insert("name", name);
    Node::from(metadata)
}

fn spec(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Node {
    let mut spec = Mapping::new();
    spec.insert("clusterIP", "None");
    if conf.has(Behaviour::ServiceIpFamilies) {
        const FAMILIES: &str = "spark.kubernetes.driver.service.ipFamilies";
        const POLICY: &str = "spark.kubernetes.driver.service.ipFamilyPolicy";
        let origin = conf.origin(FAMILIES);
        let families: Vec<Node> =
            conf.get(FAMILIES).unwrap_or("IPv4").split(',').map(|family| Node::from(family).at(&origin)).collect();
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
        spec.insert("ipFamilies", Node::from(families).at(&origin));
        spec.insert("ipFamilyPolicy", policy);
    }
    spec.insert("ports", ports(conf, diagnostics));
    if conf.has(Behaviour::PublishNotReadyAddresses) {
        const KEY: &str = "spark.kubernetes.driver.service.publishNotReadyAddresses";
        let publish = conf.boolean(KEY, false, diagnostics);
        spec.insert("publishNotReadyAddresses", Node::from(publish).at(conf.origin(KEY)));
    }
    // What the labels refuse was reported with the pod.
    spec.insert("selector", conf.labels(&mut Diagnostics::new()));
    Node::from(spec)
}

fn ports(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Node {
    let mut port = |name: &str, key: &str, default: i64| {
        let number = Node::from(conf.integer(key, default, diagnostics)).at(conf.origin(key));
        map! { "name" => name, "port" => number.clone(), "targetPort" => number }
    };
    let mut ports = seq![
        port("driver-rpc-port", "spark.driver.port", 7078),
        port("blockmanager", "spark.driver.blockManager.port", 7079),
        port("spark-ui", "spark.ui.port", 4040),
    ];
    if conf.has(Behaviour::ConnectPort) {
        let mut connect = port("spark-connect", "spark.connect.grpc.binding.port", 15002);
        if conf.has(Behaviour::ConnectAppProtocol) {
            connect.as_mapping_mut().expect("made by map!").insert("appProtocol", "grpc");
        }
        ports.as_sequence_mut().expect("made by seq!").push(connect);
    }
    ports
}
