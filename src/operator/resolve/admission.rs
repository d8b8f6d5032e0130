//! The operator's validating webhook: `internal/webhook/sparkapplication_validator.go`, apart from names and
//! sparkConf, which have modules of their own, and quotas, which need a cluster.

use std::collections::BTreeMap;

use super::DecodedApplication;
use crate::{
    spark::Behaviour,
    tree::{Diagnostic, Diagnostics, FieldPath, Origin},
};

/// Reports what the webhook would refuse.
pub(crate) fn check(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    templates(written, diagnostics);
    node_selectors(written, diagnostics);
    driver_ingresses(written, diagnostics);
    main_application_file(written, diagnostics);
}

/// A template needs a `sparkVersion` that Go's semver takes to be one with pod templates.
fn templates(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let spec = &written.spec;
    let driver = spec.driver.as_ref().and_then(|driver| driver.template.as_ref());
    let executor = spec.executor.as_ref().and_then(|executor| executor.template.as_ref());
    let Some(version) = &spec.spark_version else { return };
    let first = Behaviour::PodTemplates.since();
    if semver_major(version).is_some_and(|major| major >= u64::from(first.0)) {
        return;
    }
    for (role, template) in [("driver", driver), ("executor", executor)] {
        let Some(template) = template else { continue };
        let path = written.path(&[role, "template"]);
        diagnostics.push(
            Diagnostic::error(
                "template-version",
                format!("`{path}` needs a `sparkVersion` of {}.{}.{} or later", first.0, first.1, first.2),
            )
            .field(path)
            .at(&template.origin)
            .label(&version.origin, format!("this is `{}`", version.value))
            .hint("write the version as `3.5.1`, without further parts"),
        );
    }
}

/// The major version, if `text` with a leading `v` is valid for `golang.org/x/mod/semver`.
fn semver_major(text: &str) -> Option<u64> {
    let core = text.split('+').next().unwrap_or_default();
    let (numbers, prerelease) = match core.split_once('-') {
        Some((numbers, prerelease)) => (numbers, Some(prerelease)),
        None => (core, None),
    };
    let parts: Vec<&str> = numbers.split('.').collect();
    let number = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'))
    };
    let identifiers = |text: &str| {
        text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    };
    let valid = parts.len() <= 3
        && parts.iter().all(number)
        && prerelease.is_none_or(|text| parts.len() == 3 && identifiers(text))
        && text.split_once('+').is_none_or(|(_, build)| parts.len() == 3 && identifiers(build));
    valid.then(|| parts[0].parse().ok()).flatten()
}

/// `spec.nodeSelector` and those of the roles exclude each other, even if empty.
fn node_selectors(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let spec = &written.spec;
    let Some(common) = &spec.node_selector else { return };
    let driver = spec.driver.as_ref().and_then(|driver| driver.node_selector.as_ref());
    let executor = spec.executor.as_ref().and_then(|executor| executor.node_selector.as_ref());
    for (role, selector) in [("driver", driver), ("executor", executor)] {
        let Some(selector) = selector else { continue };
        let path = written.path(&[role, "nodeSelector"]);
        let top = written.path(&["nodeSelector"]);
        diagnostics.push(
            Diagnostic::error("node-selector-twice", format!("`{path}` and `{top}` exclude each other"))
                .field(path)
                .at(&selector.origin)
                .label(&common.origin, "the other one is here")
                .hint(format!("move the entries of `{top}` to both roles")),
        );
    }
}

fn driver_ingresses(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let mut ports: BTreeMap<i64, &Origin> = BTreeMap::new();
    let mut formats: BTreeMap<&str, &Origin> = BTreeMap::new();
    for (index, ingress) in written.spec.driver_ingress_options.iter().flatten().enumerate() {
        let path = written.path(&["driverIngressOptions"]).index(index);
        if let Some(port) = &ingress.service_port
            && let Some(first) = ports.insert(port.value, &port.origin)
        {
            let message = format!("`{}` is {}, as in an entry before", path.key("servicePort"), port.value);
            diagnostics.push(twice(message, path.key("servicePort"), &port.origin, first));
        }
        match &ingress.ingress_urlformat {
            Some(format) if !format.value.is_empty() => {
                if let Some(first) = formats.insert(&format.value, &format.origin) {
                    let path = path.key("ingressURLFormat");
                    diagnostics.push(twice(
                        format!("`{path}` is the same as in an entry before"),
                        path,
                        &format.origin,
                        first,
                    ));
                }
            }
            _ => {
                let path = path.key("ingressURLFormat");
                diagnostics.push(
                    Diagnostic::error("missing-field", format!("required field `{path}` is missing or empty"))
                        .field(path)
                        .at(&ingress.origin)
                        .hint("write a format such as `{{$appName}}.example.com`"),
                );
            }
        }
    }
}

fn twice(message: String, path: FieldPath, origin: &Origin, first: &Origin) -> Diagnostic {
    Diagnostic::error("driver-ingress-twice", message).field(path).at(origin).label(first, "first given here")
}

/// Required by the schema since operator 2.1, and by spark-submit always.
fn main_application_file(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    let file = written.spec.main_application_file.as_ref();
    if file.is_none_or(|file| file.value.is_empty()) {
        let path = written.path(&["mainApplicationFile"]);
        diagnostics.push(
            Diagnostic::error("missing-field", format!("required field `{path}` is missing"))
                .field(path)
                .at(&written.spec.origin)
                .hint("name the JAR, Python or R file, such as `local:///opt/app/main.py`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::semver_major;

    #[test]
    fn versions_are_read_as_go_reads_them() {
        for (text, major) in [
            ("3", Some(3)),
            ("3.5", Some(3)),
            ("3.5.1", Some(3)),
            ("3.5.1-x", Some(3)),
            ("2.4.8", Some(2)),
            ("3.5-x", None),
            ("3.5.1.dev", None),
            ("03.5.1", None),
            ("v3.5.1", None),
            ("", None),
        ] {
            assert_eq!(semver_major(text), major, "{text}");
        }
    }
}
