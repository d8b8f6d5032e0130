//! What `render` adds for `certs:` of its configuration: an adopted file, cert-manager's resources, or nothing.
//! It never makes a key.

use super::{
    ServiceName,
    options::{CertificateSource, CertificatesOptions},
};
use crate::{
    kube::{Manifest, Provenance},
    map,
    operator::certs,
    seq,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Stage},
};

/// The manifests. `adopted` are the documents of the file that `options` name, read by the caller; they pass through
/// untouched, for a SOPS file must keep every value to stay readable.
pub fn manifests(options: &CertificatesOptions, adopted: Vec<Node>, diagnostics: &mut Diagnostics) -> Vec<Manifest> {
    match &options.source {
        CertificateSource::Elsewhere => Vec::new(),
        CertificateSource::File(file) => {
            if !adopted.iter().any(|object| certs::form(object).is_some()) {
                diagnostics.push(
                    Diagnostic::error(
                        "certificate-config",
                        format!("`certs.file` names `{file}`, which holds no Secret"),
                    )
                    .field(FieldPath::keys(&["spec", "certs", "file"]))
                    .at(&file.origin)
                    .hint("make one with `spark-render certs init`"),
                );
            }
            adopted.into_iter().map(|object| Manifest { object, provenance: Provenance::PassedThrough }).collect()
        }
        CertificateSource::CertManager { service, secret_name } => {
            cert_manager(service, secret_name).into_iter().map(Manifest::rendered).collect()
        }
    }
}

/// A self-signed Issuer and a Certificate that the operator can read (spark-operator 2.5.2,
/// charts/spark-operator-chart/templates/certmanager): cert-manager's default encoding is written out, since with
/// another one the operator ends.
#[must_use]
pub(super) fn cert_manager(service: &ServiceName, secret_name: &str) -> Vec<Node> {
    let origin = Origin::derived(Stage::Config, "certs.certManager", []);
    let issuer_name = format!("{secret_name}-issuer");
    let metadata = |name: &str| map! { "name" => Node::text(name), "namespace" => &service.namespace };
    let issuer = map! {
        "apiVersion" => "cert-manager.io/v1",
        "kind" => "Issuer",
        "metadata" => metadata(&issuer_name),
        "spec" => map! { "selfSigned" => map! {} },
    };
    let dns = service.dns();
    let mut spec = map! {
        "dnsNames" => seq![&dns, format!("{dns}.cluster.local")],
        "issuerRef" => map! { "group" => "cert-manager.io", "kind" => "Issuer", "name" => &issuer_name },
        "privateKey" => map! { "algorithm" => "RSA", "encoding" => "PKCS1", "size" => 2048_i64 },
        "secretName" => Node::text(secret_name),
        "subject" => map! { "organizationalUnits" => seq!["spark-operator"] },
        "usages" => seq!["server auth", "client auth"],
    };
    if dns.len() <= 64
        && let Some(spec) = spec.as_mapping_mut()
    {
        spec.insert("commonName", &dns);
        spec.sort();
    }
    let certificate = map! {
        "apiVersion" => "cert-manager.io/v1",
        "kind" => "Certificate",
        "metadata" => metadata(secret_name),
        "spec" => spec,
    };
    vec![certificate.stamped(&origin), issuer.stamped(&origin)]
}
