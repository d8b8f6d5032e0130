//! The JSON Schema of the `spec`, for look-ups: it says which fields there are and of which kind, to those who read the
//! configuration as to those who announce it.

use serde_json::Value;

use super::SparkRenderSpec;

/// The schema with its definitions.
pub(crate) struct Schema {
    /// That of `spec`.
    pub(crate) root: Value,
}

impl Schema {
    pub(crate) fn new() -> Self {
        Self { root: schemars::schema_for!(SparkRenderSpec).to_value() }
    }

    /// Follows `$ref`, and of `anyOf` the part that is not null.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
            return self.resolve(&self.root["$defs"][name]);
        }
        match parts(schema).iter().find(|option| option["type"] != "null") {
            Some(option) => self.resolve(option),
            None => schema,
        }
    }

    /// The keys of `path` and the schema of what is there. Below a map with free keys the rest of the path is one key.
    pub(crate) fn at<'a>(&self, path: &'a str) -> Option<(Vec<&'a str>, &Value)> {
        let (mut keys, mut schema, mut rest) = (Vec::new(), &self.root, path);
        loop {
            let resolved = self.resolve(schema);
            let (key, below) = rest.split_once('.').unwrap_or((rest, ""));
            if let Some(property) = resolved["properties"].get(key) {
                keys.push(key);
                (schema, rest) = (property, below);
            } else {
                let free = resolved.get("additionalProperties").filter(|values| **values != Value::Bool(false))?;
                keys.push(rest);
                (schema, rest) = (free, "");
            }
            if rest.is_empty() {
                return Some((keys, schema));
            }
        }
    }

    /// Whether values are of the JSON type `kind`.
    pub(crate) fn is(&self, schema: &Value, kind: &str) -> bool {
        has_type(self.resolve(schema), kind)
    }

    /// Whether null may stand there: the field is not given.
    pub(crate) fn takes_null(schema: &Value) -> bool {
        has_type(schema, "null") || parts(schema).iter().any(|option| has_type(option, "null"))
    }

    /// The words of a closed set; none where any text may stand.
    pub(crate) fn words<'a>(&'a self, schema: &'a Value) -> Vec<&'a str> {
        let resolved = self.resolve(schema);
        let listed = resolved["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let documented = resolved["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str());
        listed.chain(documented).collect()
    }
}

fn parts(schema: &Value) -> &[Value] {
    schema["anyOf"].as_array().map_or(&[], Vec::as_slice)
}

fn has_type(schema: &Value, kind: &str) -> bool {
    match &schema["type"] {
        Value::String(name) => name == kind,
        Value::Array(names) => names.iter().any(|name| name == kind),
        _ => false,
    }
}
