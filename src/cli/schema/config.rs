//! The JSON Schema of the configuration.

use serde_json::{Value, json};

use crate::render::config::{API_VERSION, KIND, SparkRenderSpec};

/// The schema of a whole SparkRender resource, pretty.
#[must_use]
pub(crate) fn schema() -> String {
    let mut spec = schemars::schema_for!(SparkRenderSpec).to_value();
    let definitions = spec.as_object_mut().and_then(|spec| spec.remove("$defs")).unwrap_or_else(|| json!({}));
    if let Some(spec) = spec.as_object_mut() {
        spec.remove("$schema");
        spec.remove("title");
    }
    let metadata = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
    let schema: Value = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": KIND,
        "type": "object",
        "required": ["apiVersion", "kind"],
        "additionalProperties": false,
        "properties": {
            "apiVersion": { "const": API_VERSION },
            "kind": { "const": KIND },
            "metadata": metadata,
            "spec": spec,
        },
        "$defs": definitions,
    });
    format!("{schema:#}\n")
}
