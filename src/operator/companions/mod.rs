//! The objects that the operator makes beside the driver's own, one file a kind.

pub(crate) mod batch_scheduler;
pub(crate) mod disruption_budget;
pub(crate) mod driver_ingress;
pub(crate) mod ingress;
pub(crate) mod pod_group;
pub(crate) mod prometheus;
pub(crate) mod rbac;
mod selection;
pub(crate) mod ui_service;
pub(crate) mod url_format;

pub(crate) use selection::Selection;

use super::{OperatorOptions, names::APP_NAME_LABEL, resolve::ResolvedApplication, rule};
use crate::{map, spark::SparkConf, tree::Node};

/// What these objects are made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The application.
    pub(crate) application: &'a ResolvedApplication,
    /// The flags of the operator.
    pub(crate) flags: &'a OperatorOptions,
    /// The confs in force.
    pub(crate) conf: &'a SparkConf,
    /// The driver pod with its final labels.
    pub(crate) pod: &'a Node,
    /// The application id, where it is known before the run.
    pub(crate) app_id: Option<&'a str>,
    /// How its pods are found.
    pub(crate) selection: &'a Selection,
}

impl Context<'_> {
    /// `<application>-<suffix>`, cut as the operator cuts it.
    pub(crate) fn name(&self, suffix: &str, rule: &'static str) -> Node {
        let name = super::names::limited(&self.application.name, suffix);
        Node::from(name).at(super::rule::operator(rule, [self.application.name.origin.clone()]))
    }

    /// The same for an object that selects the driver.
    pub(crate) fn selecting_name(&self, suffix: &str, rule: &'static str) -> Node {
        let origin = super::rule::operator(rule, [self.application.name.origin.clone()]);
        self.selection.name(&self.application.name, suffix, origin)
    }

    /// The application's label as the driver pod has it.
    pub(crate) fn app_name(&self) -> Node {
        let label = self.pod.at_keys(&["metadata", "labels", APP_NAME_LABEL]);
        label.cloned().unwrap_or_else(|| {
            let name = &self.application.name;
            Node::from(&name.value).at(rule::operator("metadata.name", [name.origin.clone()]))
        })
    }

    /// The labels that tell to whom an object belongs.
    pub(crate) fn labels(&self) -> Node {
        map! { APP_NAME_LABEL => self.app_name() }
    }

    /// The labels that select the driver.
    pub(crate) fn driver_selector(&self) -> Node {
        self.selection.driver()
    }
}

/// A written string map as a node; each value keeps its place.
pub(crate) fn string_map(map: &super::api::StringMap, rule: &'static str) -> Node {
    let entries = map
        .value
        .iter()
        .map(|(key, value)| {
            let origin = super::rule::operator(rule, [value.origin.clone()]);
            (crate::tree::Key::from(key), Node::from(&value.value).at(origin))
        })
        .collect::<crate::tree::Mapping>();
    Node::new(entries).at(super::rule::operator(rule, [map.origin.clone()]))
}
