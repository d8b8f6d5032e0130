//! Findings as a ResourceList's `results`.

use super::files;
use crate::{
    map,
    tree::{
        Diagnostic, Mapping, Node, Severity, Sources, Value,
        display::{self, Form},
    },
};

/// A finding, with the item that it is about or the texts that its place is in.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'a> {
    /// What was found.
    pub diagnostic: &'a Diagnostic,
    /// The item, where the host has sent it.
    pub item: Option<&'a Node>,
    /// The texts that were read.
    pub sources: &'a Sources,
}

/// The elements of `results`, in order.
#[must_use]
pub fn results(findings: &[Finding<'_>]) -> Vec<Node> {
    findings.iter().map(|finding| Node::new(result(finding))).collect()
}

fn result(finding: &Finding<'_>) -> Mapping {
    let diagnostic = &display::diagnostic(finding.diagnostic, finding.sources, Form::Text);
    let mut result = Mapping::new();
    let mut message = diagnostic.message.clone();
    for hint in &diagnostic.hints {
        message.push_str("; ");
        message.push_str(hint);
    }
    result.insert("message", message);
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "info",
    };
    result.insert("severity", severity);
    if let Some(object) = &diagnostic.object {
        let mut reference = Mapping::new();
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let fields = [
            ("apiVersion", object.api_version.as_str()),
            ("kind", &object.kind),
            ("name", &object.name),
            ("namespace", namespace),
        ];
        for (key, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            reference.insert(key, Node::text(value));
        }
        result.insert("resourceRef", reference);
    }
    let path = diagnostic.path.to_string();
    if !path.is_empty() {
        result.insert("field", map! { "path" => path });
    }
    let written = diagnostic.origin.span().map(|span| finding.sources.line_column(span).0);
    let file = if let Some(item) = finding.item {
        files::path(item).map(|path| (path.to_owned(), files::index(item)))
    } else {
        let span = diagnostic.origin.span();
        span.map(|span| (finding.sources.file(finding.sources.written(span).source).name.clone(), None))
    };
    if let Some((path, index)) = file {
        let mut file = Mapping::new();
        file.insert("path", path);
        if let Some(index) = index {
            file.insert("index", Value::from(index));
        }
        result.insert("file", file);
    }
    let mut tags = Mapping::new();
    tags.insert("rule", diagnostic.code);
    if let (None, Some(line)) = (finding.item, written) {
        tags.insert("line", line.to_string());
    }
    result.insert("tags", tags);
    result
}
