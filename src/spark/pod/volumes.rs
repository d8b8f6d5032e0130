//! `KubernetesVolumeUtils`: the confs `spark.kubernetes.{driver,executor}.volumes.<type>.<name>.…` as volumes.

use std::collections::BTreeSet;

use super::{KubernetesConf, refused, scala_order::scala_order};
use crate::{
    spark::Behaviour,
    tree::{Diagnostics, Mapping, Node, Origin, Stage},
};

/// One volume and its mount.
#[derive(Debug, Clone)]
pub(crate) struct VolumeSpec {
    /// The volume's name.
    pub name: Node,
    /// `mount.path`.
    pub mount_path: Node,
    /// `mount.subPath`, else empty.
    pub sub_path: Node,
    /// `mount.subPathExpr`, else empty (sent from 4.0).
    pub sub_path_expr: Node,
    /// `mount.readOnly`, else false.
    pub read_only: Node,
    /// What is mounted.
    pub source: VolumeSource,
    /// The conf that best names the volume as a whole.
    pub origin: Origin,
}

/// The kinds of volumes that Spark knows.
#[derive(Debug, Clone)]
pub(crate) enum VolumeSource {
    /// A directory of the node.
    HostPath {
        /// `options.path`.
        path: Node,
        /// `options.type`, else empty: no check.
        kind: Node,
    },
    /// A claim, found or made.
    PersistentVolumeClaim {
        /// `options.claimName`.
        claim_name: Node,
        /// `options.storageClass`.
        storage_class: Option<Node>,
        /// `options.sizeLimit`.
        size_limit: Option<Node>,
        /// `label.*` (from 4.0).
        labels: Mapping,
        /// `annotation.*` (from 4.0).
        annotations: Mapping,
    },
    /// A directory that lives as long as the pod.
    EmptyDir {
        /// `options.medium`, else empty.
        medium: Node,
        /// `options.sizeLimit`.
        size_limit: Option<Node>,
    },
    /// A share.
    Nfs {
        /// `options.path`.
        path: Node,
        /// `options.server`.
        server: Node,
    },
}

/// The volumes below `prefix` (`spark.kubernetes.driver.volumes.`), in the order in which Spark comes upon them: claims
/// are numbered by it. What Spark refuses is reported and left out.
pub(crate) fn parse(conf: &KubernetesConf<'_>, prefix: &str, diagnostics: &mut Diagnostics) -> Vec<VolumeSpec> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut seen = BTreeSet::new();
    let keys = conf.conf.with_prefix(prefix).map(|(rest, _)| rest).collect();
    for key in scala_order(keys, conf.version()) {
        let mut parts = key.split('.');
        if let (Some(kind), Some(name)) = (parts.next(), parts.next())
            && seen.insert((kind, name))
        {
            names.push((kind, name));
        }
    }
    names
        .into_iter()
        .filter_map(|(kind, name)| {
            Reader { conf, stem: format!("{prefix}{kind}.{name}."), kind }.read(name, diagnostics)
        })
        .collect()
}

struct Reader<'a> {
    conf: &'a KubernetesConf<'a>,
    stem: String,
    kind: &'a str,
}

impl Reader<'_> {
    fn read(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<VolumeSpec> {
        let source = self.source(diagnostics);
        let mount_path = self.required("mount.path", diagnostics);
        let read_only_key = self.key("mount.readOnly");
        let read_only = self.conf.boolean(&read_only_key, false, diagnostics);
        let sub_path_expr = self.optional("mount.subPathExpr");
        if self.conf.has(Behaviour::SubPathExpr) && sub_path_expr.is_some() && self.optional("mount.subPath").is_some()
        {
            diagnostics.push(
                refused(
                    self.conf,
                    &self.key("mount.subPathExpr"),
                    format!("volume `{name}` has both `mount.subPath` and `mount.subPathExpr`"),
                )
                .label(self.conf.origin(&self.key("mount.subPath")), "the other one")
                .hint("keep one of them"),
            );
        }
        let mount_path = mount_path?;
        Some(VolumeSpec {
            name: Node::text(name).at(self.conf.key_origin(&self.key("mount.path"))),
            origin: mount_path.origin.clone(),
            mount_path,
            sub_path: self.conf.node_or(&self.key("mount.subPath"), ""),
            sub_path_expr: self.conf.node_or(&self.key("mount.subPathExpr"), ""),
            read_only: Node::from(read_only).at(self.conf.origin(&read_only_key)),
            source: source?,
        })
    }

    fn source(&self, diagnostics: &mut Diagnostics) -> Option<VolumeSource> {
        match self.kind {
            "hostPath" => {
                let honoured = self.conf.has(Behaviour::HostPathType);
                let kind = if honoured { self.optional("options.type") } else { None };
                let kind = kind.unwrap_or_else(|| {
                    Node::from("").at(Origin::derived(Stage::SparkDefault, self.key("options.type"), []))
                });
                Some(VolumeSource::HostPath { path: self.required("options.path", diagnostics)?, kind })
            }
            "persistentVolumeClaim" => {
                let known = self.conf.has(Behaviour::PvcLabelsAndAnnotations);
                let below = |rest| if known { self.conf.prefixed(&self.key(rest)) } else { Mapping::new() };
                self.check_size(diagnostics);
                Some(VolumeSource::PersistentVolumeClaim {
                    claim_name: self.required("options.claimName", diagnostics)?,
                    storage_class: self.optional("options.storageClass"),
                    size_limit: self.optional("options.sizeLimit"),
                    labels: below("label."),
                    annotations: below("annotation."),
                })
            }
            "emptyDir" => {
                self.check_size(diagnostics);
                Some(VolumeSource::EmptyDir {
                    medium: self.conf.node_or(&self.key("options.medium"), ""),
                    size_limit: self.optional("options.sizeLimit"),
                })
            }
            "nfs" => {
                let path = self.required("options.path", diagnostics);
                let server = self.required("options.server", diagnostics);
                Some(VolumeSource::Nfs { path: path?, server: server? })
            }
            other => {
                let origin =
                    self.conf.conf.with_prefix(&self.stem).next().map(|(rest, _)| self.conf.origin(&self.key(rest)));
                diagnostics.push(
                    refused(self.conf, &self.stem, format!("Spark knows no volume type `{other}`"))
                        .at(origin.unwrap_or_default())
                        .hint("use `hostPath`, `persistentVolumeClaim`, `emptyDir` or `nfs`, or a pod template"),
                );
                None
            }
        }
    }

    /// From 4.0 a size without unit below 1024 is refused: units are missing.
    fn check_size(&self, diagnostics: &mut Diagnostics) {
        let key = self.key("options.sizeLimit");
        let Some(size) = self.conf.get(&key) else { return };
        let small = size.bytes().all(|byte| byte.is_ascii_digit()) && size.parse::<u64>().is_ok_and(|size| size < 1024);
        if self.conf.has(Behaviour::VolumeSizeChecked) && small {
            diagnostics.push(
                refused(self.conf, &key, format!("volume size `{size}` is less than 1 KiB"))
                    .hint("write a unit, such as `10Gi`"),
            );
        }
    }

    fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.stem)
    }

    fn optional(&self, rest: &str) -> Option<Node> {
        self.conf.conf.node(&self.key(rest))
    }

    fn required(&self, rest: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
        let value = self.optional(rest);
        if value.is_none() {
            let key = self.key(rest);
            let origin =
                self.conf.conf.with_prefix(&self.stem).next().map(|(rest, _)| self.conf.origin(&self.key(rest)));
            diagnostics.push(
                refused(self.conf, &key, format!("conf `{key}` is missing"))
                    .at(origin.unwrap_or_default())
                    .hint(format!("set it, or remove the other confs below `{}`", self.stem.trim_end_matches('.'))),
            );
        }
        value
    }
}
