//! What a rule looks at besides: an application as resolved, as planned and as rendered.

use super::Written;
use crate::{
    kube::Manifest,
    operator::{self, resolve::ResolvedApplication},
    spark::SparkConf,
    tree::Node,
};

/// An application with everything that became of it.
pub(crate) struct Subject<'a> {
    /// As resolved; `document` in it is as written.
    pub app: &'a ResolvedApplication,
    /// The confs as planned, with what they won over.
    pub conf: &'a SparkConf,
    /// What it was rendered to.
    pub manifests: &'a [Manifest],
    /// The operator, if one is named.
    pub operator: Option<operator::Version>,
}

impl<'a> Subject<'a> {
    /// What is written at `keys` of the spec.
    pub(crate) fn written(&self, keys: &[&str]) -> Option<&'a Node> {
        Written::of(&self.app.document).get(keys)
    }

    /// The pods of all workloads that were rendered: the bare one of a Pod, the template of a Job.
    pub(crate) fn pods(&self) -> impl Iterator<Item = &'a Node> {
        self.manifests.iter().filter_map(|manifest| {
            let object = &manifest.object;
            match manifest.kind() {
                "Pod" => Some(object),
                "Job" => object.at_keys(&["spec", "template"]),
                "CronJob" => object.at_keys(&["spec", "jobTemplate", "spec", "template"]),
                _ => None,
            }
        })
    }
}
