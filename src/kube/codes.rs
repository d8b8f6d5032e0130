//! Table: the diagnostic codes of tailoring and validation.

use crate::tree::CodeDoc;

const fn doc(code: &'static str, summary: &'static str, explanation: &'static str) -> CodeDoc {
    CodeDoc { code, summary, explanation }
}

/// The code of fields that protect a pod and that somebody would drop.
pub(crate) const SECURITY_UNSUPPORTED: &str = "security-unsupported";

/// Codes of this stage.
#[rustfmt::skip]
pub(crate) const CODES: &[CodeDoc] = &[
    doc("kube-version-invalid", "a text is no Kubernetes version", "Versions are read as clouds write them: `1.28`, `v1.28.3`, `v1.28.3-gke.1`, `1.28+`. Versions before 1.16 are not supported. In YAML a version needs quotes: 1.30 without them is the number 1.3."),
    doc("kube-version-unknown", "a Kubernetes version is newer than the tables", "The output is made for the newest version that is known. Kubernetes keeps stable APIs, so it is valid for the newer version as well; fields that only the newer version has are reported as unknown."),
    doc("unsupported-field", "the target does not have a field", "The field came with a later version, or was removed before. Server-side apply refuses such fields, so it is dropped with a warning (`onUnsupported: drop`), refused (`error`) or kept (`keep`). Where the object would mean something else without it, it is refused unless kept."),
    doc("feature-gate-off", "the target has a field whose feature gate is off by default", "The API server drops such a field on creation without a word, so it is dropped here, where it can be seen. If the cluster has the gate on, set `onUnsupported: keep`."),
    doc("unsupported-value", "the target does not have a value of a field", "The value came with a later version or needs a feature gate. It is replaced where another value is nearly the same, else refused."),
    doc(SECURITY_UNSUPPORTED, "a field that protects the pod cannot be honoured", "Dropping it would weaken the pod's protection without anybody noticing, so it is an error. Target a Kubernetes version that has the field, or a Spark version that gives it to executors, or remove it knowingly; `onUnsupported: keep` leaves in what the target does not know."),
    doc("security-profile-moved", "a seccomp or AppArmor profile is written in the form that the target honours", "Seccomp profiles are annotations before Kubernetes 1.19 and fields since (annotations are ignored from 1.27); AppArmor profiles are annotations before 1.30 and fields since."),
    doc("api-version-changed", "an object is written in another apiVersion for the target", "Ingress, CronJob and PodDisruptionBudget have one apiVersion that old clusters serve and another one that new clusters serve. The shape is converted with it."),
    doc("api-not-served", "the target does not serve an object's apiVersion", "The apiVersion was removed, or came with a later version. Applying the object would fail."),
    doc("api-not-confirmed", "the cluster does not list an object's kind", "Argo CD tells which kinds the cluster serves. The one that was rendered is not among them: the target version is another one than the cluster's, or a CustomResourceDefinition is missing."),
    doc("explicit-protocol", "ports get their protocol", "Server-side apply keys ports by their protocol; servers before 1.20.6 do not fill in its default there, and refuse the object. So `protocol: TCP` is always written. It changes nothing else and is not reported; `explain` names it as origin."),
    doc("runtime-object", "what the driver creates cannot be exactly as it is wanted", "Executor pods, their claims and their ConfigMap are created by the driver at run time, from the rendered template and confs, so they cannot be tailored, and what Spark of this version overwrites no template can keep. Confs are chosen for the target where there are some; what remains is reported, and the hint names another way."),
    doc("kube-unknown-field", "no Kubernetes version has a field, or not this one", "Server-side apply refuses it, plain create drops it, and so does the operator's CustomResourceDefinition. What looks like a spelling mistake is an error; the rest is dropped with a warning, or treated as `onUnsupported` says."),
    doc("kube-wrong-type", "a value has the wrong type", "The API server would refuse the object."),
    doc("kube-missing-field", "a required field is missing", "The API server would refuse the object."),
    doc("kube-invalid-value", "a value is not one of those that a field may have", "The API server would refuse the object."),
    doc("kube-duplicate-item", "two items of a list have the same key", "Server-side apply merges these lists by key and refuses keys that come twice; plain create keeps the last or behaves by chance."),
    doc("kube-invalid-quantity", "a text is no quantity, or a senseless one", "Kubernetes counts memory in `Ki`, `Mi`, `Gi` (binary) or `k`, `M`, `G` (decimal). `m` means thousandths, and Spark's `g` does not exist."),
    doc("kube-invalid-name", "a name breaks the rules for names", "Names of objects, containers, ports, variables, labels and keys have rules of their own: see the message for the one that is broken."),
    doc("kube-too-large", "an object is larger than Kubernetes takes", "A ConfigMap or Secret holds 1 MiB of values, annotations 256 KiB in all."),
    doc("kube-rule", "the API server would refuse the object", "A rule beyond the schema is broken: the message names it."),
];
