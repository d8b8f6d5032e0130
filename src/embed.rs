//! The library for other programs: text in, objects out. Nothing is read, written or printed.

use crate::{
    operator,
    render::{self, Host, Options, config, pipeline},
    text::write::yaml,
    tree::{Diagnostics, Node, Severity as TreeSeverity, Sources},
};

/// Renders SparkApplications with settled options.
///
/// ```
/// use spark_render::embed::{Renderer, Severity};
///
/// let config = "
/// apiVersion: spark-render.io/v1alpha1
/// kind: SparkRender
/// spec: {kubeVersion: '1.34', namespace: jobs}";
/// let application = "
/// apiVersion: sparkoperator.k8s.io/v1beta2
/// kind: SparkApplication
/// metadata: {name: pi}
/// spec:
///   type: Scala
///   mode: cluster
///   image: spark:4.0.1
///   sparkVersion: 4.0.1
///   mainClass: org.apache.spark.examples.SparkPi
///   mainApplicationFile: local:///opt/spark/examples/jars/spark-examples.jar
///   driver: {serviceAccount: spark, env: [{name: KAFKA_SERVERS, value: 'kafka:9092'}]}
///   executor: {instances: 2}";
///
/// let renderer = Renderer::from_config("spark-render.yaml", config).unwrap();
/// let rendering = renderer.render("app.yaml", application);
/// assert!(rendering.findings.iter().all(|finding| finding.severity != Severity::Error));
/// let pod = rendering.objects.iter().find(|object| object.kind == "Pod").unwrap();
/// assert_eq!((pod.namespace.as_deref(), pod.name.as_str()), (Some("jobs"), "pi-driver"));
/// assert!(pod.yaml.contains("KAFKA_SERVERS"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Renderer {
    options: Options,
}

/// What a text was rendered to.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Rendering {
    /// The objects, in the order in which they are written; of a document with errors, what could be made.
    pub objects: Vec<Object>,
    /// Everything found. Do not apply the objects if one of them is an error.
    pub findings: Vec<Finding>,
}

/// A Kubernetes object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Object {
    /// For example `batch/v1`.
    pub api_version: String,
    /// For example `Job`.
    pub kind: String,
    /// `metadata.namespace`, if it has one.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
    /// The whole object as one YAML document, as the command writes it.
    pub yaml: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Note,
    /// The output is made, but somebody should look.
    Warning,
    /// The output must not be used.
    Error,
}

/// Something that is wrong, or worth knowing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name, as `spark-render explain` knows it: `unknown-field`.
    pub code: &'static str,
    /// What is.
    pub message: String,
    /// The field, such as `spec.driver.env[0].name`; empty where none is meant.
    pub field: String,
    /// The place in the text, such as `app.yaml:14:9`.
    pub place: Option<String>,
    /// What to do.
    pub hints: Vec<String>,
}

impl Renderer {
    /// Takes the options of a SparkRender configuration. `name` is what findings call the text.
    ///
    /// # Errors
    /// All faults of the configuration.
    pub fn from_config(name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add(name, text);
        let documents = operator::documents::parse(id, &sources, &mut diagnostics);
        let options = documents
            .first()
            .and_then(|document| config::read(&document.node, &mut diagnostics))
            .and_then(|layers| layers.decode(&mut diagnostics))
            .and_then(|configuration| render::settle(&configuration, &Host::default(), &mut diagnostics));
        match options {
            Some(options) if !diagnostics.has_errors() => Ok(Self { options }),
            _ => Err(findings(&diagnostics, &sources)),
        }
    }

    /// Renders all documents of `text`. `name` is what findings call it. Pod templates that an application names by a
    /// path are not read; objects that are no Spark resources pass through.
    #[must_use]
    pub fn render(&self, name: &str, text: &str) -> Rendering {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let id = sources.add(name, text);
        let mut objects = Vec::new();
        for document in operator::documents::parse(id, &sources, &mut diagnostics) {
            let class = operator::classify(&document, &mut diagnostics);
            let rendered = pipeline::document(&document, class, &self.options, &|_| None, &mut diagnostics);
            objects.extend(rendered.objects.iter().map(|manifest| object(&manifest.object)));
        }
        Rendering { objects, findings: findings(&diagnostics, &sources) }
    }
}

fn object(node: &Node) -> Object {
    let text = |keys: &[&str]| node.str_at(keys).map(str::to_owned);
    let mut text_of_object = String::new();
    yaml::write(node, &mut text_of_object);
    Object {
        api_version: text(&["apiVersion"]).unwrap_or_default(),
        kind: text(&["kind"]).unwrap_or_default(),
        namespace: text(&["metadata", "namespace"]),
        name: text(&["metadata", "name"]).unwrap_or_default(),
        yaml: text_of_object,
    }
}

fn findings(diagnostics: &Diagnostics, sources: &Sources) -> Vec<Finding> {
    let finding = |one: &crate::tree::Diagnostic| Finding {
        severity: match one.severity {
            TreeSeverity::Note => Severity::Note,
            TreeSeverity::Warning => Severity::Warning,
            TreeSeverity::Error => Severity::Error,
        },
        code: one.code,
        message: one.message.clone(),
        field: one.path.to_string(),
        place: one.origin.span().map(|span| sources.place(span)),
        hints: one.hints.clone(),
    };
    diagnostics.iter().map(finding).collect()
}
