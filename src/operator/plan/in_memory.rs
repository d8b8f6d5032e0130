//! What the operator changes in the spec before it builds the arguments (`submitSparkApplication`): the path of
//! the UI behind an Ingress, and Prometheus. (Batch schedulers follow in `companions`, which also makes their
//! objects.)

use std::borrow::Cow;

use super::monitoring;
use crate::{
    operator::{OperatorOptions, api::v1beta2::SparkApplicationSpec, resolve::ResolvedApplication},
    tree::{Diagnostic, Diagnostics, FieldPath, Origin, Sourced, Stage},
};

/// The spec as the operator submits it.
pub(crate) fn change<'a>(
    app: &'a ResolvedApplication,
    operator: &OperatorOptions,
    diagnostics: &mut Diagnostics,
) -> Cow<'a, SparkApplicationSpec> {
    let mut spec = Cow::Borrowed(app.spec.as_ref());
    ui_proxy(app, operator, &mut spec, diagnostics);
    monitoring::change(app, &mut spec, diagnostics);
    spec
}

/// `spark.ui.proxyBase` and `spark.ui.proxyRedirectUri`, where the UI is served below a path.
fn ui_proxy(
    app: &ResolvedApplication,
    operator: &OperatorOptions,
    spec: &mut Cow<'_, SparkApplicationSpec>,
    diagnostics: &mut Diagnostics,
) {
    if !operator.ui_service || operator.ingress_url_format.is_empty() {
        return;
    }
    let path = ui_path(&operator.ingress_url_format, &app.name.value, &app.namespace.value);
    if path.is_empty() {
        return;
    }
    let option = &operator.ingress_url_format.origin;
    let inputs = || [app.name.origin.clone(), app.namespace.origin.clone(), option.clone()];
    let conf = spec.to_mut().spark_conf.get_or_insert_default();
    for (key, value) in [("spark.ui.proxyBase", path.as_str()), ("spark.ui.proxyRedirectUri", "/")] {
        let origin = Origin::derived(Stage::Operator, key, inputs());
        let set = conf.value.entry(key.to_owned()).or_insert_with(|| Sourced::new(value.to_owned(), origin));
        if key == "spark.ui.proxyBase" && set.value != value {
            diagnostics.push(
                Diagnostic::warning(
                    "ui-proxy-base",
                    format!("`{key}` is `{}`, but the Ingress of the UI has path `{value}`", set.value),
                )
                .field(FieldPath::keys(&["spec", "sparkConf", key]))
                .at(&set.origin)
                .hint("remove the conf"),
            );
        }
    }
}

/// The path of the URL that `format` makes. `{{$appId}}` is not known yet and becomes nothing.
fn ui_path(format: &str, name: &str, namespace: &str) -> String {
    let mut url = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((variable, behind)) = after.split_once("}}") else { break };
        url.push_str(before);
        match variable.trim() {
            "$appName" => url.push_str(name),
            "$appNamespace" => url.push_str(namespace),
            _ => {}
        }
        rest = behind;
    }
    url.push_str(rest);
    let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = authority.find('/').map_or("", |slash| &authority[slash..]);
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::ui_path;

    #[test]
    fn the_path_of_the_ui_follows_the_url_format() {
        let path = |format| ui_path(format, "pi", "jobs");
        assert_eq!(path("{{$appName}}.example.com"), "");
        assert_eq!(path("example.com/{{ $appNamespace }}/{{$appName}}"), "/jobs/pi");
        assert_eq!(path("https://example.com:8443/{{$appName}}/{{$appId}}"), "/pi/");
    }
}
