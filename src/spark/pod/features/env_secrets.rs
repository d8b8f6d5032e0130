//! `EnvSecretsFeatureStep`: `spark.kubernetes.{driver,executor}.secretKeyRef.<ENV>=<secret>:<key>`.

use crate::{
    map,
    spark::pod::{Build, FeatureStep, KubernetesConf, kubernetes_conf::role_key, refused},
    tree::{Diagnostics, Node},
};

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: "EnvSecretsFeatureStep", needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let prefix = role_key!(conf, "secretKeyRef.");
    for (env, reference) in conf.prefixed(prefix) {
        let text = reference.as_str().unwrap_or_default();
        match text.split_once(':') {
            Some((secret, key)) if !key.is_empty() && !key.contains(':') => {
                let from = map! { "secretKeyRef" => map! { "key" => Node::text(key), "name" => Node::text(secret) } };
                let name = conf.key_origin(&format!("{prefix}{}", env.text));
                let name = Node::from(env.text).at(name);
                build.pod.add_env_from(name, from.stamped(&reference.origin));
            }
            _ => diagnostics.push(
                refused(conf, &format!("{prefix}{}", env.text), format!("`{text}` names no key of a Secret"))
                    .hint("write `<secret>:<key>`"),
            ),
        }
    }
}
