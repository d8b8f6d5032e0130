//! The options of a run, settled: the configuration is read once, and everything in it is parsed, checked and carries
//! its place. Stages get typed values; every fault is said here, once.

use super::{
    DriverAccount, Executors, NameSuffix, Target, TtlPolicy,
    config::{
        Configuration, Entry,
        layers::{fault, option_origin},
    },
};
use crate::{
    hosts::{argocd::ArgoCdOptions, flux::FluxOptions},
    kube::{self, OnUnsupported},
    operator::{
        self, OperatorOptions,
        certs::{
            ServiceName,
            options::{CertificateSource, CertificatesOptions},
        },
        companions::{
            ingress::plain_format,
            url_format::{IngressUrl, Variables},
        },
        resolve::ResolveOptions,
    },
    spark,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Sourced, Stage, Value},
};

/// Everything that shapes the output.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The target.
    pub kube_version: kube::Version,
    /// The operator, if one is named.
    pub operator_version: Option<operator::Version>,
    /// What the resolve stage takes from the run.
    pub resolve: ResolveOptions,
    /// What a SparkApplication becomes.
    pub target: Target,
    /// Whether executor pods are shown.
    pub executors: Executors,
    /// What happens to fields that the target cannot honour.
    pub on_unsupported: OnUnsupported,
    /// Whether names of Pod and Job carry a hash.
    pub name_suffix: NameSuffix,
    /// The environment variable `SPARK_USER`, if the configuration has it.
    pub spark_user: Option<Sourced<String>>,
    /// What becomes of `timeToLiveSeconds`.
    pub ttl: TtlPolicy,
    /// The operator's flags.
    pub operator: OperatorOptions,
    /// The webhook certificate.
    pub certs: Option<CertificatesOptions>,
    /// Whether ServiceAccount, Role and RoleBinding are rendered, and then the account of drivers that name none.
    pub rbac: Option<DriverAccount>,
    /// How the output behaves in Argo CD.
    pub argocd: ArgoCdOptions,
    /// How the output behaves in Flux.
    pub flux: FluxOptions,
    /// Whether a host may rename the objects after us (kustomize generator), so that no name may stay as text.
    pub rename_proof: bool,
}

/// What a host (Argo CD, kustomize, a tree) brings to the options.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// The namespace that the host applies to, for applications that name none.
    pub namespace: Option<String>,
    /// The Kubernetes version of the host's cluster, used where neither flag nor configuration names one.
    pub kube_version: Option<String>,
    /// Whether an application without any namespace is an error.
    pub namespace_required: bool,
    /// Whether the host may rename the objects after us.
    pub rename_proof: bool,
    /// Fields that the host lays over the configuration (Argo CD parameters); flags win over both.
    pub parameters: Vec<Entry>,
}

/// Settles the options that `configuration` and `host` give. Nothing after a fault.
pub fn settle(configuration: &Configuration, host: &Host, diagnostics: &mut Diagnostics) -> Option<Options> {
    let mut faults = Diagnostics::new();
    let mut settling = Settling { configuration, faults: &mut faults };
    let spec = &configuration.spec;
    let operator_version = settling.operator_version();
    let options = Options {
        kube_version: settling.kube_version(host).unwrap_or_default(),
        operator_version,
        resolve: ResolveOptions {
            spark_version: settling.spark_version(),
            namespace: settling.namespace(),
            host_namespace: host.namespace.clone().map(|namespace| {
                Sourced::new(namespace, Origin::derived(Stage::CommandLine, "the host's namespace", []))
            }),
            namespace_required: host.namespace_required,
            confs_denied: spec.target == Target::SparkApplication
                && operator_version.is_some_and(operator::resolve::are_denied_by),
            default_service_account: settling
                .text("operator.defaultServiceAccount", Some(&spec.operator.default_service_account)),
            launched_label: spec.operator.launched_label,
        },
        target: spec.target,
        executors: spec.executors,
        on_unsupported: spec.on_unsupported,
        name_suffix: spec.name_suffix,
        spark_user: settling.text("sparkUser", spec.spark_user.as_ref()),
        ttl: spec.ttl,
        operator: settling.operator(),
        certs: settling.certificates(),
        rbac: spec.rbac.account(),
        argocd: settling.argocd(),
        flux: settling.flux(),
        rename_proof: host.rename_proof,
    };
    let failed = faults.has_errors();
    diagnostics.extend(faults);
    (!failed).then_some(options)
}

/// The options under way.
struct Settling<'a> {
    configuration: &'a Configuration,
    faults: &'a mut Diagnostics,
}

impl Settling<'_> {
    /// A text that is not empty, with its place.
    fn text(&self, path: &'static str, text: Option<&String>) -> Option<Sourced<String>> {
        let text = text.filter(|text| !text.is_empty())?;
        Some(Sourced::new(text.clone(), self.configuration.origin(path)))
    }

    fn fault(&mut self, code: &'static str, path: &'static str, message: impl Into<String>, hint: String) {
        let origin = self.configuration.origin(path);
        self.faults.push(fault(code, spec_path(path), &origin, message).hint(hint));
    }

    /// Flag or configuration, else the host's cluster, else the newest known with a warning.
    fn kube_version(&mut self, host: &Host) -> Option<kube::Version> {
        let given = self.text("kubeVersion", self.configuration.spec.kube_version.as_ref());
        let of_host = host.kube_version.as_ref().filter(|version| !version.is_empty());
        let of_host = of_host.map(|version| {
            Sourced::new(version.clone(), Origin::derived(Stage::CommandLine, "the host's Kubernetes version", []))
        });
        let Some(given) = given.or(of_host) else {
            let newest = kube::Version::NEWEST;
            let message = format!("no target Kubernetes version is given: {newest} is taken");
            self.faults.push(
                Diagnostic::warning("kube-version-missing", message)
                    .hint("give `--kube-version`, or `kubeVersion` in the configuration"),
            );
            return Some(newest);
        };
        let mut found = Diagnostics::new();
        let version = kube::Version::resolve(&given.value, &given.origin, &mut found);
        self.said_of("kubeVersion", &given.origin, found);
        version
    }

    fn operator_version(&mut self) -> Option<operator::Version> {
        let given = self.text("operatorVersion", self.configuration.spec.operator_version.as_ref())?;
        let mut found = Diagnostics::new();
        let version = operator::Version::resolve(&given.value, &given.origin, &mut found);
        self.said_of("operatorVersion", &given.origin, found);
        version
    }

    fn spark_version(&mut self) -> Option<Sourced<spark::Version>> {
        let given = self.text("sparkVersion", self.configuration.spec.spark_version.as_ref())?;
        let mut found = Diagnostics::new();
        let version = operator::resolve::read_spark_version(&given, &spec_path("sparkVersion"), &mut found);
        self.said_of("sparkVersion", &given.origin, found);
        version
    }

    /// Findings of a parser, under the name of the flag or parameter that gave the text.
    fn said_of(&mut self, path: &'static str, origin: &Origin, found: Diagnostics) {
        for one in found {
            let named = fault(one.code, spec_path(path), origin, one.message);
            self.faults.push(Diagnostic { message: named.message, path: named.path, ..one });
        }
    }

    fn namespace(&mut self) -> Option<Sourced<String>> {
        let namespace = self.text("namespace", self.configuration.spec.namespace.as_ref())?;
        if !kube::names::is_dns_label(&namespace) {
            self.fault(
                "invalid-name",
                "namespace",
                format!("the namespace is `{namespace}`, which is no DNS-1123 label"),
                "use at most 63 lower-case letters, digits and `-`".to_owned(),
            );
        }
        Some(namespace)
    }

    fn ingress_url_format(&mut self) -> Sourced<String> {
        const PATH: &str = "operator.ingressUrlFormat";
        let written = &self.configuration.spec.operator.ingress_url_format;
        let mut format = self.text(PATH, Some(written)).unwrap_or_default();
        let mut found = Diagnostics::new();
        let plain = plain_format(&format.value, spec_path(PATH), &format.origin, &mut found).to_owned();
        self.said_of(PATH, &format.origin, found);
        format.value = plain;
        format
    }

    fn operator(&mut self) -> OperatorOptions {
        let spec = &self.configuration.spec.operator;
        let variables = Variables { app_name: "name", app_namespace: "namespace", app_id: "id" };
        let format = self.ingress_url_format();
        if let Err(message) = IngressUrl::parse(&format, variables)
            && !format.is_empty()
        {
            let hint = "write a format such as `{{$appName}}.example.com`".to_owned();
            self.fault("ingress-url", "operator.ingressUrlFormat", message, hint);
        }
        let tls = self.configuration.written(&["operator", "ingressTls"]);
        let tls = tls.and_then(|tls| tls.as_sequence()).unwrap_or_default();
        let annotations = self.configuration.written(&["operator", "ingressAnnotations"]);
        let annotation_origin = |key: &str| {
            let place = annotations.and_then(|annotations| annotations.get(key));
            option_origin("operator.ingressAnnotations", place.map(|value| &value.origin))
        };
        OperatorOptions {
            ui_service: spec.ui_service,
            ingress_url_format: format,
            ingress_class_name: self.text("operator.ingressClassName", Some(&spec.ingress_class_name)),
            ingress_tls: tls.iter().map(|item| placed(item, "operator.ingressTls")).collect(),
            ingress_annotations: spec
                .ingress_annotations
                .iter()
                .map(|(key, value)| (key.clone(), Sourced::new(value.clone(), annotation_origin(key))))
                .collect(),
            batch_scheduler: spec.batch_scheduler,
            default_batch_scheduler: self.text("operator.defaultBatchScheduler", Some(&spec.default_batch_scheduler)),
            kube_scheduler_names: spec.kube_scheduler_names.clone(),
            driver_pdb: spec.driver_pdb,
            launched_label: spec.launched_label,
            metric_names: Sourced::new(spec.metric_names, self.configuration.origin("operator.metricNames")),
        }
    }

    fn certificates(&mut self) -> Option<CertificatesOptions> {
        let spec = self.configuration.spec.certs.as_ref()?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let file = self.text("certs.file", spec.file.as_ref());
        let (service, namespace, secret_name) =
            (given(&spec.service), given(&spec.namespace), given(&spec.secret_name));
        let source = match (file, spec.cert_manager) {
            (Some(_), true) => {
                self.fault(
                    "certificate-config",
                    "certs.certManager",
                    "`certs.file` and `certs.certManager` contradict each other",
                    "keep one of them".to_owned(),
                );
                CertificateSource::Elsewhere
            }
            (Some(file), false) => CertificateSource::File(file),
            (None, true) => match (service, namespace.clone(), secret_name.clone()) {
                (Some(service), Some(namespace), Some(secret_name)) => {
                    CertificateSource::CertManager { service: ServiceName { service, namespace }, secret_name }
                }
                (service, namespace, secret_name) => {
                    let fields = [("service", service), ("namespace", namespace), ("secretName", secret_name)];
                    let missing: Vec<_> =
                        fields.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
                    self.fault(
                        "certificate-config",
                        "certs.certManager",
                        format!("`certs.certManager` lacks `{}`", missing.join("`, `")),
                        "name the webhook's Service, its namespace and the Secret".to_owned(),
                    );
                    CertificateSource::Elsewhere
                }
            },
            (None, false) => CertificateSource::Elsewhere,
        };
        Some(CertificatesOptions { source, secret_name, namespace, owner: spec.owner })
    }

    fn argocd(&mut self) -> ArgoCdOptions {
        let spec = &self.configuration.spec.argocd;
        let wave = spec.sync_wave.map(|wave| Sourced::new(wave, self.configuration.origin("argocd.syncWave")));
        let hook = spec.hook.as_ref().and_then(|text| match text.parse() {
            Ok(hook) => Some(Sourced::new(hook, self.configuration.origin("argocd.hook"))),
            Err(word) => {
                let words: Vec<&str> = crate::hosts::argocd::Phase::ALL.iter().map(|phase| phase.as_str()).collect();
                self.fault(
                    "argocd-hook",
                    "argocd.hook",
                    format!("`{word}` is not a phase of a sync in which a driver can run"),
                    format!("use one of {}", words.join(", ")),
                );
                None
            }
        });
        ArgoCdOptions { recreate: spec.recreate, sync_wave: wave, hook }
    }

    fn flux(&mut self) -> FluxOptions {
        let flux = &self.configuration.spec.flux;
        if flux.escape_substitution && flux.disable_substitution {
            let origin = self.configuration.origin("flux.escapeSubstitution");
            let message = "substitution is both switched off and escaped";
            self.faults.push(
                fault("flux-substitution", spec_path("flux"), &origin, message)
                    .hint("keep one of `escapeSubstitution` and `disableSubstitution`"),
            );
        }
        flux.clone()
    }
}

/// A written value as a value that the option `path` gives: each part with its place.
fn placed(node: &Node, path: &'static str) -> Node {
    let value = match &node.value {
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| placed(item, path)).collect()),
        Value::Mapping(mapping) => {
            Value::Mapping(mapping.entries().map(|(key, value)| (key.clone(), placed(value, path))).collect())
        }
        scalar => scalar.clone(),
    };
    Node::new(value).at(option_origin(path, Some(&node.origin)))
}

/// The field at the dotted `path` below `spec`.
fn spec_path(path: &str) -> FieldPath {
    path.split('.').fold(FieldPath::keys(&["spec"]), |at, key| at.key(key))
}
