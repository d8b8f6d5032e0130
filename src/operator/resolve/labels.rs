//! Labels upon which an installed operator acts.

use super::DecodedApplication;
use crate::{
    operator::{
        api::StringMap,
        names::{APP_NAME_LABEL, KUEUE_PREFIX, unwanted_labels},
    },
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Place},
};

/// What confs begin with that become labels of the driver or the executors.
const LABEL_CONFS: [&str; 2] = ["spark.kubernetes.driver.label.", "spark.kubernetes.executor.label."];

/// The place of the application's own labels.
const METADATA_LABELS: &Place<'_> = &Place::Key(&Place::Key(&Place::Root, "metadata"), "labels");

/// Says which labels of the application do not do what they seem to.
pub(crate) fn check(written: &DecodedApplication, diagnostics: &mut Diagnostics) {
    for (label, value) in written.metadata.labels.iter().filter(|(label, _)| label.starts_with(KUEUE_PREFIX)) {
        diagnostics.push(
            Diagnostic::warning("kueue-label", format!("label `{label}` is not copied to the pods"))
                .field(METADATA_LABELS.key(label).path())
                .at(&value.origin)
                .hint("set it in `spec.driver.labels` if Kueue is to admit the driver"),
        );
    }
    let spec = written.kind.spec();
    let (driver, executor) = (spec.key("driver"), spec.key("executor"));
    let roles = [
        (*METADATA_LABELS, Some(&written.metadata.labels)),
        (driver.key("labels"), written.spec.driver.as_ref().and_then(|role| role.labels.as_ref())),
        (executor.key("labels"), written.spec.executor.as_ref().and_then(|role| role.labels.as_ref())),
    ];
    let name = written.metadata.name.as_ref().map(|name| name.value.as_str());
    for (place, labels) in roles {
        let own = labels.and_then(|labels| labels.get(APP_NAME_LABEL));
        let Some(own) = own.filter(|own| Some(own.value.as_str()) != name) else { continue };
        diagnostics.push(
            Diagnostic::warning(
                "app-name-label",
                format!("label `{APP_NAME_LABEL}` hides the name of the application"),
            )
            .field(place.key(APP_NAME_LABEL).path())
            .at(&own.origin)
            .hint("remove the label"),
        );
    }
}

/// Takes the operator's labels out of everything that ends in a pod's labels; that of what was launched may be kept.
pub(crate) fn strip(written: &mut DecodedApplication, launched_is_kept: bool, diagnostics: &mut Diagnostics) {
    let strip_map = |labels: &mut StringMap, place: &Place<'_>, diagnostics: &mut Diagnostics| {
        strip_map(labels, launched_is_kept, place, diagnostics);
    };
    let strip_template = |template: &mut Node, role: &Place<'_>, diagnostics: &mut Diagnostics| {
        strip_template(template, launched_is_kept, role, diagnostics);
    };
    strip_map(&mut written.metadata.labels, METADATA_LABELS, diagnostics);
    let place = written.kind.spec();
    let spec = &mut written.spec;
    if let Some(driver) = &mut spec.driver {
        let place = place.key("driver");
        driver.labels.iter_mut().for_each(|labels| strip_map(labels, &place.key("labels"), diagnostics));
        driver.template.iter_mut().for_each(|template| strip_template(template, &place, diagnostics));
    }
    if let Some(executor) = &mut spec.executor {
        let place = place.key("executor");
        executor.labels.iter_mut().for_each(|labels| strip_map(labels, &place.key("labels"), diagnostics));
        executor.template.iter_mut().for_each(|template| strip_template(template, &place, diagnostics));
    }
    if let Some(conf) = &mut spec.spark_conf {
        let place = place.key("sparkConf");
        conf.value.retain(|key, value| {
            let label = LABEL_CONFS.iter().find_map(|prefix| key.strip_prefix(prefix));
            let Some(label) =
                label.filter(|label| unwanted_labels(launched_is_kept).any(|unwanted| unwanted == *label))
            else {
                return true;
            };
            diagnostics.push(stripped(label, place.key(key).path()).at(&value.origin));
            false
        });
    }
}

fn stripped(label: &str, path: FieldPath) -> Diagnostic {
    Diagnostic::warning("operator-label", format!("label `{label}` belongs to the operator and is left out"))
        .field(path)
        .hint("remove the label")
}

fn strip_map(labels: &mut StringMap, launched_is_kept: bool, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    for label in unwanted_labels(launched_is_kept) {
        if let Some(value) = labels.value.remove(label) {
            diagnostics.push(stripped(label, place.key(label).path()).at(&value.origin));
        }
    }
}

fn strip_template(template: &mut Node, launched_is_kept: bool, role: &Place<'_>, diagnostics: &mut Diagnostics) {
    let labels = template.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    let Some(labels) = labels.and_then(Node::as_mapping_mut) else { return };
    for label in unwanted_labels(launched_is_kept) {
        if let Some(value) = labels.remove(label) {
            let path = role.key("template").key("metadata").key("labels").key(label).path();
            diagnostics.push(stripped(label, path).at(&value.origin));
        }
    }
}
