//! `version`: what this program is, and which tables of versions it was built with.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{kube, operator::fields, review::compatibility::versions::OPERATORS, spark};

/// The tables that are read at build time: what they hold, and their text.
static TABLES: &[(&str, &str)] = &[
    ("kubernetesFields", kube::schema::FIELDS),
    ("kubernetesKinds", kube::schema::KINDS),
    ("operatorFields", fields::TEXT),
    ("sparkConf", spark::conf_keys::TABLE),
];

/// What the command prints.
#[must_use]
pub(crate) fn run(json: bool) -> String {
    if json { format!("{:#}\n", document()) } else { text() }
}

/// A table's version: a hash of its text, so that two programs with the same one judge alike.
fn digest(table: &str) -> String {
    format!("sha256:{}", crate::spark::names::hex(&Sha256::digest(table)))
}

fn sparks() -> Vec<String> {
    spark::RECORDED.iter().map(|(major, minor, patch)| format!("{major}.{minor}.{patch}")).collect()
}

fn operators() -> Vec<&'static str> {
    OPERATORS.iter().map(|row| row.version).collect()
}

fn text() -> String {
    let mut text = format!("spark-render {}\n", env!("CARGO_PKG_VERSION"));
    let (oldest, newest) = (kube::Version::OLDEST, kube::Version::NEWEST);
    let _ = writeln!(text, "Spark        {}", sparks().join(", "));
    let _ = writeln!(text, "Kubernetes   {oldest} to {newest}");
    let _ = writeln!(text, "operator     {}", operators().join(", "));
    for (index, (name, table)) in TABLES.iter().enumerate() {
        let heading = if index == 0 { "tables" } else { "" };
        let _ = writeln!(text, "{heading:<12} {name:<17} {}", &digest(table)[.."sha256:".len() + 12]);
    }
    text
}

fn document() -> Value {
    let tables: serde_json::Map<String, Value> =
        TABLES.iter().map(|(name, table)| ((*name).to_owned(), digest(table).into())).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "tables": tables,
        "spark": sparks(),
        "kubernetes": kube::Version::known().map(|version| version.to_string()).collect::<Vec<_>>(),
        "operator": operators(),
    })
}
