//! Table: what differs between Spark versions, as data: one row per difference, so that no feature step asks
//! for a version number. COMPATIBILITY.md is printed from this table.

use super::version::Numbers;

/// A difference between Spark versions that shows in the objects it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// Executors are built from a pod template.
    PodTemplates,
    /// Resource names are made by replacing characters with `-` rather than removing them.
    NamesByReplacing,
    /// ConfigMaps and Secrets are immutable.
    ImmutableConfigMaps,
    /// Services and PVCs are labelled `spark-app-selector`.
    SelectorLabelOnResources,
    /// An upload of local dependencies keeps the others.
    UploadKeepsRemoteUris,
    /// `spark.kubernetes.{driver,executor}.pod.featureSteps` is known.
    CustomFeatureSteps,
    /// A template file with several documents is refused (earlier: the first is read).
    TemplateSingleDocument,
    /// `spark.driver.cores` must be positive.
    DriverCoresChecked,
    /// Sizes may have the units `ki`, `mi`, `gi`, ….
    BinaryUnits,
    /// `--proxy-user` wins over the variable `SPARK_USER`.
    ProxyUserFirst,
    /// `--total-executor-cores` becomes `spark.cores.max`.
    TotalExecutorCores,
    /// `yes` and `on` in text fields of a pod template stay what they are (earlier: `true`).
    TemplateBooleansAsWritten,
    /// `0x10` in text fields of a pod template stays what it is (earlier: `16`).
    TemplateIntegersAsWritten,
    /// `1.50` in text fields of a pod template stays what it is (later: `1.5`).
    TemplateFloatsAsWritten,
    /// Pods are labelled `spark-version` and `spark-app-name`.
    VersionAndNameLabels,
    /// Objects carry no `metadata.namespace`: the URL has it.
    NamespaceInUrlOnly,
    /// `spark.app.submitTime` is a conf.
    SubmitTime,
    /// The driver ConfigMap has the key `spark.kubernetes.namespace`.
    NamespaceInConfigMap,
    /// `spark.kubernetes.executor.scheduler.name`.
    ExecutorSchedulerName,
    /// `spark.kubernetes.driver.scheduler.name` and `spark.kubernetes.scheduler.name`.
    SchedulerName,
    /// `spark.kubernetes.{driver,executor}.node.selector.*`.
    RoleNodeSelector,
    /// `spark.{driver,executor}.memoryOverheadFactor`.
    RoleMemoryOverheadFactor,
    /// `{{APP_ID}}` and `{{EXECUTOR_ID}}` are substituted in annotations.
    IdsInAnnotations,
    /// Empty maps are not sent.
    EmptyMapsOmitted,
    /// The driver Service carries `ipFamilies` and `ipFamilyPolicy`.
    ServiceIpFamilies,
    /// `spark.kubernetes.driver.service.label.*`.
    ServiceLabels,
    /// Volume sizes below 1 KiB are refused.
    VolumeSizeChecked,
    /// A template's namespace gives way to the application's.
    TemplateNamespaceReplaced,
    /// The Connect server as main class is refused.
    ConnectServerRefused,
    /// The driver hands `spark.kubernetes.executor.hadoopConfigMapName` to its executors.
    ExecutorHadoopConfigMap,
    /// `{{APP_ID}}` and `{{EXECUTOR_ID}}` are substituted in labels.
    IdsInLabels,
    /// Volume mounts have `subPathExpr`.
    SubPathExpr,
    /// `options.type` of hostPath volumes counts.
    HostPathType,
    /// `spark.{driver,executor}.minMemoryOverhead`.
    MinMemoryOverhead,
    /// `spark.kubernetes.legacy.useReadWriteOnceAccessMode`; on by default before [`Behaviour::ReadWriteOncePod`].
    ReadWriteOnceConf,
    /// OnDemand PVCs are `ReadWriteOncePod`.
    ReadWriteOncePod,
    /// Labels and annotations of OnDemand PVCs.
    PvcLabelsAndAnnotations,
    /// A fourth driver port, `spark-connect`.
    ConnectPort,
    /// `spark.kubernetes.{driver,executor}.pod.excludedFeatureSteps`.
    ExcludedFeatureSteps,
    /// A NetworkPolicy for the executors.
    NetworkPolicy,
    /// `appProtocol: grpc` on the Service's `spark-connect` port.
    ConnectAppProtocol,
    /// Volcano's feature step is part of the distribution.
    VolcanoFeatureStep,
    /// `publishNotReadyAddresses` on the Service.
    PublishNotReadyAddresses,
    /// `allowPrivilegeEscalation: false` on Spark's container.
    AllowPrivilegeEscalation,
    /// Executors keep the container ports of their template.
    ExecutorTemplatePorts,
    /// The executors' grace period is set from a conf, over that of their template.
    ExecutorGracePeriodConf,
    /// `spark.kubernetes.executor.disableConfigMap`.
    ExecutorConfigMapCanBeDisabled,
    /// `spark.kubernetes.driver.ownPersistentVolumeClaim`.
    DriverMayOwnClaims,
    /// Executors have `SPARK_EXECUTOR_POD_NAME`.
    ExecutorPodNameEnv,
    /// The executors' name prefix is checked.
    ExecutorPrefixValidated,
    /// A StatefulSet can make the executors.
    StatefulSetAllocator,
    /// Executors get `-Djava.net.preferIPv6Addresses`.
    ExecutorPreferIpv6Option,
    /// `spark.executor.defaultJavaOptions` come again with each of Spark's own options.
    DefaultJavaOptionsRepeated,
    /// `spark.executor.defaultJavaOptions` are checked as `extraJavaOptions` are.
    DefaultJavaOptionsChecked,
    /// The executors' pod fields follow their Java options in `env`.
    ExecutorPodFieldsLast,
    /// The driver owns OnDemand claims of executors by default.
    DriverOwnsClaimsByDefault,
    /// Executors have `SPARK_DRIVER_POD_IP` (from the image's entrypoint).
    DriverPodIpEnv,
    /// Fields of a template that Spark's Kubernetes client does not know survive.
    UnknownTemplateFieldsKept,
    /// Spark is built with Scala 2.13, whose maps have another order.
    Scala213,
    /// `spark.kubernetes.decommission.script`.
    DecommissionScript,
    /// `spark.executor.defaultExtraClassPath` comes in front of `spark.executor.extraClassPath`.
    DefaultExtraClassPath,
    /// `spark.executor.extraLibraryPath` becomes `SPARK_EXECUTOR_LIBRARY_PATH`.
    ExecutorLibraryPath,
    /// Executors get `spark.ssl.*` as Java options.
    ExecutorStartupSslConfs,
    /// `spark.kubernetes.executor.useDriverPodIP`.
    DriverPodIpInUrl,
    /// A CPU limit below the request is refused.
    CpuLimitChecked,
    /// `{{SPARK_VERSION}}` is substituted in images.
    VersionInImage,
    /// Spark's executor container has a `resizePolicy`.
    ExecutorResizePolicy,
    /// A Deployment can make the executors.
    DeploymentAllocator,
    /// `spark.kubernetes.allocation.recoveryMode.enabled` cuts the cores.
    RecoveryModeCores,
    /// Executors find their driver by its pod's IP.
    DriverPodIpInUrlByDefault,
    /// Shuffle files are tracked under dynamic allocation unless a conf says otherwise.
    ShuffleTrackingByDefault,
    /// `--load-spark-defaults` of spark-submit.
    LoadSparkDefaults,
    /// Service, ConfigMaps and the rest are sent by server-side apply (pods by POST in all versions).
    ServerSideApply,
}

/// A row: who behaves so, from which version, and up to (not including) which.
#[derive(Debug, Clone, Copy)]
pub struct BehaviourRow {
    /// The difference.
    pub behaviour: Behaviour,
    /// First version.
    pub since: Numbers,
    /// First version that no longer does.
    pub until: Option<Numbers>,
    /// For readers of COMPATIBILITY.md.
    pub summary: &'static str,
}

const fn since(behaviour: Behaviour, major: u32, minor: u32, summary: &'static str) -> BehaviourRow {
    BehaviourRow { behaviour, since: (major, minor, 0), until: None, summary }
}

const fn until(behaviour: Behaviour, major: u32, minor: u32, summary: &'static str) -> BehaviourRow {
    BehaviourRow { behaviour, since: (0, 0, 0), until: Some((major, minor, 0)), summary }
}

impl Behaviour {
    /// The rows of the behaviour: more than one where it came and went.
    pub fn rows(self) -> impl Iterator<Item = &'static BehaviourRow> {
        BEHAVIOURS[FIRST[self as usize]..].iter().take_while(move |row| row.behaviour == self)
    }

    /// Whether Spark of the version `numbers` behaves so.
    #[must_use]
    pub fn is_of(self, numbers: Numbers) -> bool {
        self.rows().any(|row| row.since <= numbers && row.until.is_none_or(|until| numbers < until))
    }

    /// The first version that behaves so.
    #[must_use]
    pub fn since(self) -> Numbers {
        BEHAVIOURS[FIRST[self as usize]].since
    }

    /// The same as text: `3.3`.
    #[must_use]
    pub fn first(self) -> String {
        let (major, minor, _) = self.since();
        format!("{major}.{minor}")
    }
}

/// Where the rows of each behaviour begin in the table; they stand together.
const FIRST: [usize; BEHAVIOURS.len()] = {
    let mut first = [usize::MAX; BEHAVIOURS.len()];
    let mut place = 0;
    while place < BEHAVIOURS.len() {
        let behaviour = BEHAVIOURS[place].behaviour as usize;
        if first[behaviour] == usize::MAX {
            first[behaviour] = place;
        } else {
            assert!(BEHAVIOURS[place - 1].behaviour as usize == behaviour);
        }
        place += 1;
    }
    first
};

/// All differences. Boundaries are those between recorded versions.
pub(crate) const BEHAVIOURS: &[BehaviourRow] = &[
    since(Behaviour::PodTemplates, 3, 0, "executors are built from a pod template"),
    since(Behaviour::ExecutorSchedulerName, 3, 0, "executor.scheduler.name works"),
    since(Behaviour::NamesByReplacing, 3, 2, "resource names replace characters by `-` (3.1 removes them)"),
    since(Behaviour::ImmutableConfigMaps, 3, 2, "ConfigMaps and Secrets are immutable"),
    since(Behaviour::SelectorLabelOnResources, 3, 2, "driver Service and PVCs are labelled spark-app-selector"),
    since(Behaviour::UploadKeepsRemoteUris, 3, 2, "an upload of local jars or files keeps the ones that need none"),
    since(Behaviour::CustomFeatureSteps, 3, 2, "pod.featureSteps confs work"),
    since(Behaviour::TemplateSingleDocument, 3, 2, "a pod template of several documents is refused"),
    since(Behaviour::DriverCoresChecked, 3, 2, "spark.driver.cores below 1 is refused"),
    since(Behaviour::BinaryUnits, 4, 2, "sizes may have the units ki, mi, gi, …"),
    since(Behaviour::ProxyUserFirst, 4, 3, "--proxy-user wins over the variable SPARK_USER"),
    until(Behaviour::TotalExecutorCores, 3, 3, "--total-executor-cores becomes spark.cores.max (later: ignored)"),
    until(Behaviour::TemplateBooleansAsWritten, 3, 2, "`yes` and `on` in text fields of a pod template are text"),
    since(Behaviour::TemplateBooleansAsWritten, 3, 4, "`yes` and `on` in text fields of a pod template are text"),
    until(Behaviour::TemplateIntegersAsWritten, 3, 2, "`0x10` in text fields of a pod template is text"),
    since(Behaviour::TemplateIntegersAsWritten, 3, 5, "`0x10` in text fields of a pod template is text"),
    until(Behaviour::TemplateFloatsAsWritten, 3, 2, "`1.50` in text fields of a pod template is text"),
    since(Behaviour::VersionAndNameLabels, 3, 3, "pods are labelled spark-version and spark-app-name"),
    since(
        Behaviour::NamespaceInUrlOnly,
        3,
        3,
        "Service, ConfigMaps, Secrets and PVCs are sent without metadata.namespace",
    ),
    since(Behaviour::SubmitTime, 3, 3, "spark.properties has spark.app.submitTime"),
    since(Behaviour::NamespaceInConfigMap, 3, 3, "driver ConfigMap has the key spark.kubernetes.namespace"),
    since(Behaviour::RoleNodeSelector, 3, 3, "node.selector per role works"),
    since(Behaviour::SchedulerName, 3, 3, "scheduler.name for the driver and for both roles works"),
    since(Behaviour::RoleMemoryOverheadFactor, 3, 3, "memoryOverheadFactor per role works"),
    since(Behaviour::IdsInAnnotations, 3, 3, "{{APP_ID}} and {{EXECUTOR_ID}} are substituted in annotations"),
    since(Behaviour::EmptyMapsOmitted, 3, 4, "empty annotations, labels and nodeSelector are not sent"),
    since(Behaviour::ExecutorTemplatePorts, 3, 4, "executors keep the container ports of their template"),
    since(Behaviour::ServiceIpFamilies, 3, 4, "driver Service has ipFamilies and ipFamilyPolicy"),
    since(Behaviour::ServiceLabels, 3, 4, "driver.service.label confs work"),
    since(Behaviour::VolumeSizeChecked, 4, 0, "volume sizes without unit below 1024 are refused"),
    since(Behaviour::TemplateNamespaceReplaced, 3, 4, "a template's namespace is replaced (earlier: refused)"),
    since(Behaviour::ConnectServerRefused, 3, 4, "the Connect server as main class is refused in cluster mode"),
    since(Behaviour::ExecutorHadoopConfigMap, 3, 5, "executors mount the Hadoop configuration"),
    since(Behaviour::IdsInLabels, 4, 0, "{{APP_ID}} and {{EXECUTOR_ID}} are substituted in labels"),
    since(Behaviour::SubPathExpr, 4, 0, "volume mounts have subPathExpr"),
    since(Behaviour::HostPathType, 4, 0, "hostPath options.type counts"),
    since(Behaviour::MinMemoryOverhead, 4, 0, "minMemoryOverhead confs work"),
    BehaviourRow {
        behaviour: Behaviour::ReadWriteOnceConf,
        since: (3, 4, 3),
        until: Some((3, 5, 0)),
        summary: "legacy.useReadWriteOnceAccessMode=false makes OnDemand PVCs ReadWriteOncePod",
    },
    BehaviourRow {
        behaviour: Behaviour::ReadWriteOnceConf,
        since: (3, 5, 1),
        until: None,
        summary: "legacy.useReadWriteOnceAccessMode=false makes OnDemand PVCs ReadWriteOncePod",
    },
    since(Behaviour::ReadWriteOncePod, 4, 0, "OnDemand PVCs are ReadWriteOncePod (earlier ReadWriteOnce)"),
    since(Behaviour::PvcLabelsAndAnnotations, 4, 0, "labels and annotations of OnDemand PVCs work"),
    since(Behaviour::ConnectPort, 4, 1, "driver Pod and Service have the port spark-connect"),
    since(
        Behaviour::ExecutorGracePeriodConf,
        4,
        1,
        "executors get their grace period from a conf, 30 seconds by default",
    ),
    since(Behaviour::ExcludedFeatureSteps, 4, 1, "pod.excludedFeatureSteps confs work"),
    since(Behaviour::NetworkPolicy, 4, 2, "a NetworkPolicy closes the executors to other applications"),
    since(Behaviour::ConnectAppProtocol, 4, 2, "appProtocol grpc on the Service port spark-connect"),
    since(Behaviour::VolcanoFeatureStep, 4, 2, "VolcanoFeatureStep is part of the distribution"),
    since(Behaviour::PublishNotReadyAddresses, 4, 3, "driver Service has publishNotReadyAddresses"),
    since(Behaviour::AllowPrivilegeEscalation, 4, 3, "Spark's container has allowPrivilegeEscalation"),
    since(Behaviour::ExecutorConfigMapCanBeDisabled, 3, 2, "executor.disableConfigMap works"),
    since(Behaviour::DriverMayOwnClaims, 3, 2, "driver.ownPersistentVolumeClaim works"),
    since(Behaviour::ExecutorPodNameEnv, 3, 3, "executors have the env SPARK_EXECUTOR_POD_NAME"),
    since(Behaviour::ExecutorPrefixValidated, 3, 3, "an executor.podNamePrefix that is no DNS name stops the driver"),
    since(Behaviour::StatefulSetAllocator, 3, 3, "allocation.pods.allocator works, and knows statefulset"),
    since(Behaviour::ExecutorPreferIpv6Option, 3, 4, "executor Java options start with -Djava.net.preferIPv6Addresses"),
    since(Behaviour::ExecutorPodFieldsLast, 3, 4, "SPARK_EXECUTOR_POD_IP and _NAME come behind the Java options"),
    since(Behaviour::DriverOwnsClaimsByDefault, 3, 4, "OnDemand PVCs of executors belong to the driver by default"),
    since(Behaviour::DriverPodIpEnv, 3, 5, "executors have the env SPARK_DRIVER_POD_IP"),
    since(Behaviour::DecommissionScript, 3, 2, "decommission.script works (3.1 always runs /opt/decom.sh)"),
    since(Behaviour::DefaultExtraClassPath, 4, 0, "executor.defaultExtraClassPath is put before extraClassPath"),
    BehaviourRow {
        behaviour: Behaviour::ExecutorLibraryPath,
        since: (4, 0, 5),
        until: Some((4, 1, 0)),
        summary: "executors have the env SPARK_EXECUTOR_LIBRARY_PATH (from patch 4.0.5)",
    },
    BehaviourRow {
        behaviour: Behaviour::ExecutorLibraryPath,
        since: (4, 1, 4),
        until: Some((4, 2, 0)),
        summary: "executors have the env SPARK_EXECUTOR_LIBRARY_PATH (from patch 4.1.4)",
    },
    BehaviourRow {
        behaviour: Behaviour::ExecutorLibraryPath,
        since: (4, 2, 1),
        until: None,
        summary: "executors have the env SPARK_EXECUTOR_LIBRARY_PATH (from patch 4.2.1)",
    },
    since(Behaviour::ExecutorStartupSslConfs, 4, 0, "spark.ssl confs are executor Java options"),
    since(Behaviour::DriverPodIpInUrl, 4, 1, "executor.useDriverPodIP works"),
    since(Behaviour::CpuLimitChecked, 4, 1, "an executor limit.cores below the request is refused"),
    since(Behaviour::VersionInImage, 4, 1, "{{SPARK_VERSION}} is substituted in images"),
    since(Behaviour::ExecutorResizePolicy, 4, 2, "executor container has resizePolicy"),
    since(Behaviour::DeploymentAllocator, 4, 2, "allocation.pods.allocator knows deployment"),
    since(Behaviour::RecoveryModeCores, 4, 2, "recovery-mode executors announce the cores of one task"),
    since(Behaviour::ShuffleTrackingByDefault, 3, 4, "dynamic allocation tracks shuffle files by default"),
    since(Behaviour::ServerSideApply, 3, 5, "Service, ConfigMaps and the rest are sent by server-side apply"),
    since(Behaviour::LoadSparkDefaults, 4, 0, "--load-spark-defaults is an option of spark-submit"),
    since(Behaviour::DriverPodIpInUrlByDefault, 4, 3, "SPARK_DRIVER_URL has the driver pod IP by default"),
    BehaviourRow {
        behaviour: Behaviour::DefaultJavaOptionsRepeated,
        since: (3, 3, 0),
        until: Some((4, 1, 0)),
        summary: "executor.defaultJavaOptions are repeated among the executor Java options",
    },
    since(
        Behaviour::DefaultJavaOptionsChecked,
        4,
        0,
        "executor.defaultJavaOptions may not set the heap or Spark confs",
    ),
    since(Behaviour::Scala213, 4, 0, "volumes of confs are numbered in the map order of Scala 2.13"),
    since(
        Behaviour::UnknownTemplateFieldsKept,
        3,
        3,
        "executor templates carry fields newer than the Kubernetes client",
    ),
];
