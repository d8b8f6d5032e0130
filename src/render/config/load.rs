//! From a document to a [`SparkRenderSpec`], with positions in every complaint.

use semver::{Version, VersionReq};
use serde_path_to_error::Segment;

use super::{API_VERSION, KIND, SparkRenderSpec};
use crate::tree::{Diagnostic, Diagnostics, FieldPath, Node};

/// Reads a SparkRender. Its `requiredVersion` is checked against this binary.
pub fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<SparkRenderSpec> {
    for (key, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
        let found = node.get(key);
        if found.and_then(Node::as_str) != Some(wanted) {
            diagnostics.push(
                Diagnostic::error("invalid-config", format!("`{key}` of the configuration is not `{wanted}`"))
                    .field(FieldPath::root().key(key))
                    .at(found.map_or(&node.origin, |value| &value.origin))
                    .hint(format!("write `{key}: {wanted}`")),
            );
            return None;
        }
    }
    let known = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata" | "spec");
    if let Some((key, _)) = node.as_mapping()?.entries().find(|(key, _)| !known(&key.text)) {
        let mut diagnostic = Diagnostic::error("invalid-config", format!("unknown field `{}`", key.text))
            .field(FieldPath::root().key(key.text.clone()))
            .hint(format!("move it below `spec`, if `spec.{}` is meant", key.text));
        if let Some(span) = key.span {
            diagnostic = diagnostic.at(span);
        }
        diagnostics.push(diagnostic);
        return None;
    }
    let Some(spec) = node.get("spec").filter(|spec| !spec.is_null()) else {
        return Some(SparkRenderSpec::default());
    };
    let spec: SparkRenderSpec = match serde_path_to_error::deserialize(spec.to_json()) {
        Ok(decoded) => decoded,
        Err(error) => {
            diagnostics.push(complaint(spec, &error));
            return None;
        }
    };
    check_required_version(&spec, node, diagnostics).then_some(spec)
}

fn complaint(spec: &Node, error: &serde_path_to_error::Error<serde_json::Error>) -> Diagnostic {
    let (mut place, mut path) = (spec, FieldPath::keys(&["spec"]));
    for segment in error.path() {
        let child = match segment {
            Segment::Map { key } => {
                path = path.key(key);
                place.get(key)
            }
            Segment::Seq { index } => {
                path = path.index(*index);
                place.as_sequence().and_then(|items| items.get(*index))
            }
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        match child {
            Some(child) => place = child,
            None => break,
        }
    }
    Diagnostic::error("invalid-config", error.inner().to_string()).field(path).at(&place.origin)
}

fn check_required_version(spec: &SparkRenderSpec, node: &Node, diagnostics: &mut Diagnostics) -> bool {
    let Some(required) = &spec.required_version else { return true };
    let place = node.at_keys(&["spec", "requiredVersion"]).map_or(&node.origin, |value| &value.origin);
    let path = FieldPath::keys(&["spec", "requiredVersion"]);
    let version = Version::parse(env!("CARGO_PKG_VERSION")).expect("cargo checks the package's version");
    let diagnostic = match VersionReq::parse(required) {
        Ok(range) if range.matches(&version) => return true,
        Ok(_) => Diagnostic::error(
            "required-version",
            format!("this is spark-render {version}, but the configuration requires `{required}`"),
        )
        .hint("install a version in that range, or change `requiredVersion` and review the differences"),
        Err(error) => Diagnostic::error("invalid-config", format!("`{required}` is no semver range: {error}"))
            .hint("write for example `^0.1` or `>=0.1, <0.3`"),
    };
    diagnostics.push(diagnostic.field(path).at(place));
    false
}
