//! Tags: the ones of YAML's own schema that kubectl knows; any other is an error.

use base64::{Engine, prelude::BASE64_STANDARD};
use granit_parser::Tag;

use super::scalar::{Scalar, resolve as resolve_plain};
use crate::tree::{Diagnostic, Span, Value};

const CORE: &str = "tag:yaml.org,2002:";

/// Whether `tag` is `!!name`, or the `!` that asks for nothing.
pub(crate) fn is_core(tag: &Tag, name: &str) -> bool {
    tag.original() == "!" || tag.suffix_in_namespace(CORE).as_deref() == Some(name)
}

/// The value of a tagged scalar, as go-yaml v2 decodes it into JSON.
pub(crate) fn resolve(tag: &Tag, text: &str, plain: bool, span: Span) -> Result<Value, Box<Diagnostic>> {
    let text_value = || Value::String(text.into());
    if tag.original() == "!" {
        // Nothing at all is text for kubectl, and null for kustomize.
        if text.is_empty() {
            return Err(Box::new(unknown(tag, span)));
        }
        return Ok(if plain { resolve_plain(text).value().unwrap_or_else(text_value) } else { text_value() });
    }
    let name = tag.suffix_in_namespace(CORE);
    let resolved = resolve_plain(text);
    let value = match (name.as_deref(), resolved) {
        (Some("str" | "timestamp"), _) => Some(text_value()),
        (Some("binary"), _) => {
            let bytes = BASE64_STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok();
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Value::from)
        }
        (Some("int"), Scalar::Int(_) | Scalar::Uint(_))
        | (Some("float"), Scalar::Int(_) | Scalar::Float(_))
        | (Some("bool"), Scalar::Bool(_))
        | (Some("null"), Scalar::Null) => resolved.value(),
        (Some("int" | "float" | "bool" | "null"), _) => None,
        _ => return Err(Box::new(unknown(tag, span))),
    };
    value.ok_or_else(|| {
        let finding = Diagnostic::error("yaml-value", format!("the value is no `{}`", tag.original()));
        Box::new(finding.at(span).hint("delete the tag, or correct the value"))
    })
}

/// The finding for a tag that no Kubernetes tool gives a meaning to.
pub(crate) fn unknown(tag: &Tag, span: Span) -> Diagnostic {
    Diagnostic::error("yaml-tag", format!("unknown tag `{}`", tag.original()))
        .at(span)
        .hint("delete the tag, or quote the value if the `!` belongs to it")
}
