//! Table: the diagnostic codes of the configuration.

use crate::tree::CodeDoc;

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "invalid-config",
        summary: "the SparkRender configuration is wrong",
        explanation: "The message names the field. `spark-render schema` prints the JSON Schema of the configuration for editors.",
    },
    CodeDoc {
        code: "required-version",
        summary: "the configuration requires another version of spark-render",
        explanation: "`spec.requiredVersion` keeps a repository from being rendered by a version whose output was not reviewed. \
                      A patch release changes no byte of `render`; a minor release may.",
    },
];
