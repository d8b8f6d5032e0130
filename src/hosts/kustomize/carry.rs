//! Texts that kustomize itself loses: it writes YAML anew with an emitter that drops some characters, whatever
//! the input looked like.

use crate::tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath, Node, Segment, Value};

/// Codes of this stage.
pub const CODES: &[CodeDoc] = &[CodeDoc {
    code: "kustomize-loses-text",
    summary: "a text that kustomize cannot carry",
    explanation: "kustomize writes every object anew, and loses the control characters U+007F to U+009F, U+FFFE and U+FFFF, \
                  the key `<<` and keys of more than 1,024 characters. kubectl and Argo CD directories read such an object \
                  unchanged; put the text into a file that is mounted, or encode it.",
}];

/// Whether kustomize loses a part of `text`.
#[must_use]
pub fn kustomize_cannot_carry(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
        || text.contains('\u{7f}')
}

/// Whether kustomize loses or refuses `key`.
#[must_use]
pub fn kustomize_cannot_carry_key(key: &str) -> bool {
    key == "<<" || key.len() > 1024 || kustomize_cannot_carry(key)
}

/// Notes every text of an object that kustomize cannot carry.
pub fn note_kustomize(node: &Node, diagnostics: &mut Diagnostics) {
    visit(node, &mut FieldPath::root(), diagnostics);
}

fn visit(node: &Node, path: &mut FieldPath, diagnostics: &mut Diagnostics) {
    match &node.value {
        Value::String(text) if kustomize_cannot_carry(text) => note("a text", node, path, diagnostics),
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                path.0.push(Segment::Index(index));
                visit(item, path, diagnostics);
                path.0.pop();
            }
        }
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter() {
                path.0.push(Segment::Key(key.into()));
                if kustomize_cannot_carry_key(key) {
                    note("a key", value, path, diagnostics);
                }
                visit(value, path, diagnostics);
                path.0.pop();
            }
        }
        _ => {}
    }
}

fn note(what: &str, node: &Node, path: &FieldPath, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::note("kustomize-loses-text", format!("{what} that kustomize cannot carry"))
            .field(path.clone())
            .at(&node.origin)
            .hint("apply the output directly, or encode the text"),
    );
}
