//! Labels upon which an installed operator acts.

use super::Written;
use crate::{
    api::StringMap,
    diagnostics::{Diagnostic, Diagnostics},
    node::{FieldPath, Node},
};

/// Labels that would make an installed operator mutate or adopt a pod that is not its own.
const OPERATOR_LABELS: &[&str] = &[
    "sparkoperator.k8s.io/launched-by-spark-operator",
    "sparkoperator.k8s.io/mutated-by-spark-operator",
    "sparkoperator.k8s.io/submission-id",
];

/// The label by which the operator, and the rendered Services, find the pods of an application.
const APP_NAME_LABEL: &str = "sparkoperator.k8s.io/app-name";
/// Labels with this prefix concern the resource itself (operator 2.4 and later).
const KUEUE_PREFIX: &str = "kueue.x-k8s.io/";

/// Says which labels of the application do not do what they seem to.
pub(super) fn check(written: &Written, diagnostics: &mut Diagnostics) {
    let path = FieldPath::keys(&["metadata", "labels"]);
    for (label, value) in written.metadata.labels.iter().filter(|(label, _)| label.starts_with(KUEUE_PREFIX)) {
        diagnostics.push(
            Diagnostic::warning("kueue-label", format!("label `{label}` is not copied to the pods"))
                .field(path.key(label))
                .at(&value.origin)
                .hint("set it in `spec.driver.labels` if Kueue is to admit the driver"),
        );
    }
    let roles = [
        (path, Some(&written.metadata.labels)),
        (written.path(&["driver", "labels"]), written.spec.driver.as_ref().and_then(|role| role.labels.as_ref())),
        (written.path(&["executor", "labels"]), written.spec.executor.as_ref().and_then(|role| role.labels.as_ref())),
    ];
    let name = written.metadata.name.as_ref().map(|name| name.value.as_str());
    for (path, labels) in roles {
        let own = labels.and_then(|labels| labels.get(APP_NAME_LABEL));
        let Some(own) = own.filter(|own| Some(own.value.as_str()) != name) else { continue };
        diagnostics.push(
            Diagnostic::warning(
                "app-name-label",
                format!("label `{APP_NAME_LABEL}` hides the name of the application"),
            )
            .field(path.key(APP_NAME_LABEL))
            .at(&own.origin)
            .hint("remove the label"),
        );
    }
}

/// Takes the operator's labels out of everything that ends in a pod's labels.
pub(super) fn strip(written: &mut Written, diagnostics: &mut Diagnostics) {
    let metadata = FieldPath::keys(&["metadata", "labels"]);
    strip_map(&mut written.metadata.labels, &metadata, diagnostics);
    let paths = ["driver", "executor"].map(|role| (written.path(&[role, "labels"]), written.path(&[role])));
    let conf_path = written.path(&["sparkConf"]);
    let [driver_path, executor_path] = paths;
    if let Some(driver) = &mut written.spec.driver {
        driver.labels.iter_mut().for_each(|labels| strip_map(labels, &driver_path.0, diagnostics));
        driver.template.iter_mut().for_each(|template| strip_template(template, &driver_path.1, diagnostics));
    }
    if let Some(executor) = &mut written.spec.executor {
        executor.labels.iter_mut().for_each(|labels| strip_map(labels, &executor_path.0, diagnostics));
        executor.template.iter_mut().for_each(|template| strip_template(template, &executor_path.1, diagnostics));
    }
    if let Some(conf) = &mut written.spec.spark_conf {
        for role in ["driver", "executor"] {
            for label in OPERATOR_LABELS {
                let key = format!("spark.kubernetes.{role}.label.{label}");
                if let Some(value) = conf.value.remove(&key) {
                    diagnostics.push(stripped(label, conf_path.key(key)).at(&value.origin));
                }
            }
        }
    }
}

fn stripped(label: &str, path: FieldPath) -> Diagnostic {
    Diagnostic::warning("operator-label", format!("label `{label}` belongs to the operator and is left out"))
        .field(path)
        .hint("remove the label")
}

fn strip_map(labels: &mut StringMap, path: &FieldPath, diagnostics: &mut Diagnostics) {
    for label in OPERATOR_LABELS {
        if let Some(value) = labels.value.remove(*label) {
            diagnostics.push(stripped(label, path.key(*label)).at(&value.origin));
        }
    }
}

fn strip_template(template: &mut Node, role: &FieldPath, diagnostics: &mut Diagnostics) {
    let labels = template.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    let Some(labels) = labels.and_then(Node::as_mapping_mut) else { return };
    for label in OPERATOR_LABELS {
        if let Some(value) = labels.remove(label) {
            let path = role.key("template").key("metadata").key("labels").key(*label);
            diagnostics.push(stripped(label, path).at(&value.origin));
        }
    }
}
