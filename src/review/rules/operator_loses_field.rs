//! Rule: fields that an operator of the given version does not know, or loses by a fault of its own
//! (`operator.md` section 7).

use super::{Check, Rule, Subject};
use crate::{
    operator::OperatorVersion,
    tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath, Node},
};

/// The rule.
pub const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "operator-loses-field",
        summary: "a field that the operator of the given version does not honour",
        explanation: "The resource's schema of that version does not have the field, so the API server prunes it without a \
                      word, or the operator of that version has a known fault that loses it. Only looked at where an \
                      operator version is given. The rendered objects have the field.",
    },
    check: Check::Rendered(check),
};

/// A field and the versions that lose it.
struct Row {
    field: &'static [&'static str],
    /// Lost from this version on; `None`: from the first.
    since: Option<&'static str>,
    /// Lost before this version.
    until: &'static str,
    /// Lost only where this field is absent.
    unless: Option<&'static [&'static str]>,
    why: &'static str,
}

const PRUNED: &str = "the resource has the field from operator ";

const fn pruned(field: &'static [&'static str], until: &'static str) -> Row {
    Row { field, since: None, until, unless: None, why: PRUNED }
}

/// For `until`: no release of the operator has the field yet.
const UNRELEASED: &str = "";

/// A field beside the template of a schedule, which has it from this version on.
const TIME_ZONE: (&str, &str) = ("timeZone", "2.2.0");

const ROWS: &[Row] = &[
    pruned(&["driverPodDisruptionBudget"], UNRELEASED),
    pruned(&["driver", "serviceLabels"], "1.2.0"),
    pruned(&["sparkUIOptions", "serviceLabels"], "1.2.0"),
    pruned(&["driverIngressOptions"], "1.3.0"),
    pruned(&["driver", "ports"], "1.4.5"),
    pruned(&["executor", "ports"], "1.4.5"),
    pruned(&["driver", "template"], "2.1.0"),
    pruned(&["executor", "template"], "2.1.0"),
    pruned(&["deps", "archives"], "2.1.0"),
    pruned(&["driver", "memoryLimit"], "2.2.0"),
    pruned(&["executor", "memoryLimit"], "2.2.0"),
    pruned(&["dynamicAllocation", "shuffleTrackingEnabled"], "2.2.0"),
    pruned(&["suspend"], "2.4.0"),
    pruned(&["driver", "priorityClassName"], "2.0.0"),
    pruned(&["executor", "priorityClassName"], "2.0.0"),
    Row {
        field: &["executor", "env"],
        since: Some("2.0.0"),
        until: "2.3.0",
        unless: Some(&["driver", "env"]),
        why: "the webhook looks at executors' `env` only where the driver has some (spark-operator #2584)",
    },
    Row {
        field: &["executor", "envVars"],
        since: Some("2.0.0"),
        until: "2.1.1",
        unless: None,
        why: "executors' `envVars` become confs under a key that Spark does not read (spark-operator #2467)",
    },
    Row {
        field: &["executor", "securityContext"],
        since: Some("2.0.0"),
        until: "2.1.0",
        unless: Some(&["driver", "securityContext"]),
        why: "executors get a securityContext only where the driver has one",
    },
    Row {
        field: &["executor", "lifecycle"],
        since: None,
        until: "2.1.1",
        unless: None,
        why: "the webhook looks for a container name that Spark 3 does not use",
    },
];

fn version(text: &str) -> OperatorVersion {
    OperatorVersion::parse(text).expect("the table names supported versions")
}

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(operator) = subject.operator else { return };
    for row in ROWS {
        let concerned = row.since.is_none_or(|since| operator.is_at_least(version(since)))
            && (row.until == UNRELEASED || !operator.is_at_least(version(row.until)));
        let Some(value) = subject.written(row.field).filter(|_| concerned) else { continue };
        if row.unless.is_some_and(|other| subject.written(other).is_some()) {
            continue;
        }
        let path = row.field.iter().fold(subject.app.spec_path(), |path, key| path.key(*key));
        let name = row.field.join(".");
        report(operator, &name, path, value, row, diagnostics);
    }
    let (field, until) = TIME_ZONE;
    let time_zone = subject.app.schedule.as_ref().and_then(|_| subject.app.document.at_keys(&["spec", field]));
    if let Some(value) = time_zone.filter(|_| !operator.is_at_least(version(until))) {
        report(operator, field, FieldPath::keys(&["spec", field]), value, &pruned(&[], until), diagnostics);
    }
}

fn report(
    operator: OperatorVersion,
    name: &str,
    path: FieldPath,
    value: &Node,
    row: &Row,
    diagnostics: &mut Diagnostics,
) {
    let (why, hint) = if row.until == UNRELEASED {
        ("no release of the operator has the field yet".to_owned(), "render the application".to_owned())
    } else {
        let until = version(row.until);
        let why = if row.why == PRUNED { format!("{PRUNED}{until} on") } else { row.why.to_owned() };
        (why, format!("upgrade the operator to {until}, or render the application"))
    };
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, format!("operator {operator} loses `{name}`: {why}"))
            .field(path)
            .at(&value.origin)
            .hint(hint),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_versions() {
        for row in ROWS.iter().filter(|row| row.until != UNRELEASED) {
            assert!(row.since.is_none_or(|since| !version(since).is_at_least(version(row.until))), "{:?}", row.field);
        }
    }
}
