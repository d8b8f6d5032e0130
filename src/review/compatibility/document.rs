//! COMPATIBILITY.md, written from the tables, so that it cannot say anything else than the code does.

use std::fmt::Write as _;

use super::{
    differences::DIFFERENCES,
    versions::{CONFLICTS, OPERATORS, SPARK},
};
use crate::{
    kube::{
        self, API_CHOICES, Feature, ROWS, Row,
        minors::Minors,
        schema::{self, Choice, Field},
    },
    operator::{
        self,
        fields::{self, EFFECTS, Release, SCHEDULED_SPARK_APPLICATION, SPARK_APPLICATION, SPARK_CONNECT},
    },
    spark::{BEHAVIOURS, Behaviour, Numbers, RECORDED, RUNTIME_CONFS, RUNTIME_EFFECTS},
};

/// The whole document.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::new();
    out.push_str(
        "# Compatibility\n\nWritten from the tables in the code (`UPDATE_GOLDENS=1 cargo test --test compat`); do not edit.\n\
         `spark-render versions` prints the short form.\n",
    );
    spark(&mut out);
    operators(&mut out);
    conflicts(&mut out);
    differences(&mut out);
    kubernetes(&mut out);
    runtime(&mut out);
    fields(&mut out);
    out
}

fn table(out: &mut String, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    out.push_str(&line(&head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()));
    let _ = writeln!(out, "|{}", "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        out.push_str(&line(&cells));
    }
}

fn heading(out: &mut String, title: &str, text: &str) {
    let _ = write!(out, "\n## {title}\n\n{text}\n\n");
}

fn spark(out: &mut String) {
    let known: Vec<String> = RECORDED.iter().map(|one| format!("{}.{}.{}", one.0, one.1, one.2)).collect();
    heading(
        out,
        "Spark",
        &format!(
            "`submit` makes what Spark's own spark-submit sends, to the letter, for {}. Other patches behave as the nearest of these.",
            known.join(", ")
        ),
    );
    table(
        out,
        &["Spark", "fabric8 client", "Service, ConfigMaps, … are sent by", "note"],
        SPARK.iter().map(|row| {
            vec![format!("{}.{}", row.since.0, row.since.1), row.fabric8.into(), row.submission.into(), row.note.into()]
        }),
    );
    heading(out, "What differs between Spark versions", "");
    let shown = |version: Numbers| {
        if version.2 == 0 {
            format!("{}.{}", version.0, version.1)
        } else {
            format!("{}.{}.{}", version.0, version.1, version.2)
        }
    };
    table(
        out,
        &["from", "until before", "difference"],
        BEHAVIOURS
            .iter()
            .map(|row| vec![shown(row.since), row.until.map(shown).unwrap_or_default(), row.summary.into()]),
    );
}

fn operators(out: &mut String) {
    heading(
        out,
        "Spark operator",
        &format!(
            "Fields are read as version {} reads them. The version matters for target `sparkapplication`, `check` and `certs`.",
            operator::Version::NEWEST
        ),
    );
    table(
        out,
        &["version", "own release", "submits with Spark", "webhook", "webhook certificate"],
        OPERATORS.iter().map(|row| {
            vec![row.version.into(), row.release.into(), row.spark.into(), row.webhook.into(), row.certificate.into()]
        }),
    );
}

fn conflicts(out: &mut String) {
    heading(out, "Known conflicts", "");
    table(
        out,
        &["name", "Spark", "Kubernetes", "operator", "what happens", "rendered output"],
        CONFLICTS.iter().map(|one| {
            vec![
                one.id.into(),
                one.spark.into(),
                one.kubernetes.into(),
                one.operator.into(),
                one.what.into(),
                one.rendered.into(),
            ]
        }),
    );
}

fn differences(out: &mut String) {
    heading(out, "Where `render` differs from Spark and the operator", "Deliberately; `submit` does not.");
    table(
        out,
        &["subject", "Spark or the operator", "`render`", "why"],
        DIFFERENCES.iter().map(|one| vec![one.subject.into(), one.theirs.into(), one.ours.into(), one.why.into()]),
    );
}

fn kubernetes(out: &mut String) {
    let (oldest, newest) = (kube::Version::OLDEST, kube::Version::NEWEST);
    heading(
        out,
        "Kubernetes",
        &format!(
            "{oldest} to {newest}. Rendered objects get the apiVersion and the fields that the target honours; a field that it would drop in \
             silence (feature gate off) counts as missing."
        ),
    );
    table(
        out,
        &["kind", "apiVersion", "change of shape"],
        API_CHOICES.iter().map(|choice| {
            let versions = choice.versions.iter().map(|(since, version)| format!("`{version}` from 1.{since}"));
            vec![choice.kind.into(), versions.collect::<Vec<_>>().join(", "), choice.shape.into()]
        }),
    );
    heading(
        out,
        "What a target without a field or value gets",
        "`onUnsupported: drop` (default) does what stands here, `error` refuses, `keep` keeps. Values in brackets are dropped with a note only, \
         since older servers do the same.",
    );
    table(
        out,
        &["field", "value", "done", "without it", "else"],
        ROWS.iter().map(|row| {
            vec![
                format!("`{}`", row.field),
                row.value.map(|value| format!("`{value}`")).unwrap_or_default(),
                done(row),
                row.effect.into(),
                row.way_out.into(),
            ]
        }),
    );
    heading(
        out,
        "Fields and values that not every version has",
        "Of the kinds that are rendered. Where the table above has no row: fields are dropped with a warning, values refused.",
    );
    let mut rows = Vec::new();
    for one in schema::all_types().filter(|one| is_rendered(one.name)) {
        for field in one.fields() {
            if field.on != Minors::ALL {
                rows.push(life(
                    &format!("{}.{}", one.name, field.name),
                    "",
                    field.known,
                    field.on,
                    field.gate.map(|gate| gate.name),
                ));
            }
            rows.extend(field.choices.iter().filter_map(|choice| life_of(one.name, field, choice)));
        }
    }
    rows.sort();
    table(out, &["field", "value", "in the schema", "works by default", "feature gate"], rows);
}

/// Retired apiVersions would only repeat their successors.
fn is_rendered(name: &str) -> bool {
    ["core.v1.", "batch.v1.", "networking.v1.", "policy.v1.", "meta.v1."].iter().any(|group| name.starts_with(group))
        && !name.starts_with("core.v1.EphemeralContainer")
}

fn done(row: &Row) -> String {
    let mut text = match row.action {
        crate::kube::Action::Replace(other) => format!("replaced by `{other}`"),
        action => action.as_str().to_owned(),
    };
    if !row.harmless.is_empty() {
        let values: Vec<String> = row
            .harmless
            .iter()
            .map(|value| if *value == "*" { "any value".to_owned() } else { format!("`{value}`") })
            .collect();
        let _ = write!(text, " [{}]", values.join(", "));
    }
    text
}

fn life_of(owner: &str, field: &Field, choice: &Choice) -> Option<Vec<String>> {
    let lives_with_field = choice.known.and(field.known) == field.known && choice.gate.is_none();
    let shown = if choice.prefix { format!("{}…", choice.text) } else { choice.text.to_owned() };
    (!lives_with_field).then(|| {
        life(&format!("{owner}.{}", field.name), &shown, choice.known, choice.on(), choice.gate.map(|gate| gate.name))
    })
}

fn life(field: &str, value: &str, known: Minors, on: Minors, gate: Option<&str>) -> Vec<String> {
    let range = |minors: Minors| match (minors.first(), minors.last()) {
        (None, _) => "never".to_owned(),
        (Some(first), None) if first == kube::Version::OLDEST.minor() => "always".to_owned(),
        (Some(first), None) => format!("from 1.{first}"),
        (Some(first), Some(last)) if first == last => format!("1.{first} only"),
        (Some(first), Some(last)) if first == kube::Version::OLDEST.minor() => format!("until 1.{last}"),
        (Some(first), Some(last)) => format!("1.{first} to 1.{last}"),
    };
    let value = if value.is_empty() { String::new() } else { format!("`{value}`") };
    vec![format!("`{field}`"), value, range(known), range(on), gate.unwrap_or_default().to_owned()]
}

fn runtime(out: &mut String) {
    heading(
        out,
        "What the driver creates at run time",
        "Executor pods, their claims and their ConfigMap are made by the driver. Confs make them fit for the target; what remains is reported as \
         `runtime-object`.",
    );
    let spark = |since: Behaviour| format!("from {}", since.first());
    let below = |lacks: Feature| format!("below {}", lacks.since());
    table(
        out,
        &["Spark", "Kubernetes", "conf, or what is reported", "why, or what to do"],
        RUNTIME_CONFS
            .iter()
            .map(|row| {
                vec![spark(row.spark), below(row.lacks), format!("`{}={}`", row.key, row.value), row.reason.into()]
            })
            .chain(RUNTIME_EFFECTS.iter().map(|row| {
                vec![
                    spark(row.spark),
                    below(row.lacks),
                    format!("{}: {}", row.severity.as_str(), row.message),
                    row.hint.into(),
                ]
            })),
    );
}

fn fields(out: &mut String) {
    let codes: Vec<String> = EFFECTS.iter().map(|(code, meaning)| format!("`{code}` {meaning}")).collect();
    heading(
        out,
        "Fields of the operator's resources",
        &format!(
            "Effects: {}. The last column names the operator version that brought a field, where that is not the first one, and versions that do not honour it; the API server prunes what the resource of an older operator does not have.",
            codes.join("; ")
        ),
    );
    for kind in [SPARK_APPLICATION, SCHEDULED_SPARK_APPLICATION, SPARK_CONNECT] {
        let _ = write!(out, "\n### {kind}\n\n");
        table(
            out,
            &["field", "effect", "exactly", "what it is", "operator"],
            fields::all().iter().filter(|field| field.kind == kind).map(|field| {
                let exactly = if field.place.is_empty() { String::new() } else { format!("`{}`", field.place) };
                let effect = field.effect.replace(',', ", ");
                vec![format!("`{}`", field.path), effect, exactly, field.text.into(), of_operator(field)]
            }),
        );
    }
}

/// Which versions of the operator have and honour a field.
fn of_operator(field: &fields::Field) -> String {
    let mut text = match field.since {
        Some(Release::Version(version)) => format!("from {version}"),
        Some(Release::Unreleased) => "unreleased".to_owned(),
        None => String::new(),
    };
    if let Some(loss) = &field.lost {
        let when = match (loss.from, loss.until) {
            (_, Release::Unreleased) => "not honoured by any release".to_owned(),
            (None, Release::Version(until)) => format!("not honoured before {until}"),
            (Some(from), Release::Version(until)) => format!("not honoured from {from} until before {until}"),
        };
        let unless = loss.unless.map(|path| format!(" unless `{path}` is given")).unwrap_or_default();
        let comma = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{comma}{when}{unless}: {}", loss.why);
    }
    text
}
