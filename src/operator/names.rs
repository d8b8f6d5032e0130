//! Names of the rendered objects, and the hash that the driver's ConfigMaps end in.

use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::{
    kube::names::LABEL_LENGTH,
    spark::names::hex,
    tree::{Canonical, Node},
};

/// The label by which everything that belongs to an application is found.
pub(crate) const APP_NAME_LABEL: &str = "sparkoperator.k8s.io/app-name";
/// The label that the runs of a ScheduledSparkApplication share.
pub(crate) const SCHEDULED_APP_NAME_LABEL: &str = "sparkoperator.k8s.io/scheduled-app-name";
/// The label of the pods that the operator launches; its webhook picks them by it.
pub(crate) const LAUNCHED_LABEL: &str = "sparkoperator.k8s.io/launched-by-spark-operator";
/// The label with the operator's id of one submission.
pub(crate) const SUBMISSION_LABEL: &str = "sparkoperator.k8s.io/submission-id";
/// By these labels an installed operator mutates or adopts a pod.
pub(crate) const OPERATOR_LABELS: &[&str] =
    &[LAUNCHED_LABEL, "sparkoperator.k8s.io/mutated-by-spark-operator", SUBMISSION_LABEL];

/// The annotation that allows findings of `check`: `code: reason`, one a line. No output has it.
pub(crate) const ALLOW_ANNOTATION: &str = "spark-render.io/allow";

/// Those of [`OPERATOR_LABELS`] that pods must not have, where that of what was launched is kept or not.
pub(crate) fn unwanted_labels(launched_is_kept: bool) -> impl Iterator<Item = &'static str> {
    OPERATOR_LABELS.iter().copied().filter(move |label| !(launched_is_kept && *label == LAUNCHED_LABEL))
}

/// Labels with this prefix are Kueue's, for the resource itself: they are not copied to pods (operator 2.4 and later).
pub(crate) const KUEUE_PREFIX: &str = "kueue.x-k8s.io/";

/// `<application>-<suffix>`; where that is no DNS label, the application's part is cut and a hash of the full
/// name put in between (operator ≥ 2.1: `pkg/util/sparkapplication.go`).
#[must_use]
pub(crate) fn limited(application: &str, suffix: &str) -> String {
    let name = format!("{application}-{suffix}");
    if name.len() <= LABEL_LENGTH {
        return name;
    }
    let keep = LABEL_LENGTH.saturating_sub(suffix.len() + 10);
    let kept: String = application.chars().take(keep).collect();
    format!("{kept}-{}-{suffix}", hex(&Md5::digest(name.as_bytes())[..4]))
}

/// The first ten hex digits of SHA-256 over the value, independent of the order of its keys.
#[must_use]
pub(crate) fn content_hash(node: &Node) -> String {
    let mut content = Canonical::default();
    content.tree(node);
    ten_digits(&content)
}

/// [`content_hash`] of a mapping that nobody has to make.
#[must_use]
pub(crate) fn entries_hash(entries: &[(&str, &Node)]) -> String {
    let mut content = Canonical::default();
    content.mapping(entries.iter().copied());
    ten_digits(&content)
}

fn ten_digits(content: &Canonical) -> String {
    hex(&Sha256::digest(content.as_bytes())[..5])
}

#[cfg(test)]
mod tests {
    use super::{content_hash, entries_hash, limited};
    use crate::{map, seq, tree::Node};

    #[test]
    fn long_names_are_cut_as_the_operator_cuts_them() {
        assert_eq!(limited("pi", "ui-svc"), "pi-ui-svc");
        let name = limited(&"a".repeat(63), "ui-svc");
        assert_eq!(name.len(), 63);
        assert!(name.starts_with("aaaa") && name.ends_with("-ui-svc"), "{name}");
    }

    #[test]
    fn the_hash_changes_with_the_data_but_not_with_the_order_of_keys() {
        let one = content_hash(&map! { "a" => "1", "b" => seq!["x", "y"] });
        assert_eq!(one, content_hash(&map! { "b" => seq!["x", "y"], "a" => "1" }));
        assert_eq!(one, entries_hash(&[("b", &seq!["x", "y"]), ("a", &Node::from("1"))]));
        assert_ne!(one, content_hash(&map! { "a" => 1, "b" => seq!["x", "y"] }));
        assert_ne!(one, content_hash(&map! { "a" => "1", "b" => seq!["xy", ""] }));
    }
}
