//! `MountSecretsFeatureStep`: `spark.kubernetes.{driver,executor}.secrets.<name>=<mount path>`.

use crate::{
    map,
    spark::pod::{Build, FeatureStep, KubernetesConf, kubernetes_conf::role_key},
    tree::{Diagnostics, Node},
};

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: "MountSecretsFeatureStep", needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, _: &mut Diagnostics) {
    let prefix = role_key!(conf, "secrets.");
    for (secret, path) in conf.prefixed(prefix) {
        let name = Node::from(format!("{}-volume", secret.text));
        let origin = conf.key_origin(&format!("{prefix}{}", secret.text));
        let volume = map! { "name" => name.clone(), "secret" => map! { "secretName" => secret.text } };
        build.pod.add_volume(volume.stamped(&origin));
        build.pod.add_volume_mount(map! { "mountPath" => path, "name" => name }.stamped(&origin));
    }
}
