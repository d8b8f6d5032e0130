//! The executor side: what the driver will create once it runs, from its own confs and the template as mounted
//! (`KubernetesExecutorBuilder`, `ExecutorPodsAllocator`).

use super::{
    Allocator, Build, FeatureStep, KubernetesConf, RunningDriver, allocator,
    driver::custom_steps,
    executor_checks, executor_config_map,
    features::{
        basic_executor, env_secrets, executor_credentials, hadoop_conf_executor, local_dirs, mount_secrets,
        mount_volumes,
    },
    fold, pod_template,
};
use crate::{
    spark::{Behaviour, SparkConf, Submission},
    tree::{Diagnostic, Diagnostics, Node, limits::PREVIEWS},
};

/// The code of executors that are like those that are shown.
pub const MORE_EXECUTORS: &str = "more-executors";

/// The input of [`executor`].
#[derive(Debug, Clone, Copy)]
pub struct ExecutorRequest<'a> {
    /// What was submitted.
    pub submission: &'a Submission,
    /// The driver's confs: what its spark.properties says.
    pub system_properties: &'a SparkConf,
    /// The driver.
    pub driver: &'a RunningDriver,
    /// How many executors to show.
    pub count: u32,
}

/// What the driver creates.
#[derive(Debug, Clone, Default)]
pub struct KubernetesExecutorSpec {
    /// Executor pods with the ids 1, 2, …; none when a controller makes them.
    pub pods: Vec<Node>,
    /// `spark-exec-<hash>-conf-map`, unless it is disabled.
    pub config_map: Option<Node>,
    /// The claims of those pods, with their owner.
    pub claims: Vec<Node>,
    /// The StatefulSet or Deployment.
    pub controller: Option<Node>,
}

impl KubernetesExecutorSpec {
    /// All objects in the order in which the driver sends them.
    #[must_use]
    pub fn objects(&self) -> Vec<Node> {
        let parts = self.config_map.iter().chain(&self.pods).chain(&self.claims).chain(&self.controller);
        parts.cloned().collect()
    }
}

/// `KubernetesExecutorBuilder`'s steps.
const STEPS: &[FeatureStep] = &[
    FeatureStep { name: "BasicExecutorFeatureStep", needs: None, configure: basic_executor::configure },
    FeatureStep {
        name: "ExecutorKubernetesCredentialsFeatureStep",
        needs: None,
        configure: executor_credentials::configure,
    },
    mount_secrets::STEP,
    env_secrets::STEP,
    mount_volumes::STEP,
    FeatureStep {
        name: "HadoopConfExecutorFeatureStep",
        needs: Some(Behaviour::ExecutorHadoopConfigMap),
        configure: hadoop_conf_executor::configure,
    },
    local_dirs::STEP,
];

/// Builds the executor side, or reports why the driver would stop.
pub fn executor(request: &ExecutorRequest<'_>, diagnostics: &mut Diagnostics) -> Option<KubernetesExecutorSpec> {
    let mut found = Diagnostics::new();
    let first = request.view("1");
    executor_checks::check(&first, &mut found);
    let allocator = Allocator::of(&first, &mut found);
    let mut spec = KubernetesExecutorSpec::default();
    if allocator == Allocator::Direct {
        let shown = request.count.min(PREVIEWS);
        if shown < request.count {
            let key = "spark.executor.instances";
            let message = format!("… and {} more executors, which are not shown", request.count - shown);
            found.push(Diagnostic::note(MORE_EXECUTORS, message).at(first.origin(key)));
        }
        for number in 1..=shown {
            let conf = request.view(&number.to_string());
            // Every executor is refused for the same reasons: they are reported once.
            let mut of_this_one = Diagnostics::new();
            let (pod, mut claims) = build(&conf, &mut of_this_one);
            if number == 1 {
                found.extend(of_this_one);
            }
            let name = pod.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
            allocator::own_claims(&conf, &mut claims, &name, &mut found);
            spec.pods.push(pod);
            spec.claims.extend(claims);
        }
    } else {
        let conf = request.view(allocator::TEMPLATE_ID);
        let (pod, claims) = build(&conf, &mut found);
        let replicas = initial_executors(request.system_properties);
        spec.controller = Some(allocator::controller(&conf, allocator, pod, claims, replicas, &mut found));
    }
    if !basic_executor::config_map_is_disabled(&first, &mut found) {
        spec.config_map = Some(executor_config_map::executor_config_map(&first));
    }
    let refused = found.has_errors();
    diagnostics.extend(found);
    (!refused).then_some(spec)
}

impl<'a> ExecutorRequest<'a> {
    fn view(&self, id: &str) -> KubernetesConf<'a> {
        KubernetesConf::executor(self.submission, self.system_properties, id, self.driver)
    }
}

/// One pod with its claims: the steps, then Spark's container behind the others.
fn build(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> (Node, Vec<Node>) {
    let pod = pod_template::initial_pod(conf, diagnostics);
    let mut build = Build::new(pod, conf.conf.clone());
    fold(STEPS, conf, &mut build, diagnostics);
    custom_steps(conf, &mut build, diagnostics);
    (build.pod.joined(), build.resources)
}

/// How many executors the driver asks for at first (`SchedulerBackendUtils.getInitialTargetExecutorNumber`).
#[must_use]
pub fn initial_executors(conf: &SparkConf) -> u32 {
    let number = |key: &str| conf.get(key).and_then(|text| text.trim().parse::<u32>().ok());
    let is_dynamic =
        conf.get("spark.dynamicAllocation.enabled").is_some_and(|flag| flag.trim().eq_ignore_ascii_case("true"));
    let instances = number("spark.executor.instances");
    if !is_dynamic {
        return instances.unwrap_or(2);
    }
    let least = number("spark.dynamicAllocation.minExecutors").unwrap_or(0);
    let initial = number("spark.dynamicAllocation.initialExecutors").unwrap_or(least);
    least.max(initial).max(instances.unwrap_or(0))
}
