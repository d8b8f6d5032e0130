//! The operator's webhook configurations, for those who keep the webhook: as its chart has them, but always with
//! failurePolicy Fail, and with the authority of the same Secret.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Certificate, ServiceName, pem};
use crate::{
    map,
    operator::{Version, names::LAUNCHED_LABEL},
    seq,
    tree::{Mapping, Node, Value},
};

/// The group of the configurations.
pub(crate) const CONFIGURATION_GROUP: &str = "admissionregistration.k8s.io";
/// Their kinds.
pub(crate) const CONFIGURATION_KINDS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
/// Seconds that the API server waits, as in the operator's chart.
pub(crate) const TIMEOUT_SECONDS: u8 = 10;
/// The port of the webhook's Service, as in the operator's chart.
pub(crate) const PORT: u16 = 9443;

/// What a configuration is made of.
#[derive(Debug, Clone)]
pub(crate) struct WebhookOptions<'a> {
    /// `metadata.name` of both.
    pub name: &'a str,
    /// The webhook's Service.
    pub service: &'a ServiceName,
    /// The Service's port.
    pub port: u16,
    /// The operator.
    pub operator: Version,
    /// Namespaces of the jobs; none: all.
    pub job_namespaces: &'a [String],
    /// 1 to 30.
    pub timeout_seconds: u8,
    /// The authority of the Secret; left out, the operator writes it.
    pub authority: Option<&'a Certificate>,
    /// `namespace/certificate` for cert-manager's injector, which then writes caBundle.
    pub inject_ca_from: Option<&'a str>,
}

/// The name that the chart gives the configurations: that of the Service without `-svc`.
#[must_use]
pub(crate) fn default_name(service: &str) -> &str {
    service.strip_suffix("-svc").unwrap_or(service)
}

/// Resource, group, version (spark-operator 2.5.2, charts/spark-operator-chart/templates/webhook).
const RESOURCES: &[(&str, &str, &str)] = &[
    ("sparkapplication", "sparkoperator.k8s.io", "v1beta2"),
    ("scheduledsparkapplication", "sparkoperator.k8s.io", "v1beta2"),
    ("sparkconnect", "sparkoperator.k8s.io", "v1alpha1"),
];

/// Both configurations, the mutating one first. Operators before 2.0 make theirs themselves.
#[must_use]
pub(crate) fn configurations(options: &WebhookOptions) -> Vec<Node> {
    let resources = RESOURCES
        .iter()
        .filter(|(resource, ..)| *resource != "sparkconnect" || options.operator.handles_spark_connect());
    let mut mutating = vec![webhook(options, "mutate", "pod", "", "v1")];
    let mut validating = Vec::new();
    for (resource, group, version) in resources {
        mutating.push(webhook(options, "mutate", resource, group, version));
        validating.push(webhook(options, "validate", resource, group, version));
    }
    [mutating, validating]
        .into_iter()
        .zip(CONFIGURATION_KINDS)
        .map(|(webhooks, kind)| {
            let mut metadata = Mapping::new();
            metadata.insert("name", Node::text(options.name));
            if let Some(certificate) = options.inject_ca_from {
                metadata.insert("annotations", map! { "cert-manager.io/inject-ca-from" => Node::text(certificate) });
            }
            map! {
                "apiVersion" => format!("{CONFIGURATION_GROUP}/v1"),
                "kind" => *kind,
                "metadata" => metadata,
                "webhooks" => Node::new(webhooks),
            }
        })
        .collect()
}

fn webhook(options: &WebhookOptions, verb: &str, resource: &str, group: &'static str, version: &'static str) -> Node {
    // controller-runtime makes the path of group, version and kind.
    let path = format!("{verb}-{}-{version}-{resource}", group.replace('.', "-"));
    let mut client_config = Mapping::new();
    client_config.insert(
        "service",
        map! {
            "name" => &options.service.service,
            "namespace" => &options.service.namespace,
            "path" => format!("/{path}"),
            "port" => i64::from(options.port),
        },
    );
    if let Some(authority) = options.authority {
        client_config.insert("caBundle", ca_bundle(authority));
    }
    let mut webhook = Mapping::new();
    webhook.insert("name", format!("{path}.sparkoperator.k8s.io"));
    webhook.insert("admissionReviewVersions", seq!["v1"]);
    webhook.insert("clientConfig", client_config);
    webhook.insert("failurePolicy", "Fail");
    if !options.job_namespaces.is_empty() {
        let values: Vec<Node> = options.job_namespaces.iter().map(|name| Value::from(name).into()).collect();
        webhook.insert(
            "namespaceSelector",
            map! {
                "matchExpressions" => seq![map! {
                    "key" => "kubernetes.io/metadata.name",
                    "operator" => "In",
                    "values" => Node::new(values),
                }],
            },
        );
    }
    let operations = if resource == "pod" {
        webhook.insert("objectSelector", map! { "matchLabels" => map! { LAUNCHED_LABEL => "true" } });
        seq!["CREATE"]
    } else {
        seq!["CREATE", "UPDATE"]
    };
    webhook.insert(
        "rules",
        seq![map! {
            "apiGroups" => seq![group],
            "apiVersions" => seq![version],
            "operations" => operations,
            "resources" => seq![format!("{resource}s")],
        }],
    );
    webhook.insert("sideEffects", options.operator.side_effects());
    webhook.insert("timeoutSeconds", i64::from(options.timeout_seconds));
    webhook.into()
}

/// `caBundle`: base64 of the PEM.
#[must_use]
pub(crate) fn ca_bundle(authority: &Certificate) -> String {
    STANDARD.encode(pem::encode("CERTIFICATE", authority.der()))
}
