//! The configuration as the `data` of a ConfigMap.

use super::texts::{Text, from_texts};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Value};

/// A `SparkRender` made of a ConfigMap's `data`, for hosts that pass `key=value` only.
pub fn config_of_config_map(config: &Node, diagnostics: &mut Diagnostics) -> Option<serde_json::Value> {
    let data = config.get("data").and_then(Node::as_mapping);
    let text = |node: &Node| match &node.value {
        Value::String(text) => text.to_string(),
        _ => node.to_json().to_string(),
    };
    let entries: Vec<_> =
        data.into_iter().flat_map(Mapping::iter).map(|(key, value)| (key.to_owned(), Text::One(text(value)))).collect();
    match from_texts(&entries) {
        Ok(spec) => Some(spec),
        Err(faults) => {
            for (name, message) in faults {
                let place = config.at_keys(&["data", &name]).map_or(&config.origin, |value| &value.origin);
                diagnostics.push(
                    Diagnostic::error("krm-function-config", format!("`{name}`: {message}"))
                        .field(FieldPath::keys(&["data"]).key(&name))
                        .at(place),
                );
            }
            None
        }
    }
}
