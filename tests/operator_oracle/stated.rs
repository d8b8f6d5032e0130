//! The stated differences: what `render` deliberately does otherwise than Spark and the operator, and what is known and
//! not mended yet. Whatever is not in these tables and differs fails the test; a row that nothing reaches fails it, too.

/// A difference in the objects that are made. `canonical` takes it away on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difference {
    Names,
    ApplicationId,
    OwnerReferences,
    OperatorLabels,
    CleanUp,
    DriverService,
    Master,
    SparkProperties,
    EnvironmentVariables,
    SparkUser,
    ExecutorPreviews,
    ExecutorTemplate,
}

/// The differences, each with the subject that COMPATIBILITY.md has it under.
pub(crate) const DIFFERENCES: &[(Difference, &str)] = &[
    (Difference::Names, "names"),
    (Difference::ApplicationId, "application id"),
    (Difference::OwnerReferences, "owner references, uid, status"),
    (Difference::OperatorLabels, "operator labels"),
    (Difference::CleanUp, "clean-up"),
    (Difference::DriverService, "driver Service"),
    (Difference::Master, "`spark.master`"),
    (Difference::SparkProperties, "spark.properties"),
    (Difference::EnvironmentVariables, "environment variables"),
    (Difference::SparkUser, "`SPARK_USER`"),
    (Difference::ExecutorPreviews, "names"),
    (Difference::ExecutorTemplate, "webhook fields"),
];

/// Why a difference may stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Deliberate: `render` does better, or what it makes cannot say the operator's way.
    Deliberate,
    /// A fault of the operator that `render` does not repeat.
    OperatorsFault,
}

/// A difference that remains, as a pattern of what `differences` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    pub pattern: &'static str,
    pub class: Class,
    /// The row of COMPATIBILITY.md.
    pub subject: &'static str,
    pub reason: &'static str,
    /// Only in releases of the operator before this one.
    pub before: Option<(u32, u32)>,
}

const fn leaf(class: Class, subject: &'static str, pattern: &'static str, reason: &'static str) -> Leaf {
    Leaf { pattern, class, subject, reason, before: None }
}

const fn before(major: u32, minor: u32, pattern: &'static str, reason: &'static str) -> Leaf {
    Leaf { pattern, class: Class::OperatorsFault, subject: "older operators", reason, before: Some((major, minor)) }
}

impl Leaf {
    pub(crate) fn concerns(&self, release: &str) -> bool {
        let mut numbers = release.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or_default());
        let release = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        self.before.is_none_or(|before| release < before)
    }
}

/// Differences of single leaves; the first row that has a difference counts.
pub(crate) const LEAVES: &[Leaf] = &[
    before(
        2,
        5,
        r"/spark.properties/spark\.(driver|executor)\.(cores|memory): operator null",
        "older operators leave Spark's defaults unsaid",
    ),
    before(
        2,
        5,
        r"/spark.properties/spark\.ui\.proxy(Base|RedirectUri): ",
        "older operators say nothing of the Ingress to Spark's UI",
    ),
    before(
        2,
        3,
        "^Pod of executor [0-9]+/spec/containers/[^/]+/env/",
        "executors get their `env` only where the driver has some",
    ),
    before(
        2,
        5,
        "(/metadata/labels|/spec/selector|\\.label\\.)[./]?kueue|/label.kueue|/labels/kueue|/selector/kueue",
        "labels of the resource are written to all pods",
    ),
    before(2, 5, "^PodGroup [^/]+/spec/minResources: ", "older operators sum up nothing"),
    before(
        2,
        5,
        r"[/.]spark-local-dir-[a-z0-9]+(/emptyDir/|\.options\.)medium: ",
        "older operators forget the medium of local directories",
    ),
    before(
        2,
        5,
        "^Pod of executor [0-9]+: too much|/spark.properties/spark.executor.instances: ",
        "older operators read `spark.dynamicAllocation.enabled` as Spark spells it, newer ones in lower case only",
    ),
    before(2, 5, "^Pod of the driver: missing", "older operators know no `suspend`"),
    leaf(
        Class::Deliberate,
        "order of executors' containers",
        "^Pod of executor [0-9]+/spec/containers/[^/]+/place: ",
        "Spark puts its container behind those of a template",
    ),
    leaf(
        Class::Deliberate,
        "labels of companions",
        "^(ConfigMap|PodGroup|Service) [^/]+/metadata/labels(/sparkoperator.k8s.io/(created-by-spark-operator|app-name))?: ",
        "companions are labelled with their application, by which hosts find them",
    ),
    leaf(
        Class::OperatorsFault,
        "default Prometheus rules",
        r"^ConfigMap [^/]+-prom-conf/data/(prometheus\.yaml|metrics\.properties): ",
        "the operator's patterns do not match the names that Spark gives its metrics; its text begins with an empty line",
    ),
    leaf(
        Class::Deliberate,
        "executors' `memoryLimit`",
        "^Pod of executor [0-9]+/spec/containers/spark-kubernetes-executor/resources/requests/memory: ",
        "a pod template cannot give Spark's container a memory limit above its request, so that the overhead is raised",
    ),
    leaf(
        Class::OperatorsFault,
        "PodGroup `minResources`",
        "^PodGroup [^/]+/spec/minResources/",
        "the operator reads sizes of the JVM as Kubernetes quantities (`1g`, `1024m`)",
    ),
    leaf(
        Class::Deliberate,
        "mounts at `/opt/spark/conf`",
        "/volumeMounts//opt/spark/conf|/volumes/(c-vol|log4j-vol)",
        "a mount over Spark's own configuration would hide it or be refused; it is left out with a warning",
    ),
    leaf(
        Class::Deliberate,
        "container ports",
        r#"/ports/[0-9]+/TCP(#2: |(#2)?/name: operator "[^"]*", render "[^"]*")"#,
        "one entry for each port: server-side apply refuses a port that comes twice",
    ),
    leaf(
        Class::Deliberate,
        "`hostAliases`",
        "/spec/hostAliases: ",
        "one entry for each address: server-side apply refuses an address that comes twice",
    ),
    leaf(
        Class::Deliberate,
        "volumes of ConfigMaps",
        "/volumes/[^/]+-vol(#2)?: |/volumes/a-very-long|/volumeMounts/.*/name: operator \"(a-very-long|[a-z.-]*\\.[a-z.-]*-vol)",
        "volumes of ConfigMaps have valid names (as from operator 2.6), and one volume serves a ConfigMap that is mounted twice",
    ),
    leaf(
        Class::Deliberate,
        "container of the webhook's changes",
        "/spec/containers/[^/]+/(env(/A)?|resources|securityContext): ",
        "what is meant for Spark's container goes to it, whatever it is called in the template",
    ),
    leaf(
        Class::Deliberate,
        "executors' `lifecycle` with decommissioning",
        "/lifecycle/(preStop|postStart)",
        "Spark's decommissioning replaces the handler of a template; the webhook comes after Spark",
    ),
    leaf(
        Class::OperatorsFault,
        "driver Ingress and its Service",
        "^Ingress [^/]+-ing-[0-9]+/(metadata/annotations|spec/tls)",
        "the operator takes annotations and TLS of `sparkUIOptions` for `driverIngressOptions`",
    ),
    leaf(
        Class::OperatorsFault,
        "host of an Ingress",
        "^Ingress [^/]+-ui-ingress/spec/rules/0/host: operator \"[^\"]+:[0-9]+\"",
        "the operator leaves a port in the host, which the API server refuses",
    ),
    leaf(
        Class::OperatorsFault,
        "driver Ingress and its Service",
        "^Service [^/]+-driver-[0-9]+/spec/ports/0/name: ",
        "the operator leaves the name of the port empty",
    ),
    leaf(
        Class::Deliberate,
        "volumes of init containers and second mounts",
        "/volumes/jars: |/volumeMounts//second: ",
        "volumes that only init containers or second mounts use are there",
    ),
    leaf(
        Class::Deliberate,
        "PodDisruptionBudget",
        "^PodDisruptionBudget [^/]+: too much",
        "operators before 2.6 have no budget of the driver",
    ),
    leaf(
        Class::Deliberate,
        "SparkConnect server",
        "/metadata/annotations(/spark-render.io/executor-template-hash)?: |/volumes/spark-conf/configMap/items: |/volumeMounts//tmp/spark/",
        "the server of SparkConnect starts anew when its executors' template changes",
    ),
    leaf(
        Class::Deliberate,
        "SparkConnect server",
        "/(startupProbe|readinessProbe): operator null",
        "the server of SparkConnect has probes, as from operator 2.6",
    ),
    leaf(
        Class::Deliberate,
        "SparkConnect server",
        "/args/0: operator \"\\$.SPARK_HOME./sbin/start-connect-server.sh",
        "the server's command line without the operator's labels, and quoted",
    ),
    leaf(
        Class::Deliberate,
        "order of executors' containers",
        "/annotations(/kubectl.kubernetes.io/default-container)?: operator null",
        "`kubectl logs` takes Spark's container all the same",
    ),
    leaf(
        Class::Deliberate,
        "container of the webhook's changes",
        "/resources/limits/nvidia.com/gpu: operator null",
        "what is meant for Spark's container goes to it, whatever else is called `executor`",
    ),
    leaf(
        Class::Deliberate,
        "`gpu` beside confs",
        r"/spark.properties/spark\.executor\.resource\.[a-z]+\.amount: ",
        "Spark writes the devices of confs over those of a template, so the conf says what the field says",
    ),
    leaf(
        Class::Deliberate,
        "executors' variables of Spark's own names",
        "/env/(SPARK_APPLICATION_ID|SPARK_LOCAL_DIRS|HADOOP_CONF_DIR): |/javaOptions/",
        "Spark's stand behind the template's and win, and no conf can carry these (a warning says so)",
    ),
    leaf(
        Class::Deliberate,
        "selectors",
        "^Service DRIVER-SERVICE/spec/selector/.*, render null$",
        "the Service of a changed application must not leave the driver that runs",
    ),
    leaf(
        Class::Deliberate,
        "executors of a StatefulSet",
        "^StatefulSet [^/]+/spec/template/(spec/containers|metadata/annotations)(/.*)?: operator null|^StatefulSet .*/place: ",
        "the webhook changes the pods that its controller makes, the rendered template has the changes",
    ),
];

/// An application that one side starts and the other refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    /// What the operator's message has; `None` if it is `render` that refuses.
    operator: Option<&'static str>,
    /// The code of our error, or of our warning or note; empty if nothing is said.
    code: &'static str,
    class: Class,
    /// The row of COMPATIBILITY.md.
    pub subject: &'static str,
    reason: &'static str,
}

const REFUSED: &str = "what the API server refuses or drops";

const fn ours(code: &'static str, reason: &'static str) -> Refusal {
    Refusal { operator: None, code, class: Class::Deliberate, subject: REFUSED, reason }
}

const fn ours_of(subject: &'static str, code: &'static str, reason: &'static str) -> Refusal {
    Refusal { subject, ..ours(code, reason) }
}

const fn theirs(
    class: Class,
    subject: &'static str,
    operator: &'static str,
    code: &'static str,
    reason: &'static str,
) -> Refusal {
    Refusal { operator: Some(operator), code, class, subject, reason }
}

const REFUSALS: &[Refusal] = &[
    ours("duplicate-volume", "server-side apply refuses it"),
    ours("duplicate-mount-path", "server-side apply refuses it"),
    ours("duplicate-container", "server-side apply refuses it"),
    ours_of("environment variables", "env-order", "one entry for each name cannot say what the order says"),
    ours("memory-limit-below-request", "the API server refuses the pod"),
    ours("kube-rule", "the API server refuses the pod"),
    ours("kube-missing-field", "the API server refuses the pod"),
    ours("volume-not-found", "the API server refuses the pod"),
    ours("invalid-name", "the API server refuses the pod"),
    ours("misplaced-field", "the API server drops the field in silence"),
    ours("misspelled-field", "the API server drops the field in silence"),
    ours("duplicate-key", "the last one wins in silence"),
    ours_of("`podTemplateFile` in `sparkConf`", "pod-template-file", "the file is the submitter's"),
    ours_of("what Spark refuses at run time", "no-main-class", "the driver would fail at its start"),
    ours_of(
        "older operators",
        "conf-namespace",
        "operators before 2.5 submit to another namespace than that of their webhook",
    ),
    ours_of(
        "older operators",
        "unknown-batch-scheduler",
        "older operators leave an unknown scheduler alone, and nothing schedules the pod",
    ),
    ours("unfilled-placeholder", "it was forgotten"),
    ours("name-too-long", "the API server refuses the driver's Service"),
    ours_of("what Spark refuses at run time", "refused-by-spark", "Spark refuses a template without `spec`"),
    theirs(
        Class::Deliberate,
        "denied confs",
        "is not allowed: ",
        "denied-conf",
        "operators before 2.5.2 accept the conf, and so does Spark",
    ),
    theirs(
        Class::OperatorsFault,
        "upper-case units",
        "unable to parse quantity's suffix",
        "operator-differs",
        "a unit in upper case, as from operator 2.6",
    ),
    theirs(
        Class::Deliberate,
        "`mode: client`",
        "deploy mode is `client`",
        "client-mode",
        "there is no submitting process",
    ),
    theirs(
        Class::Deliberate,
        "`suspend: true`",
        "",
        "suspended",
        "a suspended application is not submitted; its companions are rendered",
    ),
    theirs(
        Class::Deliberate,
        "webhook fields",
        "not found",
        "app-name-label",
        "no webhook looks for the application by its label",
    ),
    theirs(Class::Deliberate, "what the operator refuses", "Duplicate value: ", "", "one entry for each name"),
    theirs(
        Class::Deliberate,
        "older operators",
        "this operator has no SparkConnect",
        "",
        "there is one from operator 2.3",
    ),
    theirs(
        Class::Deliberate,
        "older operators",
        "spec.type: Unsupported value",
        "",
        "operators from 2.4 derive the type",
    ),
    theirs(
        Class::Deliberate,
        "what the operator refuses",
        "failed to validate resource quota",
        "",
        "the quota is known only in the cluster",
    ),
];

impl Refusal {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        REFUSALS.iter().copied()
    }

    /// The row that a pair is an instance of.
    pub(crate) fn stated(pair: &crate::Pair<'_>) -> Option<Self> {
        let said = |row: &Self| row.code.is_empty() || pair.ours.said.iter().any(|(_, code, _)| code == row.code);
        Self::all().find(|row| match (&pair.operator, row.operator) {
            (Ok(_), None) => pair.ours.codes("error").any(|code| code == row.code),
            (Err(message), Some(part)) => message.contains(part) && said(row),
            _ => false,
        })
    }
}
