//! Pre-processing: inputs that end in `.j2` are minijinja templates.
//!
//! Undefined values are errors, work is bounded, includes stay inside the root. The result is never passed on
//! as text: it is parsed like any other input and emitted anew, so quoting in templates cannot break a host.

mod lines;
mod values;

use std::path::{Component, Path};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, syntax::SyntaxConfig};

pub use values::{merge, set};

use crate::tree::{CodeDoc, Diagnostic, SourceId, Sources, Span, secret};

/// Codes of this module.
pub const CODES: &[CodeDoc] = &[CodeDoc {
    code: "template-error",
    summary: "a `.j2` template cannot be rendered",
    explanation: "Templates are strict: an undefined value, a failing filter, an include outside the input's root, or too much work \
                  ends in this error, at the template's own line. Values come from `--values`, `--set`, the configuration and \
                  Argo CD parameters.",
}];

/// Steps that one template may take: some seconds of work.
const FUEL: u64 = 10_000_000;
/// Depth of includes and macros.
const RECURSION: usize = 64;
/// Bytes that one template may produce.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// The text of an included template, if there is one, or why it is not read.
pub type Included = Result<Option<String>, String>;

/// Renders the template of `id` with `values`. `include` reads another template by its path relative to the
/// root; it is never called with a path that leaves the root. The result is a new source whose lines are
/// mapped back to the template's as far as that is possible.
///
/// # Errors
/// A positioned finding when the template is wrong or asks for too much.
pub fn render(
    id: SourceId,
    values: &serde_json::Value,
    include: impl Fn(&str) -> Included + Send + Sync + 'static,
    sources: &mut Sources,
) -> Result<SourceId, Box<Diagnostic>> {
    let name = sources.file(id).name.clone();
    let text = sources.file(id).text.clone();
    let environment = environment(include);
    let context = minijinja::Value::from(minijinja::value::Serde(values));
    let rendered = environment
        .template_from_named_str(&name, &text)
        .and_then(|template| template.render(context.clone()))
        .map_err(|error| Box::new(complaint(&error, id, &name, values, sources)))?;
    if rendered.len() > MAX_OUTPUT {
        let message = format!("the template makes more than {MAX_OUTPUT} bytes");
        let start = Span { source: id, start: 0, end: 0 };
        return Err(Box::new(Diagnostic::error("template-error", message).at(start)));
    }
    let marked = lines::mark(&text);
    let map = environment
        .template_from_named_str(&name, &marked)
        .and_then(|template| template.render(context))
        .ok()
        .and_then(|output| lines::read(&output, &rendered));
    Ok(sources.add_rendered(name, rendered, id, map.unwrap_or_default()))
}

fn environment(include: impl Fn(&str) -> Included + Send + Sync + 'static) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    environment.set_debug(true);
    environment.set_auto_reload(false);
    environment.set_syntax(
        SyntaxConfig::builder().keep_trailing_newline(true).build().expect("only white space is configured"),
    );
    environment.set_loader(move |name| {
        if !stays_inside(name) {
            return Ok(None);
        }
        include(name).map_err(|message| minijinja::Error::new(ErrorKind::InvalidOperation, message))
    });
    environment
}

/// Whether `name` is a relative path that never climbs.
fn stays_inside(name: &str) -> bool {
    !name.contains('\\') && Path::new(name).components().all(|component| matches!(component, Component::Normal(_)))
}

fn complaint(
    error: &minijinja::Error,
    id: SourceId,
    name: &str,
    values: &serde_json::Value,
    sources: &Sources,
) -> Diagnostic {
    let mut message = match error.kind() {
        ErrorKind::OutOfFuel => "the template does too much work".to_owned(),
        kind => kind.to_string(),
    };
    // `{% include x %}` names a file by a value, which may be anything.
    let is_written = |detail: &str| {
        let mut quoted = detail.split('"').skip(1).step_by(2);
        quoted.all(|name| sources.ids().any(|id| sources.file(id).text.contains(name)))
    };
    let is_shown = |detail: &&str| error.kind() != ErrorKind::TemplateNotFound || is_written(detail);
    if let Some(detail) = error.detail().filter(is_shown) {
        message = format!("{message}: {detail}");
    }
    message = without_secrets(message, values);
    let in_this_file = error.name().is_none_or(|file| file == name);
    if let Some(file) = error.name().filter(|_| !in_this_file) {
        message =
            format!("{message} (in {file}{})", error.line().map_or(String::new(), |line| format!(", line {line}")));
    }
    let mut diagnostic = Diagnostic::error("template-error", message);
    if in_this_file {
        let text = &sources.file(id).text;
        let range = error.range().or_else(|| line_range(text, error.line()?)).unwrap_or(0..0);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        diagnostic = diagnostic.at(Span { source: id, start: offset(range.start), end: offset(range.end) });
    }
    match error.kind() {
        ErrorKind::UndefinedError => diagnostic.hint("give the value with `--values` or `--set`, or use `default(…)`"),
        ErrorKind::TemplateNotFound => {
            diagnostic.hint("include files by their path relative to the input's root, without `..`")
        }
        _ => diagnostic,
    }
}

/// A message without the values that are secret by their names.
fn without_secrets(message: String, values: &serde_json::Value) -> String {
    let entries: Vec<(&str, &serde_json::Value)> = match values {
        serde_json::Value::Object(map) => map.iter().map(|(key, value)| (key.as_str(), value)).collect(),
        serde_json::Value::Array(items) => items.iter().map(|item| ("", item)).collect(),
        _ => Vec::new(),
    };
    entries.into_iter().fold(message, |message, (key, value)| match value.as_str() {
        Some(text) if text.len() > 3 && secret::is_secret_name(key) => message.replace(text, secret::HIDDEN),
        _ => without_secrets(message, value),
    })
}

fn line_range(text: &str, line: usize) -> Option<std::ops::Range<usize>> {
    let start = text.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
    let length = text.get(start..)?.lines().next().map_or(0, str::len);
    Some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rendered(
        text: &str,
        values: &serde_json::Value,
    ) -> Result<(String, Sources, SourceId), (Box<Diagnostic>, Sources)> {
        let mut sources = Sources::new();
        let id = sources.add("app.yaml.j2", text);
        match render(id, values, |name| Ok((name == "inc/a.j2").then(|| "a: 1\n".to_owned())), &mut sources) {
            Ok(result) => Ok((sources.file(result).text.clone(), sources, result)),
            Err(diagnostic) => Err((diagnostic, sources)),
        }
    }

    #[test]
    fn values_are_put_in_and_lines_are_mapped_back() {
        let template = "{% for i in range(n) %}\n- x: {{ i }}\n{% endfor %}\nlast: {{ v }}\n";
        let (text, sources, id) = rendered(template, &json!({ "n": 2, "v": "z" })).unwrap();
        assert_eq!(text, "\n- x: 0\n\n- x: 1\n\nlast: z\n");
        let at = u32::try_from(text.find("last").unwrap()).unwrap();
        assert_eq!(sources.place(Span { source: id, start: at, end: at + 4 }), "app.yaml.j2:4:1");
        let at = u32::try_from(text.find("- x: 1").unwrap()).unwrap();
        assert_eq!(sources.place(Span { source: id, start: at, end: at + 4 }), "app.yaml.j2:2:1");
    }

    #[test]
    fn undefined_values_are_errors_at_their_place() {
        let (diagnostic, sources) = rendered("a: 1\nb: {{ nope }}\n", &json!({})).unwrap_err();
        assert_eq!(diagnostic.code, "template-error");
        assert_eq!(sources.place(diagnostic.origin.span().unwrap()), "app.yaml.j2:2:7");
    }

    #[test]
    fn work_is_bounded_and_includes_stay_inside() {
        assert!(
            rendered("{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}", &json!({}))
                .is_err()
        );
        assert_eq!(rendered("{% include 'inc/a.j2' %}", &json!({})).unwrap().0, "a: 1\n");
        for name in ["../a.j2", "/etc/passwd", "inc/../../a", "inc\\\\a"] {
            assert!(rendered(&format!("{{% include '{name}' %}}"), &json!({})).is_err(), "{name}");
        }
    }
}
