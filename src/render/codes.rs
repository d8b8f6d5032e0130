//! Table: the diagnostic codes of this stage.

use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "restart-policy-of-pod",
        summary: "a restart policy that a bare Pod cannot follow",
        explanation: "Nothing starts a bare driver Pod again. Target `auto` makes a Job wherever the policy is not `Never`.",
    },
    CodeDoc {
        code: "time-to-live",
        summary: "a time to live that is left out",
        explanation: "What is in git and not in the cluster is created again: a Job that its time to live has deleted would run \
                      once more. The field is therefore left out unless the configuration says `ttl: keep`. Pods have none.",
    },
    CodeDoc {
        code: "suspended",
        summary: "an application whose driver is left out",
        explanation: "`suspend: true` means that nothing is submitted. A Job can be suspended too; a bare Pod is not written.",
    },
    CodeDoc {
        code: "restart-always",
        summary: "a policy that starts a successful driver again",
        explanation: "A Job retries failed drivers, practically without end for this policy, but it is done when one succeeds. \
                      Work that repeats belongs to a ScheduledSparkApplication.",
    },
    CodeDoc {
        code: "retry-interval",
        summary: "a delay between retries that a Job cannot have",
        explanation: "The delay between the attempts of a Job is fixed: 10 s, doubled each time, at most 6 minutes.",
    },
    CodeDoc {
        code: "sidecar-blocks-completion",
        summary: "a container that keeps its pod running after the driver has ended",
        explanation: "A pod ends when all of its containers have ended, and a Job when its pod has. From Kubernetes 1.29 on a \
                      Job's sidecars are written as init containers with restartPolicy `Always`, which end with the driver. \
                      The operator looks at the driver's container only.",
    },
    CodeDoc {
        code: "on-demand-claim-in-job",
        summary: "an on-demand claim on a target without ephemeral volumes",
        explanation: "Spark creates an on-demand claim for one driver pod. Each pod of a Job needs its own, as an ephemeral \
                      volume, which Kubernetes has since 1.21.",
    },
    CodeDoc {
        code: "per-run-name",
        summary: "a fixed name in a workload that runs more than once",
        explanation: "The pods of Jobs and CronJobs have names of their own. Driver and executors take theirs from the pod, so \
                      that two runs do not collide.",
    },
    CodeDoc {
        code: "env-name-taken",
        summary: "an env variable that the pod's own identity needs",
        explanation: "A driver that learns its own name at run time reads POD_NAME and POD_UID from the downward API. The \
                      application uses the name for something else.",
    },
    CodeDoc {
        code: "label-reference",
        summary: "a label that no rendered pod has is asked for",
        explanation: "Rendered pods do without the operator's labels `launched-by-spark-operator`, `mutated-by-spark-operator` \
                      and `submission-id`, by which an installed operator would change or adopt them; drivers of Jobs and \
                      CronJobs also do without `spark-app-selector`, since each run draws its own application id. A variable \
                      or file made from such a label is empty, and a selector of another object selects none of the pods. \
                      All rendered pods have `sparkoperator.k8s.io/app-name` and `spark-role`. With \
                      `operator.launchedLabel: true` the first label is kept; then no operator may be installed whose webhook \
                      would change the pods again.",
    },
    CodeDoc {
        code: "operator-option-off",
        summary: "a field that needs one of the operator's flags",
        explanation: "The operator acts on the field only with a flag, which is off by default. The configuration's `operator` \
                      section stands for the flags.",
    },
    CodeDoc {
        code: "ui-port",
        summary: "a UI port that is not known before the run",
        explanation: "The Service of the Spark UI leads to a fixed port. A port of 0 or text leads to 4040, as with the operator.",
    },
    CodeDoc {
        code: "ingress-app-id",
        summary: "an Ingress URL with an application id that is not known",
        explanation: "Runs of a Job or CronJob have an id each, and one Ingress for all of them.",
    },
    CodeDoc {
        code: "pod-hostname",
        summary: "a driver Pod whose name is no hostname",
        explanation: "A Pod's hostname is its name, of which the kubelet takes 63 characters. API servers warn of names that are \
                      longer or have dots. `<application>-driver` is too long from 57 characters on, with `nameSuffix: hash` from 46.",
    },
    CodeDoc {
        code: "ingress-url",
        summary: "a URL format that makes no Ingress",
        explanation: "A format is a host and perhaps a path, with the variables {{$appName}}, {{$appNamespace}} and {{$appId}}.",
    },
    CodeDoc {
        code: "driver-ingress-port",
        summary: "a driver ingress without a port",
        explanation: "Each entry of `driverIngressOptions` leads to one port of the driver, and the operator refuses one without.",
    },
    CodeDoc {
        code: "unknown-batch-scheduler",
        summary: "a batch scheduler that the operator does not know",
        explanation: "The operator knows `volcano`, `yunikorn` and the names of its flag `--kube-scheduler-names`, and refuses others.",
    },
    CodeDoc {
        code: "batch-scheduler-resources",
        summary: "an amount that cannot be added up for the batch scheduler",
        explanation: "PodGroups and task groups hold the sum of what driver and executors ask for.",
    },
    CodeDoc {
        code: "invalid-schedule",
        summary: "a schedule that is missing or cannot be read",
        explanation: "Schedules have five fields as in cron (Sunday is 0), words such as @daily, or `@every` with a duration that \
                      divides an hour or a day. With the operator a wrong one is final: the resource must be made again.",
    },
    CodeDoc {
        code: "schedule-every",
        summary: "`@every` written as cron fields",
        explanation: "The operator counts from its own start. A CronJob starts on the clock: `@every 15m` becomes `*/15 * * * *`.",
    },
    CodeDoc {
        code: "schedule-never",
        summary: "a schedule that names no day that there is",
        explanation: "`0 0 30 2 *` is a valid schedule that starts nothing, ever. Some write it for runs that are started by \
                      hand only; `suspend: true` says that.",
    },
    CodeDoc {
        code: "time-zone",
        summary: "a time zone that a CronJob cannot follow",
        explanation: "A CronJob wants an IANA name, to the letter; the API server looks it up in its database. A prefix of the \
                      schedule wins over the field, as with the operator; `Local` \
                      is another zone on each machine. Where the cluster has no `timeZone` yet and its controller reads `CRON_TZ=` in \
                      the schedule, the schedule begins with it.",
    },
    CodeDoc {
        code: "concurrency-policy",
        summary: "an unknown concurrency policy",
        explanation: "Allow, Forbid and Replace are known. The operator never starts a second run for anything else.",
    },
    CodeDoc {
        code: "needs-webhook",
        summary: "a field that only the operator's webhook can apply",
        explanation: "With target `sparkapplication` fields move into pod templates (operator 2.1 and later) or confs. This one \
                      can move into neither, and stays: it is lost whenever the webhook is. The message says why.",
    },
    CodeDoc {
        code: "template-not-taken",
        summary: "a pod template that this operator does not take",
        explanation: "`driver.template` and `executor.template` came with operator 2.1, for Spark 3.0 and later. An older \
                      operator's definition drops the field, and a newer operator refuses it for Spark 2.",
    },
    CodeDoc {
        code: "connect-image",
        summary: "a Spark Connect server without an image",
        explanation: "The image is `spec.image`, or that of the server's container in `spec.server.template`; executors take \
                      theirs from `spec.image` or from `spec.executor.template`.",
    },
    CodeDoc {
        code: "connect-variable",
        summary: "a `$(VAR)` in a conf of a Spark Connect server that nothing fills in",
        explanation: "The confs stand in the server's command line, where the kubelet fills in `$(VAR)`; up to operator 2.5 a \
                      shell fills in `$VAR` and `${VAR}` as well, later operators quote them. Variables of the server's \
                      container are filled in the same way here, by `operatorVersion`; all else is literal.",
    },
    CodeDoc {
        code: "rbac-account",
        summary: "an account that is made or shared with the permissions of a driver",
        explanation: "With `rbac: true` a driver that names no account gets one of its own, since a Role that is bound to the \
                      namespace's `default` lets every pod there create pods. What was attached to `default` (annotations or \
                      bindings for a cloud identity, `imagePullSecrets`) the new account does not have. With \
                      `rbac: {account: default}` such drivers keep `default`.",
    },
    CodeDoc {
        code: "yunikorn-application",
        summary: "how YuniKorn tells the runs of a Job apart",
        explanation: "YuniKorn places the pods of an application together, and knows it by the annotation \
                      `yunikorn.apache.org/app-id` or Spark's `spark-app-selector`. The driver of a Job or CronJob has no \
                      id before it runs, so its annotation is `spark-uniqueautogen`, in which YuniKorn (1.5 and later) puts \
                      the pod's uid; the executors get the same id from the driver. An id that the application gives its \
                      driver is kept, and given to the executors too; then all runs are one application.",
    },
    CodeDoc {
        code: "argocd-hook",
        summary: "a hook phase in which no driver could run",
        explanation: "Argo CD knows PreSync, Sync, PostSync, SyncFail, PreDelete and PostDelete; an object with Skip is never applied.",
    },
    CodeDoc {
        code: "flux-substitution",
        summary: "two ways at once to keep Flux from replacing `${…}`",
        explanation: "`escapeSubstitution` doubles the `$`, for objects in which variables are to be replaced; \
                      `disableSubstitution` switches the replacement off, and would show the doubled `$`.",
    },
    CodeDoc {
        code: "argocd-force-and-replace",
        summary: "sync options that start the driver at every sync",
        explanation: "`Force=true` recreates a changed Pod or Job. Together with `Replace=true` it recreates it at every sync.",
    },
];
