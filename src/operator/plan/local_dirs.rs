//! Volumes whose names begin with `spark-local-dir-`: confs rather than webhook mutations
//! (`addLocalDirConfOptions`, `internal/controller/sparkapplication/submission.go`).

use std::collections::BTreeMap;

use super::Context;
use crate::{
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Origin, Stage, Value},
};

const PREFIX: &str = "spark-local-dir-";
/// Volume types that Spark has confs for, and the fields of each that the operator passes on.
const TYPES: &[(&str, &[&str])] = &[
    ("emptyDir", &["sizeLimit", "medium"]),
    ("hostPath", &["path", "type"]),
    ("nfs", &["path", "server", "readOnly"]),
    ("persistentVolumeClaim", &["claimName", "readOnly"]),
];

/// Sets the confs of all local directories that `role` mounts.
pub(crate) fn set(
    context: &Context<'_>,
    role: &str,
    mounts: &[Node],
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) {
    let volumes = context.spec.volumes.as_deref().unwrap_or_default();
    // Of several volumes with one name the first.
    let places = volumes.iter().enumerate().rev();
    let places: BTreeMap<&str, usize> =
        places.filter_map(|(position, volume)| Some((volume.str_at(&["name"])?, position))).collect();
    let base = || context.app.spec_path();
    for (index, mount) in mounts.iter().enumerate() {
        let Some(name) = mount.get("name") else { continue };
        let Some(text) = name.as_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let path = base().key(role).key("volumeMounts").index(index);
        let Some(position) = places.get(text).copied() else {
            diagnostics.push(
                Diagnostic::error("local-dir-volume", format!("`{text}` is no volume of the application"))
                    .field(path.key("name"))
                    .at(&name.origin)
                    .hint(format!("add a volume `{text}` to `{}`", base().key("volumes"))),
            );
            continue;
        };
        let volume = &volumes[position];
        let Some((kind, source, fields)) =
            TYPES.iter().find_map(|(kind, fields)| Some((*kind, volume.get(kind)?, *fields)))
        else {
            diagnostics.push(
                Diagnostic::error(
                    "local-dir-volume",
                    format!("volume `{text}` has a type that Spark has no confs for"),
                )
                .field(base().key("volumes").index(position))
                .at(&volume.origin)
                .hint("use emptyDir, hostPath, nfs or persistentVolumeClaim, or another name for the volume"),
            );
            continue;
        };
        let prefix = format!("spark.kubernetes.{role}.volumes.{kind}.{text}");
        // Both names are in the confs' keys.
        let names = [Some(name), volume.get("name")].into_iter().flatten().map(|name| name.origin.clone());
        let names: Vec<Origin> = names.collect();
        set_mount(&prefix, mount, &names, &path, conf, diagnostics);
        for field in fields {
            if let Some((value, node)) = option(kind, field, source) {
                conf.set(format!("{prefix}.options.{field}"), value, derived(node, &names));
            }
        }
    }
}

fn set_mount(
    prefix: &str,
    mount: &Node,
    names: &[Origin],
    path: &FieldPath,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) {
    for (field, key) in [("mountPath", "path"), ("subPath", "subPath")] {
        let Some(node) = mount.get(field) else { continue };
        if let Some(text) = node.as_str().filter(|text| !text.is_empty()) {
            let key_origin = Origin::derived(Stage::Operator, "volumeMounts", names.iter().cloned());
            conf.set_keyed(format!("{prefix}.mount.{key}"), key_origin, text, derived(node, names));
        }
    }
    if let Some(node) = mount.get("readOnly").filter(|node| node.as_bool() == Some(true)) {
        conf.set(format!("{prefix}.mount.readOnly"), "true", derived(node, names));
    }
    for field in ["subPathExpr", "mountPropagation"] {
        let Some(node) = mount.get(field).filter(|node| !node.is_null()) else { continue };
        let path = path.key(field);
        diagnostics.push(
            Diagnostic::error("local-dir-mount", format!("`{path}` is lost: Spark has no conf for it"))
                .field(path)
                .at(&node.origin)
                .hint("use a name for the volume that does not begin with `spark-local-dir-`"),
        );
    }
}

/// The value of one option and where it is written, if the operator writes it. Sizes stay as written; the operator's canonical form is the
/// same quantity.
fn option<'n>(kind: &str, field: &str, source: &'n Node) -> Option<(String, &'n Node)> {
    let Some(node) = source.get(field).filter(|node| !node.is_null()) else {
        // A PVC without a name, an NFS without a server: Go writes the empty text.
        let always = matches!((kind, field), ("hostPath" | "nfs", "path") | ("nfs", "server") | (_, "claimName"));
        return always.then(|| (String::new(), source));
    };
    let text = match (&node.value, field) {
        (Value::String(text), "medium") if text.is_empty() => return None,
        (Value::String(text), _) => text.to_string(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Bool(true), "readOnly") => "true".to_owned(),
        _ => return None,
    };
    Some((text, node))
}

fn derived(node: &Node, names: &[Origin]) -> Origin {
    Origin::derived(Stage::Operator, "volumeMounts", [node.origin.clone()].into_iter().chain(names.iter().cloned()))
}
