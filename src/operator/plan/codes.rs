//! Table: the diagnostic codes of the plan.

use crate::tree::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "local-file",
        summary: "a file of the machine that submits",
        explanation: "spark-submit uploads local files before the driver starts. Nothing is uploaded ahead of time, so \
                      the file has to be in the image (`local://`) or in a store that the pods can read.",
    },
    CodeDoc {
        code: "pod-template-file",
        summary: "a pod template file that is not part of the input",
        explanation: "The conf names a file on the machine that submits. It is read where it lies among the input; \
                      everything else, and every URL, belongs into `spec.driver.template` or `spec.executor.template`. \
                      (The operator, from 2.4 on, ignores the conf.)",
    },
    CodeDoc {
        code: "packages-at-start",
        summary: "Maven packages that the driver downloads",
        explanation: "`deps.packages` become `spark.jars.packages`, which the driver resolves at every start: it needs \
                      the network and a writable ivy directory. Jars in the image are faster and always the same.",
    },
    CodeDoc {
        code: "no-main-class",
        summary: "a jar without `mainClass`",
        explanation: "spark-submit reads the main class from the manifest of a jar that it can open, and refuses \
                      otherwise. Jars inside the image cannot be opened before the driver runs.",
    },
    CodeDoc {
        code: "foreign-conf",
        summary: "a conf that does not begin with `spark.`",
        explanation: "spark-submit drops such confs with a warning in its log. Hadoop's belong into `hadoopConf`, which \
                      adds `spark.hadoop.`.",
    },
    CodeDoc {
        code: "driver-host",
        summary: "`spark.driver.host` in cluster mode",
        explanation: "spark-submit drops the conf in cluster mode: the driver's address is its Service.",
    },
    CodeDoc {
        code: "app-id",
        summary: "`spark.app.id` given by the user",
        explanation: "Spark replaces it by an id of its own when an application is submitted. The rendered id is made \
                      from namespace, name and content.",
    },
    CodeDoc {
        code: "local-dir-volume",
        summary: "a `spark-local-dir-` volume that Spark cannot make",
        explanation: "Volumes whose names begin with `spark-local-dir-` become confs, so they must exist in \
                      `spec.volumes` and be of a type that Spark has confs for.",
    },
    CodeDoc {
        code: "local-dir-mount",
        summary: "a field of a `spark-local-dir-` mount that Spark has no conf for",
        explanation: "Mounts of volumes whose names begin with `spark-local-dir-` become confs, and those only know \
                      path, subPath and readOnly. The operator drops everything else without a word.",
    },
    CodeDoc {
        code: "conf-overridden",
        summary: "a conf of `sparkConf` that something else overrides, or a field that `sparkConf` overrides",
        explanation: "Most fields of the resource win over `sparkConf`, and flags of spark-submit over both; nothing is \
                      merged. So `deps.jars` replace `spark.jars`, and the Java option that `monitoring.prometheus` \
                      adds replaces the conf `extraJavaOptions`.",
    },
    CodeDoc {
        code: "hadoop-conf-prefix",
        summary: "a key of `hadoopConf` that already begins with `spark.hadoop.`",
        explanation: "The operator puts `spark.hadoop.` before every key of `hadoopConf`, so Hadoop sees a key that \
                      begins with `spark.hadoop.` and does not know it.",
    },
    CodeDoc {
        code: "ui-proxy-base",
        summary: "`spark.ui.proxyBase` differs from the path of the UI's Ingress",
        explanation: "The operator sets the conf to the path of the Ingress unless the user did. With another path the \
                      links of the UI lead nowhere.",
    },
    CodeDoc {
        code: "metrics-file-hidden",
        summary: "a file of the image that the metrics ConfigMap hides",
        explanation: "Unless both `metricsPropertiesFile` and `prometheus.configFile` are given, the operator mounts its \
                      ConfigMap at `/etc/metrics/conf`, and so do we. What the image has there cannot be seen then: Spark \
                      or the exporter does not find its file.",
    },
    CodeDoc {
        code: "read-write-once-pod",
        summary: "claims of Spark 4 on a Kubernetes without ReadWriteOncePod",
        explanation: "Spark 4 makes its claims ReadWriteOncePod, which Kubernetes knows from 1.22 and has on from 1.27. \
                      For older targets the conf that restores ReadWriteOnce is set.",
    },
];
