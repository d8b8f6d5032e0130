//! Batch scheduling: what the operator tells Volcano, the scheduler plugins and YuniKorn through labels and
//! annotations (operator: `internal/scheduler`). As in the operator they are confs, so they reach executors too.

use crate::{
    kube::{Quantity, quantity},
    map,
    operator::{OperatorOptions, resolve::ResolvedApplication, rule},
    spark::{SparkConf, size},
    tree::{Diagnostic, Diagnostics, Node, Origin},
};

/// The annotation by which Volcano finds a pod's group.
pub(crate) const VOLCANO_GROUP: &str = "scheduling.k8s.io/group-name";
/// The label by which the scheduler plugins find a pod's group.
const SCHEDULER_PLUGINS_GROUP: &str = "scheduling.x-k8s.io/pod-group";

/// The name of YuniKorn's scheduler in pods.
pub(crate) const YUNIKORN: &str = "yunikorn";
/// The annotation by which YuniKorn knows to which application a pod belongs (`pkg/common/constants/constants.go`).
pub(crate) const YUNIKORN_APP_ID: &str = "yunikorn.apache.org/app-id";
/// Labels by which it knows the same; the first two spellings are those of people, the last one is Spark's.
pub(crate) const YUNIKORN_LABELS: &[&str] = &[YUNIKORN_APP_ID, "applicationId"];
/// At the end of an id it stands for the pod's uid (YuniKorn 1.5 and later, `GetApplicationIDFromPod`).
pub(crate) const YUNIKORN_POD_UID: &str = "-uniqueautogen";

/// A batch scheduler that the operator can speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchScheduler {
    /// `volcano`.
    Volcano,
    /// A name of `--kube-scheduler-names`.
    KubeScheduler,
    /// `yunikorn`.
    YuniKorn,
}

impl BatchScheduler {
    /// The scheduler of `application`: its own, else the operator's default; none unless the operator's flag is on.
    #[must_use]
    pub(crate) fn of(application: &ResolvedApplication, flags: &OperatorOptions) -> Option<Self> {
        let name = wanted(application, flags).filter(|_| flags.batch_scheduler)?;
        match name {
            "volcano" => Some(Self::Volcano),
            YUNIKORN => Some(Self::YuniKorn),
            name => flags.kube_scheduler_names.iter().any(|known| known == name).then_some(Self::KubeScheduler),
        }
    }

    /// The name of the PodGroup, if this scheduler has one.
    #[must_use]
    pub(crate) fn pod_group_name(self, application: &str) -> Option<String> {
        match self {
            Self::Volcano => Some(format!("spark-{application}-pg")),
            Self::KubeScheduler => Some(format!("{application}-pg")),
            Self::YuniKorn => None,
        }
    }
}

/// The name that the application or the operator's flag gives.
fn wanted<'a>(application: &'a ResolvedApplication, flags: &'a OperatorOptions) -> Option<&'a str> {
    let own = application.spec.batch_scheduler.as_ref().map(|name| name.value.as_str()).filter(|name| !name.is_empty());
    own.or_else(|| flags.default_batch_scheduler.as_ref().map(|name| name.value.as_str()))
}

/// Sets the confs that make the labels and annotations of the application's scheduler, over those of the
/// application; says why there is none where one is named.
pub(crate) fn apply(
    application: &ResolvedApplication,
    flags: &OperatorOptions,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) {
    if let Some(scheduler) = BatchScheduler::of(application, flags) {
        set_confs(scheduler, application, conf, diagnostics);
        return;
    }
    let Some(name) = wanted(application, flags) else { return };
    let own = application.spec.batch_scheduler.as_ref();
    let origin = own.or(flags.default_batch_scheduler.as_ref()).map(|name| name.origin.clone()).unwrap_or_default();
    let diagnostic = if flags.batch_scheduler {
        Diagnostic::error("unknown-batch-scheduler", format!("`{name}` is no batch scheduler that the operator knows"))
            .hint("use `volcano` or `yunikorn`, or name it in `operator.kubeSchedulerNames`")
    } else {
        Diagnostic::warning(
            "operator-option-off",
            "`batchScheduler` only sets the pods' scheduler without the operator's `--enable-batch-scheduler`",
        )
        .hint("set `operator.batchScheduler: true` in the configuration")
    };
    diagnostics.push(diagnostic.field(application.spec_path().key("batchScheduler")).at(origin));
}

fn set_confs(
    scheduler: BatchScheduler,
    application: &ResolvedApplication,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) {
    let asked = application.spec.batch_scheduler.as_ref().map(|name| name.origin.clone()).unwrap_or_default();
    let group = scheduler.pod_group_name(&application.name);
    let origin = rule::operator("batchScheduler", [asked.clone(), application.name.origin.clone()]);
    match scheduler {
        BatchScheduler::Volcano => {
            let driver = format!("spark.kubernetes.driver.annotation.{VOLCANO_GROUP}");
            if conf.contains(&driver) {
                return;
            }
            let group = group.expect("Volcano has a group");
            conf.set(driver, &group, origin.clone());
            conf.set(format!("spark.kubernetes.executor.annotation.{VOLCANO_GROUP}"), group, origin);
        }
        BatchScheduler::KubeScheduler => {
            let group = group.expect("the scheduler plugins have a group");
            for role in ["driver", "executor"] {
                let key = format!("spark.kubernetes.{role}.label.{SCHEDULER_PLUGINS_GROUP}");
                conf.set_if_missing(&key, &group, origin.clone());
            }
        }
        BatchScheduler::YuniKorn => yunikorn(application, conf, &asked, diagnostics),
    }
}

fn yunikorn(application: &ResolvedApplication, conf: &mut SparkConf, asked: &Origin, diagnostics: &mut Diagnostics) {
    let queue = application.spec.batch_scheduler_options.as_ref().and_then(|options| options.queue.as_ref());
    let queue = queue.filter(|queue| !queue.value.is_empty());
    if let Some(queue) = queue {
        let origin = rule::operator("batchSchedulerOptions.queue", [queue.origin.clone(), asked.clone()]);
        for role in ["driver", "executor"] {
            conf.set(format!("spark.kubernetes.{role}.label.queue"), &queue.value, origin.clone());
        }
        let spec = &application.spec;
        let driver = spec.driver.as_ref().and_then(|role| role.shared.labels.as_ref());
        let executor = spec.executor.as_ref().and_then(|role| role.shared.labels.as_ref());
        if [driver, executor].iter().any(|labels| labels.is_none_or(|labels| labels.is_empty())) {
            diagnostics.push(
                Diagnostic::note(
                    "operator-differs",
                    "YuniKorn's task groups are labelled with the queue; the operator does so only where a role has `labels`",
                )
                .field(application.spec_path().key("batchSchedulerOptions").key("queue"))
                .at(&queue.origin)
                .hint("compare the queue's placement rules when you leave the operator"),
            );
        }
    }
    let mut groups = vec![task_group(application, conf, GangRole::Driver, 1, diagnostics)];
    let executors = initial_executors(conf);
    if executors > 0 {
        groups.push(task_group(application, conf, GangRole::Executor, executors, diagnostics));
    }
    let groups = Node::new(groups);
    let inputs = std::iter::once(asked.clone()).chain(groups.origins());
    let key = "spark.kubernetes.driver.annotation.yunikorn.apache.org/task-groups";
    conf.set(key, groups.to_json().to_string(), rule::operator("batchScheduler", inputs));
    for role in [GangRole::Driver, GangRole::Executor] {
        let key = format!("spark.kubernetes.{}.annotation.yunikorn.apache.org/task-group-name", role.name());
        conf.set(key, format!("spark-{}", role.name()), rule::operator("batchScheduler", [asked.clone()]));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GangRole {
    Driver,
    Executor,
}

impl GangRole {
    fn name(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Executor => "executor",
        }
    }
}

/// One entry of YuniKorn's gang: what a pod of the role asks for, and where it may run.
fn task_group(
    application: &ResolvedApplication,
    conf: &SparkConf,
    role: GangRole,
    members: u64,
    diagnostics: &mut Diagnostics,
) -> Node {
    let spec = &application.spec;
    let fields = match role {
        GangRole::Driver => spec.driver.clone().unwrap_or_default().shared,
        GangRole::Executor => spec.executor.clone().unwrap_or_default().shared,
    };
    let name = role.name();
    let cpu = conf
        .node(&format!("spark.kubernetes.{name}.request.cores"))
        .or_else(|| conf.node(&format!("spark.{name}.cores")));
    let memory = quantity::of_mebibytes(gang_memory(application, conf, role, diagnostics));
    let memory = Node::from(memory).at(rule::operator("minResource", gang_memory_origins(application, conf, role)));
    let mut min_member = Node::from(i64::try_from(members).unwrap_or(i64::MAX));
    if role == GangRole::Executor {
        min_member.origin = rule::operator("minMember", initial_executors_origins(conf));
    }
    let mut group = map! {
        "name" => format!("spark-{name}"),
        "minMember" => min_member,
        "minResource" => map! { "cpu" => cpu.unwrap_or_else(|| Node::from("1")), "memory" => memory },
    };
    let mapping = group.as_mapping_mut().expect("made above");
    let mut selectors = map! {};
    for selector in [&spec.node_selector, &fields.node_selector].into_iter().flatten() {
        for (key, value) in &selector.value {
            selectors.as_mapping_mut().expect("made above").insert(key, Node::from(&value.value).at(&value.origin));
        }
    }
    if selectors.as_mapping().is_some_and(|map| !map.is_empty()) {
        mapping.insert("nodeSelector", selectors);
    }
    if let Some(tolerations) = fields.tolerations.filter(|tolerations| !tolerations.is_empty()) {
        mapping.insert("tolerations", tolerations);
    }
    if let Some(affinity) = fields.affinity {
        mapping.insert("affinity", affinity);
    }
    let mut texts = map! {};
    for (key, value) in fields.labels.iter().flat_map(|labels| &labels.value) {
        texts.as_mapping_mut().expect("made above").insert(key, Node::from(&value.value).at(&value.origin));
    }
    if let Some(queue) = conf.node(&format!("spark.kubernetes.{name}.label.queue")) {
        texts.as_mapping_mut().expect("made above").insert("queue", queue);
    }
    if texts.as_mapping().is_some_and(|map| !map.is_empty()) {
        mapping.insert("labels", texts);
    }
    group
}

/// MiB that Spark will ask for in a pod of the role.
fn gang_memory(
    application: &ResolvedApplication,
    conf: &SparkConf,
    role: GangRole,
    diagnostics: &mut Diagnostics,
) -> u64 {
    let name = role.name();
    let kind = application.spec.r#type.as_ref().map_or("Scala", |kind| kind.value.as_str());
    let memory = memory_of(conf, &format!("spark.{name}.memory"), diagnostics).unwrap_or(1024);
    let overhead = memory_or(conf, &format!("spark.{name}.memoryOverhead"), diagnostics, || {
        let factor = conf.get("spark.kubernetes.memoryOverheadFactor").and_then(|factor| factor.parse::<f64>().ok());
        let factor = factor.unwrap_or(if matches!(kind, "Python" | "R") { 0.4 } else { 0.1 });
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // MiB fit
        let part = (memory as f64 * factor.max(0.0)) as u64;
        part.max(384)
    });
    let mut total = memory.saturating_add(overhead);
    if role == GangRole::Executor {
        if kind == "Python" {
            total = total.saturating_add(memory_or(conf, "spark.executor.pyspark.memory", diagnostics, || 0));
        }
        if conf.get("spark.memory.offHeap.enabled").is_some_and(|enabled| enabled != "false") {
            // The only size without a unit that means bytes.
            let size = conf.get("spark.memory.offHeap.size").unwrap_or("0");
            let mib = size
                .parse::<u64>()
                .ok()
                .map(|bytes| bytes >> 20)
                .or_else(|| size::mib(size).ok().and_then(|mib| u64::try_from(mib).ok()));
            total = total.saturating_add(mib.unwrap_or_default());
        }
    }
    total
}

/// What [`gang_memory`] is made from.
fn gang_memory_origins(application: &ResolvedApplication, conf: &SparkConf, role: GangRole) -> Vec<Origin> {
    let name = role.name();
    let overhead = format!("spark.{name}.memoryOverhead");
    let mut keys = vec![format!("spark.{name}.memory")];
    if conf.contains(&overhead) {
        keys.push(overhead);
    } else {
        keys.push("spark.kubernetes.memoryOverheadFactor".to_owned());
    }
    if role == GangRole::Executor {
        let more = ["spark.executor.pyspark.memory", "spark.memory.offHeap.enabled", "spark.memory.offHeap.size"];
        keys.extend(more.into_iter().filter(|key| conf.contains(key)).map(str::to_owned));
    }
    let kind = application.spec.r#type.as_ref().map(|kind| kind.origin.clone());
    keys.iter().map(|key| conf.origin(key)).chain(kind).collect()
}

fn memory_or(conf: &SparkConf, key: &str, diagnostics: &mut Diagnostics, default: impl FnOnce() -> u64) -> u64 {
    if conf.contains(key) { memory_of(conf, key, diagnostics).unwrap_or_default() } else { default() }
}

/// MiB of the conf `key`; text that Spark would refuse is reported.
pub(crate) fn memory_of(conf: &SparkConf, key: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    let text = conf.get(key)?;
    let mib = size::mib(text).ok().and_then(|mib| u64::try_from(mib).ok());
    if mib.is_none() {
        diagnostics.push(
            Diagnostic::error("batch-scheduler-resources", format!("`{key}={text}` is no amount of memory"))
                .at(conf.origin(key))
                .hint("write a number with `m` or `g`"),
        );
    }
    mib
}

/// Thousandths of a CPU that a pod of the role asks for.
pub(crate) fn cpu(conf: &SparkConf, role: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    let keys = [
        format!("spark.kubernetes.{role}.request.cores"),
        format!("spark.{role}.cores"),
        format!("spark.kubernetes.{role}.limit.cores"),
    ];
    let key = keys.iter().find(|key| conf.contains(key))?;
    let text = conf.get(key)?;
    let millis = Quantity::parse(text.trim()).and_then(Quantity::millis).and_then(|millis| u64::try_from(millis).ok());
    if millis.is_none() {
        diagnostics.push(
            Diagnostic::error("batch-scheduler-resources", format!("`{key}={text}` is no amount of CPU"))
                .at(conf.origin(key))
                .hint("write a number such as `1` or `500m`"),
        );
    }
    millis
}

/// What [`initial_executors`] is made from.
fn initial_executors_origins(conf: &SparkConf) -> Vec<Origin> {
    let keys = [
        "spark.dynamicAllocation.enabled",
        "spark.executor.instances",
        "spark.dynamicAllocation.initialExecutors",
        "spark.dynamicAllocation.minExecutors",
    ];
    keys.into_iter().filter(|key| conf.contains(key)).map(|key| conf.origin(key)).collect()
}

/// How many executors an application starts with (operator: `GetInitialExecutorNumber`).
pub(crate) fn initial_executors(conf: &SparkConf) -> u64 {
    let number = |key: &str| conf.get(key).and_then(|text| text.trim().parse::<u64>().ok());
    if conf.get("spark.dynamicAllocation.enabled") == Some("true") {
        let keys = [
            "spark.executor.instances",
            "spark.dynamicAllocation.initialExecutors",
            "spark.dynamicAllocation.minExecutors",
        ];
        return keys.into_iter().filter_map(number).max().unwrap_or(0);
    }
    number("spark.executor.instances").unwrap_or(2)
}

/// The quantities of a PodGroup: the driver and the executors that it starts with.
pub(crate) fn gang_resources(conf: &SparkConf, diagnostics: &mut Diagnostics) -> Node {
    let executors = initial_executors(conf);
    let mut sum = |of: &dyn Fn(&str, &mut Diagnostics) -> Option<u64>| {
        let driver = of("driver", diagnostics);
        let executor = of("executor", diagnostics).map(|amount| amount.saturating_mul(executors));
        match (driver, executor) {
            (None, None) => None,
            (driver, executor) => Some(driver.unwrap_or_default().saturating_add(executor.unwrap_or_default())),
        }
    };
    let cpus = sum(&|role, diagnostics| cpu(conf, role, diagnostics));
    let mib = sum(&|role, diagnostics| {
        let heap = memory_of(conf, &format!("spark.{role}.memory"), diagnostics)?;
        let overhead = memory_of(conf, &format!("spark.{role}.memoryOverhead"), diagnostics).unwrap_or_default();
        Some(heap.saturating_add(overhead))
    });
    let keys = ["memory", "memoryOverhead", "cores"]
        .map(|key| ["driver", "executor"].map(|role| format!("spark.{role}.{key}")));
    let inputs = keys.iter().flatten().filter(|key| conf.contains(key)).map(|key| conf.origin(key));
    let origin = rule::operator("minResources", inputs.chain([conf.origin("spark.executor.instances")]));
    let mut resources = map! {};
    let mapping = resources.as_mapping_mut().expect("made above");
    if let Some(cpus) = cpus {
        mapping.insert("cpu", Node::from(quantity::of_millis(cpus)).at(origin.clone()));
    }
    if let Some(mib) = mib {
        mapping.insert("memory", Node::from(quantity::of_mebibytes(mib)).at(origin.clone()));
    }
    resources.at(origin)
}
