//! The one table of the fields of SparkApplication, ScheduledSparkApplication and SparkConnect (`fields.tsv`).
//!
//! Everything that is said or done by the names of these fields comes from it: the checks of decoding, hints for
//! misplaced names, JSON Schemas, which fields need the webhook, which ones an operator version loses, the references
//! that kustomize follows, and the page of effects in COMPATIBILITY.md. Source: the CustomResourceDefinitions of the
//! operator's chart from 1.1.26 to 2.5.2 and master, and the code that reads each field.
//!
//! Columns, separated by tabs:
//!
//! | column | what |
//! |---|---|
//! | kind | kind of the resource |
//! | path | `spec.driver.configMaps[].name`; `[]` is any item of a list, `*` any key of a map |
//! | type | `string`, `boolean`, `int32`, `int64`, `quantity`, `array<T>`, `map<T>`, or the Go name of an object: of the table where a row is below it, else of Kubernetes |
//! | required | `yes`; `resolved`: required by the schema, but the webhook or an option may supply it, so decoding does not ask for it; `filled`: the webhook fills in the zero value of the type, which does no harm; `filled together`: the same where all fields of the object are absent |
//! | values | `A\|B`: one of these; `1..`, `1024..49151`: a range, both ends included; `/…/`: a pattern |
//! | default | what the operator takes where the field is absent; no CustomResourceDefinition has defaults |
//! | example | a value that is written often, as YAML |
//! | since | first operator version whose resource has the field, before which the API server prunes it; empty: all; `unreleased`: none yet |
//! | lost | operator versions that have the field but do not honour it: `FROM..UNTIL[ unless PATH]: why`, without UNTIL itself |
//! | effect | [`EFFECTS`], separated by commas |
//! | where | the conf, argument, object or step in which the effect shows |
//! | names | what the value names: a kind of object, or `Image` |
//! | text | one sentence for readers |

mod field;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, str::FromStr, sync::LazyLock};

pub(crate) use field::{Field, Release, Required, Shape, Values};

pub(crate) static TEXT: &str = include_str!("../fields.tsv");

/// What the codes of the column `effect` mean, in the order in which the layers act.
pub(crate) const EFFECTS: &[(&str, &str)] = &[
    ("M", "changes other fields before anything is made of them"),
    ("P", "a flag or argument of spark-submit"),
    ("C", "a Spark conf"),
    ("T", "part of the pod template"),
    ("W", "done by the operator's webhook; here done ahead of time"),
    ("O", "an object of its own"),
    ("L", "lifecycle only"),
    ("V", "only validated"),
    ("N", "no effect"),
    ("-", "holds other fields"),
];

/// The kind that runs once.
pub(crate) const SPARK_APPLICATION: &str = "SparkApplication";
/// The kind that runs by a schedule.
pub(crate) const SCHEDULED_SPARK_APPLICATION: &str = "ScheduledSparkApplication";
/// The kind of Spark Connect servers.
pub(crate) const SPARK_CONNECT: &str = "SparkConnect";

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| field::read(TEXT));

/// The fields of each object by its type, sorted by name as the table is. A type that stands in several places has the
/// same fields everywhere, so the first place is enough.
static TYPES: LazyLock<BTreeMap<&'static str, Vec<&'static Field>>> = LazyLock::new(|| {
    let mut owners: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for owner in all() {
        if let Some(name) = owner.shape.object()
            && !owners.values().any(|known| *known == name)
        {
            owners.insert((owner.kind, owner.prefix()), name);
        }
    }
    let mut types: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    for field in all() {
        if let Some(name) = field.parent().and_then(|parent| owners.get(&(field.kind, parent.to_owned()))) {
            types.entry(name).or_default().push(field);
        }
    }
    types
});

/// All fields, in the order of the table: by kind, then by path.
pub(crate) fn all() -> &'static [Field] {
    &FIELDS
}

/// The fields of the object type `name` (`DriverSpec`), sorted by name; none if the table does not have the type.
pub(crate) fn of_type(name: &str) -> &'static [&'static Field] {
    TYPES.get(name).map_or(&[], Vec::as_slice)
}

/// The field `name` of `fields`, which are those of one type.
pub(crate) fn find(fields: &[&'static Field], name: &str) -> Option<&'static Field> {
    fields.binary_search_by_key(&name, |field| field.name).ok().map(|index| fields[index])
}

/// The field `name` of the object type `owner`.
pub(crate) fn field(owner: &str, name: &str) -> Option<&'static Field> {
    find(of_type(owner), name)
}

/// The names of the fields of `spec.driver` and `spec.executor` that only the webhook applies.
pub(crate) fn webhook_fields() -> impl Iterator<Item = &'static str> {
    of_type("DriverSpec").iter().filter(|field| field.has_effect("W")).map(|field| field.name)
}

/// What the operator takes where the field `name` of `owner` is absent.
pub(crate) fn default<T: FromStr>(owner: &str, name: &str) -> T {
    let text = field(owner, name).and_then(|field| field.default);
    text.and_then(|text| text.parse().ok()).expect("the table has defaults of the field's type")
}

/// The key of the Spark conf that the field `name` of `owner` becomes ([`Field::conf`]).
pub(crate) fn conf(owner: &str, name: &str) -> &'static str {
    field(owner, name).expect("every field that is read is in the table").conf()
}
