//! `DriverKubernetesCredentialsFeatureStep`: the driver's service account, or credentials of its own.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    map,
    spark::{
        Behaviour,
        pod::{Build, FeatureStep, KubernetesConf, refused},
    },
    tree::{Diagnostics, Mapping, Node},
};

const NAME: &str = "DriverKubernetesCredentialsFeatureStep";
const MOUNT: &str = "/mnt/secrets/spark-kubernetes-credentials";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

const TOKEN: &str = "spark.kubernetes.authenticate.driver.oauthToken";

/// Conf of the submitter's value, conf of the mounted file, key in the Secret.
const CREDENTIALS: &[(&str, &str, &str)] = &[
    (
        "spark.kubernetes.authenticate.driver.caCertFile",
        "spark.kubernetes.authenticate.driver.mounted.caCertFile",
        "ca-cert",
    ),
    (
        "spark.kubernetes.authenticate.driver.clientKeyFile",
        "spark.kubernetes.authenticate.driver.mounted.clientKeyFile",
        "client-key",
    ),
    (
        "spark.kubernetes.authenticate.driver.clientCertFile",
        "spark.kubernetes.authenticate.driver.mounted.clientCertFile",
        "client-cert",
    ),
    (TOKEN, "spark.kubernetes.authenticate.driver.mounted.oauthTokenFile", "oauth-token"),
];

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let data = secret_data(conf, diagnostics);
    redact_tokens(build);
    if data.is_empty() {
        service_account(conf, build);
        return;
    }
    for (conf_key, mounted_key, key) in CREDENTIALS {
        if data.contains_key(key) && !conf.contains(mounted_key) {
            build.system_properties.set(*mounted_key, format!("{MOUNT}/{key}"), conf.origin(conf_key));
        }
    }
    let name = conf.prefixed_name("-kubernetes-credentials", NAME);
    build
        .pod
        .add_volume(map! { "name" => "kubernetes-credentials", "secret" => map! { "secretName" => name.clone() } });
    build.pod.add_volume_mount(map! { "mountPath" => MOUNT, "name" => "kubernetes-credentials" });
    build.resources.push(secret(conf, name, data));
}

/// A Secret as Spark makes it.
pub(crate) fn secret(conf: &KubernetesConf<'_>, name: Node, data: Mapping) -> Node {
    let mut secret = map! {
        "apiVersion" => "v1",
        "kind" => "Secret",
        "metadata" => map! { "name" => name },
        "data" => data,
    };
    if conf.has(Behaviour::ImmutableConfigMaps) {
        secret.as_mapping_mut().expect("made by map!").insert("immutable", true);
    }
    secret
}

fn service_account(conf: &KubernetesConf<'_>, build: &mut Build) {
    if let Some(account) = conf.conf.node("spark.kubernetes.authenticate.driver.serviceAccountName") {
        let spec = build.pod.spec().as_mapping_mut().expect("a spec is a mapping");
        spec.insert("serviceAccount", account.clone());
        spec.insert("serviceAccountName", account);
    }
}

fn secret_data(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Mapping {
    let mut data = Mapping::new();
    for (conf_key, _, key) in CREDENTIALS {
        let Some(value) = conf.get(conf_key) else { continue };
        let bytes = match (*conf_key, conf.local_file(conf_key)) {
            (TOKEN, _) => value.as_bytes(),
            (_, Some(bytes)) => bytes,
            (_, None) => {
                diagnostics.push(
                    refused(conf, conf_key, format!("file `{value}` of conf `{conf_key}` does not exist"))
                        .hint("name a file on the machine that submits"),
                );
                continue;
            }
        };
        data.insert(*key, Node::from(BASE64_STANDARD.encode(bytes)).at(conf.origin(conf_key)));
    }
    data
}

/// Tokens do not go into spark.properties.
fn redact_tokens(build: &mut Build) {
    let tokens: Vec<_> = build
        .system_properties
        .iter()
        .filter(|(key, _)| key.ends_with("oauthToken"))
        .map(|(key, entry)| (key.to_owned(), entry.origin().clone()))
        .collect();
    for (key, origin) in tokens {
        build.system_properties.remove(&key);
        build.system_properties.set(key, "<present_but_redacted>", origin);
    }
}
