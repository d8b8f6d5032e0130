//! `hadoopConfigMap`, `sparkConfigMap` and `configMaps`: read-only volumes with the environment that goes with them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{text_node, text_origin};
use crate::{
    kube::names::{LABEL_LENGTH, is_dns_label},
    map,
    operator::webhook::{
        mutation::{MutatedPod, Mutation, webhook},
        role::PodRole,
    },
    tree::{Diagnostic, Node, Origin, Sourced},
};

/// `hadoopConfigMap`.
pub(crate) fn hadoop_given(mutation: &Mutation<'_>) -> Option<Origin> {
    text_origin(mutation.app.spec.hadoop_config_map.as_ref())
}

/// `addHadoopConfigMap`.
pub(crate) fn hadoop(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(name) = &mutation.app.spec.hadoop_config_map else { return };
    let rule = "hadoopConfigMap";
    mount(target, rule, "hadoop-configmap-volume", name, "/etc/hadoop/conf".into(), &name.origin);
    let variable = target.made(map! { "name" => "HADOOP_CONF_DIR", "value" => "/etc/hadoop/conf" });
    target.container_list("env").push(variable);
}

/// `sparkConfigMap`.
pub(crate) fn spark_given(mutation: &Mutation<'_>) -> Option<Origin> {
    text_origin(mutation.app.spec.spark_config_map.as_ref())
}

/// `addSparkConfigMap`. Spark reads its properties from `--properties-file`, so defaults in the map are ignored.
pub(crate) fn spark(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(name) = &mutation.app.spec.spark_config_map else { return };
    let rule = "sparkConfigMap";
    mount(target, rule, "spark-configmap-volume", name, "/etc/spark/conf".into(), &name.origin);
    let variable = target.made(map! { "name" => "SPARK_CONF_DIR", "value" => "/etc/spark/conf" });
    target.container_list("env").push(variable);
    if mutation.role == PodRole::Driver {
        target.report(
            Diagnostic::warning(
                "spark-conf-dir",
                "`SPARK_CONF_DIR` points to the ConfigMap of `sparkConfigMap` instead of Spark's own `/opt/spark/conf`, \
                 and a `spark-defaults.conf` in it has no effect",
            )
            .field(mutation.spec_field(rule))
            .at(&name.origin)
            .hint("move Spark properties to `spec.sparkConf`; keep only files such as `log4j2.properties` in the ConfigMap"),
        );
    }
}

/// `configMaps`.
pub(crate) fn config_maps_given(mutation: &Mutation<'_>) -> Option<Origin> {
    Some(mutation.fields.config_maps.as_ref()?.first()?.origin.clone())
}

/// `addConfigMaps`.
pub(crate) fn config_maps(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let rule = "configMaps";
    let mut taken = VolumeNames::of(target);
    for (index, item) in mutation.fields.config_maps.as_ref().into_iter().flatten().enumerate() {
        let (Some(name), Some(path)) = (&item.name, &item.path) else { continue };
        let path = text_node(path, rule);
        if !target.conf_dir_is_taken(mutation, &path, name, (rule, index)) {
            mount_map(target, &mut taken, rule, name, path, &item.origin);
        }
    }
}

/// The names of a pod's volumes, each with the ConfigMap that it is of: looked up for each of many ConfigMaps.
pub(crate) struct VolumeNames(BTreeMap<String, Option<String>>);

impl VolumeNames {
    /// Those of the pod as it is.
    pub(crate) fn of(target: &MutatedPod<'_>) -> Self {
        let volumes = target.pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default();
        let mut names = Self(BTreeMap::new());
        for volume in volumes {
            let Some(name) = volume.str_at(&["name"]) else { continue };
            names.add(name, volume.str_at(&["configMap", "name"]));
        }
        names
    }

    fn add(&mut self, volume: &str, config_map: Option<&str>) {
        self.0
            .entry(volume.to_owned())
            // Two volumes of one name are of nothing in common.
            .and_modify(|known| *known = known.take().filter(|known| Some(known.as_str()) == config_map))
            .or_insert_with(|| config_map.map(str::to_owned));
    }

    /// Whether a volume of this name is of something else than `config_map`.
    fn is_taken(&self, volume: &str, config_map: &str) -> bool {
        self.0.get(volume).is_some_and(|of| of.as_deref() != Some(config_map))
    }
}

/// [`mount`] with a volume that is named after the ConfigMap.
pub(crate) fn mount_map(
    target: &mut MutatedPod<'_>,
    taken: &mut VolumeNames,
    rule: &'static str,
    name: &Sourced<String>,
    path: Node,
    reason: &Origin,
) {
    let volume = volume_name(name, |volume| taken.is_taken(volume, &name.value));
    taken.add(&volume, Some(&name.value));
    mount(target, rule, &volume, name, path, reason);
}

/// Adds a ConfigMap as a volume and mounts it read-only into Spark's container, all for `reason`.
fn mount(
    target: &mut MutatedPod<'_>,
    rule: &'static str,
    volume: &str,
    name: &Sourced<String>,
    path: Node,
    reason: &Origin,
) {
    let origin = webhook(rule, &name.origin);
    let volume_node = map! { "name" => Node::text(volume), "configMap" => map! { "name" => &name.value } };
    target.spec_list("volumes").push(volume_node.stamped(&origin));
    let volume = Node::text(volume).at(origin.clone());
    let mount = map! { "name" => volume, "mountPath" => path, "readOnly" => true }.at(origin);
    target.container_list("volumeMounts").push(mount.stamped(&webhook(rule, reason)));
}

/// The volume's name for a ConfigMap, as operators up to 2.5 have it: `<name>-vol`, cut to the length of a label. Where that
/// is no label, or `taken` by another map, it has a hash (the rule of operator 2.6; older ones fail there).
fn volume_name(config_map: &str, taken: impl Fn(&str) -> bool) -> String {
    let plain = format!("{config_map}-vol");
    let plain = &plain[..plain.floor_char_boundary(LABEL_LENGTH)];
    if is_dns_label(plain) && !taken(plain) {
        return plain.to_owned();
    }
    let digest = Sha256::digest(config_map.as_bytes());
    let hash = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    let suffix = format!("-{hash:08x}-vol");
    let dashed = config_map.replace('.', "-");
    let cut = dashed.floor_char_boundary(LABEL_LENGTH - suffix.len());
    format!("{}{suffix}", dashed[..cut].trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volume_names_are_dns_labels() {
        let volume_name = |name: &str| volume_name(name, |_| false);
        assert_eq!(volume_name("settings"), "settings-vol");
        let dotted = volume_name("app.settings");
        assert!(dotted.starts_with("app-settings-") && dotted.ends_with("-vol"), "{dotted}");
        assert_ne!(volume_name("a.b"), volume_name("a-b"));
        let long = "x".repeat(100);
        assert_eq!(volume_name(&long), "x".repeat(63));
        let hashed = super::volume_name(&long, |name| name == "x".repeat(63));
        assert!(hashed.len() == 63 && hashed.ends_with("-vol"), "{hashed}");
        // Cut behind a dash it would be no label.
        let dash = format!("{}-y", "x".repeat(62));
        assert!(is_dns_label(&volume_name(&dash)) && volume_name(&dash).ends_with("-vol"));
    }
}
