//! Placeholders that a template engine should have filled: Helm, Jinja, Airflow (`{{ }}`, `{% %}`), envsubst
//! and Flux (`${VAR}`, `$VAR`), single braces (`{IMAGE}`), and what a person should have filled (`<your-bucket>`).
//!
//! Not meant are those that Spark fills itself (`{{APP_ID}}`, `{{EXECUTOR_ID}}`), those of the operator's
//! ingress URL (`{{$appName}}` and kin), and text in which braces may be meant: arguments, environment values,
//! annotations get a warning only, other objects than Spark's none, but for their names.

use std::{collections::BTreeSet, ops::Range};

use super::{SearchWhole, limits};
use crate::tree::{
    Diagnostic, FieldPath, Key, Node, Origin, Segment, Severity, SourceId, Span, Value, limits::DOCUMENT_FINDINGS,
    secret::is_told,
};

const CODE: &str = "unfilled-placeholder";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `{{ … }}`, `{% … %}`.
    Template,
    /// `${VAR}`.
    Variable,
    /// `$VAR`.
    Bare,
    /// `<your-bucket>`.
    Angle,
}

/// Whether a look at the nodes is worth it.
pub(crate) fn may_contain(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains('$') || text.contains('<')
}

/// The first placeholder of any kind in `text`.
fn find_any(text: &str) -> Option<(Style, Range<usize>)> {
    [find(text), bare(text), angle(text)].into_iter().flatten().min_by_key(|(_, range)| range.start)
}

/// Whether nothing that belongs to a word stands before `at`: `Outer$INNER` and `List<String>` are no placeholders.
fn begins_word(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '\\'))
}

/// The first `$VAR` in capitals.
fn bare(text: &str) -> Option<(Style, Range<usize>)> {
    text.match_indices('$').find_map(|(at, _)| {
        let name = &text[at + 1..];
        let length = name.bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_').count();
        let ends = !name[length..].starts_with(|c: char| c.is_alphanumeric());
        let is_name = length > 1 && name.starts_with(|c: char| c.is_ascii_uppercase());
        (is_name && ends && begins_word(text, at)).then_some((Style::Bare, at..at + 1 + length))
    })
}

/// The first `<word>` in angle brackets.
fn angle(text: &str) -> Option<(Style, Range<usize>)> {
    if text.contains("</") || text.contains("/>") {
        return None;
    }
    text.match_indices('<').find_map(|(at, _)| {
        let word = &text[at + 1..];
        let length = word.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
        let is_word = length > 1 && word.starts_with(|c: char| c.is_ascii_alphabetic());
        (is_word && word[length..].starts_with('>') && begins_word(text, at))
            .then_some((Style::Angle, at..at + length + 2))
    })
}

/// The first placeholder of a template engine in `text`.
fn find(text: &str) -> Option<(Style, Range<usize>)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('{').map(|at| from + at) {
        let rest = &text[at..];
        let (style, start, length) = if rest.starts_with("{{") || rest.starts_with("{%") {
            (Style::Template, at, length(rest))
        } else if at > from && text.as_bytes()[at - 1] == b'$' {
            (Style::Variable, at - 1, variable(rest).map_or(1, |length| length + 1))
        } else {
            from = at + 1;
            continue;
        };
        let found = &text[start..start + length];
        let lone_dollar = style == Style::Variable && length == 1;
        if !lone_dollar && !is_meant(found) {
            return Some((style, start..start + length));
        }
        from = (start + length).max(at + 1);
    }
    None
}

/// The length of `{{ … }}` or `{% … %}` in its line.
fn length(text: &str) -> usize {
    let line = text.find('\n').unwrap_or(text.len());
    let close = if text.starts_with("{{") { "}}" } else { "%}" };
    text[..line].find(close).map_or_else(|| text[..line].trim_end().len(), |at| at + close.len())
}

/// The length of `{VAR}` or `{VAR:-default}` in capitals, or of Terraform's `{var.x}`.
fn variable(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    if let Some(rest) = inner.strip_prefix("var.") {
        let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        return rest[name..].starts_with('}').then_some(1 + 4 + name + 1);
    }
    let name =
        inner.bytes().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_').count();
    let rest = &inner[name..];
    if name == 0 || inner.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    if rest.starts_with('}') {
        return Some(name + 2);
    }
    let default = rest.starts_with(":-") || rest.starts_with(":=") || rest.starts_with('-') || rest.starts_with('=');
    let end = rest.find(['}', '\n'])?;
    (default && rest.as_bytes()[end] == b'}').then_some(1 + name + end + 1)
}

/// Whether Spark or the operator fills it.
fn is_meant(found: &str) -> bool {
    let Some(inner) = found.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else { return false };
    let inner = inner.trim();
    matches!(inner, "APP_ID" | "EXECUTOR_ID")
        || inner.strip_prefix("$app").is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// What Airflow's templates begin with (its reference of templates), and nobody else's.
const AIRFLOW: &[&str] = &[
    "conn.",
    "dag.",
    "dag_run",
    "data_interval_",
    "ds",
    "ds_nodash",
    "execution_date",
    "logical_date",
    "macros.",
    "next_ds",
    "params.",
    "prev_",
    "run_id",
    "task.",
    "task_instance",
    "ti.",
    "ts",
    "ts_nodash",
    "var.json.",
    "var.value.",
    "yesterday_ds",
];

/// Whether `{{ … }}` is one of Airflow's.
fn is_airflow(found: &str) -> bool {
    let Some(inner) = found.strip_prefix("{{") else { return false };
    let inner = inner.trim_matches(|c: char| c.is_whitespace() || c == '}');
    let first = inner.split([' ', '|', '[', '(']).next().unwrap_or_default();
    AIRFLOW.iter().any(|name| first == *name || (name.ends_with(['.', '_']) && first.starts_with(name)))
        || ["dag_run.", "task_instance."].iter().any(|name| first.starts_with(name))
}

/// A placeholder for a message, not too long.
fn shown(found: &str) -> String {
    let mut text: String = found.chars().take(60).collect();
    if text.len() < found.len() {
        text.push('…');
    }
    text
}

fn hint(style: Style, found: &str) -> &'static str {
    match style {
        Style::Variable if found.starts_with("${var.") => "let Terraform fill it in first (`templatefile`)",
        Style::Template if is_airflow(found) => {
            "Airflow fills it in at each run: leave the application to Airflow, or rename the file to `.j2` and give values"
        }
        Style::Template => {
            "render the template first (`helm template`, Jinja), or rename the file to `.j2` and give values"
        }
        Style::Angle => "write the value in its place",
        Style::Bare => "fill it in first (`envsubst`); Kubernetes only replaces `$(VAR)`",
        Style::Variable => {
            "fill it in first (`envsubst`, `flux envsubst`): in what is rendered, Flux cannot fill it in later"
        }
    }
}

fn finding(severity: Severity, style: Style, found: &str) -> Diagnostic {
    Diagnostic::new(CODE, severity, format!("the placeholder `{}` is not filled in", shown(found)))
        .hint(hint(style, found))
}

/// The finding about all placeholders of `text`, the first of which is at `first`.
fn finding_of(severity: Severity, style: Style, text: &str, first: &Range<usize>) -> Diagnostic {
    let mut finding = finding(severity, style, &text[first.clone()]);
    let mut all = vec![&text[first.clone()]];
    let mut seen = BTreeSet::from([all[0]]);
    let mut from = first.end;
    while let Some((_, range)) = find_any(&text[from..]) {
        let next = &text[from + range.start..from + range.end];
        if seen.insert(next) {
            all.push(next);
        }
        from += range.end;
    }
    if all.len() > 1 {
        let names: Vec<String> = all.iter().map(|found| format!("`{}`", shown(found))).collect();
        finding.message = format!("the placeholders {} are not filled in", names.join(", "));
    }
    finding
}

/// The finding for an unquoted `{{` at `start`, which YAML takes for a mapping.
pub(crate) fn at(source: SourceId, text: &str, start: usize) -> Diagnostic {
    let end = start + length(&text[start..]);
    finding(Severity::Error, Style::Template, &text[start..end]).at(limits::span(source, start, end))
}

/// The finding for an unquoted `{IMAGE}`, which YAML takes for a mapping.
pub(crate) fn single_brace(node: &Node, text: &str, span: Span) -> Option<Diagnostic> {
    let mapping = node.as_mapping().filter(|mapping| mapping.len() == 1)?;
    let (key, value) = mapping.iter().next()?;
    let written = text.get(span.start as usize..span.end as usize)?;
    (value.is_null() && variable(written) == Some(written.len()) && key.len() + 2 == written.len())
        .then(|| finding(Severity::Error, Style::Template, written).at(span))
}

/// The placeholder that broke the YAML of the document that starts at `start`, found broken at `broken`.
pub(crate) fn cause(text: &str, start: usize, broken: Span) -> Option<Diagnostic> {
    let (start, at) = (start.min(broken.start as usize), broken.start as usize);
    let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let (style, range) = unquoted(text, start, line_end)?;
    // Each of many broken lines has a finding, so none looks at all that follows it.
    let mut count = 0;
    let mut line_at = start;
    for line in text[start..].split_inclusive('\n') {
        if count > DOCUMENT_FINDINGS || line_at > at && line.starts_with("---") {
            break;
        }
        let mut from = 0;
        while let Some((_, range)) = unquoted(line, from, line.len()) {
            count += 1;
            from = range.end;
        }
        line_at += line.len();
    }
    let mut diagnostic = finding(Severity::Error, style, &text[range.clone()])
        .at(limits::span(broken.source, range.start, range.end))
        .label(broken, "this is no YAML");
    if count > 1 {
        let least = if count > DOCUMENT_FINDINGS { "at least " } else { "" };
        diagnostic.message = format!("{}, nor are {least}{} more of this document", diagnostic.message, count - 1);
    }
    Some(diagnostic)
}

/// The first placeholder in `text[from..to]` that is no comment.
fn unquoted(text: &str, from: usize, to: usize) -> Option<(Style, Range<usize>)> {
    let mut start = from;
    for line in text.get(from..to)?.split_inclusive('\n') {
        let comment = if line.trim_start().starts_with('#') { 0 } else { line.find(" #").unwrap_or(line.len()) };
        let code = &line[..comment];
        if let Some((style, range)) = find(code).filter(|(style, _)| *style == Style::Template).or_else(|| braces(code))
        {
            return Some((style, start + range.start..start + range.end));
        }
        start += line.len();
    }
    None
}

/// `{NAME}` at the beginning of a value.
fn braces(line: &str) -> Option<(Style, Range<usize>)> {
    let at = line.find(": {").map(|at| at + 2).or_else(|| line.find("- {").map(|at| at + 2))?;
    variable(&line[at..]).map(|length| (Style::Template, at..at + length))
}

/// Looks at every text of an object.
pub(crate) fn check(node: &Node, whole: SearchWhole, findings: &mut Vec<Diagnostic>) {
    let whole = whole(node);
    let mut walk = Walk { whole, path: FieldPath::root(), of_secret: false, findings };
    if whole {
        walk.node(node);
        return;
    }
    for field in ["name", "namespace"] {
        if let Some(value) = node.at_keys(&["metadata", field]) {
            walk.path = FieldPath::keys(&["metadata", field]);
            walk.node(value);
        }
    }
}

struct Walk<'a> {
    whole: bool,
    path: FieldPath,
    /// Whether the value is that of a variable whose name says that it is a secret.
    of_secret: bool,
    findings: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::String(text) if text.contains(['{', '$', '<']) => self.text(text, &node.origin),
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.0.push(Segment::Index(index));
                    self.node(item);
                    self.path.0.pop();
                }
            }
            Value::Mapping(mapping) => {
                let is_secret = mapping.get("name").and_then(Node::as_str).is_some_and(is_told);
                for (key, value) in mapping.entries() {
                    self.path.0.push(Segment::Key(key.text.clone()));
                    self.key(key);
                    self.of_secret = is_secret && key.text == "value";
                    self.node(value);
                    self.of_secret = false;
                    self.path.0.pop();
                }
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &Key) {
        if key.text.contains('{')
            && let (Some((style @ Style::Template, range)), Some(span)) = (find(&key.text), key.span)
        {
            let finding = finding(Severity::Error, style, &key.text[range]).field(self.path.clone()).at(span);
            self.findings.push(finding);
        }
    }

    fn text(&mut self, text: &str, origin: &Origin) {
        let Some((style, range)) = find_any(text) else { return };
        let severity = match (style, room(&self.path)) {
            (_, Room::Anything) | (Style::Variable | Style::Bare | Style::Angle, Room::Program) => return,
            // A dollar or a bracket can be part of a secret, and of text for people.
            (Style::Bare | Style::Angle, _) if self.of_secret || holds_anything(&self.path) => return,
            (Style::Template, Room::Strict) => Severity::Error,
            (Style::Variable | Style::Bare | Style::Angle, Room::Strict) if !self.whole => Severity::Error,
            _ => Severity::Warning,
        };
        let finding = finding_of(severity, style, text, &range).field(self.path.clone()).at(origin);
        self.findings.push(finding);
    }
}

/// Whether a value may hold `$X` or `<x>` and mean it.
fn holds_anything(path: &FieldPath) -> bool {
    let keys = path.0.iter().filter_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    });
    let last = keys.clone().next_back().unwrap_or_default();
    is_told(last)
        || last.contains(".annotation.")
        || keys.into_iter().any(|key| {
            key.ends_with("nnotations") || matches!(key, "data" | "stringData" | "configuration" | "metricsProperties")
        })
}

/// What a field of a Spark resource may hold.
enum Room {
    /// Names, numbers, images, confs: a placeholder is a mistake.
    Strict,
    /// Text for people and programs.
    Free,
    /// Text in which a shell may fill `${VAR}`.
    Program,
    /// Text whose braces are somebody else's for sure.
    Anything,
}

fn room(path: &FieldPath) -> Room {
    let mut keys = path.0.iter().filter_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    });
    let last = path.0.iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    });
    let last = last.unwrap_or_default();
    if last.starts_with("spark.ui.custom.") || last.starts_with("vault.hashicorp.com/") {
        return Room::Anything;
    }
    if keys.any(|key| matches!(key, "command" | "args")) {
        return Room::Program;
    }
    let free = path.0.iter().any(|segment| {
        matches!(segment, Segment::Key(key) if matches!(key.as_str(),
            "arguments" | "javaOptions" | "annotations" | "serviceAnnotations" | "ingressAnnotations" | "env" | "envVars"
            | "data" | "stringData" | "configuration" | "metricsProperties"))
    });
    if free || last.contains("JavaOptions") || last.contains(".annotation.") || last.contains("Env.") {
        return Room::Free;
    }
    Room::Strict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        find(text).map(|(_, range)| &text[range])
    }

    #[test]
    fn placeholders_of_template_engines_are_found() {
        assert_eq!(found("a-{{ .Values.x }}-b"), Some("{{ .Values.x }}"));
        assert_eq!(found("{{APP_ID}}/{{ds}}"), Some("{{ds}}"));
        assert_eq!(found("{% if x %}"), Some("{% if x %}"));
        assert_eq!(found("s3a://${S3_BUCKET}/x"), Some("${S3_BUCKET}"));
        assert_eq!(found("${A:-b}"), Some("${A:-b}"));
        assert_eq!(found("${var.bucket}"), Some("${var.bucket}"));
        assert_eq!(found("{{ open"), Some("{{ open"));
    }

    #[test]
    fn a_variable_begins_with_a_brace() {
        assert_eq!(variable("{TAG}"), Some(5));
        // The text of a pair without braces, in brackets, may begin with any character.
        for text in ["", "\u{fefe}xHH:", "½", "TAG}"] {
            assert_eq!(variable(text), None, "{text}");
        }
    }

    #[test]
    fn names_in_braces_are_placeholders_at_the_beginning_of_a_value() {
        for (line, name) in [("image: {IMAGE}", "{IMAGE}"), ("  - {ARG_1} x", "{ARG_1}"), ("a: {var.x}", "{var.x}")] {
            assert_eq!(braces(line).map(|(_, range)| &line[range]), Some(name), "{line}");
        }
        for line in ["a: {b: c}", "a: x{B}", "a: {}", "a: {1}", "{B}"] {
            assert!(braces(line).is_none(), "{line}");
        }
    }

    #[test]
    fn names_that_stand_for_a_value_are_found() {
        let found = |text| find_any(text).map(|(_, range)| &text[range]);
        assert_eq!(found("s3a://$BUCKET/x"), Some("$BUCKET"));
        assert_eq!(found("$JAVA_OPTS -Da=b"), Some("$JAVA_OPTS"));
        assert_eq!(found("oss://<YOUR-BUCKET>/x"), Some("<YOUR-BUCKET>"));
        assert_eq!(found("<image>:${TAG}"), Some("<image>"));
        for text in [
            "$$X1",
            "a.b.Outer$INNER",
            "a.b.Outer$Inner",
            "$1",
            "cost $5",
            "$X",
            "List<String>",
            "a <b> c</b>",
            "a < b and c > d",
            "<-",
            "$(POD_IP)",
            "\\$ABC",
            "$Abc",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_spark_the_operator_and_hadoop_fill_is_meant() {
        for text in [
            "{{APP_ID}}",
            "{{EXECUTOR_ID}}",
            "{{$appName}}.example.com",
            "{{ $appNamespace }}",
            "${user.name}",
            "${spark.x}",
            "${env:HOME}",
            "{}",
            "{a: b}",
            "$(POD_IP)",
            "${",
            "{",
            "${}",
            "{{}}x{",
        ]
        .iter()
        .filter(|text| **text != "{{}}x{")
        {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
