//! Table: the diagnostic codes of `resolve`.

use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "unsupported-kind",
        summary: "a kind of the operator that is not rendered yet",
        explanation: "The resource is read and checked, but no objects are made of it yet.",
    },
    CodeDoc {
        code: "invalid-name",
        summary: "a name that Kubernetes or the operator refuses",
        explanation: "The operator (2.4 and later) wants a DNS-1035 label as name of an application, because it becomes \
                      part of the names of Services and the value of labels.",
    },
    CodeDoc {
        code: "placeholder-name",
        summary: "a name with a placeholder such as `{epoch}`",
        explanation: "No API server accepts such a name, so the placeholder has to be replaced before the output is \
                      applied. It is copied to every place where the name is used.",
    },
    CodeDoc {
        code: "name-too-long",
        summary: "a name that leaves no room for what is made of it",
        explanation: "Names of applications have at most 63 characters, those of schedules 52: a CronJob appends \
                      eleven characters to name its Jobs.",
    },
    CodeDoc {
        code: "no-namespace",
        summary: "an application that names no namespace",
        explanation: "Rendered objects always name their namespace, since the driver's Service is addressed by it. The \
                      application's own is used, else that of `--namespace`, else that of the host; without any of \
                      them `default`, or an error where output is kept or applied by others.",
    },
    CodeDoc {
        code: "invalid-spark-version",
        summary: "a Spark version that cannot be read",
        explanation: "The version decides which fields Spark sets. It begins with numbers: `3.5.1`, `3.5`, \
                      `3.5.1-amzn-0`.",
    },
    CodeDoc {
        code: "spark-version-nearest",
        summary: "a Spark version that is not known to the letter",
        explanation: "Output is compared with recordings of Spark 3.1 to 4.3. For other versions the nearest of these \
                      is rendered; fields that changed between them may differ. See COMPATIBILITY.md.",
    },
    CodeDoc {
        code: "spark-version-image",
        summary: "an image whose tag names another Spark version",
        explanation: "`spec.sparkVersion` decides what is rendered, the image decides what runs. If they differ, the \
                      driver may not understand the pod template or the confs that it finds. Tags of official images begin with \
                      the version; those of others are only believed where they name Spark: `spark-3.5.1`, `spark3.5`.",
    },
    CodeDoc {
        code: "template-version",
        summary: "a pod template with a Spark version before 3.0.0",
        explanation: "The operator refuses pod templates unless Go's semver takes `spec.sparkVersion` to be 3.0.0 or \
                      later. A version that is no semantic version (`3.5.1.dev`) counts as older.",
    },
    CodeDoc {
        code: "node-selector-twice",
        summary: "`spec.nodeSelector` together with one of a role",
        explanation: "The operator refuses an application that has both, even if one is empty.",
    },
    CodeDoc {
        code: "driver-ingress-twice",
        summary: "two driver ingresses with the same port or URL",
        explanation: "Services and Ingresses of `driverIngressOptions` are named after their port, and their hosts must \
                      differ, so the operator refuses duplicates.",
    },
    CodeDoc {
        code: "denied-conf",
        summary: "a conf that operator 2.5.2 and later refuse",
        explanation: "Since 2.5.2 the operator's webhook refuses confs for which the resource has a field, and those \
                      that carry credentials or another API server. Earlier operators pass them on, and so do we.",
    },
    CodeDoc {
        code: "conf-namespace",
        summary: "`spark.kubernetes.namespace` differs from the application's namespace",
        explanation: "Spark would make the pods in one namespace and the operator its objects in another. Operator \
                      2.5.2 and later refuse this.",
    },
    CodeDoc {
        code: "operator-label",
        summary: "a label upon which an installed operator acts",
        explanation: "An operator in the cluster would mutate, adopt or delete a pod that carries its labels although \
                      it did not start it. They are never written, and the application's own are left out.",
    },
    CodeDoc {
        code: "kueue-label",
        summary: "a label of Kueue on an application",
        explanation: "Labels of the application are copied to its pods, except Kueue's, which concern the resource \
                      itself. There is no such resource any more once it is rendered.",
    },
    CodeDoc {
        code: "app-name-label",
        summary: "the label `sparkoperator.k8s.io/app-name` with another name",
        explanation: "Labels of the user win over the operator's. With another name in this label neither the operator \
                      nor the Services of the UI find the pods of the application.",
    },
    CodeDoc {
        code: "client-mode",
        summary: "`mode: client`",
        explanation: "In client mode the driver would run inside the operator's pod. Without the operator it needs a \
                      pod of its own, which is cluster mode.",
    },
    CodeDoc {
        code: "no-effect",
        summary: "a field that has no effect",
        explanation: "The resource has the field, but nothing reads it since operator 2.0; or not as it is written, without \
                      what belongs to it; or it tells the operator how to submit, and what is rendered is applied \
                      without being submitted.",
    },
    CodeDoc {
        code: "missing-section",
        summary: "`driver` or `executor` is missing",
        explanation: "The schema requires both, but the operator's webhook adds an absent one and fills in its defaults.",
    },
    CodeDoc {
        code: "dynamic-allocation-conf",
        summary: "dynamic allocation by conf, which the operator overlooks",
        explanation: "The operator looks for `spark.dynamicallocation.enabled` in lower case. So an application that \
                      enables dynamic allocation by Spark's own key still gets one executor as default. We honour \
                      Spark's key: no number of executors is filled in.",
    },
];
