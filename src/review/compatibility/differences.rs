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
    Difference { subject: "driver Service", theirs: "no `protocol`, `ipFamilies` always from Spark 3.4", ours: "`protocol: TCP`; `ipFamilies` only if the confs are set, and from Kubernetes 1.21", why: "Kubernetes before 1.21 refuses the former by server-side apply" },
    Difference { subject: "selectors", theirs: "the driver Service by all labels of the driver pod, the NetworkPolicy by `spark-app-selector`", ours: "by `sparkoperator.k8s.io/app-name` and `spark-role`; where `nameSuffix: hash` gives a Pod a name of its own, Services, NetworkPolicy and PodDisruptionBudget bear the same suffix and select by `spark-app-selector`", why: "the application id changes with each change of the application, or with each run: a driver that runs would lose its Service" },
    Difference { subject: "empty values", theirs: "`readOnly: false`, `subPath: \"\"`, `value: \"\"`, `publishNotReadyAddresses: false`", ours: "left out, except in the executors' pod template", why: "no API server keeps them: an apply would find something to change each time" },
    Difference { subject: "clean-up", theirs: "the ending driver deletes Services and PVCs labelled `spark-app-selector`", ours: "`spark.kubernetes.driver.service.deleteOnTermination=false`, and the label is left off", why: "else Argo CD is OutOfSync after every run" },
    Difference { subject: "owner references, uid, status", theirs: "set", ours: "not set", why: "they are known only in the cluster" },
    Difference { subject: "`spark.master`", theirs: "the submitter's URL", ours: "`k8s://https://kubernetes.default.svc`", why: "the driver runs in the cluster" },
    Difference { subject: "`SPARK_USER`", theirs: "the submitting user", ours: "`sparkUser` of the configuration, `spark` by default", why: "nobody submits" },
    Difference { subject: "operator labels", theirs: "`launched-by-spark-operator`, `mutated-by-spark-operator`, `submission-id`", ours: "never written, and stripped with a warning", why: "an installed operator would adopt or change the pod" },
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
];
