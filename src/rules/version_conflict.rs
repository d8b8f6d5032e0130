//! Rule: known conflicts of Spark, operator and Kubernetes, for those who submit by the operator.

use super::{Check, Rule, Subject};
use crate::{
    certs::OperatorVersion,
    compat::{
        KubernetesVersion,
        versions::{CONFLICTS, Conflict},
    },
    conf::SparkVersion,
    diagnostics::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "version-conflict",
        summary: "a combination of Spark, operator and Kubernetes that is known to fail or to surprise",
        explanation: "The combinations are those that `spark-render versions` lists; what they mean for rendered output \
                      stands there too. Only looked at where an operator version is given, since nearly all of them \
                      concern the operator's own submission.",
    },
    check: Check::Rendered(check),
};

/// The versions that meet.
struct Meeting<'a> {
    spark: &'a SparkVersion,
    operator: OperatorVersion,
    kubernetes: KubernetesVersion,
}

/// Whether a conflict concerns a meeting.
type Concerned = fn(&Meeting<'_>) -> bool;

/// Whether a conflict concerns a meeting, by its id; conflicts of no concern to a single application are left out.
const CONCERNED: &[(&str, Concerned)] = &[
    ("server-side-apply-below-1.21", |all| all.operator.submitter() >= (3, 5) && !all.kubernetes.at_least(21)),
    ("read-write-once-pod-below-1.27", |all| all.operator.submitter() >= (4, 0) && !all.kubernetes.at_least(27)),
    ("webhook-no-op-up-to-1.22", |all| all.operator.webhooks_are_rendered() && !all.kubernetes.at_least(23)),
    ("namespace-selector-below-1.21", |all| all.operator.webhooks_are_rendered() && !all.kubernetes.at_least(21)),
    ("empty-certificate-1.4", |all| all.operator.treatment() == crate::certs::Treatment::Overwritten),
    ("spark-version-of-the-operator", |all| (all.spark.numbers.0, all.spark.numbers.1) != all.operator.submitter()),
];

fn conflict(id: &str) -> &'static Conflict {
    CONFLICTS.iter().find(|conflict| conflict.id == id).expect("the table names known conflicts")
}

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(operator) = subject.operator else { return };
    let spark = &subject.app.spark_version;
    let meeting = Meeting { spark: &spark.value, operator, kubernetes: subject.kube_version };
    for (id, _) in CONCERNED.iter().filter(|(_, concerned)| concerned(&meeting)) {
        let conflict = conflict(id);
        let surprise = *id == "spark-version-of-the-operator";
        let message = format!(
            "Spark {}, operator {operator} and Kubernetes {} ({id}): {}",
            spark.value, subject.kube_version, conflict.what
        );
        let diagnostic = if surprise {
            Diagnostic::note(RULE.doc.code, message)
        } else {
            Diagnostic::warning(RULE.doc.code, message)
        };
        diagnostics.push(
            diagnostic
                .field(subject.app.spec_path().key("sparkVersion"))
                .at(&spark.origin)
                .hint(format!("know for rendered output: {}", conflict.rendered)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_a_conflict() {
        for (id, _) in CONCERNED {
            assert_eq!(conflict(id).id, *id);
        }
    }
}
