//! `KubernetesUtils.uploadAndTransformFileUris`: files of the submitter's machine move to
//! `spark.kubernetes.file.upload.path`, and the confs name them there.

use sha2::{Digest, Sha256};

use super::{Build, KubernetesConf, refused};
use crate::{
    spark::{Behaviour, names::hex},
    tree::{Diagnostics, Origin},
};

const UPLOAD_PATH: &str = "spark.kubernetes.file.upload.path";

/// The confs whose local files are uploaded.
const KEYS: &[&str] = &["spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles"];

/// `isLocalAndResolvable`: a path without scheme or of scheme `file`, other than `spark-internal`.
#[must_use]
pub(crate) fn is_local(uri: &str) -> bool {
    uri != "spark-internal" && matches!(scheme(uri), None | Some("file"))
}

/// The scheme of a URI.
#[must_use]
pub(crate) fn scheme(uri: &str) -> Option<&str> {
    let (scheme, _) = uri.split_once(':')?;
    let well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    well_formed.then_some(scheme)
}

/// Rewrites the confs of dependencies, as `BasicDriverFeatureStep` does.
pub(crate) fn dependencies(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    for key in KEYS {
        let (local, remote): (Vec<&str>, Vec<&str>) = conf.list(key).into_iter().partition(|uri| is_local(uri));
        if local.is_empty() {
            continue;
        }
        let origin = conf.origin(key);
        let uploaded: Option<Vec<String>> = local
            .into_iter()
            .map(|uri| {
                if *key != "spark.archives" {
                    return uploaded(conf, uri, &origin, diagnostics);
                }
                let (file, fragment) = uri.split_once('#').map_or((uri, None), |(file, rest)| (file, Some(rest)));
                let target = uploaded(conf, file, &origin, diagnostics)?;
                // `UriBuilder` writes the empty host of `file:///` no more.
                let target = target.strip_prefix("file:///").map_or(target.clone(), |path| format!("file:/{path}"));
                Some(fragment.map_or(target.clone(), |fragment| format!("{target}#{fragment}")))
            })
            .collect();
        let Some(mut uris) = uploaded else { continue };
        if conf.has(Behaviour::UploadKeepsRemoteUris) {
            uris.extend(remote.into_iter().map(str::to_owned));
        }
        build.system_properties.set(*key, uris.join(","), &origin);
    }
}

/// Where `uri` is after its upload.
pub(crate) fn uploaded(
    conf: &KubernetesConf<'_>,
    uri: &str,
    origin: &Origin,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let Some(target) = conf.get(UPLOAD_PATH) else {
        diagnostics.push(
            refused(
                conf,
                UPLOAD_PATH,
                format!("`{uri}` is a file of the submitting machine, and conf `{UPLOAD_PATH}` is not set"),
            )
            .at(origin)
            .hint(format!(
                "set `{UPLOAD_PATH}`, or name a file in the image as `local://…` or one that the cluster can reach"
            )),
        );
        return None;
    };
    let file = uri.trim_end_matches('/').rsplit('/').next().unwrap_or(uri);
    Some(format!("{target}/spark-upload-{}/{file}", upload_uuid(&conf.submission.identity.upload_uuid, uri)))
}

/// Each file gets a directory of its own, drawn from the submission's identity and the file.
fn upload_uuid(seed: &str, uri: &str) -> String {
    let digest = Sha256::new().chain_update(seed).chain_update([0]).chain_update(uri).finalize();
    let hex = hex(&digest[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
