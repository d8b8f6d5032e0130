//! Where a rendered value comes from, told from its origin.

use crate::{node::Origin, source::Sources};

/// The chain in one line: `BasicDriverFeatureStep ← spark.driver.memory ← app.yaml:14:13`.
#[must_use]
pub fn one_line(origin: &Origin, sources: &Sources) -> Option<String> {
    match origin {
        Origin::Unknown => None,
        Origin::Source(span) => Some(sources.place(*span)),
        Origin::Derived(derivation) => {
            let first = derivation.inputs.iter().find_map(|input| one_line(input, sources));
            Some(match first {
                Some(first) => format!("{} ← {first}", derivation.rule),
                None if derivation.stage == crate::node::Stage::SparkDefault => {
                    format!("default of {}", derivation.rule)
                }
                None => derivation.rule.to_string(),
            })
        }
    }
}
