//! What a rule looks at: an application as written, as resolved, as planned and as rendered.

use crate::{
    certs::OperatorVersion,
    compat::KubernetesVersion,
    conf::SparkConf,
    manifest::Manifest,
    node::{Node, Origin},
    resolve::{ApplicationKind, ResolvedApplication},
};

/// Names of the roles under `spec`.
pub const ROLES: [&str; 2] = ["driver", "executor"];

/// An application with everything that became of it.
pub struct Subject<'a> {
    /// As resolved; `document` in it is as written.
    pub app: &'a ResolvedApplication,
    /// The confs as planned, with what they won over.
    pub conf: &'a SparkConf,
    /// What it was rendered to.
    pub manifests: &'a [Manifest],
    /// The operator, if one is named.
    pub operator: Option<OperatorVersion>,
    /// The target.
    pub kube_version: KubernetesVersion,
}

impl<'a> Subject<'a> {
    /// What is written at `keys` of the spec.
    pub fn written(&self, keys: &[&str]) -> Option<&'a Node> {
        let spec = match self.app.kind {
            ApplicationKind::SparkApplication => self.app.document.at_keys(&["spec"])?,
            ApplicationKind::ScheduledSparkApplication => self.app.document.at_keys(&["spec", "template"])?,
        };
        spec.at_keys(keys)
    }

    /// The pods of all workloads that were rendered: the bare one of a Pod, the template of a Job.
    pub fn pods(&self) -> impl Iterator<Item = &'a Node> {
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

/// The place of the key of an entry, which holds nothing of its value.
pub fn key_place(map: &Node, key: &str) -> Origin {
    map.as_mapping()
        .and_then(|mapping| mapping.key(key)?.span)
        .map_or_else(|| map.get(key).map(|value| value.origin.clone()).unwrap_or_default(), Origin::Source)
}

/// The items of a list; none where it is no list.
pub fn items(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_sequence).unwrap_or_default()
}
