//! Target `sparkapplication`: the same resource for those who keep the operator, rewritten so that its webhook has
//! nothing left to do. What only the webhook applies moves into pod templates (operator ≥ 2.1, Spark ≥ 3.0) or into
//! confs; what neither can carry stays where it is, and is reported with the reason.

mod confs;
mod monitoring;
mod role;
mod templates;

use super::{Options, passes::metadata};
use crate::{
    kube::Manifest,
    operator::{self, names::ALLOW_ANNOTATION, resolve::ResolvedApplication, rule},
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, FieldPath, Key, Mapping, Node, Origin, Segment},
};

pub(crate) use role::{DRIVER, EXECUTOR, RewrittenRole};

/// Everything that a rewritten resource is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rewriting<'a> {
    /// The application.
    pub application: &'a ResolvedApplication,
    /// The confs as planned.
    pub conf: &'a SparkConf,
    /// The configuration.
    pub options: &'a Options,
    /// The operator that will run it.
    pub operator: operator::Version,
}

/// Rewrites the resource. Beside it stands the Prometheus ConfigMap, where `monitoring` was taken apart.
pub(crate) fn rewrite(rewriting: Rewriting<'_>, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    let application = rewriting.application;
    let mut document = Node::clone(&application.document);
    if let Some(document) = document.as_mapping_mut() {
        document.remove("status");
        if let Some(metadata) = document.get_mut("metadata").and_then(Node::as_mapping_mut) {
            leave_out_allow(metadata);
        }
        let kind = document.get("kind").and_then(Node::as_str).unwrap_or_default();
        if let (Some(newest), Some(written)) = (operator::newest_api_version(kind), document.get_mut("apiVersion"))
            && written.as_str() != Some(&*newest)
        {
            // Operators from 2.2 on serve no older one.
            *written = Node::from(newest).at(rule::render("target", [written.origin.clone()]));
        }
    }
    let mut objects = Vec::new();
    if let Some(spec) = spec_mut(&mut document, &application.spec_path()) {
        let mut rewritten = Rewritten { rewriting, spec, diagnostics };
        if rewritten.has_templates() {
            templates::apply(&mut rewritten);
            objects.extend(monitoring::apply(&mut rewritten));
        } else {
            confs::apply(&mut rewritten);
        }
    }
    let namespace = metadata::namespace(&application.namespace);
    metadata::apply(&mut document, &namespace);
    super::assembly::order_keys(&mut document);
    let mut manifests = vec![Manifest::rendered(document)];
    for mut object in objects {
        metadata::apply(&mut object, &namespace);
        super::assembly::order_keys(&mut object);
        manifests.push(Manifest::rendered(object));
    }
    manifests
}

/// Removes the annotation that is meant for `check`, with its section where that is empty then.
fn leave_out_allow(metadata: &mut Mapping) {
    let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut);
    let is_empty = annotations.is_some_and(|annotations| {
        annotations.remove(ALLOW_ANNOTATION).is_some() && annotations.iter().next().is_none()
    });
    if is_empty {
        metadata.remove("annotations");
    }
}

/// The pod templates of a rewritten resource, to be tailored for the target.
pub(crate) fn templates_mut<'a>(document: &'a mut Node, application: &ResolvedApplication) -> Vec<&'a mut Node> {
    let Some(spec) = spec_mut(document, &application.spec_path()) else { return Vec::new() };
    let roles = spec.iter_mut().filter(|(key, _)| matches!(*key, "driver" | "executor"));
    roles.filter_map(|(_, role)| role.get_mut("template")).collect()
}

fn spec_mut<'a>(document: &'a mut Node, path: &FieldPath) -> Option<&'a mut Mapping> {
    let spec = path.0.iter().try_fold(document, |node, segment| match segment {
        Segment::Key(key) => node.get_mut(key),
        Segment::Index(_) => None,
    })?;
    spec.as_mapping_mut()
}

/// A resource under change.
pub(crate) struct Rewritten<'a, 'd> {
    /// What it is made from.
    pub(crate) rewriting: Rewriting<'a>,
    /// `spec`, or `spec.template` of a ScheduledSparkApplication.
    pub(crate) spec: &'d mut Mapping,
    /// Findings.
    pub(crate) diagnostics: &'d mut Diagnostics,
}

impl Rewritten<'_, '_> {
    /// Whether operator and Spark take pod templates from the resource.
    fn has_templates(&self) -> bool {
        self.rewriting.operator.has_pod_templates() && self.rewriting.application.spark_version.reads_pod_templates()
    }

    /// The mapping of a role, made if it is absent.
    pub(crate) fn role(&mut self, role: RewrittenRole) -> &mut Mapping {
        mapping_at(self.spec, role.name)
    }

    /// Sets a conf.
    pub(crate) fn set_conf(&mut self, key: &str, value: &str, origin: Origin) {
        mapping_at(self.spec, "sparkConf").insert(Key::of(key), Node::text(value).at(origin));
    }

    /// Whether the resource has the conf.
    pub(crate) fn has_conf(&self, key: &str) -> bool {
        self.spec.get("sparkConf").is_some_and(|confs| confs.get(key).is_some())
    }

    /// Says that a field stays with the webhook.
    pub(crate) fn stays(&mut self, field: FieldPath, origin: &Origin, reason: &str) {
        let operator = self.rewriting.operator;
        self.diagnostics.push(
            Diagnostic::warning(
                "needs-webhook",
                format!("`{field}` still needs the webhook of operator {operator}: {reason}"),
            )
            .field(field)
            .at(origin)
            .hint("use target `pod` or `job`, where nothing needs it"),
        );
    }

    /// The path of a field of `spec`.
    pub(crate) fn path(&self, field: &str) -> FieldPath {
        self.rewriting.application.spec_path().key(field)
    }
}

/// The mapping under `key`, made if it is absent or null.
pub(crate) fn mapping_at<'m>(mapping: &'m mut Mapping, key: &'static str) -> &'m mut Mapping {
    if mapping.get(key).is_none_or(|value| value.as_mapping().is_none()) {
        mapping.insert(key, Node::new(Mapping::new()).at(rule::render("target", [])));
    }
    mapping.get_mut(key).and_then(Node::as_mapping_mut).expect("made above")
}
