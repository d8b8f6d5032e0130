//! Ingresses (operator: `internal/controller/sparkapplication/web_ui.go`): the UI's, and the rules that driver
//! ingresses share with it.

use super::{
    Context, string_map,
    url_format::{BELOW_PATH, IngressUrl, Variables, mentions_app_id, without_regex},
};
use crate::{
    map,
    operator::{api::StringMap, rule},
    seq,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin},
};

const REWRITE_TARGET: &str = "nginx.ingress.kubernetes.io/rewrite-target";

/// What an Ingress is made from.
pub(crate) struct IngressPlan<'a> {
    /// `metadata.name`.
    pub(crate) name: Node,
    /// The URL format.
    pub(crate) format: &'a str,
    /// Where the format is written.
    pub(crate) format_origin: Origin,
    /// Its field.
    pub(crate) format_field: FieldPath,
    /// The application's annotations; empty or absent: the operator's.
    pub(crate) annotations: Option<&'a StringMap>,
    /// The application's `tls`; empty or absent: the operator's.
    pub(crate) tls: Option<&'a Vec<Node>>,
    /// The Service that it leads to, and its port.
    pub(crate) service: &'a Node,
    /// Who asks for it.
    pub(crate) rule: &'static str,
}

/// `<app>-ui-ingress`, if the operator has a URL format.
pub(crate) fn ui(context: Context<'_>, service: Option<&Node>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let format = &context.flags.ingress_url_format;
    let ui = context.application.spec.spark_ui_options.as_ref();
    let Some(service) = service.filter(|_| !format.is_empty()) else {
        without_ingress(context, diagnostics);
        return None;
    };
    let plan = IngressPlan {
        name: context.name("ui-ingress", "sparkUIOptions"),
        format,
        format_origin: format.origin.clone(),
        format_field: FieldPath::keys(&["spec", "operator", "ingressUrlFormat"]),
        annotations: ui.and_then(|ui| ui.ingress_annotations.as_ref()),
        tls: ui.and_then(|ui| ui.ingress_tls.as_ref()),
        service,
        rule: "sparkUIOptions",
    };
    make(context, &plan, diagnostics)
}

/// Warns of the regular expression that early operators wanted in a format, and returns the format without it.
pub(crate) fn plain_format<'a>(
    format: &'a str,
    field: FieldPath,
    origin: &Origin,
    diagnostics: &mut Diagnostics,
) -> &'a str {
    let Some(plain) = without_regex(format) else { return format };
    diagnostics.push(
        Diagnostic::warning(
            "ingress-url",
            format!("`{BELOW_PATH}` at the end of the format is left out: it is put behind the path anyway"),
        )
        .field(field)
        .at(origin)
        .hint(format!("write `{plain}`: only early operators wanted the regular expression")),
    );
    plain
}

/// The operator makes the UI's Ingress only where its flags ask for one.
fn without_ingress(context: Context<'_>, diagnostics: &mut Diagnostics) {
    let Some(ui) = &context.application.spec.spark_ui_options else { return };
    let annotations = ui.ingress_annotations.as_ref().filter(|all| !all.is_empty()).map(|all| &all.origin);
    let tls = ui.ingress_tls.as_ref().and_then(|tls| tls.first()).map(|first| &first.origin);
    for (field, origin) in [("ingressAnnotations", annotations), ("ingressTLS", tls)] {
        let Some(origin) = origin else { continue };
        let path = context.application.spec_path().key("sparkUIOptions").key(field);
        let message = format!("`{path}` has no effect: there is no Ingress of the UI");
        let hint = if context.flags.ui_service {
            "set `operator.ingressUrlFormat` to the operator's `--ingress-url-format`, or remove the field"
        } else {
            "leave `operator.uiService` on, or remove the field"
        };
        diagnostics.push(Diagnostic::warning("no-effect", message).field(path).at(origin).hint(hint));
    }
}

/// The Ingress of `plan`, or a report why there is none.
pub(crate) fn make(context: Context<'_>, plan: &IngressPlan<'_>, diagnostics: &mut Diagnostics) -> Option<Node> {
    if context.app_id.is_none() && mentions_app_id(plan.format) {
        diagnostics.push(
            Diagnostic::warning("ingress-app-id", "`{{$appId}}` becomes nothing: each run has an id of its own")
                .field(plan.format_field.clone())
                .at(&plan.format_origin)
                .hint("use `{{$appName}}`"),
        );
    }
    let variables = Variables {
        app_name: &context.application.name,
        app_namespace: &context.application.namespace,
        app_id: context.app_id.unwrap_or_default(),
    };
    let url = match IngressUrl::parse(plan.format, variables) {
        Ok(url) => url,
        Err(fault) => {
            diagnostics.push(
                Diagnostic::error("ingress-url", fault)
                    .field(plan.format_field.clone())
                    .at(&plan.format_origin)
                    .hint("write a format such as `{{$appName}}.example.com`"),
            );
            return None;
        }
    };
    if let Some(port) = &url.port {
        diagnostics.push(
            Diagnostic::warning(
                "ingress-url",
                format!("port {port} is left out: an Ingress has none, and the operator's would be refused"),
            )
            .field(plan.format_field.clone())
            .at(&plan.format_origin)
            .hint("remove the port from the format"),
        );
    }
    let origins = UrlOrigins::of(context, plan, variables, &url);
    let has_path = !matches!(url.path.as_str(), "" | "/");
    let mut annotations = match plan.annotations.filter(|annotations| !annotations.value.is_empty()) {
        Some(annotations) => string_map(annotations, "ingressAnnotations"),
        None => option_map(context),
    };
    let mapping = annotations.as_mapping_mut().expect("made above");
    if has_path {
        mapping.insert(REWRITE_TARGET, Node::from("/$2").at(origins.format.clone()));
    }
    let mut metadata = map! { "name" => plan.name.clone(), "labels" => context.labels() };
    if !mapping.is_empty() {
        metadata.as_mapping_mut().expect("made above").insert("annotations", annotations);
    }
    Some(
        map! {
            "apiVersion" => "networking.k8s.io/v1",
            "kind" => "Ingress",
            "metadata" => metadata,
            "spec" => spec(context, plan, &url, has_path, &origins),
        }
        .stamped(&rule::operator(plan.rule, [context.application.origin.clone()])),
    )
}

/// Where the parts of a URL come from.
struct UrlOrigins {
    format: Origin,
    host: Origin,
    path: Origin,
}

impl UrlOrigins {
    /// A part comes from the format, and from every variable without which it would be another.
    fn of(context: Context<'_>, plan: &IngressPlan<'_>, variables: Variables<'_>, url: &IngressUrl) -> Self {
        let (mut host, mut path) = (vec![plan.format_origin.clone()], vec![plan.format_origin.clone()]);
        let application = context.application;
        let app_id = context.conf.origin("spark.app.id");
        for (others, origin) in [
            (Variables { app_name: "x", ..variables }, &application.name.origin),
            (Variables { app_namespace: "x", ..variables }, &application.namespace.origin),
            (Variables { app_id: "x", ..variables }, &app_id),
        ] {
            let Ok(other) = IngressUrl::parse(plan.format, others) else { continue };
            if other.host != url.host {
                host.push(origin.clone());
            }
            if other.path != url.path {
                path.push(origin.clone());
            }
        }
        let format = rule::operator("ingressURLFormat", [plan.format_origin.clone()]);
        Self { format, host: rule::operator("ingressURLFormat", host), path: rule::operator("ingressURLFormat", path) }
    }
}

fn spec(context: Context<'_>, plan: &IngressPlan<'_>, url: &IngressUrl, has_path: bool, origins: &UrlOrigins) -> Node {
    let port =
        plan.service.at_keys(&["spec", "ports"]).and_then(Node::as_sequence).and_then(|ports| ports[0].get("port"));
    let service_name = plan.service.at_keys(&["metadata", "name"]).cloned().unwrap_or_default();
    let mut path = map! {
        "pathType" => "ImplementationSpecific",
        "backend" => map! { "service" => map! {
            "name" => service_name,
            "port" => map! { "number" => port.cloned().unwrap_or_default() },
        } },
    };
    let text = if has_path { format!("{}{BELOW_PATH}", url.path) } else { url.path.clone() };
    if !text.is_empty() {
        path.as_mapping_mut().expect("made above").insert("path", Node::from(text).at(origins.path.clone()));
    }
    let mut item = map! {};
    if !url.host.is_empty() {
        item.as_mapping_mut().expect("made above").insert("host", Node::from(&url.host).at(origins.host.clone()));
    }
    item.as_mapping_mut().expect("made above").insert("http", map! { "paths" => seq![path] });
    let mut spec = map! {};
    let mapping = spec.as_mapping_mut().expect("made above");
    if let Some(class) = &context.flags.ingress_class_name {
        mapping.insert("ingressClassName", Node::from(&class.value).at(&class.origin));
    }
    mapping.insert("rules", seq![item]);
    let tls = plan.tls.filter(|tls| !tls.is_empty()).unwrap_or(&context.flags.ingress_tls).clone();
    if !tls.is_empty() {
        mapping.insert("tls", tls);
    }
    spec
}

/// The operator's default annotations.
fn option_map(context: Context<'_>) -> Node {
    let mut annotations = map! {};
    for (key, value) in &context.flags.ingress_annotations {
        let mapping = annotations.as_mapping_mut().expect("made above");
        mapping.insert(key, Node::from(&value.value).at(&value.origin));
    }
    annotations
}
