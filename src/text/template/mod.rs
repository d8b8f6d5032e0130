//! Pre-processing: inputs that end in `.j2` are minijinja templates.
//!
//! Undefined values are errors, work is bounded ([`crate::tree::limits`]), includes stay inside the root. The result is never passed on
//! as text: it is parsed like any other input and emitted anew, so quoting in templates cannot break a host.

mod bounded;
mod depth;
mod lines;
mod values;

use std::{
    ops::Range,
    path::{Component, Path},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, syntax::SyntaxConfig};

pub(crate) use values::merge;
pub use values::set;

use self::bounded::Bounded;
use crate::tree::{
    CodeDoc, Diagnostic, SourceId, Sources, Span, bug,
    limits::{
        TEMPLATE_BYTES, TEMPLATE_RECURSION, TEMPLATE_SECONDS, TEMPLATE_STACKS, TEMPLATE_STEPS, TEMPLATES_LEFT_BEHIND,
    },
    secret,
};

/// Codes of this module.
pub(crate) const CODES: &[CodeDoc] = &[CodeDoc {
    code: "template-error",
    summary: "a `.j2` template cannot be rendered",
    explanation: "Templates are strict: an undefined value, a failing filter, an include outside the input's root, or too much work \
                  ends in this error, at the template's own line. Values come from `--values`, `--set`, the configuration and \
                  Argo CD parameters.",
}];

/// The text of an included template, if there is one, or why it is not read.
pub(crate) type Included = Result<Option<String>, String>;
/// Reads included templates.
type Include = Arc<dyn Fn(&str) -> Included + Send + Sync>;

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
    let at = |range: Range<usize>| {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: id, start: offset(range.start), end: offset(range.end) }
    };
    if let Some((range, message)) = depth::too_deep(&sources.file(id).text) {
        let hint = "compute it in steps, with `{% set %}`, or give the value with `--values`";
        return Err(Box::new(Diagnostic::error("template-error", message).at(at(range)).hint(hint)));
    }
    let include: Include = Arc::new(include);
    let (read, values, file) = (sources.clone(), values.clone(), name.clone());
    let work = move || {
        let text = &read.file(id).text;
        let environment = environment(Arc::clone(&include));
        let context = minijinja::Value::from(minijinja::value::Serde(&values));
        // An error holds values of the template, which are forgotten here, too.
        let plain = rendered(&environment, &file, text, context.clone())
            .map_err(|error| Box::new(complaint(&error, id, &file, &values, &read)))?;
        let map = rendered(&environment, &file, &lines::mark(text), context).ok();
        let map = map.and_then(|output| lines::read(&output, &plain));
        Ok((plain, map.unwrap_or_default()))
    };
    let (rendered, map) = on_a_known_stack(work).flatten().map_err(|mut found: Box<Diagnostic>| {
        if found.origin.is_unknown() {
            found.origin = at(0..0).into();
        }
        found
    })?;
    Ok(sources.add_rendered(name, rendered, id, map))
}

/// Runs `work` on a thread with a stack of [`TEMPLATE_STACKS`], one at a time: values may nest as deep as a template
/// takes steps, and whoever compares or forgets such a value goes down with it. The engine does not count all its work
/// (a list that is added to itself forty times is asked for its length for hours): who does not end in time is left
/// behind.
fn on_a_known_stack<T: Send + 'static>(work: impl Fn() -> T + Send + Sync + 'static) -> Result<T, Box<Diagnostic>> {
    static TURN: Mutex<()> = Mutex::new(());
    static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);
    let refused = |message: String, hint| Err(Box::new(Diagnostic::error("template-error", message).hint(hint)));
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if LEFT_BEHIND.load(Ordering::Relaxed) >= TEMPLATES_LEFT_BEHIND {
        let message = "other templates of this run did not end in time, and this one is not begun".to_owned();
        return refused(message, "mend those first");
    }
    let work = Arc::new(work);
    let (done, end) = mpsc::channel();
    let spawn = |stack| {
        let (work, done) = (Arc::clone(&work), done.clone());
        // Nobody listens to one that was left behind.
        let run = move || drop(done.send(bug::guarded(|| work())));
        thread::Builder::new().name("template".to_owned()).stack_size(stack).spawn(run)
    };
    if !TEMPLATE_STACKS.into_iter().any(|stack| spawn(stack).is_ok()) {
        return refused("there is no memory for the stack of a template".to_owned(), "raise the limit of memory");
    }
    end.recv_timeout(Duration::from_secs(TEMPLATE_SECONDS)).unwrap_or_else(|_| {
        LEFT_BEHIND.fetch_add(1, Ordering::Relaxed);
        refused(format!("the template takes longer than {TEMPLATE_SECONDS} s"), "make it do less")
    })
}

fn rendered(
    environment: &Environment<'_>,
    name: &str,
    text: &str,
    context: minijinja::Value,
) -> Result<String, minijinja::Error> {
    let mut output = Bounded::default();
    let outcome = environment
        .template_from_named_str(name, text)
        .and_then(|template| template.render_captured_to(context, &mut output).map(drop));
    match outcome {
        _ if output.exceeded => Err(minijinja::Error::new(
            ErrorKind::WriteFailure,
            format!("the template makes more than {TEMPLATE_BYTES} bytes"),
        )),
        Ok(()) => Ok(output.into_text()),
        Err(error) => Err(error),
    }
}

fn environment(include: Include) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(TEMPLATE_STEPS));
    environment.set_recursion_limit(TEMPLATE_RECURSION);
    bounded::install(&mut environment);
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

    /// Each would take all memory, all time or the whole stack.
    #[test]
    fn bombs_end_with_an_error_of_the_template() {
        let grow = |step: &str, times: u32, end: &str| {
            let start = "{% set ns = namespace(x=['xxxxxxxx'], y=['xxxxxxxx']) %}";
            format!("{start}{{% for i in range({times}) %}}{{% set ns.x = {step} %}}{{% endfor %}}a: {{{{ {end} }}}}\n")
        };
        for text in [
            grow("[ns.x, ns.x]", 40, "ns.x"),
            grow("[ns.x, ns.x]", 40, "ns.x|pprint"),
            grow("[ns.x, ns.x]", 40, "ns.x|string"),
            grow("[ns.x]", 100_000, "ns.x"),
            grow("[ns.x]", 100_000, "ns.x|join('x')"),
            "a: {{ range(100000)|join(range(100000)|join('xxxxxxxxxxxxxxxx')) }}\n".to_owned(),
            "{% for i in range(100000) %}{{ 'x' * 1000 }}{{ range(1000)|join('xxxxxxxx') }}{% endfor %}".to_owned(),
            format!("a: {{{{ {}1 }}}}\n", "-".repeat(100_000)),
            format!("{}a: 1{}\n", "{% if 1 %}".repeat(50_000), "{% endif %}".repeat(50_000)),
            "a: {{ ('x ' * 1000000)|split|length }}\n".to_owned(),
            "a: {{ ('x\\n' * 1000000)|lines|length }}\n".to_owned(),
        ] {
            let (found, sources) = rendered(&text, &json!({})).err().unwrap_or_else(|| panic!("{}", &text[..80]));
            assert_eq!(found.code, "template-error");
            let place = sources.place(found.origin.span().unwrap());
            assert!(place.starts_with("app.yaml.j2:1:"), "{place}: {}", found.message);
        }
        // As deep, but nobody writes it.
        let deep = format!("{}{{% set y = ns.x %}}{{{{ ns.x == y }}}}", grow("[ns.x]", 100_000, "1"));
        assert!(rendered(&deep, &json!({})).unwrap().0.contains("True"));
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
