//! Ingress URL formats of the operator: `{{$appNamespace}}.example.com/{{$appName}}`.

/// The URL of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IngressUrl {
    /// Host without port.
    pub host: String,
    /// A port in the format, which an Ingress cannot have.
    pub port: Option<String>,
    /// Path; empty if there is none.
    pub path: String,
}

/// What stands for the variables.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "the template's own names")]
pub(crate) struct Variables<'a> {
    /// `{{$appName}}`.
    pub app_name: &'a str,
    /// `{{$appNamespace}}`.
    pub app_namespace: &'a str,
    /// `{{$appId}}`; empty where it is not known before the run.
    pub app_id: &'a str,
}

/// Whether `format` asks for the application id.
#[must_use]
pub(crate) fn mentions_app_id(format: &str) -> bool {
    expand(format, Variables { app_name: "", app_namespace: "", app_id: "\u{0}" }).contains('\u{0}')
}

/// What the operator, and so we, put behind a path: everything below it is the UI's.
pub(crate) const BELOW_PATH: &str = "(/|$)(.*)";

/// `format` without [`BELOW_PATH`], which early operators wanted in it; none if it has no such end.
pub(crate) fn without_regex(format: &str) -> Option<&str> {
    format.strip_suffix(BELOW_PATH)
}

/// Replaces `{{$appName}}`, `{{$appNamespace}}` and `{{$appId}}`; spaces inside the braces do not matter.
#[must_use]
pub(crate) fn expand(format: &str, variables: Variables<'_>) -> String {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let end = start + length + 2;
        out.push_str(&rest[..start]);
        match rest[start + 2..end - 2].trim() {
            "$appName" => out.push_str(variables.app_name),
            "$appNamespace" => out.push_str(variables.app_namespace),
            "$appId" => out.push_str(variables.app_id),
            _ => out.push_str(&rest[start..end]),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

impl IngressUrl {
    /// The URL that `format` makes; a scheme may be left out.
    ///
    /// # Errors
    ///
    /// A phrase about what is wrong.
    pub(crate) fn parse(format: &str, variables: Variables<'_>) -> Result<Self, String> {
        let text = expand(format, variables);
        if text.contains("{{") {
            return Err(format!("`{format}` has a variable that is not appName, appNamespace or appId"));
        }
        let without_scheme = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let without_query = without_scheme.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match without_query.find('/') {
            Some(slash) => without_query.split_at(slash),
            None => (without_query, ""),
        };
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(format!("`{text}` has a blank"));
        }
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.to_owned())),
            None => (authority, None),
        };
        let host_is_good = host.is_empty()
            || host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '*'));
        if !host_is_good {
            return Err(format!("`{host}` is no host name"));
        }
        if path.contains(['(', ')', '|', '*', '\\', '^', '$', '[', ']']) {
            return Err(format!("the path `{path}` is a regular expression; `{BELOW_PATH}` is put behind a plain one"));
        }
        Ok(Self { host: host.to_owned(), port, path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{IngressUrl, Variables, mentions_app_id, without_regex};

    const PI: Variables<'_> = Variables { app_name: "pi", app_namespace: "jobs", app_id: "spark-1" };

    #[test]
    fn a_scheme_may_be_left_out_and_a_port_is_taken_off() {
        let url = IngressUrl::parse("{{$appName}}.example.com", PI).expect("a good format");
        assert_eq!((url.host.as_str(), url.path.as_str()), ("pi.example.com", ""));
        let url = IngressUrl::parse("https://ui.example.com:8443/{{ $appNamespace }}/{{$appName}}", PI)
            .expect("a good format");
        assert_eq!(
            (url.host.as_str(), url.path.as_str(), url.port.as_deref()),
            ("ui.example.com", "/jobs/pi", Some("8443"))
        );
        let url = IngressUrl::parse("localhost:8080/x", PI).expect("a good format");
        assert_eq!((url.host.as_str(), url.path.as_str()), ("localhost", "/x"));
        assert!(IngressUrl::parse("{{$app}}.example.com", PI).is_err());
        assert!(IngressUrl::parse("My_Host", PI).is_err());
        assert!(mentions_app_id("x/{{ $appId }}") && !mentions_app_id("x/{{$appName}}"));
    }

    #[test]
    fn a_path_is_plain_and_the_usual_regular_expression_behind_it_is_known() {
        let path = |format| IngressUrl::parse(format, PI).map(|url| url.path);
        assert_eq!(without_regex("a.b/{{$appName}}(/|$)(.*)"), Some("a.b/{{$appName}}"));
        assert_eq!(without_regex("a.b/{{$appName}}"), None);
        assert_eq!(path("a.b/{{$appName}}/x-y_z.1~"), Ok("/pi/x-y_z.1~".to_owned()));
        for format in ["a.b/{{$appName}}(/|$)(.*)", "a.b/{{$appName}}/(.*)", "a.b/pi|po", "a.b/pi.*", "a.b/^pi$"] {
            assert!(path(format).is_err_and(|fault| fault.contains("is a regular expression")), "{format}");
        }
        assert_eq!(IngressUrl::parse("*.b/{{$appName}}", PI).map(|url| url.host), Ok("*.b".to_owned()));
    }
}
