//! Table: where rendered output differs from what Spark and the operator would make, deliberately.

/// A deliberate difference.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The object or field.
    pub subject: &'static str,
    /// What Spark, or the operator, does.
    pub theirs: &'static str,
    /// What `render` does.
    pub ours: &'static str,
    /// Why.
    pub why: &'static str,
}

/// All of them; `submit` has none.
#[rustfmt::skip]
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference { subject: "names", theirs: "random hashes in the names of Pod, Service and ConfigMaps", ours: "stable names from the application's; the driver's two ConfigMaps end in a hash of their data", why: "the same input gives the same output; a running driver keeps the ConfigMaps that it started with" },
    Difference { subject: "application id", theirs: "random", ours: "from namespace, name and content; for Job and CronJob from the pod's UID at each run", why: "the same input gives the same output" },
    Difference { subject: "order of map entries", theirs: "by Scala's hash tables", ours: "the user's order for `env`, else sorted", why: "`$(VAR)` references work, and changes are readable" },
    Difference { subject: "environment variables", theirs: "a name may come twice", ours: "one entry for each name, the operator's precedence", why: "server-side apply refuses a name that comes twice" },
    Difference { subject: "spark.properties", theirs: "hash order, a date line, the submit time", ours: "sorted, without date and time", why: "the same input gives the same output" },
    Difference { subject: "driver Service", theirs: "no `protocol`, `ipFamilies` always from Spark 3.4", ours: "`protocol: TCP`; `ipFamilies` only if the confs are set, and from Kubernetes 1.21", why: "Kubernetes before 1.20.6 refuses the former by server-side apply" },
    Difference { subject: "selectors", theirs: "the driver Service by all labels of the driver pod, the NetworkPolicy by `spark-app-selector`", ours: "by `sparkoperator.k8s.io/app-name` and `spark-role`; where `nameSuffix: hash` gives a Pod a name of its own, Services, NetworkPolicy and PodDisruptionBudget bear the same suffix and select by `spark-app-selector`", why: "the application id changes with each change of the application, or with each run: a driver that runs would lose its Service" },
    Difference { subject: "empty values", theirs: "`readOnly: false`, `subPath: \"\"`, `value: \"\"`, `publishNotReadyAddresses: false`", ours: "left out, except in the executors' pod template", why: "no API server keeps them: an apply would find something to change each time" },
    Difference { subject: "clean-up", theirs: "the ending driver deletes Services and PVCs labelled `spark-app-selector`", ours: "`spark.kubernetes.driver.service.deleteOnTermination=false`, and the label is left off", why: "else Argo CD is OutOfSync after every run" },
    Difference { subject: "owner references, uid, status", theirs: "set", ours: "not set", why: "they are known only in the cluster" },
    Difference { subject: "`spark.master`", theirs: "the submitter's URL", ours: "`k8s://https://kubernetes.default.svc`", why: "the driver runs in the cluster" },
    Difference { subject: "`SPARK_USER`", theirs: "the submitting user", ours: "`sparkUser` of the configuration, `spark` by default", why: "nobody submits" },
    Difference { subject: "operator labels", theirs: "`launched-by-spark-operator`, `mutated-by-spark-operator`, `submission-id`", ours: "never written, and stripped with a warning, but for the first with `operator.launchedLabel`; references to them are told", why: "an installed operator would adopt or change the pod" },
    Difference { subject: "YuniKorn's application id of a Job or CronJob", theirs: "`spark-app-selector` of driver and executors", ours: "the annotation `yunikorn.apache.org/app-id`, which stands for the pod's uid", why: "the application id changes with each run" },
    Difference { subject: "variables in executors' `env`", theirs: "`$(SPARK_USER)` and others are set before", ours: "a variable of Spark whose value is fixed is written before the entry that refers to it", why: "Spark adds its own after a template's" },
    Difference { subject: "confs of a SparkConnect", theirs: "up to operator 2.5 bare words of a shell, quoted later", ours: "quoted; `$(VAR)`, and up to 2.5 `$VAR` and `${VAR}`, are filled in without being split or read again", why: "a blank or a quote in a value must not change the command" },
    Difference { subject: "rules of the JMX exporter", theirs: "the operator's text", ours: "shorter rules that give the same names and labels of metrics; `operator.metricNames: extended` gives better names (`spark_executor_cputime_count` for `spark_executor_cputime_type_counters_count`) and all gauges of the driver", why: "dashboards and alerts stay good" },
    Difference { subject: "webhook fields", theirs: "added when the pod is created, if the webhook works", ours: "in the driver Pod and in the executors' pod template", why: "what was reviewed is what runs" },
    Difference { subject: "restartPolicy", theirs: "the operator submits again", ours: "Never: Pod, or Job with `backoffLimit: 0`; else a Job", why: "no operator watches" },
    Difference { subject: "sidecars of a Job", theirs: "containers", ours: "native sidecars from Kubernetes 1.29, else an error", why: "a Job completes only when all containers end" },
    Difference { subject: "OnDemand driver volumes of a Job", theirs: "PVCs", ours: "ephemeral volumes", why: "each attempt has its own" },
    Difference { subject: "`timeToLiveSeconds`", theirs: "the finished application is deleted", ours: "dropped with a warning, unless `ttl: keep`", why: "a GitOps host would start the job again" },
    Difference { subject: "`mode: client`", theirs: "the operator's pod would be the driver", ours: "rendered as cluster mode, with a warning", why: "there is no submitting process" },
    Difference { subject: "`suspend: true`", theirs: "not submitted", ours: "no driver Pod; a Job with `suspend` where Kubernetes knows it", why: "nothing must start" },
    Difference { subject: "schedules", theirs: "`@every N` and six fields", ours: "cron where it divides an hour or a day, else an error", why: "a CronJob knows only cron" },
    Difference { subject: "`deps.packages`", theirs: "resolved by the submission", ours: "resolved by the driver at its start, with a warning", why: "rendering uses no network" },
    Difference { subject: "local files in `deps`", theirs: "uploaded by the submission", ours: "an error that names the alternatives", why: "rendering uploads nothing" },
    Difference { subject: "labels of companions", theirs: "`created-by-spark-operator` on the ConfigMap for Prometheus, none on PodGroups", ours: "`sparkoperator.k8s.io/app-name`", why: "hosts and people find what belongs to an application" },
    Difference { subject: "default Prometheus rules", theirs: "a text that begins with an empty line, and patterns that miss some of Spark's metrics", ours: "patterns that match", why: "the metrics are there" },
    Difference { subject: "executors' `memoryLimit`", theirs: "limit above the request", ours: "request and limit both, by `spark.executor.memoryOverhead`; a warning", why: "Spark writes both from one sum" },
    Difference { subject: "PodGroup `minResources`", theirs: "sizes of the JVM (`1g`, `512m`) read as Kubernetes quantities, the driver's `coreRequest` and sizes of `sparkConf` left out", ours: "what the pods ask for; a note", why: "a gang is started when there is room for it" },
    Difference { subject: "YuniKorn task groups", theirs: "label `queue` only where the role has labels, sizes of `sparkConf` left out, `memoryOverhead` without a unit refused", ours: "label `queue` always, what the pods ask for, as Spark reads it", why: "a gang is started when there is room for it" },
    Difference { subject: "executors' pod template", theirs: "from operator 2.4 always, empty where nothing is in it; `podTemplateFile` and its container's name in spark.properties, the driver's too", ours: "template, its volume, ConfigMap and confs only where something is in it; the driver's confs never", why: "the driver's template is used up when it starts" },
    Difference { subject: "confs beside the executors' template", theirs: "none: the webhook changes the pods", ours: "`spark.executorEnv.*` set or removed, `spark.kubernetes.executor.scheduler.name`, `….node.selector.*`, `….terminationGracePeriodSeconds`, `….securityContext.*`, `….secretKeyRef.*`, `spark.executor.memoryOverhead`", why: "what Spark writes over a template, only a conf can say" },
    Difference { subject: "`gpu` beside confs", theirs: "the pods' limit is the field's, `spark.executor.resource.*` stays", ours: "the conf becomes what the field says, with a warning; an error where the field gives less", why: "Spark writes the limit from the conf; executors that find fewer devices than the conf says stop" },
    Difference { subject: "executors' variables of Spark's own names", theirs: "the webhook's value, which comes last", ours: "Spark's value for `HADOOP_CONF_DIR`, `SPARK_LOCAL_DIRS`, `SPARK_JAVA_OPT_*` and what comes from ConfigMaps and fields, with a warning; texts and keys of Secrets by confs", why: "Spark's entries stand behind the template's" },
    Difference { subject: "references to Spark's variables in executors' `env`", theirs: "expanded", ours: "expanded where the value is known (executor id, application id, cores, …), else left as they are, with a warning", why: "Spark's entries stand behind the template's" },
    Difference { subject: "order of executors' containers", theirs: "Spark's first, sidecars behind it", ours: "Spark's last; annotation `kubectl.kubernetes.io/default-container` names it", why: "Spark puts its container behind those of a template" },
    Difference { subject: "container of the webhook's changes", theirs: "the first one named `spark-kubernetes-driver`, `spark-kubernetes-executor` or `executor`, else the first", ours: "Spark's container, with a warning where that is another", why: "what is meant for Spark goes to Spark" },
    Difference { subject: "executors of a StatefulSet", theirs: "the webhook changes each pod", ours: "the StatefulSet's template has the changes", why: "what was reviewed is what runs" },
    Difference { subject: "executors' `lifecycle` with decommissioning", theirs: "the field replaces Spark's hook", ours: "Spark's hook replaces the field, with a warning", why: "Spark writes it over the template's" },
    Difference { subject: "mounts at `/opt/spark/conf`", theirs: "refused by the API server, or over Spark's configuration", ours: "left out with a warning", why: "Spark mounts its own configuration there" },
    Difference { subject: "volumes of ConfigMaps", theirs: "`<name>-vol`, cut to 63 characters; a name with a dot, or a second map of the same name, is refused by the API server", ours: "the same; with a hash where that is no name, as from operator 2.6", why: "the pod starts" },
    Difference { subject: "equal volumes", theirs: "a volume for each mount of a ConfigMap, refused by the API server", ours: "one volume, with a note", why: "names of volumes are unique" },
    Difference { subject: "volumes of init containers and second mounts", theirs: "left out where Spark's container does not mount them", ours: "there", why: "what is mounted must be there" },
    Difference { subject: "`hostAliases`", theirs: "an address may come twice", ours: "one entry for each address with all its names, with a note", why: "server-side apply refuses an address that comes twice" },
    Difference { subject: "container ports", theirs: "a number may come twice", ours: "one entry for each number and protocol; a warning where names differ", why: "server-side apply refuses a port that comes twice" },
    Difference { subject: "driver Ingress and its Service", theirs: "annotations and TLS of `sparkUIOptions`, a port without a name", ours: "those of `driverIngressOptions`, as from operator 2.6; the port's name", why: "the fields say what they say" },
    Difference { subject: "host of an Ingress", theirs: "with the port of `ingressURLFormat`", ours: "without it", why: "the API server refuses a port there" },
    Difference { subject: "PodDisruptionBudget", theirs: "from operator 2.6", ours: "always where it is asked for", why: "the field says so" },
    Difference { subject: "upper-case units", theirs: "`memoryLimit: 1G` is refused before operator 2.6", ours: "read as `1Gi`, with a warning", why: "the field says so" },
    Difference { subject: "SparkConnect server", theirs: "a command line with the operator's labels, no probes before operator 2.6, and nothing that follows the template", ours: "a command line without them, probes, and an annotation with the template's hash", why: "no operator watches; a changed template starts a new server" },
    Difference { subject: "template without `containers`", theirs: "from operator 2.1 `containers: null`, on which Spark stops with a NullPointerException", ours: "rendered", why: "the template says enough" },
    Difference { subject: "`podTemplateFile` in `sparkConf`", theirs: "overridden from operator 2.4", ours: "read where it is part of the input, else an error", why: "the conf says so" },
    Difference { subject: "denied confs", theirs: "refused from operator 2.5.2", ours: "accepted with a warning", why: "Spark takes them" },
    Difference { subject: "what the API server refuses or drops", theirs: "submitted: pods are refused, or lose fields and values without a word", ours: "an error at the line", why: "it would not run, or not as it is written" },
    Difference { subject: "what Spark refuses at run time", theirs: "submitted: the driver fails, or gets no executor", ours: "an error at the line, in every mode", why: "it would not run" },
    Difference { subject: "security that an old Spark drops", theirs: "the webhook puts `seccompProfile`, `appArmorProfile` and the like into executors", ours: "an error, unless `onUnsupported: keep`", why: "the clients of Spark 3.1 and 3.2 lose newer fields of a template; the pods would be less protected" },
    Difference { subject: "what the operator refuses", theirs: "two entries of one name that it sees itself, a resource quota that is used up", ours: "rendered as one entry, where they mean the same; the quota is not looked at", why: "rendering asks no cluster" },
    Difference { subject: "older operators", theirs: "before 2.5 among others: executors' `env` only where the driver has some, Spark's defaults left unsaid, labels of the resource on all pods, no PodGroup sums, no UI proxy confs, no `medium` of local directories, no `suspend`, no SparkConnect, `sparkConf` dynamic allocation as Spark spells it", ours: "as operator 2.5", why: "fields are read as version 2.5 reads them" },
];
