//! Hosts that keep objects in files (kpt): the resource stays, as local configuration; what it renders to goes into a
//! file beside it, and says whose it is, so that the next run puts its own in the place.

use super::{annotate, annotation};
use crate::{kube::annotations::LOCAL_CONFIG, tree::Node};

/// The annotation of what was rendered: kind and name of the resource.
const RENDERED_FROM: &str = "spark-render.io/rendered-from";
/// Hosts read both, and want them equal.
const PATHS: &[&str] = &["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];
const INDEXES: &[&str] = &["config.kubernetes.io/index", "internal.config.kubernetes.io/index"];
const PACKAGE_PATH: &str = "internal.config.kubernetes.io/package-path";

/// The file that an item comes from.
pub(crate) fn path(item: &Node) -> Option<&str> {
    PATHS.iter().find_map(|key| annotation(item, key)).filter(|path| !path.is_empty())
}

/// The item's place in its file.
pub(crate) fn index(item: &Node) -> Option<i64> {
    INDEXES.iter().find_map(|key| annotation(item, key)?.parse().ok())
}

/// Whether the host of `items` keeps them in files.
#[must_use]
pub fn is_file_based(items: &[Node]) -> bool {
    items.iter().any(|item| path(item).is_some())
}

/// Whether `item` was rendered by an earlier run.
#[must_use]
pub fn is_output(item: &Node) -> bool {
    annotation(item, RENDERED_FROM).is_some()
}

/// The resource as it stays in its file: no host applies it.
pub fn keep_source(item: &mut Node) {
    if annotation(item, LOCAL_CONFIG) != Some("true") {
        annotate(item, LOCAL_CONFIG, "true");
    }
}

/// Gives `object`, the one at `position` of what `source` renders to, its file beside the source's.
pub fn place(object: &mut Node, source: &Node, position: usize) {
    let kind = source.str_at(&["kind"]).unwrap_or_default();
    let name = source.str_at(&["metadata", "name"]).unwrap_or_default();
    annotate(object, RENDERED_FROM, &format!("{kind}/{name}"));
    let folder = path(source).and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let file = format!("{}-{name}.rendered.yaml", kind.to_ascii_lowercase());
    let file = if folder.is_empty() { file } else { format!("{folder}/{file}") };
    for key in PATHS {
        annotate(object, key, &file);
    }
    for key in INDEXES {
        annotate(object, key, &position.to_string());
    }
    if let Some(package) = annotation(source, PACKAGE_PATH).map(str::to_owned) {
        annotate(object, PACKAGE_PATH, &package);
    }
}
