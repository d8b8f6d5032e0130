//! Table: the diagnostic codes of what Spark itself says.

use super::{REFUSED_BY_SPARK, executor::MORE_EXECUTORS, features::basic_driver, pod_template};
use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: REFUSED_BY_SPARK,
        summary: "Spark itself refuses this submission",
        explanation: "Spark's own code checks the confs when an application is submitted, and again when the driver starts \
                      and asks for its executors, and stops with an exception. The same would fail in a cluster, so \
                      nothing is rendered. The message names the conf and what is wrong with it.",
    },
    CodeDoc {
        code: "custom-pods-allocator",
        summary: "a class of the user's makes the executor pods",
        explanation: "`spark.kubernetes.allocation.pods.allocator` names a class on the driver's class path. What it makes \
                      is not known here; the preview shows the pods that Spark's own allocator would make.",
    },
    CodeDoc {
        code: pod_template::TEMPLATE_FIELD_DROPPED,
        summary: "a field of the executor template that this Spark loses",
        explanation: "Spark in the driver reads the template with its own Kubernetes client. The clients of Spark 3.1 and 3.2 \
                      keep the fields of Kubernetes 1.18 and 1.21 and drop newer and unknown ones without a word.",
    },
    CodeDoc {
        code: "executor-memory-too-small",
        summary: "less executor memory than Spark's memory manager needs",
        explanation: "The driver stops while it starts when `spark.executor.memory` is below one and a half times the \
                      300 MiB that Spark reserves.",
    },
    CodeDoc {
        code: basic_driver::INVALID_QUANTITY,
        summary: "a text that Kubernetes cannot read as a quantity",
        explanation: "Spark passes the values of `request.cores` and `limit.cores` on as they are written, and the operator \
                      reads `memoryLimit` as Java's `2g` or Kubernetes' `2Gi`. The API server refuses a pod whose \
                      quantities it cannot read.",
    },
    CodeDoc {
        code: MORE_EXECUTORS,
        summary: "executors that are not shown",
        explanation: "Executors differ by their numbers only. The first hundred of an application are shown.",
    },
];
