//! The operator's resources as written: plain types, field for field, nothing filled in.
//!
//! `docs` name the effect of each field as in the operator's sources (spark-operator 2.5.2). Pod templates,
//! volumes and everything else whose type is Kubernetes' own stay trees, so nothing inside them is lost.

mod decode;
pub mod v1beta2;

pub use decode::{Decode, Sourced, StringMap};

use crate::diagnostics::CodeDoc;

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "unknown-field",
        summary: "a field that the resource does not have",
        explanation: "The API server prunes fields that a CustomResourceDefinition does not declare, without a word. \
                      Rename or move the field; the hint names the nearest one that exists.",
    },
    CodeDoc {
        code: "invalid-type",
        summary: "a value of the wrong type",
        explanation: "The API server refuses such a value. A common cause is a number or boolean where a string is wanted: quote it.",
    },
];
