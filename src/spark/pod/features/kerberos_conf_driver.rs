//! `KerberosConfDriverFeatureStep`: krb5.conf, the keytab, and tokens in a Secret.

use super::{driver_credentials::secret, hadoop_conf_driver::single_item};
use crate::{
    map,
    spark::pod::{Build, FeatureStep, KubernetesConf, config_map, refused},
    tree::{Diagnostics, Key, Mapping, Node},
};
use base64::{Engine, prelude::BASE64_STANDARD};

const NAME: &str = "KerberosConfDriverFeatureStep";
const KRB5_PATH: &str = "spark.kubernetes.kerberos.krb5.path";
const KRB5_CONFIG_MAP: &str = "spark.kubernetes.kerberos.krb5.configMapName";
const TOKEN_SECRET: &str = "spark.kubernetes.kerberos.tokenSecret.name";
const TOKEN_ITEM: &str = "spark.kubernetes.kerberos.tokenSecret.itemKey";
const KEYTAB: &str = "spark.kerberos.keytab";
const PRINCIPAL: &str = "spark.kerberos.principal";
const KEYTAB_MOUNT: &str = "/mnt/secrets/kerberos-keytab";
const TOKEN_MOUNT: &str = "/mnt/secrets/hadoop-credentials";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    check(conf, diagnostics);
    krb5(conf, build, diagnostics);
    // A `local://` keytab is in the image already.
    let keytab = conf.get(KEYTAB).filter(|path| !path.starts_with("local:"));
    if let Some(path) = keytab {
        keytab_secret(conf, path, build, diagnostics);
    } else if let (Some(name), Some(item)) = (conf.conf.node(TOKEN_SECRET), conf.get(TOKEN_ITEM)) {
        let token_origin = conf.origin(TOKEN_ITEM);
        build.pod.add_volume(map! { "name" => "hadoop-secret", "secret" => map! { "secretName" => name } });
        build.pod.add_volume_mount(map! { "mountPath" => TOKEN_MOUNT, "name" => "hadoop-secret" });
        let location = Node::from(format!("{TOKEN_MOUNT}/{item}")).at(token_origin);
        build.pod.add_env("HADOOP_TOKEN_FILE_LOCATION", location);
    }
}

fn check(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    if conf.contains(KRB5_PATH) && conf.contains(KRB5_CONFIG_MAP) {
        diagnostics.push(
            refused(conf, KRB5_PATH, format!("both conf `{KRB5_PATH}` and conf `{KRB5_CONFIG_MAP}` are given"))
                .label(conf.origin(KRB5_CONFIG_MAP), "the other one")
                .hint("keep one of them"),
        );
    }
    for (one, other) in [(KEYTAB, PRINCIPAL), (TOKEN_SECRET, TOKEN_ITEM)] {
        for (given, missing) in [(one, other), (other, one)] {
            if conf.contains(given) && !conf.contains(missing) {
                diagnostics.push(
                    refused(conf, given, format!("conf `{given}` is given without `{missing}`"))
                        .hint(format!("set `{missing}` too")),
                );
            }
        }
    }
}

fn krb5(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let source = if let Some(existing) = conf.conf.node(KRB5_CONFIG_MAP) {
        map! { "name" => existing }
    } else if let Some(path) = conf.get(KRB5_PATH) {
        let name = conf.prefixed_name("-krb5-file", NAME);
        let file = file_name(path);
        let Some(text) = conf.local_file(KRB5_PATH).map(String::from_utf8_lossy) else {
            missing_file(conf, KRB5_PATH, path, diagnostics);
            return;
        };
        let mut data = Mapping::new();
        data.insert(Key::of(file), Node::text(&text).at(conf.origin(KRB5_PATH)));
        build.resources.push(config_map::named(conf, name.clone(), data));
        map! { "items" => single_item(file), "name" => name }
    } else {
        return;
    };
    build.pod.add_volume(map! { "configMap" => source, "name" => "krb5-file" });
    build
        .pod
        .add_volume_mount(map! { "mountPath" => "/etc/krb5.conf", "name" => "krb5-file", "subPath" => "krb5.conf" });
}

fn keytab_secret(conf: &KubernetesConf<'_>, path: &str, build: &mut Build, diagnostics: &mut Diagnostics) {
    let file = file_name(path);
    let Some(bytes) = conf.local_file(KEYTAB) else {
        missing_file(conf, KEYTAB, path, diagnostics);
        return;
    };
    let name = conf.prefixed_name("-kerberos-keytab", NAME);
    build.pod.add_volume(map! { "name" => "kerberos-keytab", "secret" => map! { "secretName" => name.clone() } });
    build.pod.add_volume_mount(map! { "mountPath" => KEYTAB_MOUNT, "name" => "kerberos-keytab" });
    build.system_properties.set(KEYTAB, format!("{KEYTAB_MOUNT}/{file}"), conf.origin(KEYTAB));
    let mut data = Mapping::new();
    data.insert(Key::of(file), Node::from(BASE64_STANDARD.encode(bytes)).at(conf.origin(KEYTAB)));
    build.resources.push(secret(conf, name, data));
}

/// `File.getName`.
fn file_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

fn missing_file(conf: &KubernetesConf<'_>, key: &str, path: &str, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        refused(conf, key, format!("file `{path}` of conf `{key}` does not exist"))
            .hint("name a file on the machine that submits"),
    );
}
