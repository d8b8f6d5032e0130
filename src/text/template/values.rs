//! The context of templates: values files and single values, later ones win, mappings merge.

use serde_json::{Map, Value};

use crate::tree::limits::KEY_PARTS;

/// Lays `over` onto `base`: mappings merge key by key, everything else is replaced.
pub(crate) fn merge(base: &mut Value, over: Value) {
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
///
/// # Errors
/// When the key has more than [`KEY_PARTS`] parts.
pub fn set(base: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.split('.').nth(KEY_PARTS).is_some() {
        let start: String = path.chars().take(40).collect();
        return Err(format!("the key `{start}…` has more than {KEY_PARTS} parts"));
    }
    let nested = path.rsplit('.').fold(value, |value, key| Value::Object(Map::from_iter([(key.to_owned(), value)])));
    merge(base, nested);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn later_values_win_and_mappings_merge() {
        let mut values = json!({ "a": { "x": 1, "y": [1] }, "b": 2 });
        merge(&mut values, json!({ "a": { "y": [2], "z": 3 } }));
        set(&mut values, "a.w.v", json!("s")).unwrap();
        assert!(set(&mut values, &vec!["k"; KEY_PARTS].join("."), json!(1)).is_ok());
        values.as_object_mut().unwrap().remove("k");
        assert!(set(&mut values, &vec!["k"; KEY_PARTS + 1].join("."), json!(1)).is_err());
        assert_eq!(values, json!({ "a": { "x": 1, "y": [2], "z": 3, "w": { "v": "s" } }, "b": 2 }));
    }
}
