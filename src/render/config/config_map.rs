//! The configuration as the `data` of a ConfigMap.

use super::{
    Layers,
    texts::{Text, from_texts},
};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Mapping, Node, Origin, Value};

/// The fields that a ConfigMap's `data` gives as texts.
pub fn config_of_config_map(config: &Node, diagnostics: &mut Diagnostics) -> Option<Layers> {
    let data = config.get("data").and_then(Node::as_mapping);
    let text = |node: &Node| match &node.value {
        Value::String(text) => text.to_string(),
        _ => node.to_json().to_string(),
    };
    let entries: Vec<_> =
        data.into_iter().flat_map(Mapping::iter).map(|(key, value)| (key.to_owned(), Text::One(text(value)))).collect();
    let place = |name: &str| -> Origin {
        config.at_keys(&["data", name]).map_or(&config.origin, |value| &value.origin).clone()
    };
    match from_texts(&entries) {
        Ok(entries) => {
            let mut layers = Layers::default();
            layers.lay_texts(&entries, place);
            Some(layers)
        }
        Err(faults) => {
            for (name, message) in faults {
                diagnostics.push(
                    Diagnostic::error("krm-function-config", format!("`{name}`: {message}"))
                        .field(FieldPath::keys(&["data"]).key(&name))
                        .at(place(&name)),
                );
            }
            None
        }
    }
}
