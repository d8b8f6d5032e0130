//! Fields that name a leaf and keep their value all the same, and fields that change without naming it, each with
//! its reason. There is no other looseness.

use crate::support::leaves::Leaf;

/// Fields that may stay the same.
#[derive(Debug)]
pub(crate) struct Exception {
    /// The ends of the paths of the leaves that are changed.
    leaves: &'static [&'static str],
    /// Parts of the paths of the fields.
    fields: &'static [&'static str],
    /// Why the values stay.
    #[expect(dead_code, reason = "for the reader, and for the message of a row that is not needed")]
    reason: &'static str,
}

/// Both tables, one after the other.
pub(crate) fn all() -> impl Iterator<Item = &'static Exception> {
    UNMOVED.iter().chain(UNNAMED)
}

/// Fields that change although they do not name the leaf.
const UNNAMED: &[Exception] = &[Exception {
    leaves: &["hostPath.type", "emptyDir.sizeLimit"],
    fields: &["env[SPARK_LOCAL_DIRS].value"],
    reason: "Spark comes upon volumes in the order of a hash table of conf keys, and one key less is another order",
}];

/// Fields that name the leaf although they do not change.
const UNMOVED: &[Exception] = &[
    Exception {
        leaves: &[
            "executor.hostNetwork",
            "executor.priorityClassName",
            "executor.schedulerName",
            "executor.shareProcessNamespace",
            "executor.terminationGracePeriodSeconds",
            "spec.hadoopConfigMap",
            "spec.sparkConfigMap",
        ],
        fields: &[
            "spark.properties.spark.kubernetes.executor.podTemplateFile",
            "spark.properties.spark.kubernetes.executor.podTemplateContainerName",
            "volumes[pod-template-volume]",
            "volumeMounts[/opt/spark/pod-template]",
        ],
        reason: "there is a template because of any of these fields, and the input has several",
    },
    Exception {
        leaves: &["executor.javaOptions", "exposeExecutorMetrics", "prometheus.jmxExporterJar", "prometheus.port"],
        fields: &["env[-Xss4m].value", "env[-javaagent:"],
        reason: "one conf holds all Java options, and Spark cuts it into words",
    },
    Exception {
        leaves: &["PASSWORD.name", "PASSWORD.key"],
        fields: &["PASSWORD].valueFrom.secretKeyRef.name", "PASSWORD].valueFrom.secretKeyRef.key"],
        reason: "one conf holds `name:key`, and Spark cuts it at the colon",
    },
    Exception {
        leaves: &["imagePullSecrets[0]", "imagePullSecrets[1]"],
        fields: &["spec.imagePullSecrets["],
        reason: "one conf holds all names, and Spark cuts it at the commas",
    },
    Exception {
        leaves: &["spec.sparkConfigMap"],
        fields: &["env[SPARK_CONF_DIR].name"],
        reason: "the field gives another value to a variable that is there without it too",
    },
];

impl Exception {
    /// Whether a row is for a field that `named` the leaf, or did not.
    pub(crate) fn is_for(&self, named: bool) -> bool {
        let table = if named { UNMOVED } else { UNNAMED };
        table.iter().any(|row| std::ptr::eq(row, self))
    }

    /// Whether the row excuses the field.
    pub(crate) fn covers(&self, group: &[Leaf], field: &str) -> bool {
        let is_leaf = |leaf: &Leaf| self.leaves.iter().any(|end| leaf.path.to_string().ends_with(end));
        group.iter().any(is_leaf) && self.fields.iter().any(|part| field.contains(part))
    }
}
