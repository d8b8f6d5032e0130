//! Table: the diagnostics of this stage.

use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "executor-field-lost",
        summary: "Spark of this version has no way to give this to executors",
        explanation: "Spark before 3.0 builds executors without a pod template. The operator's webhook added the field \
                      to each executor; without a webhook only what has a Spark conf can be kept.",
    },
    CodeDoc {
        code: "operator-differs",
        summary: "the operator would do something else than the field says",
        explanation: "What is rendered does what the field says. The operator has a known fault here, which is not \
                      copied, so an application that moves between the two behaves differently.",
    },
    CodeDoc {
        code: "spark-conf-dir",
        summary: "`sparkConfigMap` hides Spark's own configuration directory",
        explanation: "The driver reads its properties from a file that Spark names on the command line, so \
                      `spark-defaults.conf` in the ConfigMap is ignored. Files such as `log4j2.properties` are found.",
    },
    CodeDoc {
        code: "volume-not-found",
        summary: "a mount names a volume that is not there",
        explanation: "The operator drops such a mount of `volumeMounts` silently, and the API server refuses a pod whose \
                      containers mount a missing volume.",
    },
    CodeDoc {
        code: "overruled-field",
        summary: "a field has no effect because another one wins",
        explanation: "This is the operator's own precedence. Remove what loses. Devices of executors are limits of their \
                      pods and confs by which Spark finds them: fewer in the pod than in the conf is an error, since no \
                      executor would start.",
    },
    CodeDoc {
        code: "env-order",
        summary: "two values of one variable cannot become one",
        explanation: "Server-side apply allows one entry per name, the kubelet lets the last one win. An earlier value that \
                      something in between refers to is written out there; that is impossible for a value that is known \
                      only at run time.",
    },
    CodeDoc {
        code: "merged-entries",
        summary: "two entries of a list are written as one",
        explanation: "Server-side apply wants one entry per key. Two equal volumes, or two aliases of one address, mean the \
                      same as one entry with everything in it.",
    },
    CodeDoc {
        code: "duplicate-volume",
        summary: "two different volumes have one name",
        explanation: "Volume names are unique within a pod. Volumes come from `spec.volumes`, `configMaps`, `secrets`, \
                      Spark itself and the pod template.",
    },
    CodeDoc {
        code: "duplicate-mount-path",
        summary: "two different mounts have one path",
        explanation: "Mount paths are unique within a container.",
    },
    CodeDoc {
        code: "duplicate-port",
        summary: "two container ports have one number or one name",
        explanation: "Server-side apply wants one entry per number and protocol, and names are unique within a container. \
                      The API server accepts two names for one number in a plain create, so only the name is lost.",
    },
    CodeDoc {
        code: "duplicate-container",
        summary: "two containers of a pod have one name",
        explanation: "Container names are unique within a pod, init containers included.",
    },
    CodeDoc {
        code: "memory-limit-below-request",
        summary: "the memory limit is below what the container requests",
        explanation: "The request is Spark's sum of memory and overhead. The API server refuses a limit below it.",
    },
];
