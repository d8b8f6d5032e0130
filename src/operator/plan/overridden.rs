//! What the user wrote into `sparkConf` and something else overrides, and the other way round.

use super::Context;
use crate::{
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics},
};

/// Reported already, by `resolve`.
const DENIED: &str = "spark.master";

/// Fields that `sparkConf` beats, since the operator writes them first.
const FIELDS: [&str; 4] = ["imagePullPolicy", "imagePullSecrets", "pythonVersion", "memoryOverheadFactor"];

/// Reports each such conf, unless both say the same, or what overrides it is made from it.
pub(crate) fn report(context: &Context<'_>, conf: &SparkConf, diagnostics: &mut Diagnostics) {
    for (key, value) in context.app.spec.spark_conf.iter().flat_map(|map| &map.value) {
        let Some(entry) = conf.entry(key).filter(|entry| entry.value != value.value) else { continue };
        let span = entry.origin().span();
        if key == DENIED || value.value.is_empty() || (span.is_some() && span == value.origin.span()) {
            continue;
        }
        let mut diagnostic =
            Diagnostic::warning("conf-overridden", format!("`{key}` in `sparkConf` has no effect: it is overridden"));
        if span.is_some() {
            diagnostic = diagnostic.label(entry.origin(), "the value in force comes from here");
        }
        diagnostics.push(
            diagnostic
                .field(context.app.spec_path().key("sparkConf").key(key))
                .at(&value.origin)
                .hint("remove the conf, or the field that overrides it"),
        );
    }
    for field in FIELDS {
        let key = super::key(field);
        let Some(entry) = conf.entry(key) else { continue };
        let Some((_, origin)) = entry.overridden().iter().find(|(value, _)| *value != entry.value) else { continue };
        let field = context.app.spec_path().key(field);
        diagnostics.push(
            Diagnostic::warning("conf-overridden", format!("`{field}` has no effect: `{key}` in `sparkConf` wins"))
                .field(field)
                .at(origin)
                .label(entry.origin(), "the value in force comes from here")
                .hint("remove one of them"),
        );
    }
}
