//! The context of templates: values files and single values, later ones win, mappings merge.

use serde_json::{Map, Value};

/// Lays `over` onto `base`: mappings merge key by key, everything else is replaced.
pub fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match base.get_mut(&key) {
                    Some(existing) => merge(existing, value),
                    None => {
                        base.insert(key, value);
                    }
                }
            }
        }
        (base, over) => *base = over,
    }
}

/// Sets `a.b.c` in `base`; mappings are made as needed.
pub fn set(base: &mut Value, path: &str, value: Value) {
    let nested = path.rsplit('.').fold(value, |value, key| Value::Object(Map::from_iter([(key.to_owned(), value)])));
    merge(base, nested);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn later_values_win_and_mappings_merge() {
        let mut values = json!({ "a": { "x": 1, "y": [1] }, "b": 2 });
        merge(&mut values, json!({ "a": { "y": [2], "z": 3 } }));
        set(&mut values, "a.w.v", json!("s"));
        assert_eq!(values, json!({ "a": { "x": 1, "y": [2], "z": 3, "w": { "v": "s" } }, "b": 2 }));
    }
}
