//! Rule: confs that Spark does not read.

use std::collections::BTreeSet;

use super::{
    Check, Rule, Subject,
    written::{ROLES, key_place},
};
use crate::spark;
use crate::spark::conf_keys;
use crate::spark::conf_keys::ConfKey;
use crate::spark::conf_keys::Kinship;
use crate::spark::conf_keys::Near;
use crate::spark::conf_keys::Release;
use crate::tree::CodeDoc;
use crate::tree::Diagnostic;
use crate::tree::Diagnostics;
use crate::tree::FieldPath;
use crate::tree::Mapping;
use crate::tree::Node;
use crate::tree::Origin;

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "unknown-conf",
        summary: "a conf that Spark does not read",
        explanation: "Spark takes any key without a word, and ignores those that it does not know: a slip of the pen, a key \
                      of the other role, a key of a newer or an older Spark has no effect. Looked at are the namespaces \
                      in which every key is Spark's own (`spark.kubernetes.`, `spark.driver.`, `spark.executor.`, \
                      `spark.dynamicAllocation.`, `spark.submit.`), against what each release reads; old names that \
                      Spark still knows are fine. If code of your own reads the key, name it outside of these \
                      namespaces, or allow the finding.",
    },
    check: Check::Rendered(check),
};

/// What people look for below `spark.kubernetes.<role>.`, and where it is.
const ELSEWHERE: &[(&str, &str)] = &[
    ("toleration", "no conf sets tolerations: use `spec.<role>.tolerations`, or a pod template"),
    ("affinity", "no conf sets an affinity: use `spec.<role>.affinity`, or a pod template"),
    (
        "limit.memory",
        "Spark requests and limits memory alike: set `spark.<role>.memory` and `spark.<role>.memoryOverhead`",
    ),
    (
        "request.memory",
        "Spark requests and limits memory alike: set `spark.<role>.memory` and `spark.<role>.memoryOverhead`",
    ),
    ("memory.", "Spark requests and limits memory alike: set `spark.<role>.memory` and `spark.<role>.memoryOverhead`"),
];

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let written = subject.written(&["sparkConf"]);
    let rendered = &subject.app.spark_version.value;
    let mut report = |field: FieldPath, place: &Origin, (message, hint): (String, String)| {
        diagnostics.push(Diagnostic::warning(RULE.doc.code, message).field(field).at(place).hint(hint));
    };
    for (key, _) in written.and_then(Node::as_mapping).into_iter().flat_map(Mapping::iter) {
        if !is_looked_at(key) {
            continue;
        }
        let said = match conf_keys::find(key) {
            Some(row) if is_read(subject, row) => continue,
            Some(row) => elsewhen(key, row, rendered),
            None => {
                let near = conf_keys::near(key, rendered.used);
                // Steps that are not Spark's own may read keys of their own.
                if near.is_none() && has_own_steps(subject) {
                    continue;
                }
                let hint = near.map_or_else(|| where_it_is(key), |near| hint_to(&near, rendered.used));
                (format!("no Spark reads `{key}`"), hint)
            }
        };
        let field = subject.app.spec_path().key("sparkConf").key(key);
        report(field, &written.map(|map| key_place(map, key)).unwrap_or_default(), said);
    }
    // Fields become confs whatever the Spark. Those of one kind, in whichever role, are said once.
    let mut said = BTreeSet::new();
    for (key, entry) in subject.conf.iter().filter(|(key, _)| conf_keys::is_watched(key)) {
        let is_written = written.is_some_and(|map| map.get(key).is_some());
        let is_of_a_field = entry.origin().span().is_some();
        let Some(row) = conf_keys::find(key).filter(|row| is_of_a_field && !is_written && !is_read(subject, row))
        else {
            continue;
        };
        if said.insert(row.key.replacen(".executor.", ".driver.", 1)) {
            let (message, hint) = elsewhen(&row.key.replace("**", "*"), row, rendered);
            report(subject.app.spec_path(), entry.origin(), (format!("the field becomes a conf, but {message}"), hint));
        }
    }
}

/// Whether the application's Spark reads it, or the one that is rendered in its place: an old Spark may read what that
/// no longer does.
fn is_read(subject: &Subject<'_>, row: &ConfKey) -> bool {
    let version = &subject.app.spark_version;
    row.is_read_by(version.asked_numbers()) || row.is_read_by(version.used)
}

/// Whether the key is in Spark's own namespaces. Volumes of types that Spark does not know are refused elsewhere.
fn is_looked_at(key: &str) -> bool {
    let of_unknown_type = || {
        ROLES.iter().any(|role| {
            let volumes = format!("spark.kubernetes.{role}.volumes.");
            let Some(kind) = key.strip_prefix(&volumes).and_then(|rest| rest.split('.').next()) else { return false };
            let known = format!("{volumes}{kind}.");
            !conf_keys::all().iter().any(|row| row.key.starts_with(&known))
        })
    };
    conf_keys::is_watched(key) && !of_unknown_type()
}

fn has_own_steps(subject: &Subject<'_>) -> bool {
    ROLES.iter().any(|role| subject.conf.contains(&format!("spark.kubernetes.{role}.pod.featureSteps")))
}

/// What to say of a key that only other releases read, and what to do.
fn elsewhen(key: &str, row: &ConfKey, rendered: &spark::Version) -> (String, String) {
    let name = rendered.used_text();
    match (row.since, row.last) {
        (Some(since), _) if since > rendered.used => (
            format!("Spark {name} does not read `{key}`, which came with {}", dotted(since)),
            format!("remove it, or use Spark {} or newer", dotted(since)),
        ),
        (_, last) => {
            let last =
                last.map_or_else(String::new, |(major, minor)| format!("; {major}.{minor} was the last to do so"));
            let hint = row.instead.map_or_else(|| "remove it".to_owned(), |instead| format!("write `{instead}`"));
            (format!("Spark {name} no longer reads `{key}`{last}"), hint)
        }
    }
}

/// What to say of a key that is like the one written.
fn hint_to(near: &Near, release: Release) -> String {
    let key = &near.key;
    let mut hint = match near.kinship {
        Kinship::Role => {
            let owner = if key.contains(".driver.") { "the driver has" } else { "executors have" };
            format!("only {owner} such a key: `{key}`")
        }
        Kinship::Common => format!("driver and executors have one such key: `{key}`"),
        _ => format!("write `{key}`"),
    };
    if let Some(since) = near.row.and_then(|row| row.since).filter(|since| *since > release) {
        hint += &format!(", from Spark {} on", dotted(since));
    }
    hint
}

/// What to say of a key that is like none.
fn where_it_is(key: &str) -> String {
    ROLES
        .iter()
        .find_map(|role| {
            let rest = key.strip_prefix(&format!("spark.kubernetes.{role}."))?;
            let (_, place) = ELSEWHERE.iter().find(|(start, _)| rest.starts_with(start))?;
            Some(place.replace("<role>", role))
        })
        .unwrap_or_else(|| "remove it, or look it up in the documentation of this Spark".to_owned())
}

fn dotted((major, minor, patch): Release) -> String {
    format!("{major}.{minor}.{patch}")
}
