//! Rule: known conflicts of Spark, operator and Kubernetes, for those who submit by the operator.

use super::{Check, Rule, Subject};
use crate::{
    kube::{self, Feature},
    operator::{self, Treatment},
    review::compatibility::versions::{CONFLICTS, Conflict},
    spark::Behaviour,
    tree::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "version-conflict",
        summary: "a combination of Spark, operator and Kubernetes that is known to fail or to surprise",
        explanation: "The combinations are those that `spark-render versions` lists; what they mean for rendered output \
                      stands there too. Only looked at where an operator version is given, since nearly all of them \
                      concern the operator's own submission. What concerns all applications is said once.",
    },
    check: Check::Rendered(check),
};

/// Whether a conflict concerns an operator on a Kubernetes.
type Concerned = fn(operator::Version, kube::Version) -> bool;

/// Conflicts of operator and Kubernetes, by their ids, whatever an application says.
const OF_OPERATORS: &[(&str, Concerned)] = &[
    ("server-side-apply-below-1.20.6", |operator, target| {
        operator.submits_with(Behaviour::ServerSideApply) && !target.has(Feature::ServiceApply)
    }),
    ("read-write-once-pod-below-1.27", |operator, target| {
        operator.submits_with(Behaviour::ReadWriteOncePod) && !target.has(Feature::ReadWriteOncePod)
    }),
    ("webhook-no-op-up-to-1.22", |operator, target| {
        operator.webhooks_are_rendered() && !target.has(Feature::AdmissionNamespace)
    }),
    ("namespace-selector-below-1.21", |operator, target| {
        operator.webhooks_are_rendered() && !target.has(Feature::NamespaceNameLabel)
    }),
    ("empty-certificate-1.4", |operator, _| operator.treatment() == Treatment::Overwritten),
];

/// Conflicts that a patch ended, and what it repaired.
const BY_PATCH: &[(&str, Feature)] = &[("server-side-apply-below-1.20.6", Feature::ServiceApply)];

/// The conflict of an application with an operator that has another Spark.
const OF_SPARK: &str = "spark-version-of-the-operator";

fn conflict(id: &str) -> &'static Conflict {
    CONFLICTS.iter().find(|conflict| conflict.id == id).expect("the table names known conflicts")
}

fn hint(conflict: &Conflict) -> String {
    format!("know for rendered output: {}", conflict.rendered)
}

/// Says of an operator on a Kubernetes what concerns all applications: once, without a place.
pub(super) fn of_operator(operator: operator::Version, target: kube::Version, diagnostics: &mut Diagnostics) {
    for (id, _) in OF_OPERATORS.iter().filter(|(_, concerned)| concerned(operator, target)) {
        let conflict = conflict(id);
        let target_text = target.full();
        let message = format!("operator {operator} and Kubernetes {target_text} ({id}): {}", conflict.what);
        let by_patch = BY_PATCH.iter().find(|(of, feature)| of == id && target.needs_patch_for(*feature));
        let hint = match by_patch {
            Some((_, feature)) => {
                format!("give the patch: {} and later are not concerned; {}", feature.since().full(), hint(conflict))
            }
            None => hint(conflict),
        };
        diagnostics.push(Diagnostic::warning(RULE.doc.code, message).hint(hint));
    }
}

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(operator) = subject.operator else { return };
    let spark = &subject.app.spark_version;
    if spark.asked_minor() == operator.submitter() {
        return;
    }
    let conflict = conflict(OF_SPARK);
    let message = format!("Spark {} and operator {operator} ({OF_SPARK}): {}", spark.value, conflict.what);
    diagnostics.push(
        Diagnostic::note(RULE.doc.code, message)
            .field(subject.app.spec_path().key("sparkVersion"))
            .at(&spark.origin)
            .hint(hint(conflict)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_a_conflict() {
        for id in OF_OPERATORS.iter().map(|(id, _)| *id).chain([OF_SPARK]) {
            assert_eq!(conflict(id).id, id);
        }
        assert!(BY_PATCH.iter().all(|(id, _)| OF_OPERATORS.iter().any(|(known, _)| known == id)));
    }

    #[test]
    fn a_patch_ends_a_conflict_and_one_that_is_not_given_is_asked_for() {
        let said = |target: &str| {
            let mut diagnostics = Diagnostics::new();
            let operator = operator::Version::NEWEST;
            of_operator(operator, target.parse().expect("a version"), &mut diagnostics);
            let of_apply = |item: &&Diagnostic| item.message.contains("server-side-apply-below-1.20.6");
            let found = diagnostics.iter().find(of_apply);
            found.map(|item| format!("{} {:?}", item.message, item.hints))
        };
        assert!(said("1.20.5").is_some_and(|text| text.contains("1.20.5") && !text.contains("give the patch")));
        assert!(said("1.20").is_some_and(|text| text.contains("give the patch: 1.20.6 and later")));
        assert!(said("1.20.6").is_none() && said("1.20.15").is_none() && said("1.21").is_none());
    }
}
