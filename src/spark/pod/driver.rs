//! `KubernetesDriverBuilder` and `Client`: the driver's side of a submission.

use super::{
    Build, FEATURES_PACKAGE, FeatureStep, KubernetesConf, config_map,
    features::{
        basic_driver, driver_command, driver_credentials, driver_service, env_secrets, hadoop_conf_driver,
        kerberos_conf_driver, local_dirs, mount_secrets, mount_volumes, network_policy, pod_template_config_map,
        volcano,
    },
    fold,
    kubernetes_conf::role_key,
    owner_reference, pod_template, refused, run_step, volumes,
};
use crate::{
    seq,
    spark::{Behaviour, SparkConf, Submission},
    tree::{Diagnostic, Diagnostics, Node, Origin, Stage},
};

/// Everything that spark-submit sends, in its order: `pre_resources`, `pod`, `resources`, `config_map`.
#[derive(Debug, Clone)]
pub struct KubernetesDriverSpec {
    /// Objects that are sent before the pod: a PodGroup.
    pub pre_resources: Vec<Node>,
    /// The driver Pod, complete.
    pub pod: Node,
    /// The objects of the feature steps in their order, the Service among them.
    pub resources: Vec<Node>,
    /// The ConfigMap with spark.properties.
    pub config_map: Node,
    /// The confs with which the driver will run: what spark.properties says.
    pub system_properties: SparkConf,
}

impl KubernetesDriverSpec {
    /// The container that runs the driver: the last one, as in Spark.
    #[must_use]
    pub fn spark_container(&self) -> &Node {
        let containers = self.pod.at_keys(&["spec", "containers"]).and_then(Node::as_sequence);
        containers.and_then(<[Node]>::last).expect("driver pods have a container")
    }

    /// All objects in the order in which Spark sends them; those that follow the pod are owned by it.
    #[must_use]
    pub fn objects(&self) -> Vec<Node> {
        let name = self.pod.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
        let owner = owner_reference(name).stamped(&Origin::derived(Stage::FeatureStep, "addOwnerReference", []));
        let followers = self.resources.iter().chain([&self.config_map]).map(|object| {
            let mut object = object.clone();
            object.mapping_at("metadata").insert("ownerReferences", seq![owner.clone()].at(owner.origin.clone()));
            object
        });
        self.pre_resources.iter().cloned().chain([self.pod.clone()]).chain(followers).collect()
    }
}

/// `KubernetesDriverBuilder`'s steps, in order.
pub const STEPS: &[FeatureStep] = &[
    basic_driver::STEP,
    driver_credentials::STEP,
    driver_service::STEP,
    network_policy::STEP,
    mount_secrets::STEP,
    env_secrets::STEP,
    mount_volumes::STEP,
    driver_command::STEP,
    hadoop_conf_driver::STEP,
    kerberos_conf_driver::STEP,
    pod_template_config_map::STEP,
    local_dirs::STEP,
];

/// Builds the driver's side. `None` if Spark refuses; then `diagnostics` says why.
#[must_use]
pub fn driver(submission: &Submission, diagnostics: &mut Diagnostics) -> Option<KubernetesDriverSpec> {
    let conf = KubernetesConf::driver(submission);
    let mut found = Diagnostics::new();
    check_main_class(&conf, &mut found);
    check_executor_volumes(&conf, &mut found);
    check_namespace(&conf, &mut found);
    let mut build = Build::new(pod_template::initial_pod(&conf, &mut found), submission.conf.clone());
    fold(STEPS, &conf, &mut build, &mut found);
    custom_steps(&conf, &mut build, &mut found);
    let refused = found.has_errors();
    diagnostics.extend(found);
    if refused {
        return None;
    }

    let client = Origin::derived(Stage::FeatureStep, "Client", []);
    let mut config_map = config_map::driver(&conf, &build.system_properties);
    config_map.stamp(&client);
    build.pod.start_step(&client);
    config_map::mount(&mut build.pod, &config_map);
    build.pod.end_step();
    let pod = build.pod.joined();
    if !conf.has(Behaviour::NamespaceInUrlOnly) {
        let namespace = conf.namespace();
        for object in &mut build.resources {
            object.mapping_at("metadata").insert("namespace", namespace.clone());
        }
    }
    Some(KubernetesDriverSpec {
        pre_resources: build.pre_resources,
        pod,
        resources: build.resources,
        config_map,
        system_properties: build.system_properties,
    })
}

/// `spark.kubernetes.<role>.pod.featureSteps`: of the classes that a user can name, Spark ships Volcano's alone.
pub(crate) fn custom_steps(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    if !conf.has(Behaviour::CustomFeatureSteps) {
        return;
    }
    let key = role_key!(conf, "pod.featureSteps");
    for class in conf.list(key) {
        let step = &volcano::STEP;
        let ships = step.needs.is_none_or(|behaviour| conf.has(behaviour));
        if class.strip_prefix(FEATURES_PACKAGE) == Some(step.name) && ships {
            run_step(step, conf, build, diagnostics);
        } else if class.starts_with(FEATURES_PACKAGE) {
            diagnostics.push(
                refused(
                    conf,
                    key,
                    format!("Spark {} has no feature step `{class}` that users can add", conf.version()),
                )
                .hint("remove it from the conf; Spark's own steps run anyway"),
            );
        } else {
            diagnostics.push(
                refused(conf, key, format!("feature step `{class}` is code of yours, which cannot run here"))
                    .hint("say what it does in a pod template instead"),
            );
        }
    }
}

/// `SparkSubmit`: what makes no sense in cluster mode.
fn check_main_class(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let Some(class) = &conf.submission.main_class else { return };
    let connect = conf.has(Behaviour::ConnectServerRefused);
    let what = match class.value.as_str() {
        "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2" => "the Thrift server",
        "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver" => "the Spark SQL shell",
        "org.apache.spark.sql.connect.service.SparkConnectServer" if connect => "the Connect server",
        _ => return,
    };
    diagnostics.push(
        Diagnostic::error(super::REFUSED_BY_SPARK, format!("{what} cannot run as a driver in cluster mode"))
            .at(&class.origin)
            .hint("run it in client mode in a pod of your own"),
    );
}

/// `KubernetesConf.createDriverConf` reads the executors' volumes too, to find faults early.
fn check_executor_volumes(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let _ = volumes::parse(conf, "spark.kubernetes.executor.volumes.", diagnostics);
}

/// Spark's Kubernetes client sends nothing without a namespace.
fn check_namespace(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    const KEY: &str = "spark.kubernetes.namespace";
    if conf.get(KEY) == Some("") {
        diagnostics
            .push(refused(conf, KEY, format!("conf `{KEY}` is empty")).hint("name a namespace, or remove the conf"));
    }
}
