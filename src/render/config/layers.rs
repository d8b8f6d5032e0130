//! A configuration in layers: the file, what a host lays over it, and flags. Every value keeps the place of who gave it,
//! so that whatever is wrong with it is said there, once.

use semver::{Version, VersionReq};
use serde::Serialize;
use serde_json::Value as Json;

use super::{SparkRenderSpec, schema::Schema, texts::Entry};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Key, Mapping, Node, Origin, Severity, Stage, Value};

/// The rule of origins that name a parameter of the host; the note is its name.
const PARAMETER: &str = "parameter";

/// The `spec` as it is written, in layers.
#[derive(Debug, Clone)]
pub struct Layers {
    spec: Node,
}

/// A configuration whose fields are all of the right kind.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Its fields.
    pub spec: SparkRenderSpec,
    /// Where they are written.
    written: Node,
}

impl Default for Layers {
    fn default() -> Self {
        Self { spec: Node::new(Mapping::new()) }
    }
}

impl Layers {
    /// Those of a file or functionConfig.
    #[must_use]
    pub fn of(spec: Node) -> Self {
        Self { spec }
    }

    /// Lays texts over what is there, each under the name that the host gave it.
    pub fn lay_parameters(&mut self, entries: &[Entry]) {
        for Entry { name, keys, value } in entries {
            let origin = Origin::noted(Stage::CommandLine, PARAMETER, name, []);
            self.lay(keys, Node::from_json(value).stamped(&origin));
        }
    }

    /// Lays texts over what is there, each written at a place.
    pub fn lay_texts(&mut self, entries: &[Entry], place: impl Fn(&str) -> Origin) {
        for Entry { name, keys, value } in entries {
            self.lay(keys, Node::from_json(value).stamped(&place(name)));
        }
    }

    /// Lays the value of a flag over what is there, if it is given.
    pub fn lay_flag(&mut self, flag: &'static str, key: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            let value = serde_json::to_value(value).expect("flags are plain data");
            let origin = Origin::derived(Stage::CommandLine, flag, []);
            self.lay(&[key.to_owned()], Node::from_json(&value).stamped(&origin));
        }
    }

    fn lay(&mut self, keys: &[String], value: Node) {
        let nested = keys.iter().rfold(value, |value, key| {
            let origin = value.origin.clone();
            let mut mapping = Mapping::new();
            mapping.insert(Key::of(key), value);
            Node::new(mapping).at(origin)
        });
        merge(&mut self.spec, nested);
    }

    /// Checks every field; says of each fault where it is. Nothing after a fault.
    pub fn decode(self, diagnostics: &mut Diagnostics) -> Option<Configuration> {
        let written = self.spec;
        if written.is_null() {
            return Some(Configuration::default());
        }
        let mut faults = Diagnostics::new();
        let schema = Schema::new();
        Check { schema: &schema, faults: &mut faults }.value(&schema.root, &written, &FieldPath::keys(&["spec"]));
        let spec = if faults.has_errors() {
            None
        } else {
            match serde_path_to_error::deserialize::<_, SparkRenderSpec>(written.to_json()) {
                Ok(spec) => check_required_version(&spec, &written, &mut faults).then_some(spec),
                Err(error) => {
                    let message = format!("`{}`: {}", error.path(), error.inner());
                    faults.push(Diagnostic::error("invalid-config", message).at(&written.origin));
                    None
                }
            }
        };
        diagnostics.extend(faults);
        spec.map(|spec| Configuration { spec, written })
    }
}

/// Later values win; mappings are merged.
fn merge(under: &mut Node, over: Node) {
    let origin = over.origin.clone();
    match (&mut under.value, over.value) {
        (Value::Mapping(under), Value::Mapping(over)) => {
            for (key, value) in over {
                match under.get_mut(&key.text) {
                    Some(present) => merge(present, value),
                    None => {
                        under.insert(key, value);
                    }
                }
            }
        }
        (_, value) => *under = Node::new(value).at(origin),
    }
}

impl Configuration {
    /// The node that was written for the field at `keys` below `spec`.
    #[must_use]
    pub fn written(&self, keys: &[&str]) -> Option<&Node> {
        self.written.at_keys(keys).filter(|node| !node.is_null())
    }

    /// Where the field at the dotted `path` comes from: its place, or the flag or parameter that gave it.
    #[must_use]
    pub fn origin(&self, path: &'static str) -> Origin {
        let keys: Vec<&str> = path.split('.').collect();
        option_origin(path, self.written(&keys).map(|node| &node.origin))
    }
}

/// The origin of a value of the option `path`: flags and parameters name themselves.
pub(crate) fn option_origin(path: &'static str, place: Option<&Origin>) -> Origin {
    match place {
        Some(origin @ Origin::Derived(_)) => origin.clone(),
        place => Origin::derived(Stage::Config, path, place.cloned()),
    }
}

/// A fault of the option at `path`, said where it was given.
pub(crate) fn fault(code: &'static str, path: FieldPath, origin: &Origin, message: impl Into<String>) -> Diagnostic {
    let message = message.into();
    match giver(origin) {
        Some(giver) => Diagnostic::error(code, format!("{giver}: {message}")),
        None => Diagnostic::error(code, message).field(path),
    }
    .at(origin)
}

/// The flag or parameter that gave a value; none where it stands in a file.
fn giver(origin: &Origin) -> Option<String> {
    let link = origin.derivation().filter(|link| link.stage == Stage::CommandLine)?;
    Some(match link.note() {
        Some(name) if link.rule == PARAMETER => format!("parameter `{name}`"),
        _ if link.rule.starts_with('-') => format!("`{}`", link.rule),
        _ => link.rule.to_string(),
    })
}

/// A walk over what is written, along the schema.
struct Check<'a> {
    schema: &'a Schema,
    faults: &'a mut Diagnostics,
}

impl Check<'_> {
    fn value(&mut self, schema: &Json, node: &Node, path: &FieldPath) {
        if node.is_null() && Schema::takes_null(schema) {
            return;
        }
        let resolved = self.schema.resolve(schema);
        let kinds = ["boolean", "object", "array", "string", "integer", "number"];
        let mut kinds = kinds.into_iter().filter(|kind| self.schema.is(schema, kind)).peekable();
        let first = kinds.peek().copied();
        let wanted = kinds.find(|kind| *kind == "object" && node.as_mapping().is_some()).or(first);
        let words = self.schema.words(schema);
        let wanted = if words.is_empty() { wanted } else { Some("string") };
        match (wanted, &node.value) {
            (Some("object"), Value::Mapping(mapping)) => self.fields(resolved, mapping, path),
            (Some("array"), Value::Sequence(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&resolved["items"], item, &path.index(index));
                }
            }
            (Some("string"), Value::String(text)) => {
                if !words.is_empty() && !words.contains(&text.as_str()) {
                    self.faults.push(
                        fault("invalid-config", path.clone(), &node.origin, format!("`{path}` is `{text}`"))
                            .hint(format!("use one of `{}`", words.join("`, `"))),
                    );
                }
            }
            (None, _) | (Some("boolean"), Value::Bool(_)) | (Some("number"), Value::Number(_)) => {}
            (Some("integer"), Value::Number(_)) if node.as_i64().is_some() => {}
            (Some(wanted), _) => {
                let message = format!("`{path}` is {}, but {} is expected", kind(node), name(wanted));
                let quoted = wanted == "string" && matches!(node.value, Value::Number(_) | Value::Bool(_));
                let hint = if quoted { "write the value in quotes" } else { "see `spark-render schema`" };
                self.faults.push(fault("invalid-config", path.clone(), &node.origin, message).hint(hint));
            }
        }
    }

    fn fields(&mut self, schema: &Json, mapping: &Mapping, path: &FieldPath) {
        let properties = schema["properties"].as_object();
        for (key, value) in mapping.entries() {
            let here = path.key(key.text.clone());
            match properties.and_then(|properties| properties.get(key.text.as_str())) {
                Some(property) => self.value(property, value, &here),
                None if schema["additionalProperties"] == Json::Bool(false) => {
                    let place = key.span.map_or_else(|| value.origin.clone(), Origin::Source);
                    let names = properties.into_iter().flat_map(|properties| properties.keys());
                    let mut unknown = fault("invalid-config", here, &place, format!("unknown field `{}`", key.text));
                    let near = names.map(|name| (strsim::damerau_levenshtein(name, &key.text), name)).min();
                    if let Some((_, name)) = near.filter(|(distance, _)| *distance <= 3) {
                        unknown = unknown.hint(format!("`{name}` is one"));
                    }
                    self.faults.push(unknown.hint("see `spark-render schema`"));
                }
                None => self.value(&schema["additionalProperties"], value, &here),
            }
        }
    }
}

fn kind(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
    }
}

fn name(kind: &str) -> &'static str {
    match kind {
        "object" => "a mapping",
        "array" => "a list",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "a text",
    }
}

fn check_required_version(spec: &SparkRenderSpec, written: &Node, diagnostics: &mut Diagnostics) -> bool {
    let Some(required) = &spec.required_version else { return true };
    let origin = written.get("requiredVersion").map(|node| node.origin.clone()).unwrap_or_default();
    let path = FieldPath::keys(&["spec", "requiredVersion"]);
    let version = Version::parse(env!("CARGO_PKG_VERSION")).expect("cargo checks the package's version");
    let diagnostic = match VersionReq::parse(required) {
        Ok(range) if range.matches(&version) => return true,
        Ok(_) => fault(
            "required-version",
            path,
            &origin,
            format!("this is spark-render {version}, but the configuration requires `{required}`"),
        )
        .hint("install a version in that range, or change `requiredVersion` and review the differences"),
        Err(error) => fault("invalid-config", path, &origin, format!("`{required}` is no semver range: {error}"))
            .hint("write for example `^0.1` or `>=0.1, <0.3`"),
    };
    debug_assert!(diagnostic.severity == Severity::Error);
    diagnostics.push(diagnostic);
    false
}
