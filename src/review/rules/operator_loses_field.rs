//! Rule: fields that an operator of the given version does not know, or loses by a fault of its own.

use super::{Check, Rule, Subject};
use crate::{
    operator::{
        self,
        fields::{self, Field, Release},
    },
    tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath, Node, Segment},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "operator-loses-field",
        summary: "a field that the operator of the given version does not honour",
        explanation: "The resource's schema of that version does not have the field, so the API server prunes it without a \
                      word, or the operator of that version has a known fault that loses it. Only looked at where an \
                      operator version is given. The rendered objects have the field.",
    },
    check: Check::Rendered(check),
};

fn version(text: &str) -> operator::Version {
    operator::Version::read(text).expect("the table names supported versions").used
}

fn is_before(operator: operator::Version, release: Release) -> bool {
    match release {
        Release::Version(text) => !operator.is_at_least(version(text)),
        Release::Unreleased => true,
    }
}

/// Why the operator loses the field, and the version that does not.
fn loss(field: &Field, operator: operator::Version, spec: &Node) -> Option<(String, Release)> {
    let of_its_own = field.lost.as_ref().filter(|loss| {
        let spared = loss.unless.is_some_and(|other| !found(spec, other).is_empty());
        loss.from.is_none_or(|from| operator.is_at_least(version(from))) && is_before(operator, loss.until) && !spared
    });
    if let Some(loss) = of_its_own {
        return Some((loss.why.to_owned(), loss.until));
    }
    let since = field.since.filter(|since| is_before(operator, *since))?;
    let why = match since {
        Release::Version(text) => format!("the resource has the field from operator {text} on"),
        Release::Unreleased => "no release of the operator has the field yet".to_owned(),
    };
    Some((why, since))
}

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(operator) = subject.operator else { return };
    let document = &subject.app.document;
    if subject.app.schedule.is_some() {
        let path = FieldPath::keys(&["spec"]);
        losses(fields::SCHEDULED_SPARK_APPLICATION, document, &path, operator, diagnostics);
    }
    losses(fields::SPARK_APPLICATION, document, &subject.app.spec_path(), operator, diagnostics);
}

/// Reports the fields of a `kind` whose spec is at `path`.
fn losses(kind: &str, document: &Node, path: &FieldPath, operator: operator::Version, diagnostics: &mut Diagnostics) {
    let Some(spec) = document.at_path(path) else { return };
    let mut reported: Vec<&str> = Vec::new();
    let concerned = fields::all().iter().filter(|field| field.since.is_some() || field.lost.is_some());
    for field in concerned.filter(|field| field.kind == kind && field.path != "spec") {
        // What is below a lost field is lost with it.
        let below = |outer: &&str| field.path.strip_prefix(*outer).is_some_and(|rest| rest.starts_with(['.', '[']));
        if reported.iter().any(below) {
            continue;
        }
        let values = found(spec, field.path);
        let Some((why, until)) = loss(field, operator, spec).filter(|_| !values.is_empty()) else { continue };
        reported.push(field.path);
        let hint = match until {
            Release::Version(text) => format!("upgrade the operator to {text}, or render the application"),
            Release::Unreleased => "render the application".to_owned(),
        };
        let name = field.path.trim_start_matches("spec.");
        for (below, value) in values {
            let message = format!("operator {operator} loses `{name}`: {why}");
            let field = FieldPath([path.0.as_slice(), &below].concat());
            diagnostics.push(Diagnostic::warning(RULE.doc.code, message).field(field).at(&value.origin).hint(&hint));
        }
    }
}

/// What is written at `path` of the table in `spec`, and where.
fn found<'n>(spec: &'n Node, path: &str) -> Vec<(Vec<Segment>, &'n Node)> {
    let mut places = vec![(Vec::new(), spec)];
    for key in path.split('.').skip(1) {
        let (key, is_list) = key.strip_suffix("[]").map_or((key, false), |key| (key, true));
        places = places
            .into_iter()
            .filter_map(|(mut path, node)| {
                path.push(Segment::Key(key.into()));
                Some((path, node.get(key).filter(|value| !value.is_null())?))
            })
            .flat_map(|(path, value)| {
                let items = value.as_sequence().filter(|_| is_list).unwrap_or_default();
                let items = items.iter().enumerate().map({
                    let path = path.clone();
                    move |(index, item)| ([path.as_slice(), &[Segment::Index(index)]].concat(), item)
                });
                items.chain((!is_list).then_some((path, value))).collect::<Vec<_>>()
            })
            .collect();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_versions() {
        let concerned = fields::all().iter().filter(|field| !field.path.contains('*'));
        let mut count = 0;
        for field in concerned {
            if let Some(since) = field.since {
                assert!(!is_before(operator::Version::NEWEST, since) || since == Release::Unreleased, "{}", field.path);
            }
            if let Some(loss) = &field.lost {
                count += 1;
                let backward = |from| !is_before(version(from), loss.until);
                assert!(!loss.from.is_some_and(backward), "{}", field.path);
            }
        }
        assert!(count >= 6);
    }

    /// The paths of what operator `text` loses of `spec`.
    fn lost(text: &str, spec: &str) -> Vec<String> {
        let spec: serde_json::Value = serde_json::from_str(spec).unwrap();
        let document = crate::map! { "spec" => Node::from_json(&spec) };
        let mut diagnostics = Diagnostics::new();
        let path = FieldPath::keys(&["spec"]);
        losses(fields::SPARK_APPLICATION, &document, &path, version(text), &mut diagnostics);
        diagnostics.iter().map(|item| item.path.to_string()).collect()
    }

    #[test]
    fn a_field_is_lost_below_its_version_and_not_from_it_on() {
        let limit = r#"{"driver": {"memoryLimit": "2Gi"}}"#;
        assert_eq!(lost("2.1.1", limit), ["spec.driver.memoryLimit"]);
        assert_eq!((lost("2.2.0", limit).len(), lost("2.2", limit).len(), lost("2.3.0", limit).len()), (0, 0, 0));
        let unreleased = r#"{"driverPodDisruptionBudget": true}"#;
        assert_eq!(lost("2.5.2", unreleased), ["spec.driverPodDisruptionBudget"]);
        assert_eq!(lost("1.1.26", r#"{"driver": {"memoryLimit": null, "cores": 1}}"#), [""; 0]);
    }

    #[test]
    fn faults_begin_and_end_with_versions() {
        let env = r#"{"executor": {"env": []}}"#;
        let found: Vec<usize> = ["1.4.6", "2.0.0", "2.2.1", "2.3.0"].map(|text| lost(text, env).len()).into();
        assert_eq!(found, [0, 1, 1, 0]);
        assert_eq!(lost("2.2.1", r#"{"executor": {"env": []}, "driver": {"env": []}}"#), [""; 0]);
        let hooks = r#"{"executor": {"lifecycle": {}}, "driver": {"lifecycle": {}}}"#;
        let found: Vec<usize> = ["1.3.2", "1.4.6", "2.1.0", "2.1.1"].map(|text| lost(text, hooks).len()).into();
        assert_eq!(found, [1, 1, 1, 0]);
    }

    #[test]
    fn fields_of_list_items_are_looked_at_but_not_below_a_lost_field() {
        let ports = r#"{"driver": {"ports": [{"name": "a", "protocol": "TCP", "containerPort": 1}]}}"#;
        assert_eq!(lost("1.4.4", ports), ["spec.driver.ports"]);
        assert_eq!(lost("1.4.5", ports), [""; 0]);
        let ingress = r#"{"driverIngressOptions": [{"servicePort": 1}, {"ingressTLS": []}]}"#;
        assert_eq!(lost("1.2.15", ingress), ["spec.driverIngressOptions"]);
        assert_eq!(lost("2.5.2", ingress), ["spec.driverIngressOptions[1].ingressTLS"]);
        // A name that begins with that of a lost field is another field.
        let names = r#"{"executor": {"env": [], "envVars": {"A": "1"}}}"#;
        assert_eq!(lost("2.0.0", names), ["spec.executor.env", "spec.executor.envVars"]);
    }
}
