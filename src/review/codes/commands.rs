//! Table: the diagnostic codes of the commands.

use crate::tree::CodeDoc;

/// Codes of the commands.
pub(super) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "nothing-to-emit",
        summary: "the output would be empty",
        explanation: "A host that gets an empty output prunes everything that it had applied before. An empty output is \
                      therefore an error, unless `--allow-empty` says that it is meant.",
    },
    CodeDoc {
        code: "duplicate-object",
        summary: "two objects of the output have the same kind, namespace and name",
        explanation: "Applied together, the last one wins, silently. Rename one of the applications, or the object that \
                      passes through.",
    },
    CodeDoc {
        code: "duplicate-application",
        summary: "two documents are the same application",
        explanation: "Applied together, the last one wins, silently. In folders that are applied apart, such as one for \
                      each environment, check them apart.",
    },
    CodeDoc {
        code: "nothing-to-check",
        summary: "no application was found",
        explanation: "The paths hold no resource of the Spark operator, so nothing was checked. The paths may be wrong.",
    },
    CodeDoc {
        code: "no-such-field",
        summary: "no rendered object has the field that was asked for",
        explanation: "`explain` takes a path from the root of an object, with list items by index or by their key, or a \
                      bare name. Without a field it explains all of them.",
    },
    CodeDoc {
        code: "argocd-parameters",
        summary: "a parameter of the Application that cannot be used",
        explanation: "`spec.source.plugin.parameters` of an Application sets fields of the configuration by their names: \
                      `kubeVersion`, `argocd.recreate`; `set` is a map of values for templates. `spark-render argocd \
                      parameters` lists them.",
    },
    CodeDoc {
        code: "ignore-differences",
        summary: "nothing that Argo CD would have to leave alone",
        explanation: "Only the certificate Secret and the webhooks' caBundle have two writers. Rendered applications need no \
                      `ignoreDifferences`: what the cluster adds to them is no difference.",
    },
    CodeDoc {
        code: "ignore-differences-unmatched",
        summary: "an entry of `ignoreDifferences` that protects nothing",
        explanation: "Argo CD says nothing about entries that match no object, or pointers that lead nowhere. The core group is \
                      written by leaving `group` out.",
    },
    CodeDoc {
        code: "kube-version-missing",
        summary: "no target Kubernetes version is given",
        explanation: "The newest known version is taken. An older cluster may refuse fields that a newer one knows, and \
                      the output changes when a newer version becomes known: pin the version.",
    },
];
