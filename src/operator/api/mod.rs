//! The operator's resources as written: plain types, field for field, nothing filled in.
//!
//! What each field is and does stands in the table of fields ([`crate::operator::fields`]). Pod templates, volumes and everything else whose type is Kubernetes' own stay trees, so nothing inside them is lost.

mod constraints;
mod decode;
mod metadata;
mod misplaced;
mod resource;
#[cfg(test)]
mod tests;
pub(crate) mod v1alpha1;
pub(crate) mod v1beta2;

pub(crate) use decode::{Decode, IntOrString, StringMap};
pub(crate) use metadata::Metadata;
pub(crate) use resource::Resource;
pub use resource::{ResourceKind, decode};

use crate::tree::CodeDoc;

/// Codes of this stage.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "unknown-field",
        summary: "a field that exists nowhere in the resource",
        explanation: "The API server prunes fields that a CustomResourceDefinition does not declare, without a word, \
                      and so the operator never sees them. Neither do we: the output is what the operator would make. \
                      Remove the field, or find out what it was meant to be.",
    },
    CodeDoc {
        code: "misspelled-field",
        summary: "an unknown field whose name is close to an existing one",
        explanation: "The API server would drop the field without a word, and what was meant would be lost. \
                      The hint names the field that exists.",
    },
    CodeDoc {
        code: "misplaced-field",
        summary: "a field that exists, but elsewhere",
        explanation: "The API server would drop the field without a word, and what was meant would be lost. \
                      `env`, for example, belongs to `spec.driver` and `spec.executor`, `volumes` to `spec`. Fields of \
                      Kubernetes pods that the resource does not have can be set in `spec.driver.template` and \
                      `spec.executor.template`.",
    },
    CodeDoc {
        code: "removed-field",
        summary: "a field of a former version of the resource",
        explanation: "The field existed before v1beta2 and has no effect with any operator since. Remove it.",
    },
    CodeDoc {
        code: "invalid-type",
        summary: "a value of the wrong type",
        explanation: "The API server refuses such a value. A common cause is a number or boolean where a string is \
                      wanted: quote it. `restartPolicy` of an application is a mapping with a `type`, not a string.",
    },
    CodeDoc {
        code: "null-in-map",
        summary: "a null in a map such as `sparkConf`",
        explanation: "The API server drops the key before anybody reads it. Helm writes such a null for an empty value, and \
                      YAML reads a key without a value as one. Nulls in lists are errors, as for the API server.",
    },
    CodeDoc {
        code: "filled-field",
        summary: "a required field is missing, and the operator's webhook fills it in",
        explanation: "The webhook writes every required field of the resource before the API server looks at it, an absent \
                      one as an empty text, 0 or false. Where that does no harm the resource is accepted here as it is \
                      there; with an operator whose webhook is off it is refused.",
    },
    CodeDoc {
        code: "invalid-value",
        summary: "a value outside of what the schema allows",
        explanation: "The CustomResourceDefinition lists the allowed words, or gives a range, and the API server \
                      refuses everything else.",
    },
    CodeDoc {
        code: "missing-field",
        summary: "a required field is missing",
        explanation: "The CustomResourceDefinition or the operator demands the field.",
    },
];
